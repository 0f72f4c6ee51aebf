import assert from "node:assert/strict";
import fc from "fast-check";
import { CompositeIndex, type Verdict } from "./composite_index.ts";
import { indexParametersOf } from "./index_parameters.ts";
import { SpotBook } from "./spot_book.ts";
import { MICROS_PER_SECOND } from "./units.ts";

type Level = readonly [price: number, size: number];

interface Venue {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Seconds. */
  readonly age?: number;
}

const BITCOIN = { index: "BRTI", spacing: 1, decimals: 2 };

function bookOf({ bids, asks }: Venue): SpotBook {
  const book = new SpotBook(2_000);
  for (const [price, size] of bids) book.set("bid", price, size);
  for (const [price, size] of asks) book.set("ask", price, size);
  return book;
}

function offerAll(index: CompositeIndex, venues: readonly Venue[]): void {
  venues.forEach((venue, at) => {
    const { bids, asks } = bookOf(venue);
    index.offer(at, bids, asks, (venue.age ?? 0) * MICROS_PER_SECOND);
  });
}

function indexOf(venues: readonly Venue[], parameters = BITCOIN): CompositeIndex {
  const index = new CompositeIndex(parameters, venues.length);
  offerAll(index, venues);
  index.value();
  return index;
}

const verdicts = (index: CompositeIndex, count: number): Verdict[] =>
  Array.from({ length: count }, (_, venue) => index.verdict(venue));

/**
 * The same method written down plainly: sorted lists, every size in the sample sorted, the curve walked level by level
 * for every step from the beginning.
 */
function plainIndex(venues: readonly Venue[], spacing: number): { value: number | null; weights: number[] } {
  const none = venues.map(() => 0);
  const valid = venues.map(({ bids, asks, age = 0 }) => {
    const right = (levels: readonly Level[]) => levels.filter(([price, size]) => price > 0 && size > 0);
    const [own, other] = [right(bids), right(asks)];
    if (age > 30 || own.length === 0 || other.length === 0) return null;
    const bid = Math.max(...own.map(([price]) => price));
    const ask = Math.min(...other.map(([price]) => price));
    return bid >= ask ? null : { bids: own, asks: other, mid: (bid + ask) / 2 };
  });
  const mids = valid.flatMap((venue) => venue === null ? [] : [venue.mid]).sort((a, b) => a - b);
  if (mids.length === 0) return { value: null, weights: none };
  const middle = mids.length >> 1;
  const median = mids.length % 2 === 1 ? mids[middle] : (mids[middle - 1] + mids[middle]) / 2;
  const used = valid.map((venue) => venue !== null && Math.abs(venue.mid - median) / median <= 0.05 ? venue : null);
  if (used.every((venue) => venue === null)) return { value: null, weights: none };

  const merged = (side: "bids" | "asks"): Level[] => {
    const sizes = new Map<number, number>();
    for (const venue of used) {
      for (const [price, size] of venue?.[side] ?? []) sizes.set(price, (sizes.get(price) ?? 0) + size);
    }
    return [...sizes].sort(([a], [b]) => side === "bids" ? b - a : a - b);
  };
  const [bids, asks] = [merged("bids"), merged("asks")];
  const near = (levels: readonly Level[]) =>
    levels.slice(0, 50).filter(([price]) => Math.abs(price - levels[0][0]) <= 0.05 * levels[0][0]);
  const sample = [...near(bids), ...near(asks)].map(([, size]) => size).sort((a, b) => a - b);
  const k = Math.floor(sample.length / 100);
  const kept = sample.slice(k, sample.length - k);
  const winsorised = sample.map((_, at) => sample[Math.min(Math.max(at, k), sample.length - k - 1)]);
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
  const mean = sum(winsorised) / sample.length;
  const variance = sum(winsorised.map((size) => (size - mean) ** 2)) / Math.max(1, sample.length - 1);
  const cap = sum(kept) / kept.length + 5 * Math.sqrt(variance);

  const capped = (levels: readonly Level[]): Level[] => levels.map(([price, size]) => [price, Math.min(size, cap)]);
  const [cappedBids, cappedAsks] = [capped(bids), capped(asks)];
  const marginal = (levels: readonly Level[], volume: number): number | null => {
    let held = 0;
    for (const [price, size] of levels) {
      held += size;
      if (held >= volume * (1 - 1e-9)) return price;
    }
    return null;
  };
  const curve: number[] = [];
  for (let step = 1; step <= 10_000; step++) {
    const bid = marginal(cappedBids, step * spacing) ?? (step === 1 ? bids[bids.length - 1][0] : null);
    const ask = marginal(cappedAsks, step * spacing) ?? (step === 1 ? asks[asks.length - 1][0] : null);
    if (bid === null || ask === null) break;
    const mid = (bid + ask) / 2;
    const near = ask / mid - 1 <= 0.005;
    if (!near && step > 1) break;
    curve.push(mid);
    if (!near) break;
  }
  const depth = curve.length * spacing;
  const rate = 1 / (0.3 * depth);
  const raw = curve.map((_, at) => rate * Math.exp(-rate * (at + 1) * spacing));
  const total = sum(raw);
  const value = sum(curve.map((mid, at) => mid * raw[at] / total));

  const share = (side: "bids" | "asks", levels: readonly Level[], sizes: readonly Level[]): number[] => {
    const own = none.slice();
    let left = depth;
    for (const [at, [price, size]] of levels.entries()) {
      const taken = Math.min(size, Math.max(0, left));
      left -= taken;
      used.forEach((venue, which) => {
        const here = venue?.[side].find(([level]) => level === price)?.[1] ?? 0;
        own[which] += taken * here / sizes[at][1];
      });
    }
    return own;
  };
  const [ofBids, ofAsks] = [share("bids", cappedBids, bids), share("asks", cappedAsks, asks)];
  const volumes = ofBids.map((volume, at) => volume + ofAsks[at]);
  return { value, weights: volumes.map((volume) => volume / sum(volumes)) };
}

/**
 * A book around a mid, in binary fractions, so that sums do not depend on their order. A few levels lie far away and a few
 * are giants, as the cap is there for.
 */
const venueAround = (mid: number): fc.Arbitrary<Venue> => {
  const distance = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 6_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 20_000, max: 60_000 }) },
  );
  const size = fc.oneof(
    { weight: 30, arbitrary: fc.integer({ min: 1, max: 400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1_000, max: 6_400 }) },
  );
  const side = (direction: 1 | -1) =>
    fc.uniqueArray(fc.tuple(distance, size), { minLength: 1, maxLength: 60, selector: ([from]) => from })
      .map((levels) => levels.map(([from, held]): Level => [mid + direction * from / 8, held / 16]));
  return fc.record({ bids: side(-1), asks: side(1), age: fc.constantFrom(0, 0, 0, 10, 31) });
};
/** Mids near one another, on steps of a quarter; now and then one far away. */
const market = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -200, max: 200 }) },
    { weight: 1, arbitrary: fc.constantFrom(-24_000, 24_000) },
  )
    .chain((offset) => venueAround(84_000 + offset / 4)),
  { minLength: 1, maxLength: 8 },
);

Deno.test("the index is that of the plain reference, and so are the shares of the exchanges", () => {
  fc.assert(
    fc.property(market, fc.constantFrom(0.5, 1, 4), (venues, spacing) => {
      const index = indexOf(venues, { ...BITCOIN, spacing });
      const plain = plainIndex(venues, spacing);
      if (plain.value === null) return assert.ok(Number.isNaN(index.unrounded));
      assert.ok(Math.abs(index.unrounded / plain.value - 1) < 1e-12, `${index.unrounded}, not ${plain.value}`);
      plain.weights.forEach((weight, venue) => {
        assert.ok(Math.abs(index.weight(venue) - weight) < 1e-9, `share ${index.weight(venue)}, not ${weight}`);
      });
    }),
    { numRuns: 400 },
  );
});

Deno.test("the index lies within the prices that count", () => {
  fc.assert(fc.property(market, (venues) => {
    const index = indexOf(venues);
    if (index.used === 0) return;
    const prices = venues.filter((_, at) => index.verdict(at) === "used")
      .flatMap(({ bids, asks }) => [...bids, ...asks].map(([price]) => price));
    assert.ok(index.unrounded >= Math.min(...prices) && index.unrounded <= Math.max(...prices));
  }));
});

Deno.test("the index does not depend on the order of the exchanges", () => {
  const shuffled = market.chain((venues) =>
    fc.record({
      venues: fc.constant(venues),
      order: fc.shuffledSubarray(venues.map((_, at) => at), { minLength: venues.length, maxLength: venues.length }),
    })
  );
  fc.assert(fc.property(shuffled, ({ venues, order }) => {
    const index = indexOf(venues);
    const other = indexOf(order.map((at) => venues[at]));
    assert.deepEqual(other.unrounded, index.unrounded);
    order.forEach((at, place) => {
      assert.equal(other.verdict(place), index.verdict(at));
      assert.ok(Math.abs(other.weight(place) - index.weight(at)) < 1e-12);
    });
  }));
});

Deno.test("all prices doubled double the index, all sizes and the spacing doubled leave it", () => {
  const scaled = (venues: readonly Venue[], byPrice: number, bySize: number): Venue[] => {
    const side = (levels: readonly Level[]) => levels.map(([price, size]): Level => [price * byPrice, size * bySize]);
    return venues.map(({ bids, asks, age = 0 }) => ({ bids: side(bids), asks: side(asks), age }));
  };
  fc.assert(fc.property(market, (venues) => {
    const index = indexOf(venues);
    assert.deepEqual(indexOf(scaled(venues, 2, 1)).unrounded, index.unrounded * 2);
    assert.deepEqual(indexOf(scaled(venues, 1, 2), { ...BITCOIN, spacing: 2 }).unrounded, index.unrounded);
  }));
});

Deno.test("the shares of the exchanges sum to one, and only those that count have any", () => {
  fc.assert(fc.property(market, (venues) => {
    const index = indexOf(venues);
    let sum = 0;
    for (let venue = 0; venue < venues.length; venue++) {
      const weight = index.weight(venue);
      assert.ok(weight >= 0 && weight <= 1);
      if (index.verdict(venue) !== "used") assert.equal(weight, 0);
      sum += weight;
    }
    assert.ok(index.used === 0 ? sum === 0 : Math.abs(sum - 1) < 1e-12);
  }));
});

const plain = (mid: number, size = 2): Venue => ({
  bids: [[mid - 1, size], [mid - 2, size]],
  asks: [[mid + 1, size], [mid + 2, size]],
});

const SCREENED: readonly (readonly [claim: string, venue: Venue, verdict: Verdict])[] = [
  ["a book of 30 s counts", { ...plain(84_000), age: 30 }, "used"],
  ["an older book does not", { ...plain(84_000), age: 30.000001 }, "stale"],
  ["nor does one without bids", { bids: [], asks: [[84_001, 1]] }, "one_sided"],
  ["nor one without asks", { bids: [[83_999, 1]], asks: [] }, "one_sided"],
  ["nor a crossed one", { bids: [[84_001, 1]], asks: [[84_000, 1]] }, "crossed"],
  ["nor a locked one", { bids: [[84_000, 1]], asks: [[84_000, 1]] }, "crossed"],
  ["a mid 5 % off counts", plain(88_200), "used"],
  ["one farther off does not", plain(88_201), "outlier"],
  ["nor one as far below", plain(79_799), "outlier"],
];

for (const [claim, venue, verdict] of SCREENED) {
  Deno.test(`composite index: ${claim}`, () => {
    const index = indexOf([plain(84_000), plain(84_000), plain(84_000), venue]);
    assert.deepEqual(verdicts(index, 4), ["used", "used", "used", verdict]);
    assert.equal(index.used, verdict === "used" ? 4 : 3);
  });
}

Deno.test("an outlier is back only within half of what drove it out, an exchange that never was one may stay there", () => {
  const index = new CompositeIndex(BITCOIN, 4);
  const others = [plain(84_000), plain(84_000), plain(84_000)];
  const seen = (mid: number): Verdict => {
    offerAll(index, [...others, plain(mid)]);
    index.value();
    return index.verdict(3);
  };
  assert.deepEqual([84_000, 87_000, 90_000, 87_000, 86_100, 86_099, 87_000].map(seen), [
    "used",
    "used",
    "outlier",
    "outlier",
    "outlier",
    "used",
    "used",
  ]);
});

Deno.test("an outlier that goes silent is still one when it comes back", () => {
  const index = new CompositeIndex(BITCOIN, 4);
  const others = [plain(84_000), plain(84_000), plain(84_000)];
  offerAll(index, [...others, plain(90_000)]);
  index.value();
  index.withdraw(3);
  index.value();
  assert.equal(index.verdict(3), "absent");
  offerAll(index, [...others, plain(87_000)]);
  index.value();
  assert.equal(index.verdict(3), "outlier");
});

Deno.test("levels without a price or a size are passed over", () => {
  const side = (...levels: readonly Level[]) => ({
    prices: Float64Array.from(levels, ([price]) => price),
    sizes: Float64Array.from(levels, ([, size]) => size),
    length: levels.length,
    fallen: null,
  });
  const index = new CompositeIndex(BITCOIN, 1);
  index.offer(
    0,
    side([NaN, 5], [84_010, 0], [83_999, 4], [83_998, -1], [83_997, NaN]),
    side([-1, 9], [0, 3], [84_001, 4], [Infinity, 1]),
    0,
  );
  assert.equal(index.value(), 84_000);
  assert.equal(index.depth, 4);
});

Deno.test("where a side holds less than one step, its end is its price", () => {
  assert.equal(indexOf([{ bids: [[99, 0.25], [98, 0.25]], asks: [[101, 5]] }]).unrounded, 99.5);
});

Deno.test("a giant order counts no more than the cap", () => {
  const levels = (from: number, direction: 1 | -1, giant: number): Level[] =>
    Array.from({ length: 50 }, (_, at): Level => [from + direction * at, at === 25 ? giant : 1]);
  const venue = (giant: number): Venue => ({ bids: levels(83_999, -1, 1), asks: levels(84_001, 1, giant) });
  const [small, giant] = [indexOf([venue(1)]), indexOf([venue(1e9)])];
  assert.equal(small.cap, 1);
  // One of a hundred sizes is trimmed away whole.
  assert.equal(giant.cap, 1);
  assert.equal(giant.unrounded, small.unrounded);
});

Deno.test("without an exchange there is no index, and the next moment may bring one", () => {
  const index = new CompositeIndex(BITCOIN, 2);
  assert.equal(index.value(), null);
  assert.deepEqual([index.used, index.depth, index.weight(0)], [0, 0, 0]);
  offerAll(index, [plain(84_000), { bids: [], asks: [] }]);
  assert.equal(index.value(), 84_000);
  assert.deepEqual([index.weight(0), index.weight(1)], [1, 0]);
});

Deno.test("a value is rounded to the decimals of its coin", () => {
  const doge = indexParametersOf("DOGE");
  assert.ok(doge !== null);
  const index = new CompositeIndex(doge, 1);
  offerAll(index, [{ bids: [[0.12340123, 1e6]], asks: [[0.12340126, 1e6]] }]);
  assert.equal(index.value(), 0.12340125);
  const bitcoin = new CompositeIndex(BITCOIN, 1);
  offerAll(bitcoin, [{ bids: [[83_999.99, 5]], asks: [[84_000.02, 5]] }]);
  assert.equal(bitcoin.value(), 84_000.01);
});

Deno.test("half a cent goes up, whatever a float makes of it", () => {
  for (const bid of [84_273.39, 85_015.15, 85_037.76, 2_599.41, 0.01]) {
    const index = new CompositeIndex(BITCOIN, 1);
    const ask = Number((bid + 0.01).toFixed(2));
    offerAll(index, [{ bids: [[bid, 1]], asks: [[ask, 1]] }]);
    assert.equal(index.value(), ask);
  }
});

Deno.test("an index of no exchange, or of more than there are, is refused", () => {
  for (const venues of [0, 17, 1.5]) assert.throws(() => new CompositeIndex(BITCOIN, venues), /1 to 16 exchanges/);
});
