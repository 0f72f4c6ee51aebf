/**
 * Says, in words, which exchanges are connected and yet cannot be believed: their prices stand apart, their books are
 * crossed, one-sided or old. What keeps a feed from hearing anything is the feed's own to tell.
 * @module
 */

import type { SpotState } from "../../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { FeedLog } from "../feed.ts";

/** Bursts cross a book for a moment: what is over sooner is not worth a word. */
const TOLD_AFTER = 5 * MICROS_PER_SECOND;

interface Doubt {
  readonly text: string;
  readonly since: Micros;
  told: boolean;
}

export class SpotTroubles {
  /** By exchange, then by asset. */
  readonly #doubts = new Map<string, Map<string, Doubt>>();
  readonly #log: FeedLog;

  constructor(log: FeedLog) {
    this.#log = log;
  }

  /** What is wrong with an exchange, `null` where nothing has been for long. */
  of(exchange: string): string | null {
    for (const { text, told } of this.#doubts.get(exchange)?.values() ?? []) if (told) return text;
    return null;
  }

  /** An exchange is in this state now; to be said once a second. */
  look(exchange: string, asset: string, state: SpotState, now: Micros): void {
    const doubts = this.#doubts.get(exchange) ?? new Map<string, Doubt>();
    this.#doubts.set(exchange, doubts);
    const text = inWords(state, asset);
    const before = doubts.get(asset);
    if (before !== undefined && before.text !== text) {
      if (before.told && state === "live") this.#log("info", `${exchange}: prices of ${asset} can be believed again`);
      doubts.delete(asset);
    }
    if (text === null) return;
    const doubt = doubts.get(asset) ?? { text, since: now, told: false };
    doubts.set(asset, doubt);
    if (doubt.told || now - doubt.since < TOLD_AFTER) return;
    doubt.told = true;
    this.#log("warn", `${exchange}: ${text}`);
  }
}

function inWords(state: SpotState, asset: string): string | null {
  switch (state) {
    case "live":
    case "down":
      return null;
    case "outlier":
      return `Prices of ${asset} stand apart from those of all other exchanges`;
    case "crossed":
      return `Book of ${asset} is crossed: its best bid is not below its best ask`;
    case "one_sided":
      return `Book of ${asset} has one side only`;
    case "stale":
      return `Book of ${asset} has not changed for long`;
  }
}
