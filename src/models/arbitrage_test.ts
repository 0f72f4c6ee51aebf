import assert from "node:assert/strict";
import fc from "fast-check";
import { FEE_RULES, OrderFees } from "../core/fees.ts";
import type { FeeSchedule } from "../core/market.ts";
import { count, money, price } from "../core/units.ts";
import {
  type Arbitrage,
  ArbitrageScanner,
  SCAN,
  SCAN_DEFAULTS,
  type ScannedGroup,
  type ScannedMarket,
  type ScanSettings,
} from "./arbitrage.ts";
import { type Board, type Quotes, referenceScan } from "./arbitrage_fixture.ts";

const ONE: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const HALF: FeeSchedule = { type: "quadratic_with_maker_fees", multiplierMillionths: 500_000 };
const NONE: FeeSchedule = { type: "quadratic", multiplierMillionths: 0 };
const ODD: FeeSchedule = { type: "quadratic", multiplierMillionths: 50_000 };

function open(groups: readonly ScannedGroup[], settings: Partial<ScanSettings> = {}): ArbitrageScanner {
  const made = ArbitrageScanner.from(groups, settings);
  assert.ok(made.ok, made.ok ? "" : made.reason);
  return made.scanner;
}

function fill(scanner: ArbitrageScanner, board: Board): void {
  for (const [ticker, { bid, bidSize, ask, askSize }] of board.own) {
    const slot = scanner.slotOf(ticker);
    if (slot !== null) scanner.setQuote(slot, bid, bidSize, ask, askSize);
  }
  for (const [ticker, { bid, bidSize, ask, askSize }] of board.peer) {
    const slot = scanner.slotOf(ticker);
    if (slot !== null) scanner.setPeer(slot, bid, bidSize, ask, askSize);
  }
}

const quote = (bid: number | null, bidSize: number, ask: number | null, askSize: number): Quotes => ({
  bid: bid === null ? null : price(bid),
  bidSize: count(bidSize),
  ask: ask === null ? null : price(ask),
  askSize: count(askSize),
});

const markets = (names: readonly string[], fees: FeeSchedule = ONE): ScannedMarket[] =>
  names.map((ticker) => ({ ticker, fees }));

const event = (names: readonly string[], fees: FeeSchedule = ONE): ScannedGroup => ({
  kind: "event",
  name: "EVENT",
  confidence: 1,
  markets: markets(names, fees),
  exclusive: true,
  exhaustive: true,
});

function found(groups: readonly ScannedGroup[], own: Record<string, Quotes>, settings: Partial<ScanSettings> = {}) {
  using scanner = open(groups, settings);
  fill(scanner, { own: new Map(Object.entries(own)), peer: new Map() });
  scanner.scan();
  return scanner.results();
}

Deno.test("YES of every outcome for less than a dollar", () => {
  const [one, ...more] = found([event(["A", "B", "C"])], {
    A: quote(2_900, 100, 3_000, 500),
    B: quote(2_900, 100, 3_000, 300),
    C: quote(2_900, 100, 3_000, 900),
  });
  assert.deepEqual(more, []);
  assert.equal(one.kind, "all_yes");
  assert.equal(one.count, 300);
  // 10 cents for each of three contracts, less 0.07 x 0.3 x 0.7 = 1.47 cents a leg, and rounding.
  assert.equal(one.gross, 300_000);
  assert.equal(one.fees, 3 * (44_100 + 10 + 100));
  assert.equal(one.net, 300_000 - one.fees);
  assert.equal(one.capital, 2_700_000 + one.fees);
  assert.deepEqual(one.legs.map(({ ticker, buys, price }) => [ticker, buys, price]), [
    ["A", "yes", 3_000],
    ["B", "yes", 3_000],
    ["C", "yes", 3_000],
  ]);
});

Deno.test("NO of every outcome, of which all but one pay", () => {
  const [one, ...more] = found([event(["A", "B", "C"])], {
    A: quote(4_000, 200, 4_100, 100),
    B: quote(4_000, 200, 4_100, 100),
    C: quote(4_000, 150, 4_100, 100),
  });
  assert.deepEqual(more, []);
  assert.deepEqual([one.kind, one.count, one.gross], ["all_no", 150, 300_000]);
  assert.equal(one.capital, 3 * 6_000 * 150 + one.fees);
  assert.ok(one.legs.every(({ buys, price }) => buys === "no" && price === 4_000));
});

Deno.test("a missing leg: YES never, NO by the setting", () => {
  const own = {
    A: quote(6_000, 200, 6_100, 100),
    B: quote(6_000, 200, null, 0),
    C: quote(null, 0, 100, 100),
  };
  const [one] = found([event(["A", "B", "C"])], own);
  assert.deepEqual([one.kind, one.gross, one.legs.length], ["all_no", 400_000, 2]);
  assert.deepEqual(found([event(["A", "B", "C"])], own, { missingBid: "refuse" }), []);
  const withoutAsk = { A: quote(null, 0, 100, 500), B: quote(null, 0, null, 0), C: quote(null, 0, 100, 500) };
  assert.deepEqual(found([event(["A", "B", "C"])], withoutAsk), []);
});

Deno.test("an event whose outcomes may all fail, or come true together, gives no such guarantee", () => {
  const cheap = { A: quote(100, 100, 200, 500), B: quote(100, 100, 200, 500) };
  const dear = { A: quote(9_000, 100, 9_100, 500), B: quote(9_000, 100, 9_100, 500) };
  const base = event(["A", "B"]);
  assert.ok(base.kind === "event");
  assert.equal(found([base], cheap).length, 1);
  assert.equal(found([base], dear).length, 1);
  assert.equal(found([{ ...base, exhaustive: false }], cheap).length, 0);
  assert.equal(found([{ ...base, exclusive: false }], dear).length, 0);
});

Deno.test("a hit that fees eat is none; at the very edge whole micro-dollars decide", () => {
  const ladder: ScannedGroup = { kind: "ladder", name: "L", confidence: 1, markets: markets(["A", "B"]) };
  const at = (bid: number) => found([ladder], { A: quote(null, 0, 5_000, 100), B: quote(bid, 100, null, 0) });
  // One contract at 50 cents: 17,500 of fee and up to 110 of rounding; at 53.61 cents, between cents, 17,410 and 1,000.
  assert.deepEqual(at(5_360), []);
  const [least] = at(5_361);
  assert.equal(least.fees, 17_610 + 18_409);
  assert.equal(least.net, 361 * 100 - least.fees);
  const wanted = found([ladder], { A: quote(null, 0, 5_000, 100), B: quote(5_400, 100, null, 0) }, {
    netMin: money(5_000),
  });
  assert.deepEqual(wanted, []);
});

Deno.test("a crossed or locked book, a side without size and a cleared quote are not believed", () => {
  const ladder: ScannedGroup = { kind: "ladder", name: "L", confidence: 1, markets: markets(["A", "B"]) };
  using scanner = open([ladder]);
  const [a, b] = ["A", "B"].map((ticker) => scanner.slotOf(ticker));
  assert.ok(a !== null && b !== null);
  const good = () => {
    scanner.setQuote(a, price(900), count(100), price(1_000), count(100));
    scanner.setQuote(b, price(5_000), count(100), price(5_100), count(100));
    assert.equal(scanner.scan(), 1);
  };
  good();
  scanner.setQuote(a, price(1_000), count(100), price(1_000), count(100));
  assert.equal(scanner.scan(), 0);
  good();
  scanner.setQuote(b, price(5_200), count(100), price(5_100), count(100));
  assert.equal(scanner.scan(), 0);
  good();
  scanner.setQuote(a, price(900), count(100), price(1_000), count(0));
  assert.equal(scanner.scan(), 0);
  good();
  scanner.clear(a);
  assert.equal(scanner.scan(), 0);
  assert.deepEqual(scanner.results(), []);
  scanner.setQuote(a, null, count(0), price(1_000), count(100));
  assert.equal(scanner.scan(SCAN.sums), 0);
  assert.equal(scanner.scan(SCAN.strikes), 1);
});

Deno.test("between venues both directions are looked at, each with its venue's fees", () => {
  const pair: ScannedMarket = { ticker: "P", fees: ONE, peer: { fees: "free", confidence: 0.9 } };
  using scanner = open([{ kind: "single", name: "P", confidence: 1, markets: [pair] }]);
  const slot = scanner.slotOf("P");
  assert.ok(slot !== null);
  scanner.setQuote(slot, price(4_900), count(1_000), price(5_000), count(1_000));
  scanner.setPeer(slot, price(5_500), count(700), price(5_600), count(700));
  assert.equal(scanner.scan(), 1);
  const [out] = scanner.results();
  assert.deepEqual([out.kind, out.name, out.count], ["sell_to_peer", "P", 700]);
  assert.equal(out.fees, 122_500 + 110);
  assert.deepEqual(out.legs.map(({ venue, buys, price }) => [venue, buys, price]), [
    ["own", "yes", 5_000],
    ["peer", "no", 5_500],
  ]);
  scanner.setPeer(slot, price(4_000), count(700), price(4_100), count(300));
  assert.equal(scanner.scan(), 1);
  assert.deepEqual(scanner.results().map(({ kind, count }) => [kind, count]), [["buy_from_peer", 300]]);
  scanner.clearPeer(slot);
  assert.equal(scanner.scan(), 0);
});

Deno.test("what cannot be scanned is refused with a reason", () => {
  const ladder = (change: object = {}, ticker = "A"): ScannedGroup => ({
    kind: "ladder",
    name: "L",
    confidence: 1,
    markets: [{ ticker, fees: ONE, ...change }],
  });
  const cases: readonly (readonly [readonly ScannedGroup[], Partial<ScanSettings>, RegExp])[] = [
    [[ladder(), ladder()], {}, /Market A is in more than one place; found again in L/],
    [[{ ...ladder(), confidence: 1.5 }], {}, /Confidence of L must be from 0 to 1, not 1.5/],
    [[{ kind: "ladder", name: "L", confidence: 1, markets: [] }], {}, /Group L has no market/],
    [[ladder({ peer: { fees: "free", confidence: NaN } })], {}, /pair of A .* not NaN/],
    [[ladder({ fees: { type: "flat", multiplierMillionths: 1_000_000 } })], {}, /no fee is known for fee type flat/],
    [
      [ladder({ fees: { type: "quadratic", multiplierMillionths: 999_937 } })],
      {},
      /at most 51 hundredths .* not 1000000/,
    ],
    [[ladder({ fees: { type: "quadratic", multiplierMillionths: -1 } })], {}, /millionths from 0, not -1/],
    [[ladder()], { fillsPerLeg: 0 }, /fillsPerLeg must be a whole number from 1/],
    [[ladder()], { resultsMax: 5_000 }, /resultsMax .* to 4096, not 5000/],
    [[ladder()], { netMin: money(-1) }, /netMin/],
    [[ladder()], { countMax: count(10_000_001) }, /countMax/],
    [Array.from({ length: 8_200 }, (_, k) => ladder({}, `M${k}`)), {}, /Found 65600 places in 8200 groups/],
  ];
  for (const [groups, settings, wanted] of cases) {
    const made = ArbitrageScanner.from(groups, settings);
    assert.ok(!made.ok, `${wanted}`);
    assert.match(made.reason, wanted);
  }
});

Deno.test("a closed scanner's memory serves the next, which knows nothing of its quotes", () => {
  const ladder: ScannedGroup = { kind: "ladder", name: "L", confidence: 1, markets: markets(["A", "B"]) };
  for (let round = 0; round < 600; round++) {
    using scanner = open([ladder]);
    assert.equal(scanner.scan(), 0);
    fill(scanner, {
      own: new Map([["A", quote(null, 0, 1_000, 100)], ["B", quote(9_000, 100, null, 0)]]),
      peer: new Map(),
    });
    assert.equal(scanner.scan(), 1);
  }
});

Deno.test("scanners that were all small make room for a large one, and no scanner is made when all are in use", () => {
  const ladder = (size: number): ScannedGroup => ({
    kind: "ladder",
    name: "L",
    confidence: 1,
    markets: markets(Array.from({ length: size }, (_, k) => `S${k}`)),
  });
  const held: ArbitrageScanner[] = [];
  let refused: string | null = null;
  while (refused === null) {
    const made = ArbitrageScanner.from([ladder(2)]);
    if (made.ok) held.push(made.scanner);
    else refused = made.reason;
    assert.ok(held.length <= 256);
  }
  assert.match(refused, /Too many scanners are in use/);
  for (const size of [100, 1_000, 30]) {
    held.pop()?.[Symbol.dispose]();
    using large = open([ladder(size)]);
    const names = [["S0", quote(null, 0, 1_000, 100)], [`S${size - 1}`, quote(9_000, 100, null, 0)]] as const;
    fill(large, { own: new Map(names), peer: new Map() });
    assert.equal(large.scan(), 1);
  }
  for (const scanner of held) scanner[Symbol.dispose]();
});

Deno.test("a closed scanner takes no quote: its memory may be another's", () => {
  const ladder: ScannedGroup = { kind: "ladder", name: "L", confidence: 1, markets: markets(["A", "B"]) };
  const scanner = open([ladder]);
  const slot = scanner.slotOf("A");
  assert.ok(slot !== null);
  scanner[Symbol.dispose]();
  scanner[Symbol.dispose]();
  assert.throws(() => scanner.setQuote(slot, price(1), count(1), price(2), count(1)), /is closed/);
  assert.throws(() => scanner.scan(), /is closed/);
});

const side = fc.option(
  fc.record({ at: fc.integer({ min: -1, max: 10_001 }), size: fc.integer({ min: 0, max: 4_000 }) }),
);
const anyQuote = fc.tuple(side, side).map(([bid, ask]): Quotes =>
  quote(bid?.at ?? null, bid?.size ?? 0, ask?.at ?? null, ask?.size ?? 0)
);
/** Quotes about a falling line, now and then off it, as ladders and events have them. */
const nearQuote = (middle: number) =>
  fc.record({
    off: fc.integer({ min: -900, max: 900 }),
    width: fc.integer({ min: 1, max: 300 }),
    cents: fc.boolean(),
    sizes: fc.tuple(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 1, max: 2_000_000 })),
  }).map(({ off, width, cents, sizes: [bidSize, askSize] }): Quotes => {
    const snap = (at: number): number =>
      Math.min(9_999, Math.max(1, cents ? Math.round(at / 100) * 100 : Math.round(at)));
    return quote(snap(middle + off), bidSize, snap(middle + off + width), askSize);
  });

const fees = fc.constantFrom(ONE, HALF, NONE, ODD);

const groupArbitrary = (name: string) =>
  fc.record({
    kind: fc.constantFrom("event" as const, "ladder" as const),
    size: fc.integer({ min: 1, max: 40 }),
    fees: fc.array(fees, { minLength: 40, maxLength: 40 }),
    wild: fc.boolean(),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    flags: fc.tuple(fc.boolean(), fc.boolean()),
    withPeer: fc.boolean(),
  }).chain(({ kind, size, fees, wild, confidence, flags: [exclusive, exhaustive], withPeer }) => {
    const peer = withPeer ? { fees: "free" as const, confidence } : undefined;
    const members = Array.from(
      { length: size },
      (_, k): ScannedMarket => ({ ticker: `${name}-${k}`, fees: fees[k], peer }),
    );
    const group: ScannedGroup = kind === "event"
      ? { kind, name, confidence, markets: members, exclusive, exhaustive }
      : { kind, name, confidence, markets: members };
    const middle = (k: number): number => kind === "event" ? 10_000 / size : 10_000 * (1 - (k + 1) / (size + 1));
    const quotes = fc.tuple(...members.map((_, k) => wild ? anyQuote : nearQuote(middle(k))));
    return fc.record({ group: fc.constant(group), own: quotes, peer: quotes });
  });

const boards = fc.tuple(
  fc.tuple(groupArbitrary("G1"), groupArbitrary("G2"), groupArbitrary("G3")),
  fc.record({
    fillsPerLeg: fc.integer({ min: 1, max: 30 }),
    netMin: fc.integer({ min: 0, max: 50_000 }).map(money),
    countMax: fc.integer({ min: 1, max: 1_000_000 }).map(count),
    missingBid: fc.constantFrom("leave_out" as const, "refuse" as const),
  }),
);

Deno.test("the kernel finds on any board what the plain search finds, to the bit", () => {
  const full = Deno.env.get("KBOT_TEST_FULL") === "1";
  let hits = 0;
  fc.assert(
    fc.property(boards, ([made, given]) => {
      const groups = made.map(({ group }) => group);
      const tickers = groups.flatMap(({ markets }) => markets.map(({ ticker }) => ticker));
      const all = (which: "own" | "peer") => new Map(made.flatMap((one) => one[which]).map((q, k) => [tickers[k], q]));
      const board = { own: all("own"), peer: all("peer") };
      const settings = { ...SCAN_DEFAULTS, ...given, resultsMax: 4_096 };
      const wanted = referenceScan(groups, board, settings);
      using scanner = open(groups, settings);
      fill(scanner, board);
      assert.equal(scanner.scan(), wanted.length);
      assert.deepEqual(scanner.results(), wanted.slice(0, 4_096));
      hits += wanted.length;
      // The bounded buffer keeps the best, whatever the order in which they come.
      using small = open(groups, { ...settings, resultsMax: 7 });
      fill(small, board);
      assert.equal(small.scan(), wanted.length);
      assert.deepEqual(small.results(), wanted.slice(0, 7));
    }),
    { seed: 41, numRuns: full ? 20_000 : 600 },
  );
  assert.ok(hits > 1_000, `${hits} hits`);
});

Deno.test("updates in place leave the scanner as a new one with the last quotes", () => {
  const names = Array.from({ length: 100 }, (_, k) => `S${k}`);
  const ladder: ScannedGroup = { kind: "ladder", name: "L", confidence: 1, markets: markets(names) };
  using scanner = open([ladder]);
  const last = new Map<string, Quotes>();
  const updates = fc.array(fc.tuple(fc.nat({ max: 99 }), anyQuote), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(updates, (changes) => {
      for (const [at, quotes] of changes) last.set(names[at], quotes);
      fill(scanner, { own: new Map(changes.map(([at, quotes]) => [names[at], quotes])), peer: new Map() });
      const wanted = referenceScan([ladder], { own: last, peer: new Map() }, SCAN_DEFAULTS);
      assert.equal(scanner.scan(), wanted.length);
      assert.deepEqual(scanner.results(), wanted.slice(0, SCAN_DEFAULTS.resultsMax));
    }),
    { seed: 42, numRuns: 200 },
  );
});

/** What the exchange charges for an order of this leg that comes in these fills. */
function charged(leg: Arbitrage["legs"][number], schedule: FeeSchedule, fills: readonly number[]): number {
  const order = new OrderFees(FEE_RULES[FEE_RULES.length - 1], schedule);
  const side = leg.buys === "yes" ? "bid" : "ask";
  return fills.reduce(
    (sum, c) => sum + order.fill({ price: leg.price, count: count(c), side, role: "taker" }).netFee,
    0,
  );
}

Deno.test("no split into fills is charged more than what was reckoned with", () => {
  const split = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 10 });
  const terms = fc.record({
    ask: fc.integer({ min: 1, max: 9_000 }),
    edge: fc.integer({ min: 1, max: 999 }),
    fills: fc.tuple(split, split),
    schedule: fees,
  });
  let seen = 0;
  fc.assert(
    fc.property(terms, ({ ask, edge, fills, schedule }) => {
      const total = Math.min(...fills.map((list) => list.reduce((a, b) => a + b, 0)));
      const group: ScannedGroup = { kind: "ladder", name: "L", confidence: 1, markets: markets(["A", "B"], schedule) };
      const [one] = found([group], { A: quote(null, 0, ask, total), B: quote(ask + edge, total, null, 0) });
      if (one === undefined) return;
      seen++;
      const paid = one.legs.reduce((sum, leg, k) => {
        // The leg's own split, cut to the size that both have.
        let left = total;
        const cut = fills[k].map((c) => {
          const taken = Math.min(c, left);
          left -= taken;
          return taken;
        }).filter((c) => c > 0);
        return sum + charged(leg, schedule, cut);
      }, 0);
      assert.ok(paid <= one.fees, `${paid} charged, ${one.fees} reckoned with`);
    }),
    { seed: 43, numRuns: 3_000 },
  );
  assert.ok(seen > 500, `${seen}`);
});
