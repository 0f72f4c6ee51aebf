import assert from "node:assert/strict";
import { sampleStatus, sampleView } from "../../src/server/fake_sources.ts";
import type { RunStatus } from "../../src/server/status.ts";
import { healthFigures } from "./health_figures.ts";

const { strategies } = sampleView();
const STATUS = sampleStatus();
const health = (changes: Partial<RunStatus["venueHealth"]>): Partial<RunStatus> => ({
  venueHealth: { ...STATUS.venueHealth, ...changes },
});

const CASES: readonly (readonly [name: string, changes: Partial<RunStatus>, text: string, tone: string | undefined])[] =
  [
    ["Exchange latency", {}, "3.4 ms", undefined],
    ["Exchange latency", health({ requestLatencyMs: null }), "–", undefined],
    ["Exchange latency", health({ connected: false }), "not connected", "bad"],
    ["Exchange latency", health({ trouble: "Kalshi answers 503" }), "not connected", "bad"],
    ["Request errors", health({ requests: 0, requestErrors: 0 }), "0.0%", undefined],
    ["Request errors", health({ requests: 100, requestErrors: 6 }), "6.0%", "warn"],
    ["Clock offset", health({ clockOffsetMs: -501 }), "−501 ms", "warn"],
    ["Clock offset", health({ clockOffsetMs: null }), "–", undefined],
    ["Sources", {}, "1 of 2", "bad"],
    ["Sources", { feeds: [] }, "–", undefined],
    ["Sources", { feeds: STATUS.feeds.map((feed) => ({ ...feed, trouble: null })) }, "1 of 2", undefined],
    ["Active strategies", {}, "1 of 2", undefined],
    ["Journal lag", { lag: { journalMs: 1_500, storeRecords: 0 } }, "1.5 s", "warn"],
    ["Store lag", { lag: { journalMs: 0, storeRecords: 20_000 } }, "20,000", "warn"],
  ];

for (const [name, changes, text, tone] of CASES) {
  Deno.test(`health tells ${name.toLowerCase()} ${text}${tone === undefined ? "" : `, ${tone}`}`, () => {
    const figure = healthFigures({ ...STATUS, ...changes }, strategies).find((each) => each.name === name);
    assert.deepEqual([figure?.text, figure?.tone], [text, tone]);
  });
}

Deno.test("strategies that are active and may not trade are a warning", () => {
  const kept = strategies.map((strategy) => ({ ...strategy, state: "halted" as const }));
  const figure = healthFigures(STATUS, kept).find(({ name }) => name === "Active strategies");
  assert.deepEqual([figure?.text, figure?.sub, figure?.tone], ["1 of 2", "0 may trade", "warn"]);
});
