/**
 * What a calibration is fed with. Journals and tapes are taken as they are. Of a recorded data set more is used than its
 * books: its prices to their end, every market that its settlements tell of, and its table of quotes.
 * @module
 */

import type { Input } from "../core/input.ts";
import { type Micros, micros } from "../core/units.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { isTape, readTape } from "../store/tape_reader.ts";
import type { SourceBatch } from "./backtest.ts";
import { QuoteTable } from "./calibration_quotes.ts";
import { isJournal, journalBatches } from "./journal_source.ts";
import { mergeByTime, type RecordedBatch } from "./recording/input_batch.ts";
import { RawTape } from "./recording/raw_tape.ts";
import { openRecording, type RecordedSettlement, type Recording, RecordingError } from "./recording/recording.ts";
import { Refusals } from "./recording/refusals.ts";
import { lifecycleInputs, listedMarket } from "./recording/settlements.ts";
import { SpotTape } from "./recording/spot_tape.ts";

/** Later than anything recorded. */
const END = micros(Number.MAX_SAFE_INTEGER);

export interface CalibrationSource {
  batches(): AsyncIterable<SourceBatch>;
  /** Settlement numbers by ticker, for what they say once the market is settled. */
  readonly settlements: ReadonlyMap<string, RecordedSettlement>;
  readonly quotes: QuoteTable | null;
  /** Whether it comes from a simulated exchange; `null` of a journal, which does not tell. */
  readonly simulated: boolean | null;
  /** What could not be read, complete once all batches were. */
  problems(): readonly string[];
}

/** Opens what lies at the path, or says in words why it cannot be calibrated on. */
export async function openCalibrationSource(
  path: string,
  spot: string | null,
): Promise<CalibrationSource | { readonly error: string }> {
  const none = { settlements: new Map<string, RecordedSettlement>(), quotes: null };
  const tape = await isTape(path);
  if (tape || await isJournal(path)) {
    if (spot !== null) return { error: `${path} holds its own index: --spot is for a recorded data set` };
    if (!tape) return { ...none, simulated: null, batches: () => journalBatches(path, 0), problems: () => [] };
    const raw = new RawTape(path);
    const simulated = await isSimulated(path);
    return { ...none, simulated, batches: () => raw.batches(), problems: () => raw.problems };
  }
  const recording = await openRecording(path);
  if ("error" in recording) return recording;
  const refusals = new Refusals();
  try {
    const prices = spot === null ? null : await SpotTape.open(spot, "BRTI", refusals);
    return {
      batches: () => wholeRecording(recording, prices),
      simulated: false,
      settlements: recording.settlements,
      quotes: await QuoteTable.beside(path, refusals),
      problems: () => [...recording.counts.notes, ...recording.counts.problems, ...refusals.problems],
    };
  } catch (error) {
    if (error instanceof RecordingError) return { error: error.message };
    if (error instanceof Deno.errors.NotFound) return { error: `No prices at ${spot}: nothing is there` };
    throw error;
  }
}

/** What a tape's header says of its exchange; `null` where it cannot be read. */
async function isSimulated(path: string): Promise<boolean | null> {
  for await (const event of readTape(path)) return event.kind === "header" ? event.header.simulated : null;
  return null;
}

/** Frames, prices and the markets' beginnings and endings in order of time; prices go on where the frames end. */
async function* wholeRecording(recording: Recording, spot: SpotTape | null): AsyncGenerator<RecordedBatch> {
  // Others than frames tell of their markets themselves.
  const agenda = recording.kind === "capture" || recording.kind === "tape"
    ? agendaOf(recording.settlements.values())
    : [];
  try {
    for await (const batch of recording.batches()) {
      yield* merged(batch, agenda, spot, batch.inputs[batch.inputs.length - 1].at);
    }
    yield* merged({ file: "", inputs: [], lines: [] }, agenda, spot, END);
  } finally {
    await spot?.close();
  }
}

async function* merged(
  batch: RecordedBatch,
  agenda: Input[],
  spot: SpotTape | null,
  until: Micros,
): AsyncGenerator<RecordedBatch> {
  let next = 0;
  let more = true;
  while (more) {
    const piece = await spot?.until(until);
    const values = piece?.values ?? [];
    more = piece?.more ?? false;
    const horizon = more ? values[values.length - 1].at : until;
    const later = agenda.findIndex(({ at }) => at > horizon);
    const due = agenda.splice(0, later < 0 ? agenda.length : later);
    const extra = [...due, ...values].sort((a, b) => a.at - b.at);
    const part = mergeByTime(extra, batch, next, more ? horizon : Infinity);
    next = part.next;
    if (part.merged.inputs.length > 0) yield part.merged;
  }
}

/** Every market's listing at its opening, and what the exchange said of its end when it did. */
function agendaOf(settlements: Iterable<RecordedSettlement>): Input[] {
  const agenda: Input[] = [];
  for (const settlement of settlements) {
    if (settlement.floorStrike === null || settlement.result === null) continue;
    agenda.push(
      {
        type: "market",
        at: settlement.openTime,
        market: listedMarket(settlement, NAMED_PRICE_RANGES.tapered_deci_cent),
      },
      ...lifecycleInputs(settlement),
    );
  }
  return agenda.sort((a, b) => a.at - b.at);
}
