import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import {
  ADDRESSES_MAX,
  FailureLimit,
  FAILURES_OF_ALL_MAX,
  FAILURES_OF_ONE_MAX,
  WINDOW_SECONDS,
} from "./failure_limit.ts";

function stage(): { readonly limit: FailureLimit; later(seconds: number): void } {
  let now = 1_790_000_000_000_000;
  const limit = new FailureLimit(() => now as Micros);
  return { limit, later: (seconds) => void (now += seconds * MICROS_PER_SECOND) };
}

const times = (count: number, act: (n: number) => string): string[] => Array.from({ length: count }, (_, n) => act(n));

Deno.test("one address is told ten times a minute, hears of the bound once, and begins anew a minute later", () => {
  const { limit, later } = stage();
  const told = times(FAILURES_OF_ONE_MAX + 3, () => limit.failed("a"));
  assert.deepEqual(told.slice(-4), ["told", "first", "over", "over"]);
  assert.equal(limit.failed("b"), "told", "another address has its own");
  later(WINDOW_SECONDS - 1);
  assert.equal(limit.failed("a"), "over");
  later(1);
  assert.equal(limit.failed("a"), "told");
});

Deno.test("all addresses together are told a hundred times a minute", () => {
  const { limit, later } = stage();
  const told = times(FAILURES_OF_ALL_MAX + 5, (n) => limit.failed(`address ${n}`));
  assert.equal(told.filter((each) => each === "told").length, FAILURES_OF_ALL_MAX);
  assert.equal(told.filter((each) => each === "first").length, 1);
  later(WINDOW_SECONDS);
  assert.equal(limit.failed("another"), "told");
});

Deno.test("a million addresses take no more memory than a thousand", () => {
  const { limit } = stage();
  times(20 * ADDRESSES_MAX, (n) => limit.failed(`address ${n}`));
  assert.equal(limit.addresses, ADDRESSES_MAX);
});
