import assert from "node:assert/strict";
import type { HaltRecord } from "../core/record.ts";
import { micros } from "../core/units.ts";
import { haltChange } from "./halt_history.ts";

const record = (name: string, active: boolean, reason: string, more: Partial<HaltRecord> = {}): HaltRecord => ({
  kind: "halt",
  name,
  active,
  persistent: true,
  reason,
  at: micros(7),
  ...more,
});

const CASES: readonly [HaltRecord, readonly unknown[]][] = [
  [record("kill", true, "Kill switch, by telegram"), ["begun", "kill", "whole", null, "halted", "telegram"]],
  [record("kill", false, "Lifted by page"), ["lifted", "kill", "whole", null, "halted", "page"]],
  [record("reduce", true, "Only what closes goes out, by cli", { level: "reducing" }), [
    "begun",
    "reduce",
    "whole",
    null,
    "reducing",
    "cli",
  ]],
  [record("daily_loss", true, "The day's loss is above its limit by 3.00"), [
    "begun",
    "daily_loss",
    "whole",
    null,
    "halted",
    null,
  ]],
  [record("consecutive_losses maker", false, "by page", { level: "reducing", strategy: "maker" }), [
    "lifted",
    "consecutive_losses",
    "strategy",
    "maker",
    "reducing",
    "page",
  ]],
  [record("order_group maker", false, "Started by a person"), [
    "lifted",
    "order_group",
    "strategy",
    "maker",
    "halted",
    "a person",
  ]],
  [record("feed_stale BRTI", false, "Heard of again, by REST", { persistent: false, index: "BRTI" }), [
    "lifted",
    "feed_stale",
    "index",
    "BRTI",
    "halted",
    null,
  ]],
  // As versions wrote it that knew of no index.
  [record("feed_stale ETHUSD_RTI", true, "6 s old"), ["begun", "feed_stale", "index", "ETHUSD_RTI", "halted", null]],
  [record("of_a_later_version", true, "Because"), ["begun", "of_a_later_version", "whole", null, "halted", null]],
];

for (const [given, wanted] of CASES) {
  Deno.test(`${given.name}, ${given.active ? "begun" : "lifted"}: what of, how strict, by whom`, () => {
    const { change, kind, scope, subject, level, by, at, name, reason } = haltChange(given);
    assert.deepEqual([change, kind, scope, subject, level, by], wanted);
    assert.deepEqual([at, name, reason], [given.at, given.name, given.reason]);
  });
}
