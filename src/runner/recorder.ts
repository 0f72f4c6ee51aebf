/**
 * Puts what a run hears on a tape: the frames of its venue, the messages of its feeds, and those inputs of the venue that
 * no frame brings, so that the tape can be understood by itself.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Config } from "../config/schema.ts";
import type { Input } from "../core/input.ts";
import type { Micros } from "../core/units.ts";
import type { RawListener } from "../feeds/feed.ts";
import { newRunId } from "../store/journal_files.ts";
import { INPUT_SOURCE, VENUE_SOURCE } from "../store/tape_lines.ts";
import { listTapes, pruneTapes, type TapeRetention } from "../store/tape_retention.ts";
import { type TapeStatus, TapeWriter } from "../store/tape_writer.ts";

export interface RecorderOptions {
  /** Holds one directory for each tape. */
  readonly directory: string;
  readonly version: string;
  /** For people. */
  readonly venue: string;
  readonly simulated: boolean;
  /** The venue has a socket, whose frames are recorded; otherwise all its inputs are. */
  readonly hasSocket: boolean;
  readonly retention: TapeRetention;
  readonly rotateBytes: number;
  /** Hears everything that goes on the tape. */
  readonly onLine?: RawListener;
}

const MEGABYTE = 1024 * 1024;

/** What the configuration says of tapes. */
export function tapeSettings({ record }: Config): Pick<RecorderOptions, "retention" | "rotateBytes"> {
  return {
    retention: { days: record.days, bytes: record.max_gb * 1024 * MEGABYTE },
    rotateBytes: record.rotate_mb * MEGABYTE,
  };
}

const logger = getLogger(["kbot", "record"]);
const warn = (text: string): void => logger.warn("{text}", { text });

export class Recorder {
  readonly #tape: TapeWriter;
  readonly #hasSocket: boolean;
  readonly #onLine: RawListener | undefined;

  private constructor(options: RecorderOptions, run: string) {
    const { directory, version, venue, simulated, retention, rotateBytes } = options;
    this.#hasSocket = options.hasSocket;
    this.#onLine = options.onLine;
    this.#tape = new TapeWriter({
      directory,
      header: { run, version, started: new Date().toISOString(), venue, simulated },
      settings: { rotateBytes },
      onTrouble: warn,
      onEnded: () => prune(directory, retention, run),
    });
  }

  /** Begins a tape of its own, and deletes what is too old or too much. */
  static async start(options: RecorderOptions): Promise<Recorder> {
    const tapes = await listTapes(options.directory).catch(() => []);
    const run = newRunId(Date.now(), tapes.at(-1) ?? null);
    await prune(options.directory, options.retention, run);
    return new Recorder(options, run);
  }

  /** Hears the feeds. */
  readonly raw: RawListener = (source, raw, at) => {
    this.#onLine?.(source, raw, at);
    this.#tape.record(source, raw, at);
  };

  /** Hears the venue's socket. */
  readonly frame = (text: string, at: Micros): void => this.raw(VENUE_SOURCE, text, at);

  /** Hears the venue's inputs, and keeps those that no frame brings. */
  input(input: Input): void {
    if (this.#hasSocket && !isBeyondFrames(input)) return;
    this.raw(INPUT_SOURCE, JSON.stringify(input), input.at);
  }

  status(): TapeStatus {
    return this.#tape.status();
  }

  /** Writes everything out. */
  close(): Promise<void> {
    return this.#tape.close();
  }
}

async function prune(directory: string, retention: TapeRetention, run: string): Promise<void> {
  const { trouble } = await pruneTapes(directory, retention, Date.now(), run);
  if (trouble !== null) warn(trouble);
}

/** What comes from REST or from the client itself; of `lifecycle` also what frames bring, for the markets that are followed. */
function isBeyondFrames({ type }: Input): boolean {
  return type === "sequence" || type === "market" || type === "lifecycle" || type === "link" || type === "book_stale" ||
    type === "exchange_status";
}
