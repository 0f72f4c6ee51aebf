/**
 * For tests: a venue that runs against a scripted exchange, and everything it told.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { OrderIntent } from "../../core/order.ts";
import type { Count, Price } from "../../core/units.ts";
import { WallClock } from "../../ops/clock.ts";
import { ScriptedExchange } from "./scripted_exchange_fixture.ts";
import type { Signer } from "./signer.ts";
import { KalshiVenue, type KalshiVenueOptions } from "./venue.ts";

export const SIGNER: Signer = { keyId: "k", headers: () => Promise.resolve({ "KALSHI-ACCESS-KEY": "k" }) };
/** What a test waits for comes at once, on a busy machine somewhat later; this is for what never comes. */
const PATIENCE_MS = 60_000;
/** So short only where an answer shall not come: a busy machine may take longer over one that does. */
export const NO_ANSWER_MS = 500;

export const iso = (offsetSeconds: number) => new Date(Date.now() + offsetSeconds * 1_000).toISOString();
export const TICKER = "KXBTC15M-26SEP251515-15";

/** Fixed: what is read again of a market is what was read before. */
const OPENED = iso(-300);
const CLOSES = iso(600);

export const market = (fields: Readonly<Record<string, unknown>> = {}) => ({
  ticker: TICKER,
  event_ticker: "KXBTC15M-26SEP251515",
  status: "active",
  open_time: OPENED,
  close_time: CLOSES,
  strike_type: "greater_or_equal",
  floor_strike: 83950.62,
  exchange_index: 2,
  result: "",
  price_ranges: [{ start: "0.0000", end: "1.0000", step: "0.0100" }],
  ...fields,
});

export const INTENT: OrderIntent = {
  clientOrderId: "k-1",
  ticker: TICKER,
  side: "bid",
  price: 5600 as Price,
  count: 100 as Count,
  timeInForce: "good_till_canceled",
  postOnly: false,
  reduceOnly: false,
  expiresAt: null,
  shard: 2,
  strategy: "s1",
  signal: "x",
};
export const order = (fields: Readonly<Record<string, unknown>> = {}) => ({
  order_id: "o-1",
  client_order_id: "k-1",
  ticker: TICKER,
  book_side: "bid",
  status: "resting",
  yes_price_dollars: "0.5600",
  initial_count_fp: "1.00",
  fill_count_fp: "0.00",
  remaining_count_fp: "1.00",
  ...fields,
});

export class Run {
  readonly inputs: Input[] = [];
  readonly logs: string[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(readonly exchange: ScriptedExchange, readonly venue: KalshiVenue) {}

  take(input: Input): void {
    this.inputs.push(input);
    for (const look of this.#waiting.splice(0)) look();
  }

  /** Resolves with the first input from `from` on that passes. */
  async until<T extends Input["type"]>(
    type: T,
    passes: (input: Extract<Input, { type: T }>) => boolean = () => true,
    from = 0,
  ): Promise<Extract<Input, { type: T }>> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      for (const input of this.inputs.slice(from)) {
        const candidate = input as Extract<Input, { type: T }>;
        if (input.type === type && passes(candidate)) return candidate;
      }
      if (Date.now() > deadline) {
        throw new Error(`No input ${type} came; there were ${this.inputs.map((input) => input.type).join(", ")}`);
      }
      await new Promise<void>((look) => {
        const timer = setTimeout(look, 50);
        this.#waiting.push(() => {
          clearTimeout(timer);
          look();
        });
      });
    }
  }
}

export async function withVenue(
  options: Partial<KalshiVenueOptions>,
  script: (exchange: ScriptedExchange) => void,
  test: (run: Run) => Promise<void>,
): Promise<void> {
  const exchange = await new ScriptedExchange().start();
  const series = { ticker: "KXBTC15M", fee_type: "quadratic", fee_multiplier: 1, exchange_index: 2 };
  exchange
    .on("GET /series/*", { body: { series } })
    .on("GET /series/fee_changes", { body: { series_fee_change_arr: [] } })
    .on("GET /events", { body: { events: [], cursor: "" } })
    .on("GET /events/fee_changes", { body: { event_fee_changes: [], cursor: "" } })
    .on("GET /markets", ({ query }) => ({
      body: { markets: query.get("status") === "unopened" ? [] : [market()], cursor: "" },
    }))
    .on("GET /portfolio/orders", { body: { orders: [], cursor: "" } })
    .on("GET /portfolio/fills", { body: { fills: [], cursor: "" } })
    .on("GET /portfolio/positions", { body: { market_positions: [], cursor: "" } })
    .on("GET /portfolio/balance", {
      body: {
        balance_dollars: "100.0000",
        balance_breakdown: [{ exchange_index: 0, balance: "60.0000" }, { exchange_index: 2, balance: "40.0000" }],
      },
    });
  script(exchange);
  let run: Run | null = null;
  const venue = new KalshiVenue({
    name: "test",
    rest: exchange.rest,
    ws: exchange.ws,
    signer: SIGNER,
    series: ["KXBTC15M"],
    simulated: true,
    clock: new WallClock(),
    sink: (input) => run?.take(input),
    log: (level, text) => run?.logs.push(`${level} ${text}`),
    lockstep: false,
    trade: true,
    jitter: () => 0,
    ...options,
  });
  run = new Run(exchange, venue);
  try {
    venue.start();
    await test(run);
  } finally {
    await venue.stop();
    await exchange.stop();
  }
}

export const nothing = () => {};

export async function eventually(holds: () => boolean, claim: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`Never true: ${claim}`);
    await new Promise((look) => setTimeout(look, 10));
  }
}
