/**
 * A fair sample of executions in bounded memory: each has the same chance to be in it (J. Vitter, "Random sampling with a
 * reservoir", ACM Transactions on Mathematical Software 11, 1985). The draws follow from a fixed seed.
 * @module
 */

import { draws } from "../../models/bootstrap.ts";
import type { TradeOutcome } from "../findings.ts";
import { BOOTSTRAP_SEED } from "./clusters.ts";

/** What a page of a report can hold and still open at once. */
export const TRADES_MAX = 2_000;

export class TradeSample {
  readonly #kept: TradeOutcome[] = [];
  readonly #draw = draws(BOOTSTRAP_SEED);
  #seen = 0;

  add(trade: TradeOutcome): void {
    this.#seen++;
    if (this.#kept.length < TRADES_MAX) {
      this.#kept.push(trade);
      return;
    }
    const at = this.#draw(this.#seen);
    if (at < TRADES_MAX) this.#kept[at] = trade;
  }

  /** In order of time. */
  trades(): TradeOutcome[] {
    return [...this.#kept].sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  }
}
