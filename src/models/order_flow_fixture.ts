/**
 * For the tests of order flow: a market's trades and quotes whose truth is known.
 * @module
 */

import { type Count, count, type Micros, micros, MICROS_PER_SECOND, type Price, price } from "../core/units.ts";

export interface FlowTape {
  readonly seed: number;
  readonly seconds: number;
  /** How far the mid follows the side that takes: 0 not at all, 1 by a cent in every second in which it moves. */
  readonly strength: number;
  /** Whether now and then it leaps back as far as it would have come on average: then it is its own best forecast after all. */
  readonly leaps?: boolean;
}

export type FlowEvent =
  | {
    readonly type: "quote";
    readonly at: Micros;
    readonly bid: Price;
    readonly bidSize: Count;
    readonly ask: Price;
    readonly askSize: Count;
  }
  | { readonly type: "trade"; readonly at: Micros; readonly takerSide: "bid" | "ask"; readonly count: Count };

/** 2026-05-11T00:00:00Z. */
export const FLOW_START = 1_778_457_600;
/** In a second the mid moves with this probability, and the takers' side is another one with that. */
const MOVES = 0.5;
const TURNS = 0.1;
const LOW = 5;
const HIGH = 95;
const CENT = 100;
const LEAP_CENTS = 20;

/** Uniform numbers by a 32-bit shift register: the same bits in any language. */
export function uniforms(seed: number): () => number {
  let state = (Math.imul(seed + 1, 0x9e3779b9) ^ 0x2545f491) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Each second a trade, by a side that seldom changes, and quotes two cents apart. The mid moves by a cent, up as often as down
 * where nothing is planted, so that then it is its own best forecast; at 5 and 95 cents it stays for good.
 */
export function* flowTape({ seed, seconds, strength, leaps = false }: FlowTape): Generator<FlowEvent> {
  const uniform = uniforms(seed);
  let cents = 50;
  let side = uniform() < 0.5 ? -1 : 1;
  const size = () => count(100 * Math.ceil(50 * uniform()));
  for (let second = 0; second < seconds; second++) {
    const at = (part: number) => micros((FLOW_START + second) * MICROS_PER_SECOND + part);
    if (cents > LOW && cents < HIGH) {
      const back = Math.min(LEAP_CENTS, side > 0 ? cents - LOW + 1 : HIGH + 1 - cents);
      // Of a move by a cent, strength of which is with the side: as likely as it takes to come out at nothing.
      if (leaps && uniform() < MOVES * strength / (back + MOVES * strength)) cents -= side * back;
      else if (uniform() < MOVES) cents += uniform() < (1 + strength * side) / 2 ? 1 : -1;
    }
    yield {
      type: "quote",
      at: at(1_000),
      bid: price((cents - 1) * CENT),
      bidSize: size(),
      ask: price((cents + 1) * CENT),
      askSize: size(),
    };
    if (uniform() < TURNS) side = -side;
    yield { type: "trade", at: at(500_000), takerSide: side > 0 ? "bid" : "ask", count: size() };
  }
}
