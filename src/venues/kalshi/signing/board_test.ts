import assert from "node:assert/strict";
import type { WriterStart } from "./board_writer_fixture.ts";
import { PLACES, SIGNATURE_LENGTH_MAX, SignatureBoard } from "./board.ts";

Deno.test("what one thread puts up, the other reads", () => {
  const writer = new SignatureBoard();
  const reader = new SignatureBoard(writer.memory);
  for (let round = 1; round <= 5; round++) {
    for (let place = 0; place < PLACES; place++) {
      const signature = `${place}/${round}=`.repeat(round);
      writer.write(place, place + 100, round * 1_000 + place, signature);
      assert.deepEqual({ ...reader.read(place, place + 100) }, {
        turn: round,
        pair: place + 100,
        timestampMs: round * 1_000 + place,
        signature,
      });
    }
  }
});

Deno.test("a place that holds another pair's signature, or none, gives nothing", () => {
  const board = new SignatureBoard();
  assert.equal(board.read(3, 1), null);
  board.write(3, 1, 5, "abc");
  assert.equal(board.read(3, 2), null);
  assert.equal(board.read(3, 1)?.signature, "abc");
  board.write(3, 2, 6, "def");
  assert.equal(board.read(3, 1), null, "remembered from before the place was used again");
  assert.equal(board.read(4, 1), null);
});

Deno.test("the longest signature fits to the last character, a longer one is refused", () => {
  const board = new SignatureBoard();
  const longest = "x".repeat(SIGNATURE_LENGTH_MAX - 1) + "y";
  for (const place of [0, PLACES - 1]) {
    board.write(place, 1, 1, longest);
    board.write(place, 1, 2, longest);
  }
  assert.equal(board.read(0, 1)?.signature, longest);
  assert.equal(board.read(PLACES - 1, 1)?.signature, longest);
  assert.throws(() => board.write(0, 1, 1, longest + "z"), /at most/);
  assert.throws(() => board.write(PLACES, 1, 1, "a"), /not on the board/);
  assert.throws(() => new SignatureBoard(new SharedArrayBuffer(8)), /8 bytes/);
});

Deno.test("a reader never sees half of one signature and half of another", async () => {
  const board = new SignatureBoard();
  const code = new URL("./board_writer_fixture.ts", import.meta.url);
  const worker = new Worker(code, { type: "module" });
  const done = new Promise<void>((resolve) => worker.onmessage = () => resolve());
  const enough = new Int32Array(new SharedArrayBuffer(4));
  const start: WriterStart = { board: board.memory, enough: enough.buffer };
  worker.postMessage(start);
  const reader = new SignatureBoard(board.memory);
  let over = false;
  let reads = 0;
  void done.then(() => over = true);
  const seen = new Set<string>();
  while (!over) {
    for (let burst = 0; burst < 2_000; burst++) {
      const signed = reader.read(0, 1);
      if (signed === null) continue;
      reads++;
      const letter = String.fromCharCode(97 + signed.timestampMs % 26);
      assert.equal(signed.signature, letter.repeat(344), "torn");
      seen.add(letter);
    }
    // The writer goes on until then, whichever of the two the machine lets run.
    if (seen.size > 1) Atomics.store(enough, 0, 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  worker.terminate();
  assert.ok(reads > 0 && seen.size > 1, `${reads} reads of ${seen.size} signatures`);
});
