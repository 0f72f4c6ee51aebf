/**
 * Prints the output of processes that run side by side one after the other.
 * @module
 */

import type { SummaryReader } from "./run_summary.ts";

/** Output kept of a process whose turn to print has not come; one that says more waits. */
export const KEPT_BYTES_MAX = 64_000_000;

/** What is printed to. */
export interface Printer {
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Copies a stream of text on while reading along; before its turn the copy is kept.
 *
 * @param turn resolves when it may be printed
 */
export async function passOn(
  from: ReadableStream<Uint8Array>,
  to: Printer,
  reader: SummaryReader,
  turn: Promise<void>,
  keptMax = KEPT_BYTES_MAX,
): Promise<void> {
  const decoder = new TextDecoder();
  let kept: Uint8Array[] = [];
  let bytes = 0;
  let isTurn = false;
  const turning = turn.then(() => {
    isTurn = true;
  });
  const print = async () => {
    const chunks = kept;
    [kept, bytes] = [[], 0];
    for (const chunk of chunks) {
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await to.write(rest));
    }
  };
  for await (const chunk of from) {
    reader.read(decoder.decode(chunk, { stream: true }));
    kept.push(chunk);
    bytes += chunk.length;
    if (bytes > keptMax) await turning;
    if (isTurn) await print();
  }
  await turning;
  await print();
}
