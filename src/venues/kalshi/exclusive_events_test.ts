import assert from "node:assert/strict";
import { ExclusiveEvents } from "./exclusive_events.ts";
import type { ScriptedExchange } from "./scripted_exchange_fixture.ts";
import { withVenue } from "./scripted_run_fixture.ts";

const EVENT = "KXBTC15M-26SEP251515";

const event = (fields: Readonly<Record<string, unknown>>) => (exchange: ScriptedExchange) =>
  void exchange.on("GET /events", { body: { events: [{ event_ticker: EVENT, ...fields }], cursor: "" } });

Deno.test("a market of an event with one winner at most says so from the first word on", () =>
  withVenue({ trade: false }, event({ mutually_exclusive: true }), async (run) => {
    assert.equal((await run.until("market")).market.exclusive, true);
  }));

for (const fields of [{ mutually_exclusive: false }, {}]) {
  Deno.test(`a market of an event that says ${JSON.stringify(fields)} does not exclude others`, () =>
    withVenue({ trade: false }, event(fields), async (run) => {
      assert.ok(!("exclusive" in (await run.until("market")).market));
    }));
}

Deno.test("an event that takes its word back is exclusive no more, and the oldest of too many are forgotten", () => {
  const events = new ExclusiveEvents();
  for (let k = 0; k < 20_001; k++) events.learn(`KXHIGHNY-${k}`, true);
  assert.deepEqual([0, 1, 20_000].map((k) => events.has(`KXHIGHNY-${k}`)), [false, true, true]);
  events.learn("KXHIGHNY-5", false);
  assert.equal(events.has("KXHIGHNY-5"), false);
});
