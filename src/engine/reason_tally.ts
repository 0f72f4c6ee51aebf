/**
 * For how long each reason kept each strategy's orders back, over the last hour, minute by minute. A second counts once for every market
 * that has opened and is not over, and every strategy that trades it. Looked at once a second from outside the engine's steps: nothing that is decided depends
 * on it, and a replay does without.
 * @module
 */

import { type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../core/units.ts";
import type { Desk } from "./desk.ts";
import { keptBackBy } from "./keeping_still.ts";
import type { MarketState } from "./market_state.ts";
import type { KeptBackView } from "./view.ts";

const MINUTES = 60;
const LOOK_EVERY = 1 * MICROS_PER_SECOND;
/** After a longer silence nobody knows what kept back what meanwhile. */
const CREDIT_MAX = 5 * MICROS_PER_SECOND;
/** Reasons of all strategies that are told apart in one minute; there are about forty words. Beyond it: {@link OTHERS}. */
const REASONS_MAX = 500;
const OTHERS = { strategy: "others", code: "others" } as const;
const ROWS_MAX = 20;

/** Why one strategy was kept back, and for how many seconds. */
interface Reason {
  readonly strategy: string;
  readonly code: string;
  seconds: number;
  /** The newest. */
  ticker: string;
  text: () => string;
}

interface Minute {
  readonly number: number;
  readonly reasons: Map<string, Reason>;
  /** Looked at, whether anything was kept back or not. */
  seconds: number;
}

export class ReasonTally {
  /** Oldest first. */
  readonly #minutes: Minute[] = [];
  #lookedAt: Micros | null = null;

  /** Takes a look, unless the last one is less than a second ago. */
  look(at: Micros, desk: Desk, markets: Iterable<MarketState>): void {
    const since = this.#lookedAt;
    if (since !== null && at - since < LOOK_EVERY) return;
    this.#lookedAt = at;
    if (since === null) return;
    const seconds = Math.min(at - since, CREDIT_MAX) / MICROS_PER_SECOND;
    const minute = this.#minuteAt(at);
    for (const state of markets) {
      if (state.closed || state.market.status === "initialized") continue;
      for (const standing of state.standings) {
        minute.seconds += seconds;
        const refusal = keptBackBy(desk, state, standing);
        if (refusal === null) continue;
        const reason = reasonIn(minute, standing.strategy.name, refusal.code);
        reason.seconds += seconds;
        reason.ticker = state.market.ticker;
        // Put into words only when someone reads them.
        reason.text = () => refusal.text;
      }
    }
  }

  /** Of the last hour, what kept back longest first. */
  view(at: Micros): KeptBackView {
    this.#forgetBefore(Math.floor(at / MICROS_PER_MINUTE) - MINUTES + 1);
    const sums = new Map<string, Reason>();
    let watched = 0;
    for (const minute of this.#minutes) {
      watched += minute.seconds;
      for (const [key, reason] of minute.reasons) {
        const before = sums.get(key)?.seconds ?? 0;
        sums.set(key, { ...reason, seconds: before + reason.seconds });
      }
    }
    const rows = [...sums.values()].sort((one, other) => other.seconds - one.seconds).slice(0, ROWS_MAX);
    return {
      watchedSeconds: Math.round(watched),
      reasons: rows.map(({ strategy, code, seconds, ticker, text }) => ({
        strategy,
        code,
        seconds: Math.round(seconds),
        share: watched === 0 ? 0 : seconds / watched,
        ticker,
        text: text(),
      })),
    };
  }

  #minuteAt(at: Micros): Minute {
    const number = Math.floor(at / MICROS_PER_MINUTE);
    this.#forgetBefore(number - MINUTES + 1);
    const newest = this.#minutes.at(-1);
    if (newest?.number === number) return newest;
    const minute: Minute = { number, reasons: new Map(), seconds: 0 };
    this.#minutes.push(minute);
    return minute;
  }

  #forgetBefore(number: number): void {
    while (this.#minutes.length > 0 && this.#minutes[0].number < number) this.#minutes.shift();
  }
}

function reasonIn({ reasons }: Minute, strategy: string, code: string): Reason {
  const key = `${strategy} ${code}`;
  const known = reasons.get(key);
  if (known !== undefined) return known;
  const told = reasons.size < REASONS_MAX ? { strategy, code } : OTHERS;
  const place = `${told.strategy} ${told.code}`;
  const reason = reasons.get(place) ?? { ...told, seconds: 0, ticker: "", text: () => "" };
  reasons.set(place, reason);
  return reason;
}
