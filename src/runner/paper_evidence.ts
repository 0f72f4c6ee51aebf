/**
 * What trading on paper has shown before it is done with money: on how many days, and how good the probabilities were.
 *
 * A market counts once, with the probability of its first trade, on the day of that trade: trades of one market share its
 * outcome. Markets that paid neither side whole say nothing of a probability.
 * @module
 */

import type { SettlementRecord, TradeRecord } from "../core/record.ts";
import { formatTime } from "../core/units.ts";
import type { StateStore } from "../store/store.ts";

export interface PaperEvidence {
  /** UTC days with a paper trade in a market that has settled. */
  readonly days: number;
  readonly markets: number;
  /** Mean squared difference of the model's probability and the outcome; `null` without a market. */
  readonly brier: number | null;
  /** The same of the market's own probability at those trades; `null` where it was not known at each. */
  readonly marketBrier: number | null;
}

export interface EvidenceWanted {
  readonly minDays: number;
  /** `null` for none. */
  readonly maxBrier: number | null;
}

/** A score over fewer markets is chance. */
export const MARKETS_MIN = 30;
/** Rows read at a time, and in all: beyond that the oldest do not count. */
const PAGE = 1_000;
const ROWS_MAX = 200_000;

/** Reads a store's paper history. */
export async function paperEvidence(store: Pick<StateStore, "listTrades" | "listSettlements">): Promise<PaperEvidence> {
  const results = new Map<string, number>();
  const settlements = await everyRow((before) => store.listSettlements(page(before)), ({ ticker }) => ticker);
  for (const { ticker, result } of settlements) {
    if (result === "yes" || result === "no") results.set(ticker, result === "yes" ? 1 : 0);
  }
  const first = new Map<string, TradeRecord>();
  const trades = await everyRow((before) => store.listTrades(page(before)), ({ tradeId }) => tradeId);
  for (const trade of trades) {
    const known = first.get(trade.ticker);
    if (known === undefined || trade.at < known.at) first.set(trade.ticker, trade);
  }
  return judge([...first.values()], results);
}

const page = (before: string | undefined) => before === undefined ? { limit: PAGE } : { limit: PAGE, before };

async function everyRow<Row extends TradeRecord | SettlementRecord>(
  read: (before: string | undefined) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let before: string | undefined;
  while (rows.length < ROWS_MAX) {
    const more = await read(before);
    rows.push(...more);
    const last = more.at(-1);
    if (last === undefined || more.length < PAGE) break;
    before = idOf(last);
  }
  return rows;
}

function judge(trades: readonly TradeRecord[], results: ReadonlyMap<string, number>): PaperEvidence {
  const days = new Set<string>();
  let [markets, squares, marketSquares] = [0, 0, 0];
  for (const { ticker, at, evidence } of trades) {
    const outcome = results.get(ticker);
    if (outcome === undefined || evidence.modelProbability === null) continue;
    days.add(formatTime(at).slice(0, "2026-11-20".length));
    markets++;
    squares += (evidence.modelProbability - outcome) ** 2;
    marketSquares += evidence.marketProbability === null ? NaN : (evidence.marketProbability - outcome) ** 2;
  }
  const mean = (sum: number): number | null => markets === 0 || Number.isNaN(sum) ? null : sum / markets;
  return { days: days.size, markets, brier: mean(squares), marketBrier: mean(marketSquares) };
}

/** Why this is too little, with the figures; empty where it is enough. */
export function lackingEvidence(found: PaperEvidence, { minDays, maxBrier }: EvidenceWanted): string[] {
  const lacking: string[] = [];
  if (found.days < minDays) {
    lacking.push(`Paper trading has settled trades on ${found.days} days, live.min_paper_days wants ${minDays}`);
  }
  if (maxBrier === null) return lacking;
  const market = found.marketBrier === null ? "" : `, the market's own ${found.marketBrier.toFixed(4)}`;
  if (found.markets < MARKETS_MIN || found.brier === null) {
    lacking.push(`live.max_brier is judged on ${MARKETS_MIN} markets at least, and paper trading has ${found.markets}`);
  } else if (found.brier > maxBrier) {
    lacking.push(
      `The Brier score on paper is ${found.brier.toFixed(4)} over ${found.markets} markets${market}; ` +
        `live.max_brier allows ${maxBrier}`,
    );
  }
  return lacking;
}
