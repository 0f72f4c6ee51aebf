import assert from "node:assert/strict";
import { placesInQueue } from "./queue.ts";

Deno.test("of each market the first place of a side is told, of orders that rest and were counted", () => {
  const order = { ticker: "A", side: "bid", queueAhead: "310.00", phase: "resting" } as const;
  const places = placesInQueue([
    order,
    { ...order, queueAhead: "42.50" },
    { ...order, side: "ask", queueAhead: "1200.00" },
    { ...order, ticker: "B", side: "ask", queueAhead: "0.00" },
    { ...order, ticker: "C", queueAhead: null },
    { ...order, ticker: "C", phase: "unknown" },
  ]);
  assert.deepEqual([...places], [["A", "42.5 / 1,200"], ["B", "0"]]);
});
