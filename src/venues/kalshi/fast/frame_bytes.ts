/**
 * Frames of the exchange from their bytes: book changes by the parser for them, all others by the ordinary one.
 * @module
 */

import type { Micros } from "../../../core/units.ts";
import type { UnknownFields } from "../fields.ts";
import { type ParsedFrame, parseFrame } from "../frames.ts";
import { DeltaBytes } from "./delta_bytes.ts";

// A byte order mark is no JSON, and must not be made to look like it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class FrameBytes {
  readonly #deltas = new DeltaBytes();
  #recognised = 0;
  #others = 0;

  /** How many frames the parser for book changes took, and how many it left to the ordinary one. */
  get counts(): { readonly recognised: number; readonly others: number } {
    return { recognised: this.#recognised, others: this.#others };
  }

  /** As {@link parseFrame} of the text that the bytes are in UTF-8. The bytes are not kept. */
  parse(bytes: Uint8Array, at: Micros, connection: number, unknown?: UnknownFields): ParsedFrame {
    const delta = this.#deltas.parse(bytes, at, connection);
    if (delta !== null) {
      this.#recognised++;
      return delta;
    }
    this.#others++;
    return parseFrame(decoder.decode(bytes), at, connection, unknown);
  }
}
