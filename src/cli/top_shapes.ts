/**
 * What `kbot top` reads of the live updates (server/live_message.ts). A bot of another version may say more, or say something
 * else in a place that is only shown: that place then stays empty. What identifies a row must be there.
 * @module
 */

import { z } from "zod";

/** For people only: anything else than what it should be is as good as nothing. */
const text = z.string().nullable().catch(null);
const figure = z.number().nullable().catch(null);
const whole = z.number().catch(0);

const FEED = z.looseObject({ name: z.string(), by: text, ageMs: figure, trouble: text });

const ALERT = z.looseObject({
  number: z.int(),
  at: z.string(),
  severity: z.enum(["info", "warning", "critical"]).catch("warning"),
  event: z.string().catch(""),
  text: z.string(),
  count: z.int().min(1).catch(1),
});

const STATUS = z.looseObject({
  version: z.string(),
  mode: z.enum(["paper", "live"]),
  venue: z.string(),
  simulated: z.boolean(),
  run: z.string(),
  uptimeSeconds: figure,
  venueHealth: z.looseObject({
    connected: z.boolean(),
    requests: whole,
    requestErrors: whole,
    requestLatencyMs: figure,
    clockOffsetMs: figure,
    trouble: text,
  }),
  feeds: z.array(FEED).catch([]),
  alerts: z.looseObject({ recent: z.array(ALERT).catch([]) }).nullable().catch(null),
  ready: z.looseObject({ ok: z.boolean(), reasons: z.array(z.string()) }),
  clock: z.looseObject({ speed: z.number().catch(1) }),
});

const ACCOUNT = z.looseObject({
  cash: text,
  nav: text,
  exposure: text,
  dailyPnl: text,
  realised: text,
  unrealised: text,
  fees: text,
  orders: whole,
  fills: whole,
  settled: whole,
});

const INDEX = z.looseObject({ index: z.string(), value: figure, source: text, ageMs: figure });
const STATE = z.looseObject({ state: z.enum(["active", "reducing", "halted"]), reason: z.string() });
const HALT = z.looseObject({ name: z.string(), reason: z.string(), scope: text, subject: text, ends: text });

const MARKET = z.looseObject({
  ticker: z.string(),
  status: text,
  bookPhase: text,
  bid: text,
  bidSize: text,
  ask: text,
  askSize: text,
  spread: text,
  strike: figure,
  modelProbability: figure,
  edge: figure,
  edgeSide: text,
  closeTime: z.string(),
  whyNot: text,
});

const POSITION = z.looseObject({
  ticker: z.string(),
  side: text,
  count: text,
  averagePrice: text,
  cost: text,
  value: text,
  unrealised: text,
});

const ORDER = z.looseObject({
  clientOrderId: z.string(),
  ticker: z.string(),
  side: text,
  price: text,
  count: text,
  filled: text,
  phase: text,
  strategy: text,
});

const TRADE = z.looseObject({
  tradeId: z.string(),
  at: z.string(),
  ticker: z.string(),
  side: text,
  price: text,
  count: text,
  fee: text,
  isTaker: z.boolean().nullable().catch(null),
  strategy: text,
  realised: text,
});

const LOG = z.looseObject({ number: z.int(), at: z.string(), level: z.string(), text: z.string() });

const tableOf = <Row extends z.ZodType>(row: Row) =>
  z.looseObject({ order: z.array(z.string()).optional(), rows: z.array(z.tuple([z.string(), row])) }).optional();

export const TOP_UPDATE = z.looseObject({
  full: z.boolean(),
  sequence: z.number(),
  status: STATUS.optional(),
  sections: z.looseObject({
    at: z.string().optional(),
    account: ACCOUNT.optional(),
    state: STATE.optional(),
    halts: z.array(HALT).optional(),
    indices: z.array(INDEX).optional(),
    counters: z.looseObject({ inputs: whole }).optional(),
  }),
  tables: z.looseObject({
    markets: tableOf(MARKET),
    positions: tableOf(POSITION),
    orders: tableOf(ORDER),
    trades: tableOf(TRADE),
  }),
  logs: z.array(LOG).catch([]),
});

export type TopUpdate = z.output<typeof TOP_UPDATE>;
export type TopStatus = z.output<typeof STATUS>;
export type TopAlert = z.output<typeof ALERT>;
export type TopAccount = z.output<typeof ACCOUNT>;
export type TopState = z.output<typeof STATE>;
export type TopHalt = z.output<typeof HALT>;
export type TopIndex = z.output<typeof INDEX>;
export type TopMarket = z.output<typeof MARKET>;
export type TopPosition = z.output<typeof POSITION>;
export type TopOrder = z.output<typeof ORDER>;
export type TopTrade = z.output<typeof TRADE>;
export type TopLog = z.output<typeof LOG>;
