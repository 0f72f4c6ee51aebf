import assert from "node:assert/strict";
import fc from "fast-check";
import type { Input, Level } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import { count, micros, price } from "../../core/units.ts";
import { Mirror } from "./mirror.ts";

const TICKERS = ["A", "B", "C"] as const;
const CLOSE = 1_000_000_000;

const market = (ticker: string, closeTime = CLOSE): Input => ({
  type: "market",
  at: micros(1),
  market: { ticker, closeTime: micros(closeTime) } as unknown as Market,
});
const level = fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 50 })).map(
  ([at, size]): Level => [price(at * 100), count(size * 100)],
);
const levels = fc.uniqueArray(level, { maxLength: 4, selector: ([at]) => at }).map((each) =>
  each.toSorted(([a], [b]) => b - a)
);

/** What an exchange says of three books, one after the other, now and then leaving something out. */
const said = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("snapshot" as const), ticker: fc.constantFrom(...TICKERS), yes: levels, no: levels }),
    fc.record({
      kind: fc.constant("delta" as const),
      ticker: fc.constantFrom(...TICKERS),
      side: fc.constantFrom("yes" as const, "no" as const),
      level,
      sign: fc.constantFrom(1, -1),
    }),
    fc.constant({ kind: "hole" as const }),
    fc.constant({ kind: "index" as const }),
  ),
  { maxLength: 60 },
).map((steps) => {
  let seq = 0;
  return steps.flatMap((step, k): Input[] => {
    const at = micros(10 + k);
    const sequence = { connection: 1, sid: 1, seq: ++seq };
    switch (step.kind) {
      case "hole":
        return [];
      case "index":
        seq--;
        return [{ type: "index", at, index: "BRTI", value: k, sourceTime: at, source: "official", venueAverage: null }];
      case "snapshot":
        return [{ ...step, type: "book_snapshot", at, sequence, exchangeTime: null }];
      case "delta": {
        const [at_, size] = step.level;
        const delta = count(size * step.sign);
        return [{
          type: "book_delta",
          at,
          ticker: step.ticker,
          sequence,
          side: step.side,
          price: at_,
          delta,
          exchangeTime: null,
        }];
      }
    }
  });
});

const NOW = micros(500);

Deno.test("who begins with a keyframe knows what the publisher knows, from there on", () => {
  fc.assert(
    fc.property(said, fc.nat(60), (inputs, from) => {
      const publisher = new Mirror();
      const taker = new Mirror();
      for (const ticker of TICKERS) publisher.take(market(ticker));
      inputs.forEach((input, k) => {
        if (k === Math.min(from, inputs.length - 1)) taker.reset(publisher.since(-1, micros(9)));
        // A hole that only the publisher could see is told by an input of its own.
        const stale = publisher.take(input).filter(({ type }) => type === "book_stale");
        if (k < from) return;
        for (const each of [input, ...stale]) taker.take(each);
      });
      if (inputs.length <= from) return;
      assert.deepEqual(taker.since(-1, NOW), publisher.since(-1, NOW));
    }),
    { seed: 3, numRuns: 500 },
  );
});

Deno.test("no book is told of that is behind a hole, until its next snapshot", () => {
  fc.assert(
    fc.property(said, (inputs) => {
      const mirror = new Mirror();
      for (const ticker of TICKERS) mirror.take(market(ticker));
      const good = new Set<string>();
      let next = 1;
      for (const input of inputs) {
        mirror.take(input);
        if (input.type !== "book_snapshot" && input.type !== "book_delta") continue;
        const isHole = (input.sequence?.seq ?? 0) > next && next > 1;
        next = (input.sequence?.seq ?? 0) + 1;
        if (isHole) good.clear();
        else if (input.type === "book_snapshot") good.add(input.ticker);
        const told = mirror.snapshots(TICKERS, NOW).map((each) => each.type === "book_snapshot" ? each.ticker : "");
        for (const ticker of told) assert.ok(good.has(ticker), `${ticker} is told of`);
      }
    }),
    { seed: 4, numRuns: 500 },
  );
});

Deno.test("what was told is not told again, what is over is forgotten", () => {
  const mirror = new Mirror();
  mirror.take(market("A"));
  const { serial } = mirror;
  mirror.take({ type: "link", at: micros(2), link: "Kalshi", up: true, detail: "" });
  assert.deepEqual(mirror.since(serial, NOW).map(({ type }) => type), ["link"]);
  assert.deepEqual(mirror.since(-1, NOW).map(({ type }) => type), ["market", "link"]);
  const dayLater = micros(CLOSE + 86_400_000_001);
  mirror.take({ ...market("B", dayLater), at: dayLater });
  const told = mirror.since(-1, NOW).map((input) => input.type === "market" ? input.market.ticker : input.type);
  assert.deepEqual(told, ["link", "B"]);
});

/** Their books take some hundred megabytes. */
const MANY = { ignore: Deno.env.get("KBOT_TEST_FULL") !== "1" };

Deno.test("of more markets than are kept, the one that was heard of longest ago goes", MANY, () => {
  const mirror = new Mirror();
  for (let k = 0; k < 20_001; k++) mirror.take(market(`M${k}`));
  mirror.take(market("M1"));
  mirror.take(market("M20001"));
  const told = mirror.since(-1, NOW).map((input) => input.type === "market" ? input.market.ticker : input.type);
  assert.deepEqual([told.length, told[0], ...told.slice(-2)], [20_000, "M3", "M1", "M20001"]);
});
