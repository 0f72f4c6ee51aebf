/**
 * The state store on Deno KV. Records are queued and written in the background, many to a commit; a database that
 * refuses is tried again with backoff, and the queue has a bound.
 * @module
 */

import type {
  AccountRecord,
  AuditRecord,
  BudgetDayRecord,
  BudgetRecord,
  HaltRecord,
  OrderRecord,
  PortfolioRecord,
  PositionRecord,
  PriceMinuteRecord,
  ResumeState,
  SettlementRecord,
  StateRecord,
  StrategyRecord,
  TradeRecord,
} from "../core/record.ts";
import type { Micros } from "../core/units.ts";
import { compactTables } from "./kv_compact.ts";
import { type Queued, writeQueued } from "./kv_batch.ts";
import { ACCOUNT_KEY, isMain, MARK_KEY, type TimedTable, TIMES_OF, writtenBy } from "./kv_rows.ts";
import { claimSchema, findSchema, type FoundSchema, SCHEMA, type Schema } from "./kv_schema.ts";
import { messageOf } from "./message.ts";
import { migrateDatabase } from "./migrate.ts";
import {
  DEFAULT_RETENTION,
  type JournalMark,
  type PageQuery,
  type Retention,
  type StateStore,
  type StoreHealth,
  type StoreResult,
} from "./store.ts";

export interface KvStoreSettings {
  /** Records that may wait; hours of trading, so reaching it means that the disk is gone for good. */
  readonly queueMax: number;
  /** How long records gather before they are written together. */
  readonly gatherMs: number;
  /** Pauses after a failed write: the first, doubled up to the last. */
  readonly retryFirstMs: number;
  readonly retryLastMs: number;
}

export const DEFAULT_KV_SETTINGS: KvStoreSettings = {
  queueMax: 100_000,
  gatherMs: 100,
  retryFirstMs: 1_000,
  retryLastMs: 30_000,
};

export type OpenedStore =
  | { readonly ok: true; readonly store: StateStore; readonly migratedFrom: number | null }
  | { readonly ok: false; readonly reason: string };

const OK: StoreResult = { ok: true };
/** Rows beyond a page's limit that may come along because they share the last one's time. */
const TIES_MAX = 1_000;
/** Trade ids a run starts with: more than the fills of the time span that is read again. */
const RECENT_TRADES = 5_000;
/** Days of all strategies together that a run starts with: 120 of each of more than there are. */
const BUDGET_DAYS_MAX = 5_000;
/** Halts, open orders, positions, budgets and strategies are few; this only bounds the memory a damaged database could take. */
const ROWS_MAX = 100_000;

class KvStore implements StateStore {
  readonly #kv: Deno.Kv;
  readonly #settings: KvStoreSettings;
  #queue: Queued[] = [];
  #queued = 0;
  #writing: Promise<StoreResult> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #retryMs: number;
  #trouble: string | null = null;
  /** Set once a record was refused: the mark must not move past it any more. */
  #overflow: string | null = null;
  #closed = false;

  constructor(kv: Deno.Kv, settings: KvStoreSettings) {
    this.#kv = kv;
    this.#settings = settings;
    this.#retryMs = settings.retryFirstMs;
  }

  apply(records: readonly StateRecord[], mark: JournalMark): StoreResult {
    if (this.#closed) return { ok: false, reason: "Store is closed" };
    if (this.#overflow !== null) return { ok: false, reason: this.#overflow };
    const { queueMax, gatherMs } = this.#settings;
    if (this.#queued + records.length > queueMax) {
      this.#overflow = `Store's queue is full (${queueMax} records)` +
        `${this.#trouble === null ? "" : `: ${this.#trouble}`}; the next start catches up from the journal`;
      return { ok: false, reason: this.#overflow };
    }
    this.#queue.push({ records, mark });
    this.#queued += records.length;
    if (this.#timer === null && this.#writing === null) this.#writeAfter(gatherMs);
    return OK;
  }

  #writeAfter(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#write();
    }, ms);
  }

  #write(): Promise<StoreResult> {
    this.#writing ??= this.#writeOnce().finally(() => {
      this.#writing = null;
      if (this.#queue.length === 0 || this.#closed) return;
      this.#writeAfter(this.#trouble === null ? this.#settings.gatherMs : this.#backoff());
    });
    return this.#writing;
  }

  #backoff(): number {
    const ms = this.#retryMs;
    this.#retryMs = Math.min(ms * 2, this.#settings.retryLastMs);
    return ms;
  }

  async #writeOnce(): Promise<StoreResult> {
    const taken = this.#queue.length;
    if (taken === 0) return OK;
    const batch = this.#queue.slice(0, taken);
    try {
      await writeQueued(this.#kv, batch);
    } catch (error) {
      this.#trouble = `Store cannot be written: ${messageOf(error)}`;
      return { ok: false, reason: this.#trouble };
    }
    this.#queue = this.#queue.slice(taken);
    for (const { records } of batch) this.#queued -= records.length;
    this.#trouble = null;
    this.#retryMs = this.#settings.retryFirstMs;
    return OK;
  }

  async flush(): Promise<StoreResult> {
    // What is being written now may have begun before the newest record was queued.
    if (this.#writing !== null) await this.#writing;
    const result = await this.#write();
    if (result.ok && this.#overflow !== null) return { ok: false, reason: this.#overflow };
    return result;
  }

  health(): StoreHealth {
    const detail = this.#overflow ?? this.#trouble ?? "";
    return { healthy: detail === "", detail, queued: this.#queued };
  }

  async mark(): Promise<JournalMark | null> {
    return (await this.#kv.get<JournalMark>(MARK_KEY)).value;
  }

  async #all<T>(prefix: Deno.KvKey): Promise<T[]> {
    const rows: T[] = [];
    for await (const { value } of this.#kv.list<T>({ prefix }, { limit: ROWS_MAX })) rows.push(value);
    return rows;
  }

  async #timeOf(table: TimedTable, id: string): Promise<number | null> {
    return (await this.#kv.get<number>([TIMES_OF[table], id])).value;
  }

  /** Newest first. Between two pages told apart by time only, rows of the same time stay on one page. */
  async #page<T>(table: TimedTable | "audit" | "halt_changes", { limit, before }: PageQuery): Promise<T[]> {
    const start: Deno.KvKey = [table];
    let end: Deno.KvKey = [table, Infinity];
    if (typeof before === "number") end = [table, before];
    if (typeof before === "string") {
      const at = table === "audit" || table === "halt_changes" ? null : await this.#timeOf(table, before);
      if (at === null) return [];
      end = [table, at, before];
    }
    const rows: T[] = [];
    let last: unknown;
    const selector = { start, end };
    for await (const { key, value } of this.#kv.list<T>(selector, { reverse: true, limit: limit + TIES_MAX })) {
      if (rows.length >= limit && key[1] !== last) break;
      last = key[1];
      rows.push(value);
    }
    return rows;
  }

  async order(clientOrderId: string): Promise<OrderRecord | null> {
    const at = await this.#timeOf("orders", clientOrderId);
    return at === null ? null : (await this.#kv.get<OrderRecord>(["orders", at, clientOrderId])).value;
  }

  listOrders(query: PageQuery): Promise<OrderRecord[]> {
    return this.#page("orders", query);
  }

  openOrders(): Promise<OrderRecord[]> {
    return this.#all(["orders_open"]);
  }

  listTrades(query: PageQuery): Promise<TradeRecord[]> {
    return this.#page("trades", query);
  }

  positions(): Promise<PositionRecord[]> {
    return this.#all(["positions_open"]);
  }

  listSettlements(query: PageQuery): Promise<SettlementRecord[]> {
    return this.#page("settlements", query);
  }

  async account(): Promise<AccountRecord | null> {
    return (await this.#kv.get<AccountRecord>(ACCOUNT_KEY)).value;
  }

  async portfolio({ since, limit }: { readonly since?: Micros; readonly limit: number }): Promise<PortfolioRecord[]> {
    const selector = { start: ["portfolio", since ?? 0], end: ["portfolio", Infinity] };
    const rows: PortfolioRecord[] = [];
    for await (const { value } of this.#kv.list<PortfolioRecord>(selector, { reverse: true, limit })) rows.push(value);
    return rows.reverse();
  }

  halts(): Promise<HaltRecord[]> {
    return this.#all(["halts"]);
  }

  listHaltChanges(query: PageQuery): Promise<HaltRecord[]> {
    return this.#page("halt_changes", query);
  }

  listAudit(query: PageQuery): Promise<AuditRecord[]> {
    return this.#page("audit", query);
  }

  async priceMinutes(
    { asset, before, limit }: { readonly asset: string; readonly before?: Micros; readonly limit: number },
  ): Promise<PriceMinuteRecord[]> {
    const selector = { start: ["price_minutes", asset], end: ["price_minutes", asset, before ?? Infinity] };
    const rows: PriceMinuteRecord[] = [];
    for await (const { value } of this.#kv.list<PriceMinuteRecord>(selector, { reverse: true, limit })) {
      rows.push(value);
    }
    return rows.reverse();
  }

  budgets(): Promise<BudgetRecord[]> {
    return this.#all(["budgets"]);
  }

  async budgetDays({ limit }: { readonly limit: number }): Promise<BudgetDayRecord[]> {
    const rows: BudgetDayRecord[] = [];
    const newestFirst = { reverse: true, limit };
    for await (const { value } of this.#kv.list<BudgetDayRecord>({ prefix: ["budget_days"] }, newestFirst)) {
      rows.push(value);
    }
    return rows.reverse();
  }

  strategies(): Promise<StrategyRecord[]> {
    return this.#all(["strategies"]);
  }

  async loadResumeState(): Promise<ResumeState> {
    const [account, positions, openOrders, halts, trades, budgets, budgetDays, strategies] = await Promise.all([
      this.account(),
      this.positions(),
      this.openOrders(),
      this.halts(),
      this.listTrades({ limit: RECENT_TRADES }),
      this.budgets(),
      this.budgetDays({ limit: BUDGET_DAYS_MAX }),
      this.strategies(),
    ]);
    return {
      account,
      positions,
      openOrders,
      halts: halts.filter((halt) => halt.active && halt.persistent),
      recentTradeIds: trades.map((trade) => trade.tradeId),
      lastFillAt: newestExecution(trades),
      budgets,
      budgetDays,
      strategies,
    };
  }

  async writtenSince(since: Micros, limit: number): Promise<StateRecord[]> {
    const found: StateRecord[] = [];
    for await (const { key, value } of this.#kv.list<StateRecord>({ prefix: [] }, { batchSize: 500 })) {
      if (isMain(key) && writtenBy(value) >= since) found.push(value);
    }
    // By what they are of: minutes, which may be written a day late, would leave no room for all else.
    const timeOf = (record: StateRecord): number => record.kind === "price_minute" ? record.start : writtenBy(record);
    return found.sort((a, b) => timeOf(a) - timeOf(b)).slice(-limit);
  }

  compact(now: Micros, retention: Retention = DEFAULT_RETENTION): Promise<{ readonly removed: number }> {
    return compactTables(this.#kv, now, retention);
  }

  async close(): Promise<StoreResult> {
    if (this.#closed) return OK;
    const result = await this.flush();
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#kv.close();
    return result;
  }
}

/** Fills are not heard of in the order in which they were executed: a late one must not hide what came after it. */
function newestExecution(trades: readonly TradeRecord[]): Micros | null {
  let newest: Micros | null = null;
  for (const { at, executedAt = at } of trades) {
    if (newest === null || executedAt > newest) newest = executedAt;
  }
  return newest;
}

type OpenKv = (path: string) => Promise<Deno.Kv>;

export interface KvStoreOptions extends Partial<KvStoreSettings> {
  /** The version of the kbot that is going to write, for the words of an older one that meets the database. */
  readonly writer?: string;
  /** It is only read: one of an older version stays as it is, and tables that it does not have are empty. */
  readonly looksOnly?: boolean;
  /** Wall time, for the name of a copy that is kept. */
  readonly now?: Date;
  /** For tests: another schema version than this kbot's, and its migrations. */
  readonly schema?: Schema;
  /** For tests: a database that fails. */
  readonly openKv?: OpenKv;
}

/** The version of a database that is there; `null` where there is none, or an empty one. */
async function schemaAt(path: string, { version }: Schema, openKv: OpenKv): Promise<FoundSchema> {
  if (path === ":memory:" || !await Deno.stat(path).then(() => true, () => false)) return { ok: true, schema: null };
  const kv = await openKv(path);
  try {
    return await findSchema(kv, path, version);
  } finally {
    kv.close();
  }
}

/**
 * Opens or makes the database. One of an older version is brought up to date first, and a copy of it kept: migrate.ts.
 *
 * @param path a file, or `:memory:`.
 */
export async function openKvStore(path: string, options: KvStoreOptions = {}): Promise<OpenedStore> {
  const { schema = SCHEMA, openKv = Deno.openKv, now = new Date(), writer = null, looksOnly = false } = options;
  let kv: Deno.Kv;
  let migratedFrom: number | null = null;
  try {
    const found = await schemaAt(path, schema, openKv);
    if (!found.ok) return found;
    if (!looksOnly && found.schema !== null && found.schema < schema.version) {
      const migrated = await migrateDatabase(path, found.schema, { schema, openKv, now });
      if (!migrated.ok) return migrated;
      migratedFrom = found.schema;
    }
    kv = await openKv(path);
  } catch (error) {
    return { ok: false, reason: `State in ${path} cannot be opened: ${messageOf(error)}` };
  }
  try {
    const found = await findSchema(kv, path, schema.version);
    if (found.ok) {
      if (!looksOnly) await claimSchema(kv, found.schema, schema.version, writer);
      return { ok: true, store: new KvStore(kv, { ...DEFAULT_KV_SETTINGS, ...options }), migratedFrom };
    }
    kv.close();
    return found;
  } catch (error) {
    kv.close();
    return { ok: false, reason: `State in ${path} cannot be read: ${messageOf(error)}` };
  }
}
