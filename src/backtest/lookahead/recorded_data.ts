/**
 * Recorded data, opened as it was at some moment.
 * @module
 */

import { isTape } from "../../store/tape_reader.ts";
import type { SourceBatch } from "../backtest.ts";
import { isJournal, journalBatches } from "../journal_source.ts";
import { RawTape } from "../recording/raw_tape.ts";
import { openRecording } from "../recording/recording.ts";
import { RecordingError } from "../recording/recording_error.ts";
import { type Cut, cutCopy } from "./cut_data.ts";
import type { OpenedData } from "./lookahead.ts";

export class RecordedData {
  readonly #path: string;
  readonly #spot: string | null;
  readonly #whole = new Set<string>();

  constructor(path: string, spot: string | null) {
    this.#path = path;
    this.#spot = spot;
  }

  /** Files that no copy was cut of, so that what they tell early is not found. */
  get whole(): readonly string[] {
    return [...this.#whole].sort();
  }

  /**
   * A cut copy lies in a directory of its own, which goes when it is closed.
   *
   * @throws RecordingError where there is nothing to run
   */
  async open(cut: Cut | null): Promise<OpenedData> {
    if (cut === null) {
      return { batches: await batchesOf(this.#path, this.#spot), close: () => Promise.resolve() };
    }
    const directory = await Deno.makeTempDir({ prefix: "kbot-lookahead-" });
    const close = () => Deno.remove(directory, { recursive: true });
    try {
      const data = await cutCopy(this.#path, directory, cut);
      const spot = this.#spot === null ? null : await cutCopy(this.#spot, directory, cut);
      for (const name of [...data.whole, ...spot?.whole ?? []]) this.#whole.add(name);
      return { batches: await batchesOf(data.path, spot?.path ?? null), close };
    } catch (error) {
      await close();
      throw error;
    }
  }
}

/** Of a live journal with the run's own orders in the books: which they are, only a later answer tells. */
async function batchesOf(path: string, spot: string | null): Promise<AsyncIterable<SourceBatch>> {
  if (await isTape(path)) return new RawTape(path).batches();
  if (await isJournal(path)) return journalBatches(path, null);
  const recording = await openRecording(path, spot === null ? {} : { spot });
  if ("error" in recording) throw new RecordingError(path, 0, recording.error, "recorded data");
  return recording.batches();
}
