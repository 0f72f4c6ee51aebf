import assert from "node:assert/strict";
import fc from "fast-check";
import { ENTER, frameChange, LEAVE } from "./frames.ts";
import { SeenScreen } from "./screen_fixture.ts";

function shown(screen: readonly string[], rows: number, bytes: string): readonly string[] {
  const seen = new SeenScreen(rows, screen);
  seen.feed(bytes);
  assert.deepEqual(seen.unknown, []);
  return seen.lines;
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
      let screen: readonly string[] = filled(dirt, rows);
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
