/**
 * How a simulated feed may misbehave: outages, silence, wrong prices, broken messages, refusing hosts. Each feed is
 * struck by itself, or all at once by the exchange's fault of the same name.
 * @module
 */

import type { FaultName, FaultSwitches } from "../faults.ts";

/** Each with what it does. */
export const FEED_TROUBLES = {
  "down": "sockets are cut and refused; REST still answers",
  "outage": "sockets are cut and refused, REST answers 503",
  "silent": "sockets stay open and say nothing",
  "outlier": "prices are 6 % too high",
  "crossed": "the best bid is above the best ask",
  "gap": "now and then a message is lost: a hole in the sequence, a checksum that differs",
  "garbage": "every twentieth message is cut off, no JSON, or of the wrong shape",
  "html": "REST answers with a page for people",
  "403": "REST answers 403",
  "429": "REST answers 429",
} as const;

export type FeedTrouble = keyof typeof FEED_TROUBLES;

export const FEED_TROUBLE_NAMES: readonly FeedTrouble[] = Object.keys(FEED_TROUBLES) as FeedTrouble[];

export const isFeedTrouble = (name: string): name is FeedTrouble => Object.hasOwn(FEED_TROUBLES, name);

/** The exchange's fault that brings this trouble over every feed. */
const overAll = (trouble: FeedTrouble): FaultName => `feed-${trouble}`;

/** What strikes one feed, as `--fault` names it: `feed-down:coinbase`. */
export interface FeedFault {
  readonly trouble: FeedTrouble;
  readonly feed: string;
}

/** Reads `feed-TROUBLE:FEED`; `null` for a text of another shape, or a feed that is not among these. */
export function parseFeedFault(text: string, feeds: readonly string[]): FeedFault | null {
  const [, trouble, feed] = /^feed-([a-z0-9]+):([a-z_]+)$/.exec(text) ?? [];
  if (trouble === undefined || !isFeedTrouble(trouble) || !feeds.includes(feed)) return null;
  return { trouble, feed };
}

/** Which troubles each feed has: its own, and those that the exchange's faults bring over all. */
export class FeedTroubles {
  readonly #faults: FaultSwitches;
  readonly #own = new Map<string, Set<FeedTrouble>>();
  readonly #listeners: (() => void)[] = [];

  constructor(faults: FaultSwitches) {
    this.#faults = faults;
    faults.listen(() => this.#tell());
  }

  has(feed: string, trouble: FeedTrouble): boolean {
    return this.#own.get(feed)?.has(trouble) === true || this.#faults.has(overAll(trouble));
  }

  /** In order of {@link FEED_TROUBLE_NAMES}. */
  of(feed: string): readonly FeedTrouble[] {
    return FEED_TROUBLE_NAMES.filter((trouble) => this.has(feed, trouble));
  }

  /** Gives a feed these troubles of its own and no others. */
  set(feed: string, troubles: Iterable<FeedTrouble>): void {
    this.#own.set(feed, new Set(troubles));
    this.#tell();
  }

  turn({ feed, trouble }: FeedFault, on: boolean): void {
    const troubles = new Set(this.#own.get(feed) ?? []);
    if (on) troubles.add(trouble);
    else troubles.delete(trouble);
    this.set(feed, troubles);
  }

  /** Hears of every change from now on. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
