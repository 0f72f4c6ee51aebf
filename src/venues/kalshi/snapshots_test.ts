import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { SnapshotRequests } from "./snapshots.ts";

const START = 1_790_000_000_000_000 as Micros;

function setUp(jitter = 0) {
  const clock = new SteppedClock(START);
  const asked: string[] = [];
  const resubscribed: string[] = [];
  const state = { there: true };
  const requests = new SnapshotRequests({
    clock,
    jitter: () => jitter,
    ask: (tickers) => {
      if (state.there) asked.push(`${(clock.now() - START) / MICROS_PER_SECOND}: ${tickers.join(" ")}`);
      return state.there;
    },
    resubscribe: (reason) => resubscribed.push(reason),
  });
  const advance = (seconds: number) => clock.advanceTo((START + seconds * MICROS_PER_SECOND) as Micros);
  return { requests, asked, resubscribed, state, advance };
}

Deno.test("a stale book is asked for once, however often it is wanted", () => {
  const { requests, asked, advance } = setUp();
  requests.want(["A"]);
  requests.want(["A"]);
  requests.got("A");
  advance(60);
  assert.deepEqual(asked, ["0: A"]);
});

Deno.test("requests keep to a budget: those that come together go together", () => {
  const { requests, asked, advance } = setUp();
  requests.want(["A"]);
  requests.want(["B"]);
  requests.want(["C"]);
  advance(0.2);
  assert.deepEqual(asked, ["0: A"]);
  advance(0.3);
  assert.deepEqual(asked, ["0: A", "0.25: B C"]);
});

Deno.test("jitter spreads the requests of many clients", () => {
  const { requests, asked, advance } = setUp(0.5);
  requests.want(["A"]);
  assert.deepEqual(asked, []);
  advance(0.1);
  assert.deepEqual(asked, ["0.05: A"]);
});

Deno.test("after two tries in five seconds the subscription is made anew, at most once a minute", () => {
  const { requests, asked, resubscribed, advance } = setUp();
  requests.want(["A"]);
  advance(4.9);
  assert.deepEqual(asked, ["0: A", "2.5: A"]);
  assert.deepEqual(resubscribed, []);
  advance(5.1);
  assert.deepEqual(resubscribed, ["No snapshot of A after 2 tries"]);
  requests.want(["A"]);
  advance(30);
  assert.equal(resubscribed.length, 1);
  advance(90);
  assert.equal(resubscribed.length, 2);
});

Deno.test("a snapshot that comes by itself is not asked for", () => {
  const { requests, asked, advance } = setUp();
  requests.expect(["A", "B"]);
  requests.got("A");
  advance(3);
  assert.deepEqual(asked, ["2.5: B"]);
});

Deno.test("while there is no subscription to ask on, no try counts", () => {
  const { requests, asked, resubscribed, state, advance } = setUp();
  state.there = false;
  requests.want(["A"]);
  advance(20);
  assert.deepEqual(resubscribed, []);
  state.there = true;
  advance(23);
  assert.deepEqual(asked.length, 1);
});
