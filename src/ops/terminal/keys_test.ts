import assert from "node:assert/strict";
import fc from "fast-check";
import { type Key, KeyReader } from "./keys.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const names = (keys: readonly Key[]): string[] => keys.map((key) => key.kind === "text" ? key.text : key.kind);

Deno.test("keys are told by their name, whatever sequences the terminal has for them", () => {
  for (
    const [sent, wanted] of [
      ["q", ["q"]],
      ["jk", ["j", "k"]],
      ["\x1b[A\x1b[B", ["up", "down"]],
      ["\x1bOA\x1bOB", ["up", "down"]],
      ["\x1b[5~\x1b[6~", ["page_up", "page_down"]],
      ["\x1b[H\x1b[F\x1b[1~\x1b[4~", ["home", "end", "home", "end"]],
      ["\x03", ["interrupt"]],
      ["\x0c\r", ["redraw", "enter"]],
      ["\x1b", ["escape"]],
      ["ü", ["ü"]],
      // Nobody here knows these: none of their letters is a key.
      ["\x1b[1;5A", []],
      ["\x1b[200~", []],
      ["\x1b[<0;10;5M", []],
      ["\x1a\x00", []],
    ] as const
  ) assert.deepEqual(names(new KeyReader().push(bytes(sent))), wanted, JSON.stringify(sent));
});

Deno.test("a sequence that comes in pieces is one key, and one without an end holds nothing up for ever", () => {
  const reader = new KeyReader();
  assert.deepEqual(names(reader.push(bytes("\x1b["))), []);
  assert.deepEqual(names(reader.push(bytes("6"))), []);
  assert.deepEqual(names(reader.push(bytes("~q"))), ["page_down", "q"]);
  assert.deepEqual(names(reader.push(bytes(`\x1b[${"0".repeat(40)}`))).at(-1), "0");
  assert.deepEqual(names(reader.push(bytes("q"))), ["q"]);
});

Deno.test("no bytes whatever make it fail, and afterwards keys are heard again", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 6 }), (pieces) => {
      const reader = new KeyReader();
      for (const piece of pieces) reader.push(piece);
      const last = [...names(reader.push(bytes("~ "))), ...names(reader.push(bytes("q")))];
      assert.equal(last.at(-1), "q");
    }),
    { numRuns: 3_000, seed: 7 },
  );
});
