/**
 * A simulated Deribit: the two public methods that volatility is read from, over HTTP as on the real host.
 * @module
 */

import { type Context, Hono } from "hono";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE } from "../../../core/units.ts";
import { formatOptionName } from "../../../feeds/deribit/instrument.ts";
import { json } from "../replies.ts";
import { OPTION_MARKETS, type OptionMarket, optionQuotes, volatilityIndex } from "./deribit_market.ts";
import type { FeedSimulator, FeedWorld } from "./feed_simulator.ts";

const NAME = "deribit";
const ROOT = "/api/v2/public";
/** What the trouble `outlier` does. */
const OUTLIER = 1.06;
const INVALID_PARAMS = -32_602;
const RESOLUTIONS: readonly string[] = ["1", "60", "3600", "43200", "1D"];

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));
const milliseconds = (at: Micros): number => Math.floor(at / MICROS_PER_MILLISECOND);

function answer(at: Micros, result: unknown): Response {
  return json({ jsonrpc: "2.0", result, usIn: at, usOut: at, usDiff: 0, testnet: false });
}

function invalid(at: Micros, param: string, reason: string): Response {
  const error = { message: "Invalid params", data: { reason, param }, code: INVALID_PARAMS };
  return json({ jsonrpc: "2.0", error, usIn: at, usOut: at, usDiff: 0, testnet: false }, 400);
}

const marketOf = (context: Context): OptionMarket | undefined =>
  OPTION_MARKETS.find((market) => market.currency === context.req.query("currency"));

/** The candle of this minute, as far as it has come. Older ones are not kept: nobody here asks for them. */
function indexData(world: FeedWorld, context: Context): Response {
  const at = world.now();
  const market = marketOf(context);
  if (market === undefined) return invalid(at, "currency", "value required");
  const [from, to] = ["start_timestamp", "end_timestamp"].map((name) => Number(context.req.query(name) ?? NaN));
  if (!Number.isSafeInteger(from)) return invalid(at, "start_timestamp", "value required");
  if (!Number.isSafeInteger(to)) return invalid(at, "end_timestamp", "value required");
  if (!RESOLUTIONS.includes(context.req.query("resolution") ?? "")) {
    return invalid(at, "resolution", "value required");
  }
  const begin = Math.floor(at / MICROS_PER_MINUTE) * (MICROS_PER_MINUTE / MICROS_PER_MILLISECOND);
  const wrong = world.struck(NAME, "outlier") ? OUTLIER : 1;
  const value = round(wrong * volatilityIndex(market, world.index, world.seed, at), 2);
  const data = begin >= from && begin <= to ? [[begin, value, value, value, value]] : [];
  return answer(at, { data, continuation: null });
}

function bookSummary(world: FeedWorld, context: Context): Response {
  const at = world.now();
  const market = marketOf(context);
  if (market === undefined) return invalid(at, "currency", "value required");
  if (context.req.query("kind") !== "option") return answer(at, []);
  const wrong = world.struck(NAME, "outlier") ? OUTLIER : 1;
  const rows = optionQuotes(market, world.index, world.seed, at).map(({ option, forward, volatility }) => ({
    instrument_name: formatOptionName(option),
    base_currency: market.currency,
    quote_currency: market.currency,
    underlying_price: round(wrong * forward, 4),
    underlying_index: "index_price",
    mark_iv: round(wrong * volatility, 2),
    // Nobody here reads prices of options.
    bid_price: null,
    ask_price: null,
    mid_price: null,
    interest_rate: 0,
    creation_timestamp: milliseconds(at),
  }));
  return answer(at, rows);
}

export function deribitSimulator(world: FeedWorld): FeedSimulator {
  const routes = new Hono();
  routes.get(`${ROOT}/get_volatility_index_data`, (context) => indexData(world, context));
  routes.get(`${ROOT}/get_book_summary_by_currency`, (context) => bookSummary(world, context));
  return { name: NAME, routes };
}
