/**
 * The shape of every input as it stands in a journal. What passes here is an `Input`, field by field.
 * @module
 */

import type {
  ClockBounds,
  ExchangeStatusInput,
  FedFundsInput,
  Input,
  PositionReport,
  QueuePlace,
  SequencePoint,
  ShardCash,
  StrategyParameters,
  VolatilityAhead,
  VolatilityScore,
  WeatherForecastInput,
} from "../core/input.ts";
import type { FeeSchedule, Market, PriceRange } from "../core/market.ts";
import type { FillReport, OrderReport, OrderTerms } from "../core/order.ts";
import {
  type Check,
  either,
  type FieldChecks,
  finite,
  flag,
  identifier,
  integer,
  integerBetween,
  isObject,
  listOf,
  nullable,
  objectOf,
  oneOf,
  optional,
  pairOf,
  recordOf,
  type ShapeFault,
  show,
  text,
} from "./journal_shape.ts";

const whole = integerBetween(0, Infinity);
/** Of a field that is there or not. */
const always: Check = (value) => value === true ? null : { path: "", found: show(value), wanted: "true or nothing" };
/** What a strategy's own declaration checks. */
const anything: Check = () => null;
const price = integerBetween(0, 10_000);
const side = oneOf("bid", "ask");
const pause = oneOf("none", "trading", "exchange");
const result = oneOf("", "yes", "no", "scalar");
const levels = listOf(pairOf(price, integer));

const sequence = objectOf<SequencePoint>({ connection: whole, sid: whole, seq: whole });

const market = objectOf<Market>({
  ticker: identifier,
  event: text,
  series: text,
  status: oneOf("initialized", "inactive", "active", "closed", "determined", "disputed", "amended", "finalized"),
  openTime: whole,
  closeTime: whole,
  strikeType: nullable(
    oneOf("greater", "greater_or_equal", "less", "less_or_equal", "between", "functional", "custom", "structured"),
  ),
  floorStrike: nullable(finite),
  capStrike: nullable(finite),
  roundDigits: integer,
  priceRanges: listOf(objectOf<PriceRange>({ start: price, end: price, step: price })),
  shard: integer,
  fees: objectOf<FeeSchedule>({
    type: oneOf("quadratic", "quadratic_with_maker_fees", "quadratic_with_combo_maker_fees", "flat"),
    multiplierMillionths: integer,
  }),
  result,
  expirationValue: nullable(finite),
  settlementValue: nullable(integer),
  exclusive: optional(always),
  positionLimit: optional(whole),
});

const order = objectOf<OrderReport>({
  orderId: text,
  clientOrderId: text,
  ticker: identifier,
  side,
  price,
  status: oneOf("resting", "canceled", "executed"),
  initialCount: integer,
  fillCount: integer,
  remainingCount: integer,
  expiresAt: optional(nullable(whole)),
});

const terms = objectOf<OrderTerms>({ price, count: integer, expiresAt: nullable(whole) });

const fill = objectOf<FillReport>({
  tradeId: identifier,
  orderId: text,
  clientOrderId: nullable(text),
  ticker: identifier,
  side,
  price,
  count: integer,
  fee: integer,
  isTaker: flag,
  executedAt: whole,
});

type InputOf<T extends Input["type"]> = Extract<Input, { type: T }>;

const SHAPES: { readonly [T in Input["type"]]: FieldChecks<Omit<InputOf<T>, "type" | "at">> } = {
  clock: {},
  market: { market },
  lifecycle: {
    ticker: identifier,
    event: oneOf("determined", "settled"),
    result,
    settlementValue: nullable(integer),
  },
  book_snapshot: {
    ticker: identifier,
    sequence: nullable(sequence),
    yes: levels,
    no: levels,
    exchangeTime: nullable(whole),
  },
  book_delta: {
    ticker: identifier,
    sequence: nullable(sequence),
    side: oneOf("yes", "no"),
    price,
    delta: integer,
    exchangeTime: nullable(whole),
  },
  sequence: { sequence },
  book_stale: { tickers: either(oneOf("all"), listOf(identifier)), reason: text },
  trade: { ticker: identifier, tradeId: text, price, count: integer, takerSide: side, exchangeTime: whole },
  index: {
    index: identifier,
    value: finite,
    sourceTime: whole,
    source: oneOf("official", "composite", "exchange", "recorded"),
    venueAverage: nullable(objectOf<{ value: number; count: number }>({ value: finite, count: whole })),
    exchange: optional(identifier),
    live: optional(always),
  },
  spot: {
    exchange: identifier,
    asset: identifier,
    state: oneOf("live", "stale", "outlier", "crossed", "one_sided", "down"),
    bid: nullable(finite),
    ask: nullable(finite),
    last: nullable(finite),
    vwap: nullable(finite),
    volume: finite,
    weight: finite,
    age: nullable(finite),
    latency: nullable(finite),
  },
  minute: {
    asset: identifier,
    start: whole,
    open: finite,
    high: finite,
    low: finite,
    close: finite,
    source: text,
  },
  implied_volatility: { asset: identifier, volatility: finite, horizon: finite, source: text, sourceTime: whole },
  volatility_forecast: {
    asset: identifier,
    chosen: identifier,
    since: nullable(whole),
    why: text,
    forecasts: listOf(objectOf<VolatilityAhead>({ horizon: finite, volatility: finite })),
    scores: listOf(
      objectOf<VolatilityScore>({ name: identifier, n: whole, score: nullable(finite), advantage: nullable(finite) }),
    ),
  },
  weather_observation: { station: identifier, observedAt: whole, temperatureF: finite, roundingF: finite },
  weather_forecast: {
    station: identifier,
    issuedAt: whole,
    hours: listOf(objectOf<WeatherForecastInput["hours"][number]>({ start: whole, temperatureF: finite })),
  },
  climate_report: {
    station: identifier,
    day: identifier,
    highF: nullable(integer),
    lowF: nullable(integer),
    final: flag,
    issuedAt: whole,
    source: oneOf("nws", "weather_company", "kalshi"),
  },
  fed_funds: {
    effective: nullable(objectOf<{ day: string; rate: number }>({ day: identifier, rate: finite })),
    target: nullable(objectOf<{ lower: number; upper: number }>({ lower: finite, upper: finite })),
    futures: listOf(objectOf<FedFundsInput["futures"][number]>({ month: identifier, price: finite })),
    sourceTime: whole,
  },
  peer_quote: {
    venue: oneOf("polymarket"),
    ticker: identifier,
    bid: nullable(price),
    bidSize: integer,
    ask: nullable(price),
    askSize: integer,
    sourceTime: whole,
  },
  link: { link: text, up: flag, detail: text },
  order_accepted: { clientOrderId: text, orderId: text, fillCount: integer, remainingCount: integer },
  order_rejected: { clientOrderId: text, code: text, reason: text },
  order_unknown: { clientOrderId: text, reason: text },
  order_cancelled: { clientOrderId: text, reducedBy: integer },
  cancel_failed: { clientOrderId: text, gone: flag, reason: text },
  order_changed: {
    clientOrderId: text,
    orderId: text,
    terms: nullable(terms),
    fillCount: nullable(integer),
    remainingCount: integer,
  },
  change_failed: { clientOrderId: text, gone: flag, code: text, reason: text },
  order_update: { order },
  order_absent: { clientOrderId: text },
  queue_position: { positions: listOf(objectOf<QueuePlace>({ orderId: text, ahead: integer })) },
  order_group: {
    strategy: text,
    shard: whole,
    groupId: nullable(text),
    event: oneOf("created", "triggered", "reset", "failed"),
    reason: text,
  },
  fill: { fill },
  account: {
    balance: integer,
    positions: listOf(objectOf<PositionReport>({ ticker: identifier, position: integer })),
    traded: optional(listOf(whole)),
    shards: optional(listOf(objectOf<ShardCash>({ shard: whole, cash: integer }))),
    fillsReadTo: optional(whole),
  },
  exchange_status: {
    shards: listOf(objectOf<ExchangeStatusInput["shards"][number]>({ shard: whole, pause })),
    others: pause,
    resumeTime: nullable(text),
  },
  operator: {
    command: oneOf("kill", "reduce", "resume", "stop_strategy", "start_strategy", "wind_up_strategy", "shutdown"),
    subject: nullable(text),
    via: text,
  },
  settings: {
    limits: recordOf(finite),
    strategies: listOf(objectOf<StrategyParameters>({ name: identifier, parameters: recordOf(anything) })),
    text,
    via: text,
  },
  health: { part: oneOf("journal", "store"), healthy: flag, detail: text },
  venue_health: {
    calls: whole,
    failed: whole,
    clock: nullable(objectOf<ClockBounds>({ low: integer, high: integer })),
  },
  lease: { role: oneOf("leader", "standby", "lost"), epoch: whole, detail: text },
};

const CHECKS: ReadonlyMap<unknown, Check> = new Map(
  Object.entries(SHAPES).map(([type, fields]): [string, Check] => [type, objectOf({ at: whole, ...fields })]),
);

/** The names of all inputs, as they stand in `type`. */
export const INPUT_TYPES: readonly string[] = Object.keys(SHAPES);

/** Says where a value is not an {@link Input}; `null` where it is one. */
export function checkInput(value: unknown): ShapeFault | null {
  if (!isObject(value)) return { path: "", found: show(value), wanted: "an input" };
  const check = CHECKS.get(value.type);
  if (check === undefined) return { path: ".type", found: show(value.type), wanted: "the type of an input" };
  return check(value);
}
