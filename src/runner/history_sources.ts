/**
 * What the store of a run remembers, as the server shows it.
 * @module
 */

import type { AuditRecord, HaltRecord, TradeRecord } from "../core/record.ts";
import { formatTime, type Micros, micros, MICROS_PER_DAY, parseTime } from "../core/units.ts";
import { tradeView } from "../engine/view_builder.ts";
import { haltChange } from "../risk/halt_history.ts";
import type {
  AuditPage,
  AuditQuery,
  HaltChangesPage,
  HistorySources,
  KnownHaltView,
  TradesPage,
  TradesQuery,
} from "../server/history.ts";
import type { PageQuery, StateStore } from "../store/store.ts";
import type { PerformanceThread } from "./performance_thread.ts";

/** Rows read together. */
const BATCH_ROWS = 500;
/** Rows that one request looks at: what a filter leaves out is read all the same. */
const LOOKED_AT_MAX = 10_000;

type HistoryStore = Pick<StateStore, "listTrades" | "listAudit" | "halts" | "listHaltChanges">;

export function historySources(store: HistoryStore, figures: Pick<PerformanceThread, "ask">): HistorySources {
  return {
    trades: (query) => tradesPage(store, query),
    audit: (query) => auditPage(store, query),
    async halts() {
      return (await store.halts()).map(haltView);
    },
    haltChanges: (query) => haltChangesPage(store, query),
    performance: (query) => figures.ask(query),
  };
}

/** Rows that fit, and from where to go on; `null` where there are no more. */
interface Found<Row> {
  readonly rows: readonly Row[];
  readonly next: Row | null;
}

interface Search<Row> {
  readonly limit: number;
  readonly before: Micros | string | undefined;
  page(query: PageQuery): Promise<readonly Row[]>;
  /** What the page behind this row is asked with. */
  behind(row: Row): Micros | string;
  fits(row: Row): boolean;
  /** Whether neither this row nor any older one can fit. */
  isPast(row: Row): boolean;
}

/** Goes through rows, newest first, until enough fit, or enough were looked at. */
async function search<Row>({ limit, before, page, behind, fits, isPast }: Search<Row>): Promise<Found<Row>> {
  const rows: Row[] = [];
  let last: Row | null = null;
  for (let looked = 0; looked < LOOKED_AT_MAX;) {
    const from = last === null ? before : behind(last);
    // The first rows are usually enough, and one more tells whether they are all.
    const most = last === null ? Math.min(BATCH_ROWS, limit + 1) : BATCH_ROWS;
    const wanted = { limit: most, ...(from === undefined ? {} : { before: from }) };
    const batch = await page(wanted);
    for (const row of batch) {
      if (isPast(row)) return { rows, next: null };
      // Rows that `behind` cannot tell from the last one stay on its page.
      if (rows.length >= limit && last !== null && behind(row) !== behind(last)) return { rows, next: last };
      if (fits(row)) rows.push(row);
      last = row;
    }
    looked += batch.length;
    if (batch.length < most) return { rows, next: null };
  }
  return { rows, next: last };
}

async function tradesPage(store: HistoryStore, query: TradesQuery): Promise<TradesPage> {
  const { limit, strategy, market } = query;
  const start = query.day === undefined ? null : parseTime(`${query.day}T00:00:00Z`);
  const end = start === null ? undefined : micros(start + MICROS_PER_DAY);
  const { rows, next } = await search<TradeRecord>({
    limit,
    before: query.before ?? end,
    page: (wanted) => store.listTrades(wanted),
    behind: (row) => row.tradeId,
    fits: (row) =>
      (strategy === undefined || row.strategy === strategy) && (market === undefined || row.ticker === market) &&
      (end === undefined || row.at < end),
    isPast: (row) => start !== null && row.at < start,
  });
  return { trades: rows.map(tradeView), next: next?.tradeId ?? null };
}

async function auditPage(store: HistoryStore, { limit, before, events }: AuditQuery): Promise<AuditPage> {
  const { rows, next } = await search<AuditRecord>({
    limit,
    before: before === undefined ? undefined : micros(before),
    page: (wanted) => store.listAudit(wanted),
    behind: (row) => row.at,
    fits: ({ event }) => events === undefined || events.includes(event),
    isPast: () => false,
  });
  const entries = rows.map(({ at, event, ticker, text }) => ({ at: formatTime(at), event, ticker, text }));
  return { entries, next: next === null ? null : formatTime(next.at) };
}

async function haltChangesPage(
  store: HistoryStore,
  { limit, before }: Pick<AuditQuery, "limit" | "before">,
): Promise<HaltChangesPage> {
  const { rows, next } = await search<HaltRecord>({
    limit,
    before: before === undefined ? undefined : micros(before),
    page: (wanted) => store.listHaltChanges(wanted),
    behind: (row) => row.at,
    fits: () => true,
    isPast: () => false,
  });
  const changes = rows.map(haltChange).map((change) => ({ ...change, at: formatTime(change.at) }));
  return { changes, next: next === null ? null : formatTime(next.at) };
}

const haltView = ({ name, active, persistent, level, reason, at }: HaltRecord): KnownHaltView => ({
  name,
  active,
  persistent,
  level: level ?? "halted",
  reason,
  at: formatTime(at),
});
