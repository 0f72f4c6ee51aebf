/**
 * Tapes of our own recorder (store/tape_writer.ts) as inputs of the engine: each frame goes through the parser that it went
 * through live, at the moment at which it arrived.
 *
 * | on the tape | becomes |
 * | --- | --- |
 * | a frame of the venue | what the client made of it: book, trade or index value |
 * | an input that no frame brought by itself | the same: markets, endings, connections, numbers used up, books made stale |
 * | private frames, messages of feeds | nothing |
 * | a gap, a torn end, a line that cannot be read | every book stale until its next snapshot |
 *
 * What a client learns by REST before its first value, the history of an index, is not on a tape.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { TapeGap, TapeMessage } from "../../store/tape_lines.ts";
import { readTape, type TapeEvent } from "../../store/tape_reader.ts";
import { BatchBuilder, type RecordedBatch } from "./input_batch.ts";
import { Refusals } from "./refusals.ts";
import { TapeInputs } from "./tape_inputs.ts";

/** Reads one tape, once. */
export class RawTape {
  readonly #path: string;
  readonly #refusals = new Refusals();
  readonly #inputs = new TapeInputs();
  #at = 0 as Micros;

  constructor(path: string) {
    this.#path = path;
  }

  /** What could not be read, in words; bounded. */
  get problems(): readonly string[] {
    return this.#refusals.problems;
  }

  async *batches(): AsyncGenerator<RecordedBatch> {
    for await (const event of readTape(this.#path)) {
      const out = new BatchBuilder();
      this.#take(event, out);
      if (out.inputs.length > 0) yield out.finish(event.file);
    }
  }

  #take(event: TapeEvent, out: BatchBuilder): void {
    switch (event.kind) {
      case "header":
        return;
      case "torn":
      case "fault":
        return this.#doubt(event.reason, 0, out);
      case "lines":
        event.lines.forEach((line, k) => {
          const number = event.numbers[k];
          if (line.at > this.#at) this.#at = line.at;
          if (line.kind === "gap") this.#gap(line, number, out);
          else this.#message(line, number, `${event.file}:${number}`, out);
        });
    }
  }

  #gap({ messages, reason }: TapeGap, number: number, out: BatchBuilder): void {
    this.#doubt(`${messages} messages are missing: ${reason}`, number, out);
  }

  /** Nobody knows what was left out. */
  #doubt(reason: string, number: number, out: BatchBuilder): void {
    this.#refusals.add(reason);
    if (this.#at > 0) out.push({ type: "book_stale", at: this.#at, tickers: "all", reason }, number);
  }

  #message(message: TapeMessage, number: number, place: string, out: BatchBuilder): void {
    const found = this.#inputs.take(message, this.#at);
    if (found === null) return;
    if ("fault" in found) this.#doubt(`${place}: ${found.fault}`, number, out);
    else out.push(found.input, number);
  }
}
