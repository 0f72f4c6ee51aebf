import assert from "node:assert/strict";
import { nearestName } from "./nearest.ts";

const KNOWN = ["host", "port", "max_order_usd", "max_market_usd", "level"];

const CASES: readonly [given: string, nearest: string | null][] = [
  ["prot", "port"],
  ["PORT", "port"],
  ["max-order-usd", "max_order_usd"],
  ["max_oder_usd", "max_order_usd"],
  ["max_order", "max_order_usd"],
  ["levle", "level"],
  ["colour", null],
  ["x", null],
  ["", null],
  ["y".repeat(1_000), null],
];

Deno.test("a mistyped name finds the one that was meant, and another word finds none", () => {
  for (const [given, nearest] of CASES) assert.equal(nearestName(given, KNOWN), nearest, given);
});
