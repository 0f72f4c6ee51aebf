/**
 * Text files, plain or gzip, as batches of lines in bounded memory.
 * @module
 */

import { basename } from "node:path";
import { RecordingError } from "./recording_error.ts";

/** Lines that stand together in a file. */
export interface LineBatch {
  /** Line number of the first one, counted from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/**
 * Bytes decoded at once, and so about the size of a batch. Decompression hands out a megabyte at a time: the lines of so
 * much text, and all that is made of them, would outlive the collector's young generation and double the memory.
 */
const PIECE_BYTES = 1 << 14;
/** A line longer than this is no recording: the longest real frame, a full book, has about 100,000 characters. */
const LINE_CHARACTERS_MAX = 1 << 24;

/**
 * Reads a file's lines; a name that ends in `.gz` is decompressed on the way. Empty lines are left out at the end of the
 * file only.
 *
 * @param encoding what becomes of bytes that are no UTF-8: an error, or U+FFFD in their place
 * @throws RecordingError naming file and line where the file cannot be read to its end: missing, torn, or no UTF-8
 */
export async function* lineBatches(
  path: string,
  encoding: "strict" | "lenient" = "strict",
): AsyncGenerator<LineBatch> {
  let firstLine = 1;
  /** What was read of the line that is not complete yet. */
  let pieces: string[] = [];
  let length = 0;
  try {
    for await (const text of textOf(path, encoding === "strict")) {
      pieces.push(text);
      length += text.length;
      if (!text.includes("\n")) {
        if (length <= LINE_CHARACTERS_MAX) continue;
        throw new RecordingError(path, firstLine, `more than ${LINE_CHARACTERS_MAX} characters`, "a line");
      }
      const lines = pieces.join("").split("\n");
      const rest = lines.pop() ?? "";
      pieces = [rest];
      length = rest.length;
      yield { firstLine, lines };
      firstLine += lines.length;
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    const found = error instanceof Error ? error.message : String(error);
    throw new RecordingError(path, firstLine, found, "a file that can be read to its end");
  }
  const lines = pieces.join("").split("\n");
  while (lines.length > 0 && lines[lines.length - 1] === "") lines.pop();
  if (lines.length > 0) yield { firstLine, lines };
}

async function* textOf(path: string, fatal: boolean): AsyncGenerator<string> {
  const file = await Deno.open(path, { read: true });
  const bytes = basename(path).endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  const decoder = new TextDecoder("utf-8", { fatal });
  const reader = bytes.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (let at = 0; at < value.length; at += PIECE_BYTES) {
        yield decoder.decode(value.subarray(at, at + PIECE_BYTES), { stream: true });
      }
    }
    yield decoder.decode();
  } finally {
    // Whoever stops early does not ask how the file would have ended; a torn one refuses even this.
    await reader.cancel().catch(() => {});
  }
}
