/**
 * Works large orders off in slices (execution/slicing.ts): what a strategy wants in all becomes what may go out now. A whole
 * begins when a strategy first wants it on a side of a market, and ends once it has wanted nothing there for a minute: a quote
 * that flickers does not begin it anew. After a restart what is left is a whole of its own.
 * @module
 */

import type { Side } from "../core/order.ts";
import { type Count, count, type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type ParentOrder, sliceNow } from "../execution/slicing.ts";
import type { Target } from "../strategies/strategy.ts";
import type { Desk } from "./desk.ts";
import type { MarketState, Standing } from "./market_state.ts";
import type { Step } from "./step.ts";

/** A whole that was not wanted for so long is over. */
const PATIENCE = 60 * MICROS_PER_SECOND;

interface Parent extends ParentOrder {
  readonly wantedAt: Micros;
}

/** The wholes of one strategy in one market. */
export type Parents = { -readonly [Name in Side]?: Parent };

export class Pacer {
  readonly #step: Step;
  readonly #desk: Desk;

  constructor(step: Step, desk: Desk) {
    this.#step = step;
    this.#desk = desk;
  }

  /** The targets as they may go out now. Those without a pace are as they were. */
  slice(state: MarketState, standing: Standing, targets: readonly Target[]): readonly Target[] {
    const { parents } = standing;
    if (parents === null && !targets.some(({ pace }) => pace !== undefined)) return targets;
    const going: Target[] = [];
    const still = this.#notForgotten(parents);
    for (const target of targets) {
      if (target.pace === undefined) going.push(target);
      else {
        const { side } = target;
        const begun = still[side] ?? this.#begin(state, standing, target);
        const parent = still[side] = { ...begun, wantedAt: this.#step.at };
        const slice = this.#sliceOf(state, standing, target, parent);
        if (slice > 0) going.push({ ...target, count: slice });
      }
    }
    standing.parents = still.bid === undefined && still.ask === undefined ? null : still;
    return going;
  }

  #notForgotten(parents: Parents | null): Parents {
    const still: Parents = {};
    for (const side of ["bid", "ask"] as const) {
      const parent = parents?.[side];
      if (parent !== undefined && this.#step.at - parent.wantedAt < PATIENCE) still[side] = parent;
    }
    return still;
  }

  #begin({ market, traded }: MarketState, { strategy }: Standing, target: Target): ParentOrder {
    const held = this.#desk.ledger.partOf(market.ticker, strategy.name);
    return { since: this.#step.at, total: target.count, traded, held };
  }

  #sliceOf({ market, traded }: MarketState, { strategy }: Standing, target: Target, parent: ParentOrder): Count {
    const { pace, side, count: wanted, depth } = target;
    if (pace === undefined) return wanted;
    const since = this.#desk.ledger.partOf(market.ticker, strategy.name) - parent.held;
    const done = count(Math.max(0, side === "bid" ? since : -since));
    return sliceNow(pace, parent, { at: this.#step.at, traded, done, wanted, depth });
  }
}
