import assert from "node:assert/strict";
import { count, micros, price } from "../../../core/units.ts";
import type { BookDeltaInput, TradeInput } from "../../../core/input.ts";
import { pairTrades } from "./recorded_trades.ts";

const AT = micros(1_786_000_000_000_000);

const delta = (side: "yes" | "no", cents: number, by: number): BookDeltaInput => ({
  type: "book_delta",
  at: AT,
  ticker: "T",
  sequence: null,
  side,
  price: price(cents * 100),
  delta: count(by * 100),
  exchangeTime: AT,
});
const trade = (cents: number, size: number, takerSide: "bid" | "ask"): TradeInput => ({
  type: "trade",
  at: AT,
  ticker: "T",
  tradeId: "",
  price: price(cents * 100),
  count: count(size * 100),
  takerSide,
  exchangeTime: AT,
});

Deno.test("decreases are paired with the trades of their level and side, and what finds none is left over", () => {
  const table: [string, (BookDeltaInput | TradeInput)[], number[]][] = [
    ["one order hit", [delta("yes", 48, -5), trade(48, 5, "ask")], [5, 0]],
    ["a NO level is an ask at its complement", [delta("no", 40, -5), trade(60, 5, "bid")], [5, 0]],
    ["the taker's own side is not hit", [delta("yes", 48, -5), trade(48, 5, "bid")], [0, 5]],
    ["another price is not hit", [delta("yes", 47, -5), trade(48, 5, "ask")], [0, 5]],
    ["part of a decrease", [delta("yes", 48, -5), trade(48, 2, "ask")], [2, 0]],
    ["two trades of one decrease", [delta("yes", 48, -5), trade(48, 2, "ask"), trade(48, 3, "ask")], [5, 0, 0]],
    ["a trade over two decreases", [delta("yes", 48, -2), delta("yes", 48, -2), trade(48, 3, "ask")], [2, 1, 0]],
    ["more traded than decreased", [delta("yes", 48, -2), trade(48, 3, "ask")], [2, 1]],
    ["an increase is no trade", [delta("yes", 48, 5), trade(48, 5, "ask")], [0, 5]],
    ["trades told first", [trade(48, 5, "ask"), delta("yes", 48, -5)], [0, 5]],
  ];
  for (const [name, events, wanted] of table) {
    const found = pairTrades(events);
    assert.deepEqual(events.map((event) => (found.get(event) ?? 0) / 100), wanted, name);
  }
});
