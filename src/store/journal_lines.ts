/**
 * Cuts a stream of bytes into lines, with a bound on their length and their places kept.
 * @module
 */

/** A line longer than this is garbage: no entry comes near it. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Bytes taken up at once. Decompression hands out a megabyte at a time: the lines of so much text, and all that is made of
 * them, would outlive the collector's young generation and double the memory.
 */
const PIECE_BYTES = 1 << 14;

const NEWLINE = 10;

/** Lines of one piece of a file, complete and without their ends (`null` for one that is not UTF-8); or what stands after the last line's end. */
export type LineBatch =
  | { readonly kind: "lines"; readonly firstLine: number; readonly lines: readonly (string | null)[] }
  | {
    readonly kind: "rest";
    readonly line: number;
    /** Where in the file (uncompressed) the unfinished line begins. */
    readonly offset: number;
    readonly bytes: Uint8Array;
  }
  | { readonly kind: "oversized"; readonly line: number };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of bytes, `null` where they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Lines of bytes that end with a line's end. All at once where they are all UTF-8, else one by one to find which. */
function decodeLines(bytes: Uint8Array): (string | null)[] {
  const text = decodeText(bytes.subarray(0, bytes.length - 1));
  if (text !== null) return text.split("\n");
  const lines: (string | null)[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, at);
    lines.push(decodeText(bytes.subarray(at, end)));
    at = end + 1;
  }
  return lines;
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

async function* inPieces(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
  }
}

/**
 * Yields the lines of a stream.
 *
 * @param maxBytes bound of a line's length; beyond it `oversized` is yielded and nothing after it.
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
  maxBytes = LINE_BYTES_MAX,
): AsyncGenerator<LineBatch, void, undefined> {
  let carried: Uint8Array[] = [];
  let carriedBytes = 0;
  let line = 1;
  let offset = 0;
  for await (const piece of inPieces(stream)) {
    const end = piece.lastIndexOf(NEWLINE);
    if (end >= 0) {
      const bytes = join([...carried, piece.subarray(0, end + 1)], carriedBytes + end + 1);
      const lines = decodeLines(bytes);
      yield { kind: "lines", firstLine: line, lines };
      line += lines.length;
      offset += bytes.length;
      carried = [];
      carriedBytes = 0;
    }
    const rest = piece.subarray(end + 1);
    if (rest.length > 0) {
      carried.push(rest);
      carriedBytes += rest.length;
    }
    if (carriedBytes > maxBytes) {
      yield { kind: "oversized", line };
      return;
    }
  }
  if (carriedBytes > 0) yield { kind: "rest", line, offset, bytes: join(carried, carriedBytes) };
}
