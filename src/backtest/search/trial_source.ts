/**
 * What trials are fed with: a journal, a tape or a recorded data set, read anew for each pass.
 * @module
 */

import type { PaperSettings } from "../../execution/paper.ts";
import { isTape } from "../../store/tape_reader.ts";
import { type BacktestOptions, simulated, type SourceBatch } from "../backtest.ts";
import { isJournal, journalBatches, type JournalOrigin, journalOrigin } from "../journal_source.ts";
import { RawTape } from "../recording/raw_tape.ts";
import { openRecording } from "../recording/recording.ts";

export interface TrialSource {
  /** How the run began that a journal is of; `null` of everything else. */
  readonly origin: JournalOrigin | null;
  batches(): AsyncIterable<SourceBatch>;
  /** What could not be read, complete once all batches were. */
  problems(): readonly string[];
  /** What the data does not tell, and how it is taken, complete then as well. */
  notes(): readonly string[];
}

const NONE = (): readonly string[] => [];

/** As {@link BacktestOptions} have it, what a recording does not hold simulated as in any backtest. */
export async function openTrialSource(
  { path, spot, engine }: Pick<BacktestOptions, "path" | "spot" | "engine">,
): Promise<TrialSource | { readonly error: string }> {
  const source = await opened(path, spot, engine.paper);
  return "error" in source ? source : { ...source, batches: () => simulated(source.batches(), { engine }) };
}

async function opened(
  path: string,
  spot: string | null,
  { latencyMs }: PaperSettings,
): Promise<TrialSource | { readonly error: string }> {
  if (await isTape(path)) {
    const tape = new RawTape(path);
    return { origin: null, batches: () => tape.batches(), problems: () => tape.problems, notes: NONE };
  }
  if (await isJournal(path)) {
    const origin = await journalOrigin(path);
    return { origin, batches: () => journalBatches(path, latencyMs), problems: NONE, notes: NONE };
  }
  const recording = await openRecording(path, spot === null ? {} : { spot });
  if ("error" in recording) return recording;
  return {
    origin: null,
    batches: () => recording.batches(),
    problems: () => recording.counts.problems,
    notes: () => recording.counts.notes,
  };
}
