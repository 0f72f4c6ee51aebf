import assert from "node:assert/strict";
import { after } from "../execution/order_fixture.ts";
import { Step } from "./step.ts";

Deno.test("a step hands out what was decided in order, once, and its time never goes back", () => {
  const step = new Step(after(10));
  step.log("info", "one");
  step.audit("two", null, "");
  step.begin(after(5));
  assert.equal(step.at, after(10));
  step.begin(after(11));
  step.audit("three", null, "");
  const taken = step.take().map((action) => action.type === "record" ? { ...action.record } : action.type);
  assert.deepEqual(taken, [
    "log",
    { kind: "audit", at: after(10), number: 1, event: "two", ticker: null, text: "" },
    { kind: "audit", at: after(11), number: 2, event: "three", ticker: null, text: "" },
  ]);
  assert.deepEqual(step.take(), []);
});

Deno.test("every action but a log, and whatever was weighed, is in the hash", () => {
  const hashOf = (decide: (step: Step) => void): string => {
    const step = new Step(after(0));
    decide(step);
    return step.hash;
  };
  const nothing = hashOf(() => {});
  assert.equal(hashOf((step) => step.log("error", "text")), nothing);
  const decisions = [
    hashOf((step) => step.audit("a", null, "")),
    hashOf((step) => step.audit("b", null, "")),
    hashOf((step) => step.act({ type: "fetch_fills", since: after(0) })),
    hashOf((step) => step.weigh(0.5)),
    hashOf((step) => step.weigh("0.5")),
  ];
  assert.equal(new Set([nothing, ...decisions]).size, decisions.length + 1);
});
