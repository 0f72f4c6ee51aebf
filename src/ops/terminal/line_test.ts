import assert from "node:assert/strict";
import { beside, cutLine, faded, flow, type Line, span, widthOfLine } from "./line.ts";

const textOf = (line: Line): string => line.map(({ text }) => text).join("");
const item = (text: string): Line => [span(text)];

Deno.test("a line is cut across its pieces, and shows where", () => {
  const line = [span("NAV ", "dim"), span("$10,000.00", "strong"), span(" more")];
  assert.equal(textOf(cutLine(line, 100)), "NAV $10,000.00 more");
  assert.equal(textOf(cutLine(line, 8)), "NAV $10…");
  assert.equal(textOf(cutLine(line, 4)), "NAV ");
  assert.deepEqual(cutLine(line, 0), []);
});

Deno.test("items go on as few lines as they need, whole, and the last ones go first", () => {
  const items = ["one", "two", "three", "four"].map(item);
  assert.deepEqual(flow(items, 40, 2).map(textOf), ["one  two  three  four"]);
  assert.deepEqual(flow(items, 9, 2).map(textOf), ["one  two", "three"]);
  assert.deepEqual(flow(items, 11, 2).map(textOf), ["one  two", "three  four"]);
  assert.deepEqual(flow(items, 2, 1).map(textOf), ["o…"]);
  assert.deepEqual(flow(items, 40, 0), []);
});

Deno.test("two columns stand beside each other, the shorter one filled up", () => {
  const lines = beside([item("left")], 6, [item("right"), item("below")], 20).map(textOf);
  assert.deepEqual(lines, ["left   │ right", "       │ below"]);
  assert.equal(widthOfLine(beside([item("left")], 6, [item("x".repeat(30))], 20)[0]), 20);
});

Deno.test("what is old keeps its words and loses its colours", () => {
  assert.deepEqual(faded([span("ACTIVE", "active"), span(" +$1.00", "good")]), [
    span("ACTIVE", "dim"),
    span(" +$1.00", "dim"),
  ]);
});
