import assert from "node:assert/strict";
import fc from "fast-check";
import { ENTER, frameChange, LEAVE } from "./frames.ts";

/** What a terminal makes of the sequences that are used here, and of no other one. */
function shown(screen: readonly string[], rows: number, bytes: string): string[] {
  const lines = [...screen];
  let row = 0;
  let column = 0;
  // deno-lint-ignore no-control-regex
  for (const [piece] of bytes.matchAll(/\x1b\[\??[\d;]*[A-Za-z]|[^\x1b]+/g)) {
    // deno-lint-ignore no-control-regex
    const at = /^\x1b\[(\d+);(\d+)H$/.exec(piece);
    if (at !== null) {
      // A row that is not there is the last one.
      row = Math.min(rows, Number(at[1])) - 1;
      column = Number(at[2]) - 1;
    } else if (piece === "\x1b[K") lines[row] = lines[row].slice(0, column);
    else if (piece === "\x1b[J") {
      lines[row] = lines[row].slice(0, column);
      for (let below = row + 1; below < rows; below++) lines[below] = "";
    } else if (!piece.startsWith("\x1b[?2026")) {
      assert.ok(!piece.startsWith("\x1b"), JSON.stringify(piece));
      lines[row] = lines[row].slice(0, column) + piece + lines[row].slice(column + piece.length);
      column += piece.length;
    }
  }
  return lines;
}

const filled = (lines: readonly string[], rows: number): string[] =>
  Array.from({ length: rows }, (_, row) => lines[row] ?? "");

Deno.test("only the lines that changed are sent, each at its place, and nothing where nothing did", () => {
  assert.equal(frameChange(["a", "b"], ["a", "b"], 10), "");
  assert.equal(frameChange(["a", "b"], ["a", "c"], 10), "\x1b[?2026h\x1b[2;1Hc\x1b[K\x1b[?2026l");
});

Deno.test("after every change the screen shows the new frame, whatever stood on it", () => {
  const line = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 6 });
  const frame = fc.array(line, { maxLength: 6 });
  const rows = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), frame, rows, (frames, dirt, rows) => {
      let screen = filled(dirt, rows);
      let before: readonly string[] | null = null;
      for (const next of frames) {
        const now = next.slice(0, rows);
        screen = shown(screen, rows, frameChange(before, now, rows));
        assert.deepEqual(screen, filled(now, rows));
        before = now;
      }
    }),
    { numRuns: 3_000, seed: 7 },
  );
});

Deno.test("a line as low as the screen is not erased again by what clears below it", () => {
  assert.deepEqual(shown(["x", "y"], 2, frameChange(null, ["a", "b"], 2)), ["a", "b"]);
});

Deno.test("what is taken on entering is given back on leaving", () => {
  for (const mode of ["1049", "25", "7"]) {
    const [on, off] = mode === "1049" ? ["h", "l"] : ["l", "h"];
    assert.ok(ENTER.includes(`\x1b[?${mode}${on}`), mode);
    assert.ok(LEAVE.includes(`\x1b[?${mode}${off}`), mode);
  }
  assert.ok(LEAVE.startsWith("\x1b[?2026l\x1b[m"));
});
