/**
 * For the tests of order flow: inputs of whole markets whose truth is known.
 * @module
 */

import type { Input } from "../core/input.ts";
import { count, micros, MICROS_PER_SECOND, ONE_DOLLAR_PRICE, price } from "../core/units.ts";
import { after, aMarket } from "../execution/order_fixture.ts";
import { FLOW_START, type FlowEvent, type FlowTape, flowTape } from "../models/order_flow_fixture.ts";

const MARKET_SECONDS = 900;
const MIDDLE = 5_000;

/** One quarter of an hour after the other, each a market with its own tape; it ends on the side of its last mid. */
export function* flowSessions(markets: number, tape: Omit<FlowTape, "seconds">): Generator<Input> {
  for (let market = 0; market < markets; market++) {
    const ticker = `KXBTC15M-T${market}-15`;
    const opens = market * MARKET_SECONDS;
    const open = { openTime: after(opens), closeTime: after(opens + MARKET_SECONDS) };
    yield { type: "market", at: after(opens), market: aMarket({ ticker, event: `KXBTC15M-T${market}`, ...open }) };
    yield { type: "book_snapshot", at: after(opens), ticker, sequence: null, yes: [], no: [], exchangeTime: null };
    const standing = new Quotes(ticker);
    let mid = MIDDLE;
    for (const event of flowTape({ ...tape, seed: tape.seed + market, seconds: MARKET_SECONDS })) {
      const at = micros(event.at - FLOW_START * MICROS_PER_SECOND + after(opens));
      if (event.type === "quote") {
        mid = (event.bid + event.ask) / 2;
        yield* standing.changes(at, event);
      } else {
        const { takerSide } = event;
        const told = { tradeId: String(at), price: price(5_000), count: event.count, takerSide, exchangeTime: at };
        yield { type: "trade", at, ticker, ...told };
      }
    }
    const at = after(opens + MARKET_SECONDS);
    const result = mid > MIDDLE ? "yes" : "no";
    yield { type: "lifecycle", at, ticker, event: "determined", result, settlementValue: null };
  }
}

/** A book with one level on each side, told as the changes of its levels. */
class Quotes {
  #standing: (readonly [side: "yes" | "no", at: number, size: number])[] = [];

  constructor(readonly ticker: string) {}

  *changes(at: Input["at"], { bid, bidSize, ask, askSize }: Extract<FlowEvent, { type: "quote" }>): Generator<Input> {
    const wanted = [["yes", bid, bidSize], ["no", ONE_DOLLAR_PRICE - ask, askSize]] as const;
    const levels = [...this.#standing.map(([side, from, size]) => [side, from, -size] as const), ...wanted];
    for (const [side, level, delta] of levels) {
      const change = { side, price: price(level), delta: count(delta), sequence: null, exchangeTime: null };
      yield { type: "book_delta", at, ticker: this.ticker, ...change };
    }
    this.#standing = [...wanted];
  }
}
