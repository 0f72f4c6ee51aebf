/**
 * What the messages of the venue on a tape say, as inputs: each frame goes through the parser that it went through live.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";
import { checkInput } from "../../engine/journal_input_shape.ts";
import { formatFault } from "../../engine/journal_shape.ts";
import { INPUT_SOURCE, type TapeMessage, VENUE_SOURCE } from "../../store/tape_lines.ts";
import { parseFrame } from "../../venues/kalshi/frames.ts";

type ReadInput = { readonly input: Input } | { readonly fault: string };

export class TapeInputs {
  #connection = 0;

  /**
   * @param at when it was heard
   * @returns `null` for what says nothing here: private frames, messages of feeds
   */
  take({ source, raw }: Pick<TapeMessage, "source" | "raw">, at: Micros): ReadInput | null {
    if (source === INPUT_SOURCE) return this.#input(raw);
    if (source !== VENUE_SOURCE) return null;
    const parsed = parseFrame(raw, at, this.#connection);
    return parsed.kind === "input" && isPublic(parsed.input) ? { input: parsed.input } : null;
  }

  #input(raw: string): ReadInput {
    const read = readInput(raw);
    if ("fault" in read) return read;
    const { input } = read;
    if (input.type === "link" && input.up) this.#connection = connectionOf(input.detail) ?? this.#connection + 1;
    return read;
  }
}

/** An input as a tape has it. */
export function readInput(raw: string): ReadInput {
  let input: unknown;
  try {
    input = JSON.parse(raw);
  } catch {
    return { fault: "An input that is no JSON" };
  }
  const fault = checkInput(input);
  return fault === null ? { input: input as Input } : { fault: formatFault(fault) };
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
