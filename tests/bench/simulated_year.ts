/**
 * A made-up year: an index that walks at random with a price every second, a 15-minute market in every quarter of an hour, and
 * somebody who quotes it around the model's own probability, now and then wrongly. SIMULATED: what is earned on it says nothing.
 * @module
 */

import type { Input, Level } from "../../src/core/input.ts";
import { aMarket } from "../../src/core/market_fixture.ts";
import { NAMED_PRICE_RANGES } from "../../src/core/price_grid.ts";
import { settlementNumber, SettlementWindow } from "../../src/core/settlement.ts";
import { quarterHourTicker } from "../../src/core/ticker.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, money, ONE_DOLLAR, price } from "../../src/core/units.ts";
import type { SourceBatch } from "../../src/backtest/backtest.ts";
import { settlementAverageAbove } from "../../src/models/settlement_average.ts";

const SERIES = "KXBTC15M";
const WINDOW_SECONDS = 900;
/** A Friday at midnight UTC. */
const BEGIN = 1_767_916_800;
const SPOT = 84_000;
/** Per square root of a second: about 30 % a year. */
const SIGMA = 5e-5;
const CENT = 100;
/** Whoever quotes does so anew when the model's probability has moved this many cents. */
const REQUOTED_AT = 1.5;
/** Whoever quotes knows the price before it is published: no quote is late. */
const QUOTED_BEFORE = 1_000;
/** Of so many quotes one is wrong, by so many cents. */
const WRONG_EVERY = 400;
const WRONG_CENTS = 8;
const SIZE = count(20_000);

/** Marsaglia's xorshift with 32 bits: the same numbers for a seed on every machine. */
class Walk {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** Above 0, below 1. */
  uniform(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  }

  /** Mean 0, standard deviation 1, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

/** The inputs of so many quarters of an hour, a batch for each. */
export async function* simulatedQuarters(quarters: number, seed: number): AsyncGenerator<SourceBatch> {
  const walk = new Walk(seed);
  let spot = SPOT;
  let strike = SPOT;
  for (let quarter = 0; quarter < quarters; quarter++) {
    const openSecond = BEGIN + quarter * WINDOW_SECONDS;
    const closeTime = micros((openSecond + WINDOW_SECONDS) * MICROS_PER_SECOND);
    const { market: ticker, event } = quarterHourTicker(SERIES, closeTime);
    const inputs: Input[] = [];
    const openTime = micros(openSecond * MICROS_PER_SECOND);
    const listed = aMarket({
      ticker,
      event,
      series: SERIES,
      openTime,
      closeTime,
      floorStrike: strike,
      priceRanges: NAMED_PRICE_RANGES.tapered_deci_cent,
      shard: 0,
    });
    inputs.push({ type: "market", at: openTime, market: listed });
    const window = new SettlementWindow(closeTime);
    let quoted = -Infinity;
    for (let second = 1; second <= WINDOW_SECONDS; second++) {
      spot *= 1 + SIGMA * walk.normal();
      const at = micros((openSecond + second) * MICROS_PER_SECOND);
      const value = Math.round(spot * 100) / 100;
      window.observe(openSecond + second, value);
      const cents = 100 * settlementAverageAbove(value, strike, SIGMA, Math.max(1, WINDOW_SECONDS - second));
      if (Math.abs(cents - quoted) >= REQUOTED_AT && second < WINDOW_SECONDS) {
        quoted = cents;
        const wrong = walk.uniform() * WRONG_EVERY < 1 ? WRONG_CENTS * Math.sign(walk.normal()) : 0;
        inputs.push(quote(ticker, micros(at - QUOTED_BEFORE), cents + wrong));
      }
      inputs.push({ type: "index", at, index: "BRTI", value, sourceTime: at, source: "recorded", venueAverage: null });
    }
    const settled = settlementNumber(window.average("B").mean ?? spot, 2);
    const result = settled >= strike ? "yes" : "no";
    const settlementValue = result === "yes" ? ONE_DOLLAR : money(0);
    yield { file: "simulated", inputs, lines: inputs.map(() => 0) };
    yield {
      file: "simulated",
      inputs: [
        { type: "lifecycle", at: closeTime, ticker, event: "determined", result, settlementValue: null },
        { type: "lifecycle", at: closeTime, ticker, event: "settled", result, settlementValue },
      ],
      lines: [0, 0],
    };
    strike = settled;
  }
}

/** A cent wide, as such markets mostly are, around this many cents; one level a side. */
function quote(ticker: string, at: Micros, cents: number): Input {
  const bid = Math.min(98, Math.max(1, Math.floor(cents)));
  const yes: Level[] = [[price(bid * CENT), SIZE]];
  const no: Level[] = [[price((99 - bid) * CENT), SIZE]];
  return { type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null };
}
