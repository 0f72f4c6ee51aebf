/**
 * Frames of the exchange from their bytes: book changes by a parser for them, all others by the ordinary one.
 * @module
 */

import type { Micros } from "../../../core/units.ts";
import type { UnknownFields } from "../fields.ts";
import { type ParsedFrame, parseFrame } from "../frames.ts";
import { DeltaBytes } from "./delta_bytes.ts";
import { WasmChanges } from "./wasm_changes.ts";

/** Reads plain book changes, and leaves everything else. */
interface ChangeParser {
  /** Absent where it would be a second reading. True means, besides, that every byte is ASCII. */
  recognises?(frame: Uint8Array): boolean;
  parse(frame: Uint8Array, at: Micros, connection: number): ParsedFrame | null;
}

/** Which of the two parsers for book changes: both read the same. */
export type ChangeParserName = "bytes" | "wasm";

// A byte order mark is no JSON, and must not be made to look like it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class FrameBytes {
  readonly #changes: ChangeParser;
  #recognised = 0;
  #others = 0;

  constructor(parser: ChangeParserName) {
    this.#changes = parser === "wasm" ? new WasmChanges() : new DeltaBytes();
  }

  /** How many frames the parser for book changes took, and how many it left to the ordinary one. */
  get counts(): { readonly recognised: number; readonly others: number } {
    return { recognised: this.#recognised, others: this.#others };
  }

  /** True only where the bytes are known to be ASCII because {@link parse}, which is to follow, was begun with them. */
  isKnown(bytes: Uint8Array): boolean {
    return this.#changes.recognises?.(bytes) ?? false;
  }

  /** As {@link parseFrame} of the text that the bytes are in UTF-8. The bytes are not kept. */
  parse(bytes: Uint8Array, at: Micros, connection: number, unknown?: UnknownFields): ParsedFrame {
    const change = this.#changes.parse(bytes, at, connection);
    if (change !== null) {
      this.#recognised++;
      return change;
    }
    this.#others++;
    return parseFrame(decoder.decode(bytes), at, connection, unknown);
  }
}
