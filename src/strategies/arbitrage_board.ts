/**
 * The markets of one group laid out for the arbitrage kernel, with the quotes that a view shows.
 *
 * A board is kept from one decision to the next, because laying it out takes longer than a scan, and is made anew when the
 * markets are others. What it finds rests on the view alone: every quote is compared with what the kernel was told last.
 * Boards are bounded over all engines of the process, because the kernel has memory for so many; the one that was not used
 * for longest makes room.
 * @module
 */

import { climateSeries } from "../core/climate_event.ts";
import { isFeeKnown } from "../core/fees.ts";
import type { Market } from "../core/market.ts";
import { count, ONE_CONTRACT, ONE_DOLLAR_PRICE, type Price, price } from "../core/units.ts";
import {
  type Arbitrage,
  ArbitrageScanner,
  SCAN,
  SCAN_DEFAULTS,
  SCANNED_COUNT_MAX,
  type ScannedGroup,
  type ScannedMarket,
  type Slot,
} from "../models/arbitrage.ts";
import { groupMarkets, nameOneNumber } from "../models/arbitrage_markets.ts";
import type { ArbitrageParameters } from "./arbitrage_parameters.ts";
import type { GroupOpinion, Opinion } from "./strategy.ts";
import type { GroupView, StrategyView } from "./view.ts";

/** Of the 256 that the kernel has room for. */
const BOARDS_MAX = 128;
/** More of one event are not acted on in one decision. */
const RESULTS_KEPT = 16;

/** What was told of a market last: prices and sizes here, then on the other venue; 0 where missing. */
const FIELDS = 8;

const pool = new Set<ArbitrageBoard>();
const byParameters = new WeakMap<ArbitrageParameters, Map<string, ArbitrageBoard>>();

/** The board of a group as it is seen now. */
export function boardOf(view: GroupView, parameters: ArbitrageParameters): ArbitrageBoard {
  let byGroup = byParameters.get(parameters);
  if (byGroup === undefined) byParameters.set(parameters, byGroup = new Map());
  const known = byGroup.get(view.group);
  if (known !== undefined) {
    pool.delete(known);
    if (known.isOf(view)) {
      pool.add(known);
      return known;
    }
    known.close();
  }
  for (const oldest of pool) {
    if (pool.size < BOARDS_MAX) break;
    pool.delete(oldest);
    oldest.close();
  }
  const groups = byGroup;
  const board = new ArbitrageBoard(view, parameters, () => groups.delete(view.group));
  pool.add(board);
  byGroup.set(view.group, board);
  return board;
}

/** A price in the kernel's units that may be a setting of any precision; above it nothing is bought. */
const priceCap = (dollars: number): number => Math.floor(dollars * ONE_DOLLAR_PRICE + 1e-6);

export class ArbitrageBoard {
  /** What the markets are to each other. */
  readonly groups: readonly ScannedGroup[];
  /** Why nothing can be looked for, `null` where it can. */
  readonly reason: string | null;
  readonly #views: Market[];
  readonly #over: Market[];
  readonly #scanner: ArbitrageScanner | null;
  readonly #slots: readonly (Slot | null)[];
  readonly #told: Float64Array;
  readonly #kinds: number;
  readonly #dearest: number;
  readonly #peerAge: number;
  readonly #forget: () => void;
  #found = 0;
  #changed = true;
  #untold = 0;
  #still: { readonly opinion: Opinion; readonly opinions: GroupOpinion } | null = null;

  /** @param forget called when the board is closed */
  constructor({ markets, over }: GroupView, parameters: ArbitrageParameters, forget: () => void) {
    this.#views = markets.map(({ market }) => market);
    this.#over = over.map(({ market }) => market);
    const known = [...this.#views, ...this.#over].filter(({ fees }) => isFeeKnown(fees));
    this.groups = groupsOf(known, parameters);
    const countMax = Math.min(SCANNED_COUNT_MAX, Math.max(1, Math.floor(parameters.max_contracts * ONE_CONTRACT)));
    const made = this.groups.length === 0 ? null : ArbitrageScanner.from(this.groups, {
      ...SCAN_DEFAULTS,
      fillsPerLeg: parameters.fills_per_leg,
      countMax: count(countMax),
      missingBid: parameters.unquoted_legs,
      resultsMax: RESULTS_KEPT,
    });
    this.reason = made === null ? "No market's fees are known" : made.ok ? null : made.reason;
    const scanner = made?.ok ? made.scanner : null;
    this.#scanner = scanner;
    this.#slots = this.#views.map(({ ticker }) => scanner?.slotOf(ticker) ?? null);
    this.#told = new Float64Array(this.#views.length * FIELDS);
    this.#kinds = kindsOf(parameters);
    this.#dearest = priceCap(parameters.max_price);
    this.#peerAge = parameters.peers === "off" ? -1 : parameters.max_peer_age * 1_000_000;
    this.#forget = forget;
  }

  /** Whether these are the markets that were laid out. One that was told anew without a change still is. */
  isOf({ markets, over }: GroupView): boolean {
    if (markets.length !== this.#views.length || over.length !== this.#over.length) return false;
    for (let at = 0; at < markets.length; at++) {
      const { market } = markets[at];
      if (market === this.#views[at]) continue;
      if (!isSame(market, this.#views[at])) return false;
      this.#views[at] = market;
    }
    return over.every(({ market }, at) => market === this.#over[at] || isSame(market, this.#over[at]));
  }

  /** Whether the last scan saw every market: its fees are known, it is open, and its book may be believed. */
  get seesAll(): boolean {
    return this.#untold === 0;
  }

  /** The same opinion on every market: made once, because almost every decision ends with it. */
  everywhere(opinion: Opinion): GroupOpinion {
    if (this.#still?.opinion === opinion) return this.#still.opinions;
    const opinions = new Map(this.#views.map(({ ticker }) => [ticker, opinion]));
    this.#still = { opinion, opinions };
    return opinions;
  }

  /** What the quotes of a view hold, best first. */
  scan(views: readonly StrategyView[]): readonly Arbitrage[] {
    const scanner = this.#scanner;
    if (scanner === null) return [];
    this.#untold = 0;
    for (let at = 0; at < views.length; at++) {
      const slot = this.#slots[at];
      if (slot === null) {
        this.#untold++;
        continue;
      }
      this.#tell(scanner, slot, at * FIELDS, views[at]);
      if (this.#peerAge >= 0) this.#tellPeer(scanner, slot, at * FIELDS + FIELDS / 2, views[at]);
    }
    if (this.#changed) this.#found = scanner.scan(this.#kinds);
    this.#changed = false;
    return this.#found === 0 ? [] : scanner.results();
  }

  close(): void {
    this.#scanner?.[Symbol.dispose]();
    this.#forget();
  }

  /** Nothing of a market that cannot be traded now, and no leg that is too dear. */
  #tell(scanner: ArbitrageScanner, slot: Slot, place: number, { market, book }: StrategyView): void {
    let bid = 0;
    let ask = 0;
    if (market.status === "active" && book.isTradable) {
      bid = book.bid ?? 0;
      ask = book.ask ?? 0;
      if (ONE_DOLLAR_PRICE - bid > this.#dearest) bid = 0;
      if (ask > this.#dearest) ask = 0;
    } else this.#untold++;
    const bidSize = bid === 0 ? count(0) : book.bidSize;
    const askSize = ask === 0 ? count(0) : book.askSize;
    if (this.#note(place, bid, bidSize, ask, askSize)) {
      scanner.setQuote(slot, priceOrNone(bid), bidSize, priceOrNone(ask), askSize);
    }
  }

  #tellPeer(scanner: ArbitrageScanner, slot: Slot, place: number, { peer }: StrategyView): void {
    const fresh = peer !== null && peer.age <= this.#peerAge ? peer : null;
    const bid = fresh?.bid ?? 0;
    const ask = fresh?.ask ?? 0;
    const bidSize = fresh?.bidSize ?? count(0);
    const askSize = fresh?.askSize ?? count(0);
    if (this.#note(place, bid, bidSize, ask, askSize)) {
      scanner.setPeer(slot, priceOrNone(bid), bidSize, priceOrNone(ask), askSize);
    }
  }

  /** Whether a market's quotes are others than before. */
  #note(place: number, bid: number, bidSize: number, ask: number, askSize: number): boolean {
    const told = this.#told;
    if (
      told[place] === bid && told[place + 1] === bidSize && told[place + 2] === ask && told[place + 3] === askSize
    ) return false;
    told[place] = bid;
    told[place + 1] = bidSize;
    told[place + 2] = ask;
    told[place + 3] = askSize;
    this.#changed = true;
    return true;
  }
}

const priceOrNone = (at: number): Price | null => at === 0 ? null : price(at);

/** Own bets and sets are not looked for together: what is held could be either. */
function kindsOf({ outcomes, strikes, peers }: ArbitrageParameters): number {
  if (peers === "own_leg") return SCAN.venues;
  return (outcomes ? SCAN.sums : 0) | (strikes ? SCAN.strikes : 0) | (peers === "report" ? SCAN.venues : 0);
}

/**
 * Daily temperatures are told in whole degrees: their buckets leave no gap only among these. Strikes on different numbers are
 * as good as unknown.
 */
function groupsOf(
  markets: readonly Market[],
  { peers, pair_confidence }: ArbitrageParameters,
): readonly ScannedGroup[] {
  if (markets.length === 0) return [];
  const pair: NonNullable<ScannedMarket["peer"]> = { fees: "free", confidence: pair_confidence };
  const told = nameOneNumber(markets) ? markets : markets.map((market) => ({ ...market, strikeType: null }));
  return groupMarkets(told, {
    roundDigits: climateSeries(markets[0].series) === null ? null : 0,
    mutuallyExclusive: false,
    peers: new Map(peers === "off" ? [] : markets.map(({ ticker }) => [ticker, pair])),
  });
}

/** As far as it decides what belongs together and what it costs. */
const isSame = (a: Market, b: Market): boolean =>
  a.ticker === b.ticker && a.strikeType === b.strikeType && a.floorStrike === b.floorStrike &&
  a.capStrike === b.capStrike && a.roundDigits === b.roundDigits && a.fees.type === b.fees.type &&
  a.fees.multiplierMillionths === b.fees.multiplierMillionths;
