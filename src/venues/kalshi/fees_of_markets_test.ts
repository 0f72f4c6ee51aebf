import assert from "node:assert/strict";
import type { ScriptedExchange } from "./scripted_exchange_fixture.ts";
import { iso, market, type Run, withVenue } from "./scripted_run_fixture.ts";

const EVENT = "KXBTC15M-26SEP251515";
const PLAIN = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;

const event = (fields: Readonly<Record<string, unknown>>) => (exchange: ScriptedExchange) =>
  void exchange.on("GET /events", { body: { events: [{ event_ticker: EVENT, ...fields }], cursor: "" } });

async function feesTold(run: Run): Promise<unknown> {
  return (await run.until("market")).market.fees;
}

Deno.test("a market charges what its event says in place of its series, from the first word on", () =>
  withVenue(
    { trade: false },
    event({ fee_type_override: "quadratic_with_maker_fees", fee_multiplier_override: 0.5 }),
    async (run) => {
      assert.deepEqual(await feesTold(run), { type: "quadratic_with_maker_fees", multiplierMillionths: 500_000 });
      assert.equal(run.exchange.seen("GET /events")[0].query.get("series_ticker"), "KXBTC15M");
    },
  ));

Deno.test("a frame that changes an event's fees changes its markets at once, and one that lifts them changes them back", () =>
  withVenue({ trade: false }, () => {}, async (run) => {
    assert.deepEqual(await feesTold(run), PLAIN);
    await run.until("book_snapshot");
    const update = (event_ticker: string, type: string | null, multiplier: number | null) =>
      run.exchange.sendOn("market_lifecycle_v2", {
        type: "event_fee_update",
        msg: { event_ticker, fee_type_override: type, fee_multiplier_override: multiplier },
      });
    update("KXNBA-26X", "flat", 9);
    update(EVENT, null, 2);
    await run.until("market", ({ market }) => market.fees.multiplierMillionths === 2_000_000);
    const start = run.inputs.length;
    update(EVENT, null, null);
    await run.until("market", ({ market }) => market.fees.multiplierMillionths === 1_000_000, start);
    assert.ok(!run.inputs.some((input) => input.type === "market" && input.market.fees.type === "flat"));
  }));

Deno.test("a series' announced change of fees counts from its moment on, without anybody asking again", () => {
  let scheduled_ts: string | undefined;
  return withVenue({ trade: false }, (exchange) => {
    const change = { id: "1", series_ticker: "KXBTC15M", fee_type: "quadratic", fee_multiplier: 3 };
    // From when it is asked, which is just before the markets are told: however long it took to come so far.
    exchange.on("GET /series/fee_changes", () => {
      scheduled_ts ??= iso(3);
      return { body: { series_fee_change_arr: [{ ...change, scheduled_ts }] } };
    });
  }, async (run) => {
    assert.deepEqual(await feesTold(run), PLAIN);
    const changed = await run.until("market", ({ market }) => market.fees.multiplierMillionths === 3_000_000);
    assert.ok(changed.at >= Date.parse(scheduled_ts ?? assert.fail("Never asked")) * 1_000);
    assert.equal(run.exchange.seen("GET /series/fee_changes").length, 1);
  });
});

Deno.test("a market charges nothing until its waiver ends", () =>
  withVenue({ trade: false }, (exchange) => {
    let fee_waiver_expiration_time: string | undefined;
    exchange.on("GET /markets", ({ query }) => {
      fee_waiver_expiration_time ??= iso(3);
      const markets = query.get("status") === "unopened" ? [] : [market({ fee_waiver_expiration_time })];
      return { body: { markets, cursor: "" } };
    });
  }, async (run) => {
    assert.deepEqual(await feesTold(run), { ...PLAIN, multiplierMillionths: 0 });
    await run.until("market", ({ market }) => market.fees.multiplierMillionths === 1_000_000);
  }));

Deno.test("fees that cannot be read do not keep markets from being told, and are said once", () =>
  withVenue({ trade: false }, (exchange) => {
    exchange.on("GET /events", { status: 503, text: "" });
  }, async (run) => {
    assert.deepEqual(await feesTold(run), PLAIN);
    await run.until("book_snapshot");
    const said = run.logs.filter((line) => line.includes("fees stay as they are known"));
    assert.deepEqual(said, [
      "warn Cannot read events of KXBTC15M: HTTP 503: without a reason; fees stay as they are known",
    ]);
    assert.equal(run.venue.health().trouble, null);
  }));
