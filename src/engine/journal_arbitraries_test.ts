/** Arbitrary inputs of every type, for property tests of the journal and its reader. No tests of its own. */

import fc from "fast-check";
import type { Input } from "../core/input.ts";

/** Plain objects, as JSON.parse makes them. */
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { noNullPrototype: true });

const time = fc.integer({ min: 0, max: 2_000_000_000_000_000 });
const integer = fc.maxSafeInteger().map((x) => x + 0 === 0 ? 0 : x);
const whole = fc.nat();
const price = fc.integer({ min: 0, max: 10_000 });
const float = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x === 0 ? 0 : x);
/** Plain tickers mostly, and now and then anything that has to be escaped. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[A-Z0-9.-]{1,30}$/) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('say "no"', "back\\slash", "line\nend", "\u2028", "\ud800", "Zürich", "\x7f"),
  },
);
const anyText = fc.oneof(text, fc.constant(""));
const side = fc.constantFrom("bid", "ask");
const pause = fc.constantFrom("none", "trading", "exchange");
const result = fc.constantFrom("", "yes", "no", "scalar");
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const sequence = record({ connection: whole, sid: whole, seq: whole });
const levels = fc.array(fc.tuple(price, integer), { maxLength: 8 });

const marketFields = {
  ticker: text,
  event: anyText,
  series: anyText,
  status: fc.constantFrom(
    "initialized",
    "inactive",
    "active",
    "closed",
    "determined",
    "disputed",
    "amended",
    "finalized",
  ),
  openTime: time,
  closeTime: time,
  strikeType: nullable(
    fc.constantFrom(
      "greater",
      "greater_or_equal",
      "less",
      "less_or_equal",
      "between",
      "functional",
      "custom",
      "structured",
    ),
  ),
  floorStrike: nullable(float),
  capStrike: nullable(float),
  roundDigits: fc.integer({ min: -3, max: 10 }),
  priceRanges: fc.array(record({ start: price, end: price, step: price }), { maxLength: 3 }),
  shard: fc.nat(10),
  fees: record({
    type: fc.constantFrom("quadratic", "quadratic_with_maker_fees", "quadratic_with_combo_maker_fees", "flat"),
    multiplierMillionths: fc.nat(),
  }),
  result,
  expirationValue: nullable(float),
  settlementValue: nullable(integer),
  exclusive: fc.constant(true),
  positionLimit: whole,
};
/** The last two stand there or not. */
const market = fc.record(marketFields, {
  noNullPrototype: true,
  requiredKeys: Object.keys(marketFields).slice(0, -2) as (keyof typeof marketFields)[],
});

const order = record({
  orderId: anyText,
  clientOrderId: anyText,
  ticker: text,
  side,
  price,
  status: fc.constantFrom("resting", "canceled", "executed"),
  initialCount: whole,
  fillCount: whole,
  remainingCount: whole,
  expiresAt: nullable(time),
});

const fill = record({
  tradeId: text,
  orderId: anyText,
  clientOrderId: nullable(anyText),
  ticker: text,
  side,
  price,
  count: whole,
  fee: integer,
  isTaker: fc.boolean(),
  executedAt: time,
});

/** What JSON gives back as it was. */
const parameter = fc.oneof(float, fc.boolean(), anyText, fc.constant(null));

const FIELDS: { readonly [T in Input["type"]]: Record<string, fc.Arbitrary<unknown>> } = {
  clock: {},
  market: { market },
  lifecycle: {
    ticker: text,
    event: fc.constantFrom("determined", "settled"),
    result,
    settlementValue: nullable(integer),
  },
  book_snapshot: {
    ticker: text,
    sequence: nullable(sequence),
    yes: levels,
    no: levels,
    exchangeTime: nullable(time),
  },
  book_delta: {
    ticker: text,
    sequence: nullable(sequence),
    side: fc.constantFrom("yes", "no"),
    price,
    delta: integer,
    exchangeTime: nullable(time),
  },
  sequence: { sequence },
  book_stale: { tickers: fc.oneof(fc.constant("all"), fc.array(text, { maxLength: 5 })), reason: anyText },
  trade: { ticker: text, tradeId: anyText, price, count: whole, takerSide: side, exchangeTime: time },
  index: {
    index: text,
    value: float,
    sourceTime: time,
    source: fc.constantFrom("official", "composite", "exchange", "recorded"),
    venueAverage: nullable(record({ value: float, count: fc.nat(60) })),
    exchange: text,
    live: fc.constant(true),
  },
  spot: {
    exchange: text,
    asset: text,
    state: fc.constantFrom("live", "stale", "outlier", "crossed", "one_sided", "down"),
    bid: nullable(float),
    ask: nullable(float),
    last: nullable(float),
    vwap: nullable(float),
    volume: float,
    weight: float,
    age: nullable(float),
    latency: nullable(float),
  },
  minute: { asset: text, start: time, open: float, high: float, low: float, close: float, source: anyText },
  implied_volatility: { asset: text, volatility: float, horizon: float, source: anyText, sourceTime: time },
  volatility_forecast: {
    asset: text,
    chosen: text,
    since: nullable(time),
    why: anyText,
    forecasts: fc.array(record({ horizon: float, volatility: float }), { maxLength: 5 }),
    scores: fc.array(record({ name: text, n: whole, score: nullable(float), advantage: nullable(float) }), {
      maxLength: 5,
    }),
  },
  weather_observation: { station: text, observedAt: time, temperatureF: float, roundingF: float },
  weather_forecast: {
    station: text,
    issuedAt: time,
    hours: fc.array(record({ start: time, temperatureF: float }), { maxLength: 5 }),
  },
  climate_report: {
    station: text,
    day: text,
    highF: nullable(integer),
    lowF: nullable(integer),
    final: fc.boolean(),
    issuedAt: time,
    source: fc.constantFrom("nws", "weather_company", "kalshi"),
  },
  fed_funds: {
    effective: nullable(record({ day: text, rate: float })),
    target: nullable(record({ lower: float, upper: float })),
    futures: fc.array(record({ month: text, price: float }), { maxLength: 5 }),
    sourceTime: time,
  },
  peer_quote: {
    venue: fc.constant("polymarket"),
    ticker: text,
    bid: nullable(price),
    bidSize: whole,
    ask: nullable(price),
    askSize: whole,
    sourceTime: time,
  },
  link: { link: anyText, up: fc.boolean(), detail: anyText },
  order_accepted: { clientOrderId: anyText, orderId: anyText, fillCount: whole, remainingCount: whole },
  order_rejected: { clientOrderId: anyText, code: anyText, reason: anyText },
  order_unknown: { clientOrderId: anyText, reason: anyText },
  order_cancelled: { clientOrderId: anyText, reducedBy: whole },
  cancel_failed: { clientOrderId: anyText, gone: fc.boolean(), reason: anyText },
  order_changed: {
    clientOrderId: anyText,
    orderId: anyText,
    terms: nullable(record({ price, count: whole, expiresAt: nullable(time) })),
    fillCount: nullable(whole),
    remainingCount: whole,
  },
  change_failed: { clientOrderId: anyText, gone: fc.boolean(), code: anyText, reason: anyText },
  order_update: { order },
  order_absent: { clientOrderId: anyText },
  queue_position: { positions: fc.array(record({ orderId: anyText, ahead: whole }), { maxLength: 5 }) },
  order_group: {
    strategy: anyText,
    shard: fc.nat(10),
    groupId: nullable(anyText),
    event: fc.constantFrom("created", "triggered", "reset", "failed"),
    reason: anyText,
  },
  fill: { fill },
  account: {
    balance: integer,
    positions: fc.array(record({ ticker: text, position: integer }), { maxLength: 5 }),
    traded: fc.array(fc.nat(10), { maxLength: 3 }),
    shards: fc.array(record({ shard: fc.nat(10), cash: integer }), { maxLength: 5 }),
    fillsReadTo: time,
  },
  exchange_status: {
    shards: fc.array(record({ shard: fc.nat(10), pause }), { maxLength: 5 }),
    others: pause,
    resumeTime: nullable(anyText),
  },
  operator: {
    command: fc.constantFrom("kill", "resume", "stop_strategy", "start_strategy", "shutdown"),
    subject: nullable(anyText),
    via: anyText,
  },
  settings: {
    limits: fc.dictionary(text, float, { maxKeys: 4, noNullPrototype: true }),
    strategies: fc.array(
      record({ name: text, parameters: fc.dictionary(text, parameter, { maxKeys: 4, noNullPrototype: true }) }),
      { maxLength: 3 },
    ),
    text: anyText,
    via: anyText,
  },
  health: { part: fc.constantFrom("journal", "store"), healthy: fc.boolean(), detail: anyText },
  venue_health: {
    calls: whole,
    failed: whole,
    clock: nullable(record({ low: integer, high: integer })),
  },
  lease: { role: fc.constantFrom("leader", "standby", "lost"), epoch: whole, detail: anyText },
};

/** Every input type with an arbitrary for it. */
export const INPUT_ARBITRARIES: readonly (readonly [Input["type"], fc.Arbitrary<Input>])[] = Object.entries(FIELDS)
  .map(([type, fields]) => {
    const all = { type: fc.constant(type), at: time, ...fields };
    const requiredKeys = Object.keys(all).filter((key) => type !== "index" || (key !== "exchange" && key !== "live"));
    const arbitrary: fc.Arbitrary<unknown> = fc.record<Record<string, unknown>>(all, {
      requiredKeys,
      noNullPrototype: true,
    });
    return [type as Input["type"], arbitrary as fc.Arbitrary<Input>];
  });

/** An input of any type. */
export const anyInput: fc.Arbitrary<Input> = fc.oneof(...INPUT_ARBITRARIES.map(([, arbitrary]) => arbitrary));
