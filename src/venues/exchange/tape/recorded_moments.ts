/**
 * A recording taken apart into moments: everything that bears one time stamp of the exchange's, because a match shows as
 * several changes and then its trades, all with one stamp (KALSHI.md 4.9).
 *
 * What a recording says, and when, is what a backtest of it hears: both read it through the same reader.
 * @module
 */

import { openRecording, type RecordedSettlement, type Recording } from "../../../backtest/recording/recording.ts";
import type {
  BookDeltaInput,
  BookSnapshotInput,
  BookStaleInput,
  IndexInput,
  Input,
  LifecycleInput,
  MarketInput,
  TradeInput,
} from "../../../core/input.ts";
import type { Micros } from "../../../core/units.ts";

/** What of a recording makes a market: connections and their numbering are the recorder's. */
export type TapeEvent =
  | MarketInput
  | LifecycleInput
  | BookSnapshotInput
  | BookDeltaInput
  | BookStaleInput
  | TradeInput
  | IndexInput;

export interface TapeMoment {
  readonly at: Micros;
  /** In the order of the recording. */
  readonly events: readonly TapeEvent[];
}

/** What is to be played, from which file or folder. */
export interface TapeRequest {
  readonly path: string;
  /** A table of recorded trades or index values that stand for the index; `null` for none. */
  readonly spot: string | null;
}

function isTapeEvent(input: Input): input is TapeEvent {
  switch (input.type) {
    case "market":
    case "lifecycle":
    case "book_snapshot":
    case "book_delta":
    case "book_stale":
    case "trade":
    case "index":
      return true;
    default:
      return false;
  }
}

export class RecordedMoments {
  /** How the markets ended, by ticker. */
  readonly settlements: ReadonlyMap<string, RecordedSettlement>;
  readonly #batches: AsyncGenerator<{ readonly inputs: readonly Input[] }>;
  #batch: readonly Input[] = [];
  #next = 0;
  /** Events of the moment that is being gathered. */
  #events: TapeEvent[] = [];
  #ended = false;

  private constructor(recording: Recording) {
    this.settlements = recording.settlements;
    this.#batches = recording.batches();
  }

  /** Opens a recording, or says in words why there is none. */
  static async open({ path, spot }: TapeRequest): Promise<RecordedMoments | { readonly error: string }> {
    const recording = await openRecording(path, { framesOnly: true, ...(spot === null ? {} : { spot }) });
    return "error" in recording ? recording : new RecordedMoments(recording);
  }

  /** Every moment has been handed out. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next moment that tells of a market, and the index values that were told before it; `null` where there is none. */
  async first(): Promise<{ readonly moment: TapeMoment; readonly values: readonly IndexInput[] } | null> {
    const values: IndexInput[] = [];
    while (!this.#ended) {
      const moment = await this.#gather(Infinity);
      if (moment === null) continue;
      if (moment.events.some(({ type }) => type === "market")) return { moment, values };
      for (const event of moment.events) if (event.type === "index") values.push(event);
    }
    return null;
  }

  /** The moments up to this time that were not handed out before. */
  async until(time: Micros): Promise<readonly TapeMoment[]> {
    const moments: TapeMoment[] = [];
    for (let moment = await this.#gather(time); moment !== null; moment = await this.#gather(time)) {
      moments.push(moment);
    }
    return moments;
  }

  /** Stops reading. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#batches.return(undefined);
  }

  /** One whole moment, where the recording has gone past it by then. */
  async #gather(until: number): Promise<TapeMoment | null> {
    while (!this.#ended) {
      const input = await this.#peek();
      const at = this.#events.at(0)?.at;
      if (at !== undefined && (input === null || input.at > at)) {
        const events = this.#events;
        this.#events = [];
        return { at, events };
      }
      if (input === null) this.#ended = true;
      else if (input.at > until) break;
      else {
        this.#next++;
        if (isTapeEvent(input)) this.#events.push(input);
      }
    }
    return null;
  }

  async #peek(): Promise<Input | null> {
    while (this.#next >= this.#batch.length) {
      const { value, done } = await this.#batches.next();
      if (done === true) return null;
      this.#batch = value.inputs;
      this.#next = 0;
    }
    return this.#batch[this.#next];
  }
}

/** The series that a recording begins with, or why there is none. */
export async function seriesOn(
  tape: TapeRequest,
): Promise<{ readonly names: readonly string[] } | { readonly error: string }> {
  const moments = await RecordedMoments.open(tape);
  if ("error" in moments) return moments;
  const first = await moments.first();
  await moments.close();
  const names = first?.moment.events.flatMap((event) => event.type === "market" ? [event.market.series] : []) ?? [];
  return names.length === 0 ? { error: `No recorded market at ${tape.path}` } : { names: [...new Set(names)] };
}
