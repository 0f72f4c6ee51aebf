/**
 * For a test: a thread that puts up signatures as fast as it can, until it is told that they were seen.
 * @module
 */

import { SignatureBoard } from "./board.ts";

/** What the thread is given: the board's memory, and one number that is no longer 0 when enough was seen. */
export interface WriterStart {
  readonly board: SharedArrayBuffer;
  readonly enough: SharedArrayBuffer;
}

const WRITES_MIN = 100_000;
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<WriterStart>) => void) | null;
  postMessage(done: string): void;
};

scope.onmessage = ({ data }) => {
  const board = new SignatureBoard(data.board);
  const enough = new Int32Array(data.enough);
  const texts = Array.from({ length: 26 }, (_, k) => String.fromCharCode(97 + k).repeat(344));
  for (let write = 0; write < WRITES_MIN || Atomics.load(enough, 0) === 0; write++) {
    board.write(0, 1, write, texts[write % 26]);
  }
  scope.postMessage("done");
};
