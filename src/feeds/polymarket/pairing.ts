/**
 * Finds the mirrors of Kalshi markets: which market is to be looked at and when, and whether what is found there may be
 * used. A pair whose rules changed is refused for the rest of the run.
 * @module
 */

import type { Market } from "../../core/market.ts";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { FeedContext } from "../feed.ts";
import type { Refusals } from "../refusals.ts";
import type { Rest, RestFailure } from "../rest.ts";
import { isReviewed, pairFor, type PairMap, type PeerPair } from "./pair_map.ts";
import { rulesTrouble, seeRules, unreviewed } from "./review.ts";
import { type BothSides, fetchSides, type RuleHosts } from "./rule_source.ts";

export interface PairingOptions extends RuleHosts {
  readonly pairs: PairMap;
  /** The Kalshi markets that are known at the moment. */
  readonly markets: () => Iterable<Market>;
}

/** What a look at both venues found. */
export type Sight =
  | { readonly kind: "mirror"; readonly token: string }
  /** Not listed or not open yet, or not the mirror that the map speaks of. */
  | { readonly kind: "none" }
  /** The pair is refused from now on. */
  | { readonly kind: "rules_changed" }
  | { readonly kind: "unanswered"; readonly failure: RestFailure };

export interface Due {
  readonly market: Market;
  readonly pair: PeerPair;
}

const LOOK_AGAIN_AFTER = 10 * MICROS_PER_SECOND;
/** Rules of a market that is followed are read again so often. */
const CHECK_EVERY = 10 * MICROS_PER_MINUTE;

interface Looked {
  readonly closeTime: number;
  /** Infinite for one that is not to be looked at again. */
  readonly again: number;
}

export class Pairing {
  readonly #context: FeedContext;
  readonly #options: PairingOptions;
  readonly #rest: Rest;
  readonly #refusals: Refusals;
  /** By ticker; only markets that have not closed. */
  readonly #looked = new Map<string, Looked>();
  /** What is wrong with pairs, by name: pairs are few. */
  readonly #troubles = new Map<string, string>();

  constructor(context: FeedContext, options: PairingOptions, rest: Rest, refusals: Refusals) {
    this.#context = context;
    this.#options = options;
    this.#rest = rest;
    this.#refusals = refusals;
  }

  /** Why pairs are not used, in words. */
  get troubles(): readonly string[] {
    return [...this.#troubles.values()];
  }

  /** Says once which pairs nobody has reviewed: they are not used. */
  start(): void {
    for (const pair of this.#options.pairs.pair) {
      if (isReviewed(pair)) continue;
      this.#troubles.set(pair.name, unreviewed(pair));
      this.#context.log("info", `polymarket: ${unreviewed(pair)}`);
    }
  }

  /** Open markets to look at now: those that were not looked at yet, and those whose time has come again. */
  due(): Due[] {
    const now = this.#context.clock.now();
    for (const [ticker, { closeTime }] of this.#looked) if (closeTime <= now) this.#looked.delete(ticker);
    const due: Due[] = [];
    for (const market of this.#options.markets()) {
      if (market.status !== "active" || market.openTime > now || market.closeTime <= now) continue;
      const pair = pairFor(this.#options.pairs, market);
      if (pair === null || this.#troubles.has(pair.name)) continue;
      if ((this.#looked.get(market.ticker)?.again ?? now) <= now) due.push({ market, pair });
    }
    return due;
  }

  /** Asks both venues about a market. */
  async look({ market, pair }: Due): Promise<Sight> {
    const answer = await fetchSides(this.#rest, this.#options, pair, market);
    if (answer.ok) return await this.#judge(pair, market, answer.sides);
    if (answer.failure !== null) return { kind: "unanswered", failure: answer.failure };
    if (answer.reason !== "missing") this.#refusals.count(answer.reason, `${pair.name}, ${market.ticker}`);
    return this.#none(market, LOOK_AGAIN_AFTER);
  }

  /** The market is not to be looked at again. */
  leave(market: Market): void {
    this.#none(market, Infinity);
  }

  async #judge(pair: PeerPair, market: Market, sides: BothSides): Promise<Sight> {
    const trouble = rulesTrouble(pair, await seeRules(sides.kalshi, sides.polymarket));
    if (trouble !== null) {
      this.#troubles.set(pair.name, trouble);
      this.#refusals.count("rules changed", trouble);
      return { kind: "rules_changed" };
    }
    const token = sides.polymarket.outcomes.find(({ name }) => name === pair.polymarket.outcome)?.token;
    if (token === undefined || !isOfWindow(pair, sides)) {
      const reason = token === undefined ? "no such outcome" : "window of another time";
      this.#refusals.count(reason, `${pair.name}, ${market.ticker}`);
      return this.#none(market, Infinity);
    }
    if (!sides.polymarket.open) return this.#none(market, LOOK_AGAIN_AFTER);
    this.#none(market, CHECK_EVERY);
    return { kind: "mirror", token };
  }

  #none({ ticker, closeTime }: Market, again: number): Sight {
    this.#looked.set(ticker, { closeTime, again: this.#context.clock.now() + again });
    return { kind: "none" };
  }
}

/** A mirror of a window must be about that very window. */
function isOfWindow(pair: PeerPair, { kalshi: { terms }, polymarket: { startTime, endTime } }: BothSides): boolean {
  if (pair.kalshi.series === undefined) return true;
  return endTime === terms.closeTime && (startTime === null || startTime === terms.openTime);
}
