/**
 * Which markets a group strategy decides about together, and which of its groups something changed in.
 * @module
 */

import type { Micros } from "../core/units.ts";
import type { BoundGroupStrategy } from "../strategies/registry.ts";
import type { MarketState, Standing } from "./market_state.ts";
import type { Step } from "./step.ts";

/** The markets of one group of one strategy. */
export interface MarketGroup {
  readonly strategy: BoundGroupStrategy;
  readonly key: string;
  /** In the order in which they were heard of; those that are over stay until they are forgotten. */
  readonly members: Map<MarketState, Standing>;
  /** When the newest of them entered. */
  joinedAt: Micros;
  /** When a basket of its strategy last left; 0 before. */
  lastBasketAt: Micros;
}

const NO_GROUPS: readonly MarketGroup[] = [];

/** As many groups at most as there are markets times group strategies: both are bounded. */
export class Groups {
  readonly #groups = new Map<BoundGroupStrategy, Map<string, MarketGroup>>();
  readonly #changed = new Set<MarketGroup>();
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  enter(strategy: BoundGroupStrategy, key: string, state: MarketState, standing: Standing): void {
    let groups = this.#groups.get(strategy);
    if (groups === undefined) this.#groups.set(strategy, groups = new Map());
    let group = groups.get(key);
    if (group === undefined) {
      const lastBasketAt = 0 as Micros;
      groups.set(key, group = { strategy, key, members: new Map(), joinedAt: this.#step.at, lastBasketAt });
    }
    group.members.set(state, standing);
    group.joinedAt = this.#step.at;
    standing.group = group;
  }

  /** The market is forgotten. */
  leave(state: MarketState): void {
    for (const { group } of state.standings) {
      if (group === null) continue;
      group.members.delete(state);
      if (group.members.size > 0) continue;
      this.#groups.get(group.strategy)?.delete(group.key);
      this.#changed.delete(group);
    }
  }

  /** Something changed that bears on a market of this group. */
  touch(group: MarketGroup): void {
    this.#changed.add(group);
  }

  /** The groups that were touched since the last call, in that order. */
  take(): readonly MarketGroup[] {
    // A decision may touch groups, its own too: they have their turn at the next step.
    if (this.#changed.size === 0) return NO_GROUPS;
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }
}
