/**
 * A run's journal as food for a backtest: its market data, without what became of that run's own orders.
 * @module
 */

import type { Input } from "../core/input.ts";
import { readJournal } from "../store/journal_reader.ts";
import { parseFileName } from "../store/journal_files.ts";
import type { SourceBatch } from "./backtest.ts";

/** Whether the path is a run's directory or one of its files. */
export async function isJournal(path: string): Promise<boolean> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch {
    return false;
  }
  const isPart = (name: string): boolean => parseFileName(name) !== null;
  if (!info.isDirectory) return isPart(path.slice(path.lastIndexOf("/") + 1));
  for await (const entry of Deno.readDir(path)) if (isPart(entry.name)) return true;
  return false;
}

/** True for what any run would have heard, whatever it did itself. */
function isMarketData(input: Input): boolean {
  switch (input.type) {
    case "clock":
    case "market":
    case "lifecycle":
    case "book_snapshot":
    case "book_delta":
    case "sequence":
    case "book_stale":
    case "trade":
    case "index":
    case "spot":
    case "minute":
    case "implied_volatility":
    case "volatility_forecast":
    case "weather_observation":
    case "weather_forecast":
    case "climate_report":
    case "fed_funds":
    case "peer_quote":
    case "exchange_status":
    case "link":
      return true;
    default:
      return false;
  }
}

export async function* journalBatches(path: string): AsyncGenerator<SourceBatch> {
  for await (const event of readJournal(path)) {
    if (event.kind === "fault") throw new Error(`Journal cannot be read: ${event.reason}`);
    if (event.kind === "torn_tail") continue;
    const inputs: Input[] = [];
    const lines: number[] = [];
    event.entries.forEach((entry, k) => {
      if (entry.kind !== "input" || !isMarketData(entry.input)) return;
      inputs.push(entry.input);
      lines.push(event.fileLine + k);
    });
    if (inputs.length > 0) yield { file: event.file, inputs, lines };
  }
}
