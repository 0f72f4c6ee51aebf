/**
 * A run's journal as food for a backtest: what any run in its place would have heard, whatever it did itself.
 *
 * | input | of a live run | of a paper run |
 * | --- | --- | --- |
 * | market data, feeds, links | taken, its own orders out of the books (parity/without_own.ts) | taken |
 * | answers to its orders, its account and executions | left out: the fill model answers | there are none |
 * | the health of its disk and of its way to the venue | left out: its own orders made them what they are | taken |
 * | a person's acts | left out | left out |
 * | its orderly end | left out | taken, as the last input |
 *
 * So a paper run on which nobody acted, done again with its settings from a fresh state, takes the very same decisions: the
 * decision hash of the run, of `kbot replay --verify` and of `kbot backtest` are one.
 * @module
 */

import { z } from "zod";
import type { Input } from "../core/input.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND } from "../core/units.ts";
import { readJournal } from "../store/journal_reader.ts";
import { parseFileName } from "../store/journal_files.ts";
import type { SourceBatch } from "./backtest.ts";
import { readLiveOrders } from "./parity/live_orders.ts";
import { WithoutOwn } from "./parity/without_own.ts";

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

/** What beside market data a paper run would hear again. */
function isOfPaper(input: Input): boolean {
  return input.type === "health" || input.type === "venue_health" ||
    input.type === "operator" && input.command === "shutdown";
}

/** What of a run goes into the ids of its orders, and so into its decisions. */
export interface JournalOrigin {
  readonly instance: string;
  readonly startedAt: Micros;
}

const ORIGIN = z.object({ instance: z.string().min(1), startedAt: z.int().nonnegative() });
const EXECUTION = z.object({ execution: z.enum(["paper", "live"]) });

/** As the journal's first line has it; `null` where it does not begin with that of a run. */
export async function journalOrigin(path: string): Promise<JournalOrigin | null> {
  for await (const event of readJournal(path)) {
    const first = event.kind === "entries" ? event.entries[0] : undefined;
    if (first?.kind !== "header") return null;
    const read = ORIGIN.safeParse(first.header.config);
    return read.success ? { instance: read.data.instance, startedAt: micros(read.data.startedAt) } : null;
  }
  return null;
}

/**
 * @param orderLatencyMs until an order on paper meets the book, after which what its double took is gone from there, too;
 * `null` leaves the books of a live run as they were heard, with its own orders in them
 */
export async function* journalBatches(path: string, orderLatencyMs: number | null): AsyncGenerator<SourceBatch> {
  const others = orderLatencyMs === null ? null : await othersOf(path, orderLatencyMs);
  let onPaper = false;
  for await (const event of readJournal(path)) {
    if (event.kind === "fault") throw new Error(`Journal cannot be read: ${event.reason}`);
    if (event.kind === "torn_tail") continue;
    const inputs: Input[] = [];
    const lines: number[] = [];
    event.entries.forEach((entry, k) => {
      if (entry.kind === "header") onPaper = EXECUTION.safeParse(entry.header.config).data?.execution === "paper";
      if (entry.kind !== "input" || !(isMarketData(entry.input) || onPaper && isOfPaper(entry.input))) return;
      const taken = others === null ? [entry.input] : others.take(entry.input);
      taken.forEach((input, at) => {
        inputs.push(input);
        // What was held back until now stands elsewhere.
        lines.push(at === taken.length - 1 ? event.fileLine + k : 0);
      });
    });
    if (inputs.length > 0) yield { file: event.file, inputs, lines };
  }
}

/** `null` where nothing of its own was ever in the books: of a paper run, and of what cannot be read. */
async function othersOf(path: string, orderLatencyMs: number): Promise<WithoutOwn | null> {
  const live = await readLiveOrders(path);
  return "error" in live ? null : new WithoutOwn(live.marks, orderLatencyMs * MICROS_PER_MILLISECOND);
}
