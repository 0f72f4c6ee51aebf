/**
 * Arbitrage among the best quotes of many markets, found by a kernel (wasm/assembly/arbitrage.ts) that keeps the quotes
 * in its own memory: the feed changes them in place, a scan reads every one of them and copies nothing.
 *
 * | kind | bought | pays at least | because |
 * | --- | --- | --- | --- |
 * | `all_yes` | YES of every outcome of an event | $1 | one outcome comes true (`exhaustive`) |
 * | `all_no` | NO of n outcomes of an event | $(n - 1) | one outcome at most comes true (`exclusive`) |
 * | `strikes` | YES of a strike, NO of one that is harder to reach | $1 | whoever reaches the harder one reached the other |
 * | `sell_to_peer` | YES here, NO on the other venue | $1 | both settle alike, as far as the pair is believed |
 * | `buy_from_peer` | YES on the other venue, NO here | $1 | the same |
 *
 * NO is bought by selling YES at its bid, and costs $1 less that bid. Fees are inside: of every leg the most that the
 * exchange can charge for it in `fillsPerLeg` fills (`worstCaseFee`, KALSHI.md 7.2), in whole micro-dollars rounded up, so
 * that what is found earns what it says or more. Nothing is found on a side that is missing, or in a book whose bid is not
 * below its ask.
 *
 * Results rank by score = (earnings / capital) x confidence x ln(1 + contracts).
 * @module
 */

import * as kernel from "../../wasm/build/arbitrage.wasm";
import { type Count, count, type Money, money, type Price, price } from "../core/units.ts";
import { feeFractions, type VenueFees } from "./arbitrage_fees.ts";
import {
  groupsError,
  placesFor,
  SCAN_DEFAULTS,
  type ScannedGroup,
  type ScannedMarket,
  type ScanSettings,
  settingsError,
} from "./arbitrage_groups.ts";

export * from "./arbitrage_groups.ts";
export type { VenueFees };

const KINDS = ["all_yes", "all_no", "strikes", "sell_to_peer", "buy_from_peer"] as const;
export type ArbitrageKind = typeof KINDS[number];

/** What a scan looks for; any of them together. */
export const SCAN = { sums: 1, strikes: 2, venues: 4, all: 7 } as const;

export interface ArbitrageLeg {
  readonly ticker: string;
  readonly venue: "own" | "peer";
  readonly buys: "yes" | "no";
  /** The YES price at which it is bought: the ask for YES, the bid for NO. */
  readonly price: Price;
}

export interface Arbitrage {
  readonly kind: ArbitrageKind;
  /** Of the group; of the market where it is between venues. */
  readonly name: string;
  readonly legs: readonly ArbitrageLeg[];
  /** Of every leg. */
  readonly count: Count;
  /** What it pays at least, less what the legs cost without fees. */
  readonly gross: Money;
  readonly fees: Money;
  /** `gross - fees`. */
  readonly net: Money;
  /** What the legs cost with fees. */
  readonly capital: Money;
  readonly score: number;
}

/** A market's place in a scanner, for {@link ArbitrageScanner.setQuote}. */
export type Slot = number & { readonly slot: unique symbol };

export type ScannerResult =
  | { readonly ok: true; readonly scanner: ArbitrageScanner }
  | { readonly ok: false; readonly reason: string };

interface Place {
  readonly group: number;
  readonly market: ScannedMarket;
}

/**
 * @example
 * ```ts
 * import { ArbitrageScanner } from "./arbitrage.ts";
 * import { count, price } from "../core/units.ts";
 * import assert from "node:assert/strict";
 * const fees = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;
 * const markets = [{ ticker: "T100", fees }, { ticker: "T200", fees }];
 * const made = ArbitrageScanner.from([{ kind: "ladder", name: "L", confidence: 1, markets }]);
 * assert.ok(made.ok);
 * using scanner = made.scanner;
 * const [low, high] = markets.map(({ ticker }) => scanner.slotOf(ticker));
 * assert.ok(low !== null && high !== null);
 * scanner.setQuote(low, price(3_900), count(500), price(4_000), count(500));
 * scanner.setQuote(high, price(5_000), count(200), price(5_100), count(200));
 * assert.equal(scanner.scan(), 1);
 * const [found] = scanner.results();
 * // 10 cents gross a contract, of which the fees of both legs take 3.5 at most.
 * assert.deepEqual([found.kind, found.gross, found.fees, found.net], ["strikes", 200_000, 68_820, 131_180]);
 * ```
 */
export class ArbitrageScanner {
  /** The kernel's number, `null` once this is closed: its memory may be another scanner's by then. */
  #open: number | null;
  readonly #groups: readonly ScannedGroup[];
  readonly #places: ReadonlyMap<number, Place>;
  readonly #slots: ReadonlyMap<string, Slot>;

  private constructor(handle: number, groups: readonly ScannedGroup[], places: ReadonlyMap<number, Place>) {
    this.#open = handle;
    this.#groups = groups;
    this.#places = places;
    this.#slots = new Map([...places].map(([slot, { market }]) => [market.ticker, slot as Slot]));
  }

  /** A scanner of these groups, without a quote as yet; or why there is none. */
  static from(groups: readonly ScannedGroup[], given: Partial<ScanSettings> = {}): ScannerResult {
    const settings = { ...SCAN_DEFAULTS, ...given };
    const error = settingsError(settings) ?? groupsError(groups);
    if (error !== null) return { ok: false, reason: error };
    const slots = groups.reduce((sum, { markets }) => sum + placesFor(markets.length), 0);
    const schedules = schedulesOf(groups, settings.countMax);
    if (typeof schedules === "string") return { ok: false, reason: schedules };
    const handle = kernel.open(Math.max(slots, 8), groups.length, settings.resultsMax);
    if (handle === 0) return { ok: false, reason: "Too many scanners are in use: close those that are done with" };
    const { fillsPerLeg, countMax, netMin, missingBid } = settings;
    kernel.configure(handle, fillsPerLeg, countMax, netMin, missingBid === "leave_out" ? 1 : 0, schedules.denominator);
    return { ok: true, scanner: new ArbitrageScanner(handle, groups, layOut(handle, groups, schedules)) };
  }

  /** Where a market's quotes go; `null` for one that is in no group. */
  slotOf(ticker: string): Slot | null {
    return this.#slots.get(ticker) ?? null;
  }

  /**
   * The best quotes of a market, `null` where a side is empty. Only of a book in sequence: a stale one is to be
   * {@link clear}ed.
   */
  setQuote(slot: Slot, bid: Price | null, bidSize: Count, ask: Price | null, askSize: Count): void {
    kernel.setQuote(this.#handle, slot, bid ?? 0, bidSize, ask ?? 0, askSize);
  }

  /** The same on the other venue, turned to YES here; of a market without a peer it is not taken. */
  setPeer(slot: Slot, bid: Price | null, bidSize: Count, ask: Price | null, askSize: Count): void {
    if (this.#places.get(slot)?.market.peer === undefined) return;
    kernel.setPeer(this.#handle, slot, bid ?? 0, bidSize, ask ?? 0, askSize);
  }

  /** The quotes here are not known any more. */
  clear(slot: Slot): void {
    kernel.clearQuote(this.#handle, slot);
  }

  clearPeer(slot: Slot): void {
    kernel.clearPeer(this.#handle, slot);
  }

  /** Looks at all quotes as they stand. How many were found; the best of them are {@link results}. */
  scan(kinds: number = SCAN.all): number {
    kernel.scan(this.#handle, kinds);
    return kernel.found(this.#handle);
  }

  /** What the last scan found, best first, at most as many as the settings keep; to be read before a quote changes. */
  results(): Arbitrage[] {
    const handle = this.#handle;
    const kept = Array.from({ length: kernel.kept(handle) }, (_, hit) => hit);
    const figure = (hit: number, field: number): number => kernel.hit(handle, hit, field);
    kept.sort((a, b) =>
      figure(b, FIELD.score) - figure(a, FIELD.score) || figure(a, FIELD.rank) - figure(b, FIELD.rank)
    );
    return kept.map((hit) => this.#read((field) => figure(hit, field)));
  }

  #read(figure: (field: number) => number): Arbitrage {
    const kind = KINDS[figure(FIELD.kind)];
    const first = figure(FIELD.first);
    const gross = figure(FIELD.gross);
    const fees = figure(FIELD.fees);
    return {
      kind,
      name: this.#groups[figure(FIELD.group)]?.name ?? this.#tickerAt(first),
      legs: this.#legs(kind, first, figure(FIELD.second)),
      count: count(figure(FIELD.count)),
      gross: money(gross),
      fees: money(fees),
      net: money(gross - fees),
      capital: money(figure(FIELD.capital)),
      score: figure(FIELD.score),
    };
  }

  #legs(kind: ArbitrageKind, first: number, second: number): ArbitrageLeg[] {
    switch (kind) {
      case "all_yes":
      case "all_no": {
        const buys = kind === "all_yes" ? "yes" : "no";
        const slots = Array.from({ length: second - first + 1 }, (_, at) => first + at);
        return slots.map((slot) => this.#leg(slot, "own", buys)).filter((leg) => leg.price > 0);
      }
      case "strikes":
        return [this.#leg(first, "own", "yes"), this.#leg(second, "own", "no")];
      case "sell_to_peer":
        return [this.#leg(first, "own", "yes"), this.#leg(first, "peer", "no")];
      case "buy_from_peer":
        return [this.#leg(first, "peer", "yes"), this.#leg(first, "own", "no")];
    }
  }

  #leg(slot: number, venue: ArbitrageLeg["venue"], buys: ArbitrageLeg["buys"]): ArbitrageLeg {
    const field = (venue === "own" ? 0 : 4) + (buys === "yes" ? 0 : 2);
    return { ticker: this.#tickerAt(slot), venue, buys, price: price(kernel.quoted(this.#handle, slot, field)) };
  }

  #tickerAt(slot: number): string {
    return this.#places.get(slot)?.market.ticker ?? "";
  }

  get #handle(): number {
    if (this.#open === null) throw new Error("The arbitrage scanner is closed");
    return this.#open;
  }

  /** Gives the memory back; the scanner is not to be used any more. */
  [Symbol.dispose](): void {
    if (this.#open !== null) kernel.close(this.#open);
    this.#open = null;
  }
}

/** Of a result in the kernel (wasm/assembly/arbitrage/hits.ts). */
const FIELD = { kind: 0, group: 1, first: 2, second: 3, count: 4, gross: 6, fees: 7, capital: 8, score: 9, rank: 10 };

interface Schedules {
  /** The kernel's number of each schedule. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Of all their fees. */
  readonly denominator: number;
}

/** Teaches the kernel all schedules; the reason where one cannot be reckoned with. */
function schedulesOf(groups: readonly ScannedGroup[], countMax: Count): Schedules | string {
  const distinct = new Map<string, VenueFees>([[keyOf("free"), "free"]]);
  for (const { markets } of groups) {
    for (const { fees, peer } of markets) {
      distinct.set(keyOf(fees), fees);
      if (peer !== undefined) distinct.set(keyOf(peer.fees), peer.fees);
    }
  }
  const fractions = feeFractions([...distinct.values()], countMax);
  if (typeof fractions === "string") return `These markets cannot be scanned: ${fractions}`;
  const numbers = new Map<string, number>();
  for (const [at, key] of [...distinct.keys()].entries()) {
    const { numerator, denominator, rounded } = fractions[at];
    const number = kernel.schedule(numerator, denominator, rounded ? 1 : 0);
    if (number < 0) return "These markets cannot be scanned: there are too many different fee schedules";
    numbers.set(key, number);
  }
  return { numbers, denominator: fractions[0].denominator };
}

const keyOf = (fees: VenueFees): string => fees === "free" ? fees : `${fees.type} ${fees.multiplierMillionths}`;

function layOut(
  handle: number,
  groups: readonly ScannedGroup[],
  { numbers }: Schedules,
): ReadonlyMap<number, Place> {
  const numberOf = (fees: VenueFees): number => numbers.get(keyOf(fees)) ?? 0;
  const places = new Map<number, Place>();
  for (const [group, spec] of groups.entries()) {
    const isEvent = spec.kind === "event";
    const start = kernel.addGroup(
      handle,
      spec.kind === "ladder" ? 1 : 0,
      spec.markets.length,
      isEvent && spec.exclusive ? 1 : 0,
      isEvent && spec.exhaustive ? 1 : 0,
      spec.confidence,
    );
    for (const [at, market] of spec.markets.entries()) {
      const { fees, peer } = market;
      const peerNumber = numberOf(peer?.fees ?? "free");
      const hasPeer = peer === undefined ? 0 : 1;
      kernel.describe(handle, start + at, numberOf(fees), peerNumber, hasPeer, peer?.confidence ?? 0);
      places.set(start + at, { group, market });
    }
  }
  return places;
}
