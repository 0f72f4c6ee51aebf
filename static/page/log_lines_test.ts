import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogLevel, LogLine } from "../../src/server/status.ts";
import { type LogFilter, LogLines } from "./log_lines.ts";

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warning", "error", "fatal"];
const AT = "2026-09-25T19:00:00Z";

const anyStep = fc.record({
  levels: fc.array(fc.constantFrom(...LEVELS), { maxLength: 30 }),
  filter: fc.option(
    fc.record({ least: fc.constantFrom(...LEVELS), search: fc.constantFrom("", "RED", "blue ", "book") }),
  ),
});

Deno.test("the newest lines are kept, those that fit are shown, and both are bounded", () => {
  const max = 40;
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
      const log = new LogLines(max);
      const all: LogLine[] = [];
      let filter: LogFilter = { least: "info", search: "" };
      for (const step of steps) {
        const lines = step.levels.map((level, k): LogLine => {
          const number = all.length + k + 1;
          return {
            number,
            at: AT,
            level,
            logger: number % 5 === 0 ? "book" : "engine",
            text: number % 2 ? "Red" : "Blue ink",
          };
        });
        all.push(...lines);
        log.add(lines);
        if (step.filter !== null) log.choose(filter = step.filter);
        assert.ok(log.size <= max * 1.05);
        const kept = all.slice(-log.size);
        const word = filter.search.trim().toLowerCase();
        const wanted = kept.filter(({ level, text, logger }) =>
          LEVELS.indexOf(level) >= LEVELS.indexOf(filter.least) && `${text} ${logger}`.toLowerCase().includes(word)
        );
        assert.deepEqual(log.shown, log.size === 0 ? [] : wanted);
      }
      assert.ok(log.size >= Math.min(max, all.length));
      log.clear();
      assert.deepEqual([log.size, log.shown], [0, []]);
    }),
    { seed: 19 },
  );
});
