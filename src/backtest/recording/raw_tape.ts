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

import type { Input } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";
import { checkInput } from "../../engine/journal_input_shape.ts";
import { formatFault } from "../../engine/journal_shape.ts";
import { INPUT_SOURCE, type TapeGap, type TapeMessage, VENUE_SOURCE } from "../../store/tape_lines.ts";
import { readTape, type TapeEvent } from "../../store/tape_reader.ts";
import { parseFrame } from "../../venues/kalshi/frames.ts";
import { BatchBuilder, type RecordedBatch } from "./input_batch.ts";
import { Refusals } from "./refusals.ts";

/** Reads one tape, once. */
export class RawTape {
  readonly #path: string;
  readonly #refusals = new Refusals();
  #at = 0 as Micros;
  #connection = 0;

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

  #message({ source, raw }: TapeMessage, number: number, place: string, out: BatchBuilder): void {
    if (source === INPUT_SOURCE) return this.#input(raw, number, place, out);
    if (source !== VENUE_SOURCE) return;
    const parsed = parseFrame(raw, this.#at, this.#connection);
    if (parsed.kind === "input" && isPublic(parsed.input)) out.push(parsed.input, number);
  }

  #input(raw: string, number: number, place: string, out: BatchBuilder): void {
    let input: unknown;
    try {
      input = JSON.parse(raw);
    } catch {
      return this.#doubt(`${place}: An input that is no JSON`, number, out);
    }
    const fault = checkInput(input);
    if (fault !== null) return this.#doubt(`${place}: ${formatFault(fault)}`, number, out);
    const known = input as Input;
    if (known.type === "link" && known.up) {
      this.#connection = connectionOf(known.detail) ?? this.#connection + 1;
    }
    out.push(known, number);
  }
}

/** Endings come as inputs, for the markets that were followed alone. */
function isPublic({ type }: Input): boolean {
  return type === "book_snapshot" || type === "book_delta" || type === "trade" || type === "index";
}

/** The number that the client gave the connection. */
function connectionOf(detail: string): number | null {
  const match = /^Connection (\d{1,9})$/.exec(detail);
  return match === null ? null : Number(match[1]);
}
