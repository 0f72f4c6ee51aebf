/**
 * For tests and benchmarks: the search of arbitrage.ts in plain TypeScript, without vectors, short cuts or memory of its
 * own. Every event is summed, every pair of strikes compared, every fee asked of src/core/fees.ts.
 * @module
 */

import { worstCaseFee } from "../core/fees.ts";
import { type Count, count, type Money, money, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { Arbitrage, ArbitrageKind, ArbitrageLeg, ScannedGroup, ScannedMarket, ScanSettings } from "./arbitrage.ts";
import type { VenueFees } from "./arbitrage_fees.ts";
import { logarithm } from "./elementary.ts";

/** The best quotes of one market on one venue; `null` where a side is missing. */
export interface Quotes {
  readonly bid: Price | null;
  readonly bidSize: Count;
  readonly ask: Price | null;
  readonly askSize: Count;
}

/** Quotes by ticker, here and on the other venue. */
export interface Board {
  readonly own: ReadonlyMap<string, Quotes>;
  readonly peer: ReadonlyMap<string, Quotes>;
}

interface Leg extends ArbitrageLeg {
  readonly size: Count;
  readonly fees: VenueFees;
}

interface Found {
  readonly arbitrage: Arbitrage;
  readonly rank: readonly number[];
}

/** Nothing of a book that is crossed or locked; a side without price or size is missing. */
function believed(quotes: Quotes | undefined): { bid: Leg | null; ask: Leg | null } {
  const nothing = { bid: null, ask: null };
  if (quotes === undefined) return nothing;
  const { bid, bidSize, ask, askSize } = quotes;
  const side = (buys: "yes" | "no", at: Price | null, size: Count): Leg | null =>
    at !== null && at > 0 && at < ONE_DOLLAR_PRICE && size >= 1
      ? { ticker: "", venue: "own", buys, price: at, size, fees: "free" }
      : null;
  const found = { bid: side("no", bid, bidSize), ask: side("yes", ask, askSize) };
  return found.bid !== null && found.ask !== null && found.bid.price >= found.ask.price ? nothing : found;
}

/** All arbitrage on a board, best first, as `ArbitrageScanner.results` gives it. */
export function referenceScan(groups: readonly ScannedGroup[], board: Board, settings: ScanSettings): Arbitrage[] {
  const found: Found[] = [];
  let slot = 0;
  for (const group of groups) {
    const legs = group.markets.map((market) => legsOf(market, board));
    if (group.kind === "event") sums(group, legs, slot, settings, found);
    if (group.kind === "ladder") strikes(group, legs, slot, settings, found);
    group.markets.forEach((market, at) => venues(market, legs[at], slot + at, settings, found));
    slot += Math.ceil(group.markets.length / 8) * 8;
  }
  found.sort((a, b) => {
    const byScore = b.arbitrage.score - a.arbitrage.score;
    if (byScore !== 0) return byScore;
    const at = a.rank.findIndex((rank, k) => rank !== b.rank[k]);
    return a.rank[at] - b.rank[at];
  });
  return found.map(({ arbitrage }) => arbitrage);
}

interface MarketLegs {
  readonly yes: Leg | null;
  readonly no: Leg | null;
  readonly peerYes: Leg | null;
  readonly peerNo: Leg | null;
}

function legsOf({ ticker, fees, peer }: ScannedMarket, board: Board): MarketLegs {
  const own = believed(board.own.get(ticker));
  const other = peer === undefined ? believed(undefined) : believed(board.peer.get(ticker));
  const here = (leg: Leg | null): Leg | null => leg && { ...leg, ticker, fees };
  const there = (leg: Leg | null): Leg | null => leg && { ...leg, ticker, venue: "peer", fees: peer?.fees ?? "free" };
  return { yes: here(own.ask), no: here(own.bid), peerYes: there(other.ask), peerNo: there(other.bid) };
}

function sums(
  group: ScannedGroup & { kind: "event" },
  legs: readonly MarketLegs[],
  first: number,
  settings: ScanSettings,
  found: Found[],
): void {
  const rank = [first, first + legs.length - 1];
  const yes = legs.flatMap((market) => market.yes ?? []);
  if (group.exhaustive && yes.length === legs.length) {
    weigh("all_yes", group.name, yes, 1, group.confidence, [0, ...rank], settings, found);
  }
  const no = legs.flatMap((market) => market.no ?? []);
  const enough = no.length === legs.length || settings.missingBid === "leave_out";
  if (group.exclusive && enough && no.length > 0) {
    weigh("all_no", group.name, no, no.length - 1, group.confidence, [1, ...rank], settings, found);
  }
}

function strikes(
  group: ScannedGroup & { kind: "ladder" },
  legs: readonly MarketLegs[],
  first: number,
  settings: ScanSettings,
  found: Found[],
): void {
  for (let lower = 0; lower < legs.length; lower++) {
    for (let higher = lower + 1; higher < legs.length; higher++) {
      const [yes, no] = [legs[lower].yes, legs[higher].no];
      if (yes === null || no === null) continue;
      const rank = [2, first + lower, first + higher];
      weigh("strikes", group.name, [yes, no], 1, group.confidence, rank, settings, found);
    }
  }
}

function venues(market: ScannedMarket, legs: MarketLegs, slot: number, settings: ScanSettings, found: Found[]): void {
  const { ticker, peer } = market;
  if (peer === undefined) return;
  const { yes, no, peerYes, peerNo } = legs;
  if (yes !== null && peerNo !== null) {
    weigh("sell_to_peer", ticker, [yes, peerNo], 1, peer.confidence, [3, slot, slot], settings, found);
  }
  if (peerYes !== null && no !== null) {
    weigh("buy_from_peer", ticker, [peerYes, no], 1, peer.confidence, [4, slot, slot], settings, found);
  }
}

const costOf = ({ buys, price }: Leg): number => buys === "yes" ? price : ONE_DOLLAR_PRICE - price;

function feeOf({ fees, price }: Leg, contracts: Count, fillsMax: number): number {
  return fees === "free" ? 0 : worstCaseFee(fees, price, contracts, "taker", fillsMax);
}

/** Takes what earns enough. @param pays dollars a contract of every leg together, at least */
function weigh(
  kind: ArbitrageKind,
  name: string,
  legs: readonly Leg[],
  pays: number,
  confidence: number,
  rank: readonly number[],
  { fillsPerLeg, countMax, netMin }: ScanSettings,
  found: Found[],
): void {
  const contracts = count(Math.min(countMax, ...legs.map(({ size }) => size)));
  const cost = legs.reduce((sum, leg) => sum + costOf(leg), 0);
  const gross = (pays * ONE_DOLLAR_PRICE - cost) * contracts;
  const fees = legs.reduce((sum, leg) => sum + feeOf(leg, contracts, fillsPerLeg), 0);
  const net: Money = money(gross - fees);
  if (net <= netMin) return;
  const capital = money(cost * contracts + fees);
  const score = net / capital * confidence * logarithm(1 + contracts / 100);
  const shown = legs.map(({ ticker, venue, buys, price }) => ({ ticker, venue, buys, price }));
  const [gain, charge] = [money(gross), money(fees)];
  const arbitrage = { kind, name, legs: shown, count: contracts, gross: gain, fees: charge, net, capital, score };
  found.push({ arbitrage, rank });
}
