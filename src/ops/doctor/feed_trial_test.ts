import assert from "node:assert/strict";
import type { FeedStatus } from "../../feeds/feed.ts";
import { brings } from "./feed_trial.ts";

const PRICES = { kind: "spot", by: "socket", messages: 3, ageMs: 12 } as const;

const CASES: readonly (readonly [claim: string, change: Partial<FeedStatus>, brought: boolean])[] = [
  ["an exchange whose prices come brings something", {}, true],
  ["an exchange whose prices come by REST does", { by: "rest" }, true],
  ["an exchange that only answers to its subscriptions does not", { ageMs: null }, false],
  ["an exchange whose prices came and do not come any more does not", { by: "none" }, false],
  ["a source of which nothing was heard does not", { kind: "weather", messages: 0, ageMs: null }, false],
  ["a source that answers and has nothing new does", { kind: "peer", by: "rest", ageMs: null }, true],
];
for (const [claim, change, brought] of CASES) {
  Deno.test(claim, () => assert.equal(brings({ ...PRICES, ...change }), brought));
}
