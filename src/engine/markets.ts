/**
 * The markets that are followed, from the first word of them until some time after they were paid out.
 *
 * | what is heard | leads to |
 * | --- | --- |
 * | a market | it is learnt, or what is known of it replaced |
 * | a status from `closed` on, its close time, `determined` | closed: nothing is traded there any more |
 * | `active` again before the close time, and no result | open again |
 * | `settled`, or status `finalized`, with a result | paid out, once |
 * | nothing more, for ten minutes after that | forgotten |
 * | nothing of one that is closed, for a day, where nothing is held or open | forgotten |
 *
 * @module
 */

import type { LifecycleInput } from "../core/input.ts";
import type { Market, MarketStatus } from "../core/market.ts";
import { MICROS_PER_DAY, MICROS_PER_MINUTE, type Money } from "../core/units.ts";
import type { BoundStrategy } from "../strategies/registry.ts";
import type { Desk } from "./desk.ts";
import { Groups } from "./groups.ts";
import { MarketState } from "./market_state.ts";
import type { Step } from "./step.ts";
import type { StrategyStates } from "./strategy_states.ts";

/** Markets followed at once; settled ones go first when it is full. */
const MARKETS_MAX = 5_000;
/** A settled market stays visible this long. */
const SETTLED_KEPT = 10 * MICROS_PER_MINUTE;
/** A closed one whose result nobody names: recordings end before it, and what was not traded need not be paid. */
const SILENT_KEPT = MICROS_PER_DAY;
/** Nothing is traded any more, whatever the close time says. */
const ENDED: ReadonlySet<MarketStatus> = new Set<MarketStatus>([
  "closed",
  "determined",
  "disputed",
  "amended",
  "finalized",
]);

/** Runs what a strategy does about a market, and stops the strategy where it throws. */
export type Guard = (strategy: BoundStrategy, ticker: string, act: () => void) => void;

const NO_MARKETS: ReadonlySet<MarketState> = new Set();

export class Markets {
  /** Of the strategies that decide about several markets at a time. */
  readonly groups: Groups;
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #strategies: BoundStrategy[];
  readonly #byTicker: Map<string, MarketState>;
  readonly #byEvent = new Map<string, Set<MarketState>>();
  readonly #onForgotten: (ticker: string) => void;
  readonly #guard: Guard;
  readonly #states: StrategyStates;

  /**
   * @param byTicker where the markets are kept; the desk looks them up there, too
   * @param onForgotten hears which market is not followed any more
   * @param guard runs what a strategy does, and stops the strategy where it throws
   */
  constructor(
    step: Step,
    desk: Desk,
    strategies: readonly BoundStrategy[],
    states: StrategyStates,
    byTicker: Map<string, MarketState>,
    onForgotten: (ticker: string) => void,
    guard: Guard,
  ) {
    this.groups = new Groups(step);
    this.#step = step;
    this.#desk = desk;
    this.#strategies = [...strategies];
    this.#byTicker = byTicker;
    this.#onForgotten = onForgotten;
    this.#guard = guard;
    this.#states = states;
  }

  get(ticker: string): MarketState | undefined {
    return this.#byTicker.get(ticker);
  }

  /** The strategies that run, or ran. */
  get strategies(): readonly BoundStrategy[] {
    return this.#strategies;
  }

  /** Every market that is followed, in the order in which they were heard of. */
  values(): Iterable<MarketState> {
    return this.#byTicker.values();
  }

  /** The markets of an event that are followed: as many as its ladder has strikes. */
  inEvent(event: string): ReadonlySet<MarketState> {
    return this.#byEvent.get(event) ?? NO_MARKETS;
  }

  /** One more strategy runs from now on. */
  join(strategy: BoundStrategy): void {
    this.#strategies.push(strategy);
    for (const state of this.#byTicker.values()) this.#join(state, strategy);
  }

  /** Takes in what the exchange says of a market. Its state; `null` where there is no room for one more. */
  learn(market: Market): MarketState | null {
    let state = this.#byTicker.get(market.ticker);
    if (state === undefined) {
      if (!this.#makeRoom()) {
        this.#step.log("error", `No room for ${market.ticker}: ${MARKETS_MAX} markets are held`);
        return null;
      }
      state = new MarketState(market);
      for (const strategy of this.#strategies) this.#join(state, strategy);
      state.book.awaitSnapshot();
      this.#byTicker.set(market.ticker, state);
      const siblings = this.#byEvent.get(market.event);
      if (siblings === undefined) this.#byEvent.set(market.event, new Set([state]));
      else siblings.add(state);
    } else {
      state.update(market);
    }
    state.heardAt = this.#step.at;
    if (market.status !== "finalized") state.followed = true;
    if (market.result !== "") state.ends(market.result, market.settlementValue);
    if (ENDED.has(market.status)) this.close(state);
    else if (market.status === "active" && state.closed) this.#reopen(state);
    if (market.status === "finalized") this.#settle(state);
    return state;
  }

  /** A result was named, or paid. */
  lifecycle(input: LifecycleInput): void {
    const state = this.#byTicker.get(input.ticker);
    if (state === undefined) return;
    state.heardAt = this.#step.at;
    state.ends(input.result, input.settlementValue);
    this.close(state);
    if (input.event === "settled") this.#settle(state);
  }

  close(state: MarketState): void {
    if (state.closed) return;
    state.closed = true;
    state.closedAt = this.#step.at;
    state.letGo();
    this.#desk.closed(state.market.ticker);
  }

  /** The close may come to light by any input: what arrives after it is not traded on. */
  closeWhenDue(state: MarketState): void {
    if (!state.closed && this.#step.at >= state.market.closeTime) this.close(state);
  }

  /** Lets go of a closed market that was paid out long enough ago, or of which nothing came any more and nothing is held. */
  forgetWhenOld({ market: { ticker }, settledAt, closedAt, heardAt }: MarketState): void {
    const { at } = this.#step;
    const isOld = settledAt === null
      ? at - Math.max(closedAt ?? at, heardAt) > SILENT_KEPT && !this.#desk.isInvolved(ticker)
      : at - settledAt > SETTLED_KEPT;
    if (isOld) this.#forget(ticker);
  }

  /** Makes room for one more market. False where every one that is followed is involved. */
  #makeRoom(): boolean {
    if (this.#byTicker.size < MARKETS_MAX) return true;
    let leaving: MarketState | null = null;
    for (const state of this.#byTicker.values()) {
      if (this.#desk.isInvolved(state.market.ticker)) continue;
      leaving ??= state;
      if (!state.closed) continue;
      leaving = state;
      break;
    }
    if (leaving !== null) this.#forget(leaving.market.ticker);
    return leaving !== null;
  }

  #forget(ticker: string): void {
    const state = this.#byTicker.get(ticker);
    if (state !== undefined) {
      this.#leaveEvent(state);
      this.groups.leave(state);
    }
    this.#byTicker.delete(ticker);
    this.#onForgotten(ticker);
    this.#desk.forget(ticker);
  }

  /** A strategy that cannot even tell whether it trades a market does not trade it. */
  #join(state: MarketState, strategy: BoundStrategy): void {
    this.#guard(strategy, state.market.ticker, () => state.join(strategy, this.#states.of(strategy.name), this.groups));
  }

  #leaveEvent(state: MarketState): void {
    const { event } = state.market;
    const siblings = this.#byEvent.get(event);
    siblings?.delete(state);
    if (siblings?.size === 0) this.#byEvent.delete(event);
  }

  #settle(state: MarketState): void {
    const value = state.payout;
    if (state.settledAt !== null || value === null) return;
    state.settledAt = this.#step.at;
    this.close(state);
    this.#tellSettled(state, value);
    this.#desk.settle(state.market.ticker, state.result, value, state.followed);
  }

  /** Strategies that hold something of it hear how it ended. */
  #tellSettled({ market, result, standings }: MarketState, payout: Money): void {
    for (const { strategy } of standings) {
      const ownPosition = this.#desk.ledger.partOf(market.ticker, strategy.name);
      if (ownPosition === 0) continue;
      this.#guard(strategy, market.ticker, () => {
        const said = strategy.settled({ market, result, payout, ownPosition });
        if (said !== null) this.#step.audit("settled", market.ticker, `${strategy.name}: ${said}`);
      });
    }
  }

  /** The exchange moved the close, or took an early one back. */
  #reopen(state: MarketState): void {
    if (state.settledAt !== null || state.result !== "" || this.#step.at >= state.market.closeTime) return;
    state.closed = false;
    state.closedAt = null;
  }
}
