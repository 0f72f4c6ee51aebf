import assert from "node:assert/strict";
import { strictest, TRANSITIONS } from "./trading_state.ts";

const SOURCE = await Deno.readTextFile(new URL("trading_state.ts", import.meta.url));

Deno.test("the tables in words and the table as data are the same", () => {
  const words = [...SOURCE.matchAll(/^ \* \| (ACTIVE|REDUCING|HALTED) \| ([^|]+) \| (ACTIVE|REDUCING|HALTED) \|/gm)]
    .map(([, from, event, to]) => `${from} ${event.trim()} ${to}`);
  const data = TRANSITIONS.map(({ from, event, to }) => `${from.toUpperCase()} ${event} ${to.toUpperCase()}`);
  assert.deepEqual(words, data);
});

Deno.test("one event leads from one state to one state", () => {
  const keys = TRANSITIONS.map(({ of, from, event }) => `${of} ${from} ${event}`);
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("the strictest of what stands counts, and nothing lets all out", () => {
  assert.equal(strictest([]), "active");
  assert.equal(strictest(["active", "reducing", "active"]), "reducing");
  assert.equal(strictest(["reducing", "halted", "active"]), "halted");
});
