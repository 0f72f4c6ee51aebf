/**
 * Tapes of public trades without books or strikes: `*_trades.csv`, beside them `*_outcomes_inferred.csv`.
 *
 * Trades are heard and markets settle; nothing can be bought or sold, because no book says at what price, and a strategy that
 * wants an index or a book does nothing. Such a tape serves what looks at trades alone.
 * @module
 */

import { basename } from "node:path";
import type { Input } from "../../core/input.ts";
import { type Belief, Catalog, type Ending, quarterHourMarket } from "./catalog.ts";
import { findFiles, type FoundFiles, pathsOf } from "./found_files.ts";
import { BatchBuilder, type RecordedBatch } from "./input_batch.ts";
import { MarketRecording } from "./market_recording.ts";
import { recordedFile } from "./recorded_file.ts";
import type { Opening, Recording } from "./recording.ts";
import { RecordingError } from "./recording_error.ts";
import type { Refusals } from "./refusals.ts";
import { RowFields } from "./row_fields.ts";
import { hasColumns, type TableRow, tableRows } from "./table.ts";

const TRADES = /_trades\.csv(?:\.gz)?$/;
const OUTCOMES = /_outcomes(?:_inferred)?\.csv(?:\.gz)?$/;
const COLUMNS = ["ticker", "created_us", "yes_price", "count", "taker_side"] as const;
const OUTCOME_COLUMNS = ["ticker", "result_inferred_from_last_price"] as const;
/** No book is told. */
const NO_BELIEF: Belief = { micros: 0, scope: "market" };

/** Tables of other trades bear such names, too: of a spot exchange, or of the common layout. */
export async function areTrades(found: FoundFiles): Promise<boolean> {
  const [path] = pathsOf(found, TRADES);
  return path !== undefined && await hasColumns(path, COLUMNS);
}

export async function openTrades({ found, spot, refusals }: Opening): Promise<Recording> {
  const catalog = new Catalog();
  const endings = await readEndings(pathsOf(await findFiles(found.folder), OUTCOMES));
  return new MarketRecording({
    kind: "polls",
    files: pathsOf(found, TRADES).map((path) =>
      recordedFile(path, -Infinity, refusals, () => trades(path, catalog, refusals))
    ),
    catalog,
    endingOf: ({ ticker }) => endings.get(ticker) ?? null,
    spot,
    refusals,
    notes: () => [
      "Trades alone are recorded: without books nothing can be traded, and strategies that look at books do nothing",
      ...(endings.size === 0 ? [] : ["Outcomes are inferred from each market's last trade"]),
    ],
  });
}

async function* trades(path: string, catalog: Catalog, refusals: Refusals): AsyncGenerator<RecordedBatch> {
  const refuse = (error: RecordingError): void => refusals.add(error.message, "row");
  for await (const rows of tableRows(path, COLUMNS, refuse)) {
    const out = new BatchBuilder();
    for (const row of rows) {
      const input = read(path, row, catalog, refuse);
      if (input !== null) out.push(input, row.line);
    }
    if (out.inputs.length > 0) yield out.finish(basename(path));
  }
}

function read(
  path: string,
  { line, fields }: TableRow,
  catalog: Catalog,
  refuse: (error: RecordingError) => void,
): Input | null {
  try {
    const row = new RowFields(path, line, fields, COLUMNS);
    const ticker = row.text(0);
    learn(row, ticker, catalog);
    const at = row.microseconds(1);
    return {
      type: "trade",
      at,
      ticker,
      tradeId: `${basename(path)}:${line}`,
      price: row.price(2),
      count: row.count(3),
      takerSide: row.takerSide(4),
      exchangeTime: at,
    };
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    refuse(error);
    return null;
  }
}

function learn(row: RowFields, ticker: string, catalog: Catalog): void {
  if (catalog.has(ticker)) return;
  const market = quarterHourMarket(ticker) ??
    row.refuse(0, "the ticker of a 15-minute market such as KXBTC15M-26APR271445-45");
  if (!catalog.add(market, NO_BELIEF)) row.refuse(0, "no more markets than can be held");
}

/** One row for each market. */
async function readEndings(paths: readonly string[]): Promise<ReadonlyMap<string, Ending>> {
  const endings = new Map<string, Ending>();
  for (const path of paths) {
    for await (const rows of tableRows(path, OUTCOME_COLUMNS)) {
      for (const { line, fields } of rows) {
        const row = new RowFields(path, line, fields, OUTCOME_COLUMNS);
        const ticker = row.text(0);
        if (endings.has(ticker)) throw new RecordingError(path, line, `${ticker} again`, "one row for each market");
        const result = row.result(1);
        if (result !== null) endings.set(ticker, { result, expirationValue: null, settledAt: null });
      }
    }
  }
  return endings;
}
