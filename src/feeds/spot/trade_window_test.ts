import assert from "node:assert/strict";
import fc from "fast-check";
import { MICROS_PER_SECOND } from "../../core/units.ts";
import { later } from "../scripted_source_fixture.ts";
import { TradeWindow } from "./trade_window.ts";

const WINDOW = 60 * MICROS_PER_SECOND;

Deno.test("without a trade in the window there is no mean", () => {
  const window = new TradeWindow(WINDOW);
  assert.equal(window.vwap(later(0)), null);
  window.push(100, 1, later(0));
  assert.equal(window.vwap(later(60)), null);
  assert.equal(window.vwap(later(-1)), null);
});

Deno.test("the mean is weighted by volume, and a trade counts until it is as old as the window", () => {
  const window = new TradeWindow(WINDOW);
  window.push(100, 3, later(0));
  window.push(104, 1, later(30));
  assert.deepEqual(window.vwap(later(30)), { price: 101, volume: 4 });
  assert.deepEqual(window.vwap(later(59.999999)), { price: 101, volume: 4 });
  assert.deepEqual(window.vwap(later(60)), { price: 104, volume: 1 });
});

Deno.test("beyond its size the window keeps the newest trades", () => {
  const window = new TradeWindow(WINDOW);
  for (let count = 0; count < 10_000; count++) window.push(100, 1, later(1));
  assert.deepEqual(window.vwap(later(2)), { price: 100, volume: 8_192 });
});

Deno.test("in whatever order trades come, the mean is that of a plain list", () => {
  const trade = fc.record({
    price: fc.integer({ min: 1, max: 100 }),
    size: fc.integer({ min: 1, max: 9 }),
    second: fc.integer({ min: 0, max: 200 }),
  });
  fc.assert(fc.property(fc.array(trade, { maxLength: 100 }), fc.integer({ min: 0, max: 200 }), (trades, now) => {
    const window = new TradeWindow(WINDOW);
    for (const { price, size, second } of trades) window.push(price, size, later(second));
    const counted = trades.filter(({ second }) => second > now - 60 && second <= now);
    const volume = counted.reduce((sum, { size }) => sum + size, 0);
    const value = counted.reduce((sum, { price, size }) => sum + price * size, 0);
    assert.deepEqual(window.vwap(later(now)), volume === 0 ? null : { price: value / volume, volume });
  }));
});
