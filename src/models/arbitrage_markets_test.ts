import assert from "node:assert/strict";
import fc from "fast-check";
import { outcome, settlementNumber } from "../core/settlement.ts";
import { type GroupedMarket, groupMarkets, nameOneNumber } from "./arbitrage_markets.ts";

const FEES = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;

const market = (
  strikeType: GroupedMarket["strikeType"],
  floorStrike: number | null,
  capStrike: number | null = null,
  roundDigits = 2,
): GroupedMarket => ({
  ticker: `${strikeType} ${floorStrike} ${capStrike}`,
  event: "E",
  fees: FEES,
  strikeType,
  floorStrike,
  capStrike,
  roundDigits,
});

/** A hashable picture of what was made. */
const shape = (markets: readonly GroupedMarket[], options = {}) =>
  groupMarkets(markets, options).map((group) => ({
    kind: group.kind,
    tickers: group.markets.map(({ ticker }) => ticker),
    ...(group.kind === "event" ? { exclusive: group.exclusive, exhaustive: group.exhaustive } : {}),
  }));

Deno.test("ranges and tails that leave no gap exclude each other and cover everything", () => {
  const inside = market("between", 92_700, 92_799.99);
  const tails = [market("greater", 92_799.99), market("less", null, 92_700)];
  assert.deepEqual(shape([inside, ...tails]), [{
    kind: "event",
    tickers: [tails[1].ticker, inside.ticker, tails[0].ticker],
    exclusive: true,
    exhaustive: true,
  }]);
  // Without the tail above there is a number that none of them pays for.
  assert.deepEqual(shape([inside, tails[1]]).map(({ exhaustive }) => exhaustive), [false]);
});

Deno.test("buckets of degrees leave no gap among whole degrees, and do among hundredths", () => {
  const buckets = [
    market("less", null, 81),
    market("between", 81, 82),
    market("between", 83, 84),
    market("greater", 84),
  ];
  assert.deepEqual(shape(buckets).map(({ exclusive, exhaustive }) => [exclusive, exhaustive]), [[true, false]]);
  const whole = shape(buckets, { roundDigits: 0 });
  assert.deepEqual(whole.map(({ exclusive, exhaustive }) => [exclusive, exhaustive]), [[true, true]]);
});

Deno.test("strikes above go up, strikes below go down, a mixture is two ladders", () => {
  const above = [market("greater", 3), market("greater_or_equal", 1), market("greater", 2)];
  const below = [market("less", null, 2.5), market("less_or_equal", null, 1), market("less", null, 9)];
  const up = { kind: "ladder", tickers: [above[1], above[2], above[0]].map(({ ticker }) => ticker) };
  const down = { kind: "ladder", tickers: [below[2], below[0], below[1]].map(({ ticker }) => ticker) };
  assert.deepEqual(shape(above), [up]);
  assert.deepEqual(shape(below), [down]);
  assert.deepEqual(shape([...above, ...below]), [up, down]);
});

Deno.test("ranges that overlap stand alone; one market alone is a ladder of one", () => {
  const overlapping = [market("between", 1, 3), market("between", 2, 4)];
  assert.deepEqual(shape(overlapping).map(({ kind }) => kind), ["single", "single"]);
  assert.deepEqual(shape([market("greater_or_equal", 1)]).map(({ kind }) => kind), ["ladder"]);
  assert.deepEqual(shape([]), []);
});

Deno.test("without numbers the exchange's word counts, and a strike that is not known yet makes all of them doubtful", () => {
  const custom = [market("custom", null), market("structured", null)];
  assert.deepEqual(
    shape(custom, { mutuallyExclusive: true }).map(({ exclusive, exhaustive }) => [exclusive, exhaustive]),
    [
      [true, false],
    ],
  );
  assert.deepEqual(shape(custom).map(({ exclusive }) => exclusive), [false]);
  const half = [market("greater", 1), market(null, null)];
  assert.deepEqual(shape(half, { mutuallyExclusive: true }).map(({ exclusive }) => exclusive), [false]);
});

Deno.test("strikes are on one number where nothing but the strike follows the event's ticker", () => {
  const named = (...endings: readonly string[]) =>
    nameOneNumber(endings.map((ending) => ({ event: "KXA-26NOV20", ticker: `KXA-26NOV20-${ending}` })));
  for (const ending of ["T92799.99", "B81.5", "T-5", "8", "T0.25"]) assert.ok(named(ending), ending);
  for (const ending of ["LAC3", "TB3", "LALLJAMES23-20", "H26", "YES", "T", "T1-2", "T1.", ""]) {
    assert.ok(!named(ending), ending);
    assert.ok(!named("T1", ending), ending);
  }
  assert.ok(!nameOneNumber([{ event: "KXA-26NOV20", ticker: "KXB-26NOV20-T1" }]));
});

Deno.test("what is said of a group holds for every number that the event may settle on", () => {
  const types = fc.constantFrom("greater" as const, "greater_or_equal", "less", "less_or_equal", "between");
  const strike = fc.integer({ min: 0, max: 12 });
  const any = fc.array(fc.tuple(types, strike, fc.nat({ max: 4 })), { minLength: 1, maxLength: 6 });
  let exclusives = 0;
  fc.assert(
    fc.property(any, fc.constantFrom(0, 1), (made, roundDigits) => {
      const markets = made.map(([type, low, width], k): GroupedMarket => ({
        ...market(type, low, type === "between" ? low + width : low, roundDigits),
        ticker: `M${k}`,
      }));
      const byTicker = new Map(markets.map((one) => [one.ticker, one]));
      const groups = groupMarkets(markets);
      assert.equal(groups.flatMap((group) => group.markets).length, markets.length);
      for (const group of groups) {
        for (let mean = -2; mean <= 18; mean += 0.05) {
          const settled = settlementNumber(mean, roundDigits);
          const yes = group.markets.map(({ ticker }) => {
            const one = byTicker.get(ticker) ?? assert.fail();
            return outcome(one.strikeType ?? "custom", settled, one.floorStrike, one.capStrike) === "yes" ? 1 : 0;
          });
          const count = yes.reduce((sum: number, one) => sum + one, 0);
          if (group.kind === "event" && group.exclusive) {
            exclusives++;
            assert.ok(count <= 1);
          }
          if (group.kind === "event" && group.exhaustive) assert.ok(count >= 1);
          if (group.kind === "ladder") yes.forEach((one, k) => assert.ok(k === 0 || one <= yes[k - 1]));
        }
      }
    }),
    { seed: 61, numRuns: 500 },
  );
  assert.ok(exclusives > 0);
});
