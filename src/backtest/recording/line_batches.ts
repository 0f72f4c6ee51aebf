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

/** Characters gathered before a batch is handed out: enough to make the work per batch small beside the work per line. */
const BATCH_CHARACTERS = 1 << 18;
/** A line longer than this is no recording: the longest real frame, a full book, has about 100,000 characters. */
const LINE_CHARACTERS_MAX = 1 << 24;

/**
 * Reads a file's lines; a name that ends in `.gz` is decompressed on the way. Empty lines are left out at the end of the
 * file only.
 *
 * @throws RecordingError naming file and line where the file cannot be read to its end: missing, torn, or no UTF-8
 */
export async function* lineBatches(path: string): AsyncGenerator<LineBatch> {
  let firstLine = 1;
  let rest = "";
  let fed = 0;
  const pieces: string[] = [];
  try {
    for await (const text of textOf(path)) {
      fed += text.length;
      pieces.push(text);
      if (fed < BATCH_CHARACTERS) continue;
      const lines = (rest + pieces.join("")).split("\n");
      pieces.length = 0;
      fed = 0;
      rest = lines.pop() ?? "";
      if (rest.length > LINE_CHARACTERS_MAX) {
        throw new RecordingError(
          path,
          firstLine + lines.length,
          `more than ${LINE_CHARACTERS_MAX} characters`,
          "a line",
        );
      }
      if (lines.length === 0) continue;
      yield { firstLine, lines };
      firstLine += lines.length;
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    const found = error instanceof Error ? error.message : String(error);
    throw new RecordingError(path, firstLine, found, "a file that can be read to its end");
  }
  const lines = (rest + pieces.join("")).split("\n");
  while (lines.length > 0 && lines[lines.length - 1] === "") lines.pop();
  if (lines.length > 0) yield { firstLine, lines };
}

async function* textOf(path: string): AsyncGenerator<string> {
  const file = await Deno.open(path, { read: true });
  const bytes = basename(path).endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
