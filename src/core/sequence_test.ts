import assert from "node:assert/strict";
import { SequenceGuard } from "./sequence.ts";

const point = (connection: number, sid: number, seq: number) => ({ connection, sid, seq });

Deno.test("a gap names every market of that subscription and none of another", () => {
  const guard = new SequenceGuard();
  assert.equal(guard.observe(point(0, 1, 1), "A"), "next");
  assert.equal(guard.observe(point(0, 1, 2), "B"), "next");
  assert.equal(guard.observe(point(0, 2, 1), "C"), "next");
  assert.equal(guard.observe(point(0, 1, 4), "A"), "gap");
  assert.deepEqual([...guard.tickersOf(point(0, 1, 4))], ["A", "B"]);
  assert.equal(guard.gaps, 1);
  assert.equal(guard.observe(point(0, 1, 5), "A"), "next");
});

Deno.test("replies without a market consume numbers too", () => {
  const guard = new SequenceGuard();
  guard.observe(point(0, 1, 1), "A");
  assert.equal(guard.observe(point(0, 1, 2), null), "next");
  assert.equal(guard.observe(point(0, 1, 3), "A"), "next");
});

Deno.test("a number seen before is not applied again", () => {
  const guard = new SequenceGuard();
  guard.observe(point(0, 1, 1), "A");
  guard.observe(point(0, 1, 2), "A");
  assert.equal(guard.observe(point(0, 1, 2), "A"), "repeated");
  assert.equal(guard.observe(point(0, 1, 1), "A"), "repeated");
  assert.equal(guard.gaps, 0);
});

Deno.test("a new connection starts afresh, and late frames of the old one are dropped", () => {
  const guard = new SequenceGuard();
  guard.observe(point(0, 1, 100), "A");
  assert.equal(guard.observe(point(1, 1, 1), "B"), "next");
  assert.equal(guard.observe(point(0, 1, 101), "A"), "repeated");
  assert.deepEqual([...guard.tickersOf(point(1, 1, 1))], ["B"]);
});
