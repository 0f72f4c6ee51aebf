import assert from "node:assert/strict";
import fc from "fast-check";
import { count, micros, MICROS_PER_SECOND, parseTime, price } from "../../core/units.ts";
import { CandleStore, periodEnd } from "./candles.ts";

const second = (text: string) => (parseTime(text) ?? assert.fail(text)) / MICROS_PER_SECOND;
const at = (text: string) => micros(second(text) * MICROS_PER_SECOND);

Deno.test("a period's end belongs to it; days end at midnight Eastern", () => {
  const noon = second("2026-10-06T12:00:00Z");
  assert.deepEqual([periodEnd(noon, 1), periodEnd(noon + 1, 1)], [noon, noon + 60]);
  assert.equal(periodEnd(noon + 1, 60), noon + 3_600);
  assert.equal(periodEnd(noon, 1440), second("2026-10-07T04:00:00Z"));
  assert.equal(periodEnd(second("2026-10-07T04:00:00Z"), 1440), second("2026-10-07T04:00:00Z"));
  assert.equal(periodEnd(second("2026-12-06T12:00:00Z"), 1440), second("2026-12-07T05:00:00Z"));
});

Deno.test("quotes carry over into the next candle, silent minutes have none, trades weigh the mean", () => {
  const store = new CandleStore();
  store.quote(price(4_000), price(4_200), at("2026-10-06T12:00:10Z"));
  store.trade(price(4_200), count(300), 300, at("2026-10-06T12:00:20Z"));
  store.trade(price(4_000), count(100), 350, at("2026-10-06T12:00:30Z"));
  store.quote(price(4_100), null, at("2026-10-06T12:05:30Z"));
  const [first, later, ...none] = store.between(1, 0, Number.MAX_SAFE_INTEGER);
  assert.equal(none.length, 0);
  assert.equal(first.end, second("2026-10-06T12:01:00Z"));
  assert.deepEqual(first.bid, { open: 0, low: 0, high: 4_000, close: 4_000 });
  assert.deepEqual(first.trades, { open: 4_200, low: 4_000, high: 4_200, close: 4_000, weighted: 1_660_000 });
  assert.deepEqual([first.volume, first.openInterest, first.previous], [400, 350, null]);
  assert.equal(later.end, second("2026-10-06T12:06:00Z"));
  assert.deepEqual(later.ask, { open: 4_200, low: 4_200, high: 10_000, close: 10_000 });
  assert.deepEqual([later.trades, later.volume, later.openInterest, later.previous], [null, 0, 350, 4_000]);
});

Deno.test("whatever happened, an hour's candle is its minutes put together", () => {
  const anyAct = fc.record({
    wait: fc.integer({ min: 0, max: 200 }),
    bid: fc.integer({ min: 1, max: 49 }),
    ask: fc.integer({ min: 51, max: 99 }),
    size: fc.option(fc.integer({ min: 1, max: 500 })),
  });
  fc.assert(
    fc.property(fc.array(anyAct, { minLength: 1, maxLength: 15 }), (acts) => {
      const store = new CandleStore();
      let now = second("2026-10-06T12:00:01Z");
      let interest = 0;
      for (const { wait, bid, ask, size } of acts) {
        now += wait;
        store.quote(price(bid * 100), price(ask * 100), micros(now * MICROS_PER_SECOND));
        if (size === null) continue;
        interest += size;
        store.trade(price(ask * 100), count(size), interest, micros(now * MICROS_PER_SECOND));
      }
      const minutes = store.between(1, 0, now + 60);
      const [hour] = store.between(60, 0, now + 3_600);
      assert.equal(minutes.length, new Set(minutes.map((minute) => minute.end)).size);
      assert.equal(hour.volume, minutes.reduce((sum, minute) => sum + minute.volume, 0));
      assert.equal(hour.bid.low, Math.min(...minutes.map((minute) => minute.bid.low)));
      assert.equal(hour.ask.high, Math.max(...minutes.map((minute) => minute.ask.high)));
      assert.deepEqual([hour.bid.open, hour.bid.close], [minutes[0].bid.open, minutes.at(-1)?.bid.close]);
      const traded = minutes.flatMap((minute) => minute.trades ?? []);
      assert.equal(hour.trades?.weighted ?? 0, traded.reduce((sum, trades) => sum + trades.weighted, 0));
      assert.equal(hour.trades?.open ?? null, traded.at(0)?.open ?? null);
      assert.equal(hour.trades?.close ?? null, traded.at(-1)?.close ?? null);
    }),
    { seed: 60, numRuns: 200 },
  );
});
