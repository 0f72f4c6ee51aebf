import assert from "node:assert/strict";
import type { FeeSchedule } from "../../core/market.ts";
import type { Count, Micros } from "../../core/units.ts";
import type { ApiResult } from "./failure.ts";
import { isObject } from "./fields.ts";
import type { KalshiRest } from "./rest.ts";
import { INTENT, TICKER } from "./rest_cases.ts";
import { fakeRest } from "./rest_fixture.ts";

const SHARED = new URL("../../../../shared/", import.meta.url);
const DEMO = "kalshi/samples/fortuna-demo-2026-06/";
const FIXTURES = "data/rest_fixtures/transcribed_dingman_breezy/";
const FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const PLACE = { orderId: "o-1", ticker: TICKER, shard: 2 };

type Call = (rest: KalshiRest) => Promise<ApiResult<unknown>>;
const create: Call = (rest) => rest.createOrder(INTENT);
const cancel: Call = (rest) => rest.cancelOrder(PLACE);
const balance: Call = (rest) => rest.balance();
const order: Call = (rest) => rest.order("o-1");
// Recorded pages go on; one of them is what is read here.
const markets: Call = (rest) => rest.markets({}, () => FEES);
const market: Call = (rest) => rest.market(TICKER, FEES);

/** What is asked where the recording answers, and the code of the reason where it refuses. */
const RECORDED: readonly (readonly [file: string, call: Call, code?: string])[] = [
  ["account__endpoint_costs", (rest) => rest.endpointCosts()],
  ["account__limits", (rest) => rest.accountLimits()],
  ["auth__bad_signature", balance, "authentication_error"],
  ["auth__balance_alt_host", balance],
  ["auth__balance_ok", balance],
  ["auth__missing_signature_header", balance, "signature_is_missing_from_headers"],
  ["auth__skew_minus5min", balance, "header_timestamp_expired"],
  ["auth__skew_minus5s", balance],
  ["auth__skew_plus5min", balance, "header_timestamp_expired"],
  ["auth__skew_plus5s", balance],
  ["auth__unknown_key_id", balance, "authentication_error"],
  ["cleanup__stp_resting", cancel],
  ["exchange__status", (rest) => rest.status()],
  ["fills__after_taker", (rest) => rest.fills({})],
  ["markets__garbage_cursor", markets],
  ["markets__page1", markets],
  ["markets__single", market],
  ["markets__status_closed", markets],
  ["markets__status_open", markets],
  ["markets__status_settled", markets],
  ["markets__unauth_list", markets],
  ["markets__unauth_single", market],
  ["orderbook__base", (rest) => rest.orderbook(TICKER)],
  ["orders__cancel_already_canceled", cancel, "not_found"],
  ["orders__cancel_unknown_id", cancel, "not_found"],
  ["orders__cancel_v2", cancel],
  ["orders__create_v2_maker", create],
  ["orders__create_v2_taker_ioc", create],
  ["orders__duplicate_client_order_id", create, "order_already_exists"],
  ["orders__get_after_cancel", order],
  ["orders__get_after_create", order],
  ["orders__insufficient_balance", create, "insufficient_balance"],
  ["orders__invalid_price_structure", create, "invalid_price"],
  ["orders__stp_self_cross", create],
  ["portfolio__orders_list", (rest) => rest.orders({})],
  ["portfolio__positions", (rest) => rest.positions()],
  ["series__fee_changes", (rest) => rest.seriesFeeChanges()],
  ["settlements__page", (rest) => rest.settlements()],
  ["trades__public_recorded", (rest) => rest.trades(TICKER)],
];

function recorded(path: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(path, SHARED));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`Skipped: no recorded body at ${path}`);
    return null;
  }
}

/** The body of a page as the last one of its list. */
function lastPage(text: string): string {
  const body: unknown = JSON.parse(text);
  return isObject(body) && "cursor" in body ? JSON.stringify({ ...body, cursor: "" }) : text;
}

for (const [file, call, code] of RECORDED) {
  Deno.test(`recorded answer ${file} is ${code === undefined ? "read whole" : `the reason ${code}`}`, async () => {
    const text = recorded(`${DEMO}${file}.json`);
    const meta = recorded(`${DEMO}${file}.meta.json`);
    if (text === null || meta === null) return;
    const { status } = JSON.parse(meta);
    const { rest } = fakeRest(() => new Response(lastPage(text), { status }));
    const result = await call(rest);
    if (code !== undefined) {
      assert.ok(!result.ok && result.failure.kind === "http", JSON.stringify(result));
      assert.deepEqual([result.failure.status, result.failure.code], [status, code]);
      return;
    }
    assert.ok(result.ok, JSON.stringify(result));
    if (isObject(result.value) && "refused" in result.value) assert.deepEqual(result.value.refused, []);
  });
}

const DAY = 86_400_000_000;
const CANDLES: readonly (readonly [file: string, path: RegExp, ticker: string, end: number, volume: number])[] = [
  ["candles_historical_modern", /^GET \/historical\/markets\//, "KXHIGHNY-26JUL02-T99", 1_782_918_000e6, 16_398],
  ["candles_live_modern", /^GET \/series\/KXHIGHNY\/markets\//, "KXHIGHNY-26SEP01-T90", 1_788_188_400e6, 152_400],
];

for (const [file, path, ticker, end, volume] of CANDLES) {
  Deno.test(`recorded answer ${file} is read in its own dialect, on its side of the recorded cutoff`, async () => {
    const text = recorded(`${FIXTURES}${file}.json`);
    const cutoff = recorded(`${FIXTURES}historical_cutoff.json`);
    if (text === null || cutoff === null) return;
    const { rest } = fakeRest(({ line }) => {
      if (line === "GET /historical/cutoff") return new Response(cutoff);
      return path.test(line) ? new Response(text) : new Response('{"error":{"code":"not_found"}}', { status: 404 });
    });
    const result = await rest.candles(ticker, end - DAY as Micros, end + DAY as Micros, 60);
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(result.value.map((candle) => [candle.end, candle.volume]), [[end, volume as Count]]);
    assert.ok(result.value[0].bid !== null && result.value[0].ask !== null && result.value[0].traded !== null);
  });
}
