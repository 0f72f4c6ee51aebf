import assert from "node:assert/strict";
import { micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { FeedStatus } from "../feeds/feed.ts";
import type { VenueHealth } from "../venues/venue.ts";
import { NetworkNotice } from "./network_notice.ts";

const venue = (connected: boolean) => ({ connected, trouble: connected ? null : "Cannot reach it" }) as VenueHealth;
const feeds = (by: FeedStatus["by"]) => ["Coinbase", "nws"].map((name) => ({ name, by }) as FeedStatus);

Deno.test("where nothing answers for five seconds it is told once with what was tried, and once that something does", () => {
  const said: string[] = [];
  const notice = new NetworkNotice("Kalshi", (level, text) => said.push(`${level} ${text}`));
  const look = (second: number, connected: boolean, by: FeedStatus["by"]) =>
    notice.look(micros(second * MICROS_PER_SECOND), venue(connected), feeds(by));
  for (let second = 0; second < 5; second++) look(second, false, "none");
  assert.deepEqual(said, []);
  for (let second = 5; second < 60; second++) look(second, false, "none");
  assert.equal(said.length, 1);
  assert.match(
    said[0],
    /^warn Nothing can be reached.*Tried: Kalshi, Coinbase, nws \(Cannot reach it\).*keeps trying.*kbot demo needs no/,
  );
  for (let second = 60; second < 70; second++) look(second, true, "none");
  assert.equal(said.length, 2);
  for (let second = 70; second < 80; second++) look(second, false, "none");
  assert.equal(said.length, 3);
});

Deno.test("one source that is heard is a network, and nothing is told", () => {
  const said: string[] = [];
  const notice = new NetworkNotice("Kalshi", (_, text) => said.push(text));
  for (let second = 0; second < 60; second++) {
    notice.look(micros(second * MICROS_PER_SECOND), venue(false), [...feeds("none"), ...feeds("rest")]);
  }
  assert.deepEqual(said, []);
});
