import assert from "node:assert/strict";
import fc from "fast-check";
import { ENTER, frameChange, LEAVE, type PaintedLine } from "./frames.ts";
import { SeenScreen } from "./screen_fixture.ts";

const COLUMNS = 6;

const lines = (texts: readonly string[]): PaintedLine[] => texts.map((text) => ({ text, width: text.length }));

/** What was on the screen, and is there after these bytes. */
function shown(screen: readonly string[], rows: number, bytes: string): readonly string[] {
  const seen = new SeenScreen({ columns: COLUMNS, rows }, screen);
  seen.feed(bytes);
  assert.deepEqual(seen.unknown, []);
  return seen.lines;
}

const SIZE = { columns: 80, rows: 10 };

const filled = (lines: readonly string[], rows: number): string[] =>
  Array.from({ length: rows }, (_, row) => lines[row] ?? "");

Deno.test("only the lines that changed are sent, each at its place, and nothing where nothing did", () => {
  assert.equal(frameChange(lines(["a", "b"]), lines(["a", "b"]), SIZE), "");
  assert.equal(frameChange(lines(["a", "b"]), lines(["a", "c"]), SIZE), "\x1b[?2026h\x1b[2;1Hc\x1b[K\x1b[?2026l");
});

Deno.test("after every change the screen shows the new frame, whatever stood on it", () => {
  const line = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 6 });
  const frame = fc.array(line, { maxLength: 6 });
  const rows = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), frame, rows, (frames, dirt, rows) => {
      let screen: readonly string[] = filled(dirt, rows);
      let before: readonly PaintedLine[] | null = null;
      for (const next of frames) {
        const now = next.slice(0, rows);
        screen = shown(screen, rows, frameChange(before, lines(now), { columns: COLUMNS, rows }));
        assert.deepEqual(screen, filled(now, rows));
        before = lines(now);
      }
    }),
    { numRuns: 3_000, seed: 7 },
  );
});

Deno.test("a line as low as the screen is not erased again by what clears below it", () => {
  assert.deepEqual(shown(["x", "y"], 2, frameChange(null, lines(["a", "b"]), { columns: COLUMNS, rows: 2 })), [
    "a",
    "b",
  ]);
});

Deno.test("a line that fills its row keeps its last character", () => {
  assert.deepEqual(shown(["x"], 1, frameChange(null, lines(["123456"]), { columns: COLUMNS, rows: 1 })), ["123456"]);
});

Deno.test("what is taken on entering is given back on leaving", () => {
  for (const mode of ["1049", "25", "7"]) {
    const [on, off] = mode === "1049" ? ["h", "l"] : ["l", "h"];
    assert.ok(ENTER.includes(`\x1b[?${mode}${on}`), mode);
    assert.ok(LEAVE.includes(`\x1b[?${mode}${off}`), mode);
  }
  assert.ok(LEAVE.startsWith("\x1b[?2026l\x1b[m"));
});
