import assert from "node:assert/strict";
import type { HaltView } from "../../src/engine/view.ts";
import { headlineOf, reachOf } from "./halts.ts";

const halt = (change: Partial<HaltView>): HaltView => ({
  name: "kill",
  reason: "A person",
  persistent: true,
  since: "2026-11-20T12:00:00.000000Z",
  level: "halted",
  scope: "whole",
  subject: null,
  ends: "kbot resume",
  ...change,
});

Deno.test("the headline tells the whole's state, and that a part stands still where the whole does not", () => {
  assert.equal(headlineOf("active", []), "");
  assert.equal(headlineOf("active", [halt({ scope: "index", subject: "BRTI" })]), "PARTLY HALTED");
  assert.equal(headlineOf("reducing", [halt({ level: "reducing" })]), "REDUCING: ONLY WHAT CLOSES GOES OUT");
  assert.equal(headlineOf("halted", [halt({})]), "TRADING HALTED");
});

Deno.test("what a halt lets out, and of what, is said in words", () => {
  assert.equal(reachOf(halt({})), "only cancels, everywhere");
  const reducing = halt({ level: "reducing", scope: "strategy", subject: "market_maker" });
  assert.equal(reachOf(reducing), "only what closes, strategy market_maker");
});
