/**
 * For a test: a thread that puts up signatures as fast as it can.
 * @module
 */

import { SignatureBoard } from "./board.ts";

const WRITES = 100_000;
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<SharedArrayBuffer>) => void) | null;
  postMessage(done: string): void;
};

scope.onmessage = ({ data }) => {
  const board = new SignatureBoard(data);
  const texts = Array.from({ length: 26 }, (_, k) => String.fromCharCode(97 + k).repeat(344));
  for (let write = 0; write < WRITES; write++) board.write(0, 1, write, texts[write % 26]);
  scope.postMessage("done");
};
