import assert from "node:assert/strict";
import fc from "fast-check";
import type { IndexInput, Input, SpotInput } from "../core/input.ts";
import { after } from "../execution/order_fixture.ts";
import { Engine } from "./engine.ts";
import { engineOptions, Rig, stateOf } from "./engine_fixture.ts";
import { DEFAULT_FAILOVER, type IndexSource } from "./index_choice.ts";
import { IndexState } from "./index_state.ts";
import { ViewBuilder } from "./view_builder.ts";

const SETTINGS = { volatilityHalfLife: 60, returnsMin: 5 };

const tick = (
  source: IndexSource,
  second: number,
  value: number,
  more: Partial<Pick<IndexInput, "at" | "exchange" | "live" | "sourceTime" | "venueAverage">> = {},
): IndexInput => ({
  type: "index",
  at: after(second),
  index: "BRTI",
  value,
  sourceTime: after(Math.floor(second)),
  source,
  venueAverage: null,
  ...more,
});

/** Official and composite side by side for a minute and a half, the composite 5 dollars higher give or take one. */
function sideBySide(index: IndexState, from = 0, to = 90): void {
  for (let second = from; second < to; second++) {
    index.take(tick("official", second, 84_000));
    index.take(tick("composite", second, 84_005 + (second % 2 === 0 ? 1 : -1)));
  }
}

Deno.test("where the official source falls silent the composite takes over, less its mean distance, and says how sure it is", () => {
  const index = new IndexState("BRTI", SETTINGS);
  sideBySide(index);
  assert.equal(index.source, "official");
  assert.equal(index.reading(after(89))?.basisSd, 0);
  for (let second = 90; second <= 95; second++) index.take(tick("composite", second, 84_025));
  assert.equal(index.source, "composite");
  assert.equal(index.since, after(93), "3 s are allowed, the next second is too much");
  assert.equal(index.value, 84_020);
  assert.deepEqual(index.takeSwitch(), {
    from: "official",
    to: "composite",
    why: "The newest official value was 4.0 s old",
  });
  assert.equal(index.takeSwitch(), null);
  const reading = index.reading(after(95));
  assert.equal(reading?.source, "composite");
  assert.ok(Math.abs((reading?.basisSd ?? 0) - 1) < 0.01);
});

Deno.test("without the official source a market is less certain, the more so the less is known of the other's distance", () => {
  const rule = { strikeType: "greater_or_equal", floorStrike: 83_995, capStrike: null, roundDigits: 2 } as const;
  const close = Math.floor(after(140) / 1e6);
  const probability = (source: IndexSource, measured: boolean): number => {
    const index = new IndexState("BRTI", SETTINGS);
    for (let second = 0; second < 100; second++) {
      const value = 84_000 + second % 2;
      if (source === "official" || measured) index.take(tick("official", second, value));
      if (source === "composite") index.take(tick("composite", second, value + (second % 4 < 2 ? 2 : -2)));
    }
    for (let second = 100; second < 120; second++) index.take(tick(source, second, 84_000));
    assert.equal(index.source, source);
    return index.averageAt(close)?.probabilityOfYes(rule) ?? NaN;
  };
  const [official, measured, unmeasured] = [
    probability("official", true),
    probability("composite", true),
    probability("composite", false),
  ];
  assert.ok(official > measured && measured > unmeasured && unmeasured > 0.5, `${[official, measured, unmeasured]}`);
});

Deno.test("a distance that was not measured for long enough is not taken off, and nobody says how sure the value is", () => {
  const index = new IndexState("BRTI", SETTINGS);
  sideBySide(index, 0, 59);
  for (let second = 59; second < 70; second++) index.take(tick("composite", second, 84_025));
  assert.equal(index.source, "composite");
  assert.equal(index.value, 84_025);
  assert.equal(index.reading(after(70))?.basisSd, null);
});

Deno.test("with a clock that runs ahead nothing is traded on another source instead", () => {
  const rig = new Rig();
  rig.market(290);
  for (let second = 290; second <= 310; second++) {
    const value = second % 2 === 0 ? 84_200 : 84_205;
    rig.step(tick("official", second, value, { sourceTime: after(second - 5) }));
    rig.step(tick("composite", second, value));
  }
  rig.book(310.5, [[4_900, 10_000]], [[4_900, 10_000]], 1);
  assert.equal(rig.engine.indices.get("BRTI")?.source, "official");
  assert.equal(stateOf(rig).standings[0].opinion?.refusal?.code, "index_stale");
  assert.deepEqual(rig.placed, []);
});

Deno.test("the distance can be left alone by a setting", () => {
  const failover = { ...DEFAULT_FAILOVER, correctBasis: false };
  const index = new IndexState("BRTI", { ...SETTINGS, failover });
  sideBySide(index);
  for (let second = 90; second < 100; second++) index.take(tick("composite", second, 84_025));
  assert.equal(index.value, 84_025);
  assert.ok((index.reading(after(99))?.basisSd ?? 0) > 0.9);
});

Deno.test("a distance measured more than an hour ago is not believed", () => {
  const index = new IndexState("BRTI", SETTINGS);
  sideBySide(index);
  for (let second = 90; second < 3_600 + 80; second++) index.take(tick("composite", second, 84_025));
  assert.equal(index.value, 84_020);
  for (let second = 3_680; second < 3_700; second++) index.take(tick("composite", second, 84_025));
  assert.equal(index.value, 84_025);
});

Deno.test("a single exchange comes last, and another one in its place makes no move and no return", () => {
  const index = new IndexState("BRTI", SETTINGS);
  for (let second = 0; second < 20; second++) {
    index.take(tick("exchange", second, 84_000 + second % 2, { exchange: "coinbase" }));
  }
  const before = index.volatility;
  assert.ok(before !== null);
  index.take(tick("exchange", 20, 84_500, { exchange: "kraken" }));
  assert.equal(index.value, 84_500);
  assert.equal(index.volatility, null);
  assert.equal(index.reading(after(20))?.move(1), null);
  for (let second = 21; second < 30; second++) {
    index.take(tick("exchange", second, 84_500 + second % 2, { exchange: "kraken" }));
  }
  assert.ok((index.volatility ?? 1) < before * 1.5);
});

Deno.test("while its own returns are too few, a source in use borrows the volatility of another that is well", () => {
  const index = new IndexState("BRTI", SETTINGS);
  for (let second = 0; second < 20; second++) index.take(tick("composite", second, 84_000 + second % 2));
  const sigma = index.volatility;
  index.take(tick("official", 20, 84_000));
  index.take(tick("composite", 20, 84_000));
  assert.equal(index.source, "official");
  assert.ok(sigma !== null && index.volatility !== null && Math.abs(index.volatility / sigma - 1) < 0.1);
});

Deno.test("a live value moves the price at once, and is no second's value and no return", () => {
  const index = new IndexState("BRTI", SETTINGS);
  for (let second = 0; second <= 10; second++) index.take(tick("composite", second, 84_000));
  const sigma = index.volatility;
  index.take(tick("composite", 10.4, 84_400, { live: true, sourceTime: after(10.4) }));
  assert.equal(index.value, 84_400);
  assert.equal(index.valueAt(Math.floor(after(10) / 1e6)), 84_000);
  assert.equal(index.volatility, sigma);
  assert.equal(index.reading(after(10.4))?.move(5)?.toFixed(4), (400 / 84_000 * 10_000).toFixed(4));
  index.take(tick("composite", 11, 84_000));
  assert.equal(index.volatility, sigma, "the second before was 84,000");
});

Deno.test("nothing between two sources that come and go is taken for a move of the price", () => {
  const outages = fc.array(
    fc.record({ official: fc.integer({ min: 1, max: 30 }), gap: fc.integer({ min: 0, max: 20 }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  fc.assert(fc.property(outages, (all) => {
    const index = new IndexState("BRTI", SETTINGS);
    let second = 0;
    for (const { official, gap } of all) {
      for (let k = 0; k < official + gap; k++, second++) {
        if (k < official) index.take(tick("official", second, 84_000));
        index.take(tick("composite", second, 84_090));
        assert.ok(index.volatility === null || index.volatility <= 1e-6, `${index.volatility} at ${second}`);
        const move = index.reading(after(second))?.move(3) ?? 0;
        assert.equal(move, 0);
      }
    }
  }));
});

Deno.test("what of the final minute the official source did not say comes from one whose distance is known", () => {
  const index = new IndexState("BRTI", SETTINGS);
  sideBySide(index, 700, 900);
  const close = Math.floor(after(960) / 1e6);
  for (let second = 900; second <= 930; second++) {
    if (second !== 910 && second !== 911) index.take(tick("official", second, 84_100));
    index.take(tick("composite", second, 84_105));
  }
  assert.equal(index.source, "official");
  const seen = { sum: 0, count: 0 };
  index.seen(close, seen);
  assert.deepEqual([seen.count, seen.sum.toFixed(4)], [30, (84_100 * 30).toFixed(4)]);
  assert.equal(index.officialAt(close - 50), null);
  // A late official value takes its second back.
  index.take(tick("official", 910, 84_130, { at: after(930.5) }));
  assert.deepEqual([index.officialAt(close - 50), index.valueAt(close - 50)], [84_130, 84_130]);
});

Deno.test("every change of source is logged, audited and seen", () => {
  const rig = new Rig();
  const views = new ViewBuilder(rig.engine);
  for (let second = 0; second < 90; second++) {
    rig.step(tick("official", second, 84_000));
    rig.step(tick("composite", second, 84_005));
  }
  for (let second = 90; second < 100; second++) rig.step(tick("composite", second, 84_005));
  const text = "BRTI: from official to composite. The newest official value was 4.0 s old";
  assert.deepEqual(rig.records("audit").map((record) => [record.event, record.text]), [["index_source", text]]);
  assert.ok(rig.all("log").some((log) => log.level === "warn" && log.text === `Index ${text}`));
  const [view] = views.build().indices;
  assert.deepEqual(
    [view.source, view.since, view.why, view.value, view.correction],
    [
      "composite",
      new Date(after(93) / 1_000).toISOString().replace("Z", "000Z"),
      "The newest official value was 4.0 s old",
      84_000,
      5,
    ],
  );
  assert.deepEqual(view.sources, [
    { source: "official", exchange: null, value: 84_000, ageMs: 10_000, well: false, basis: null },
    {
      source: "composite",
      exchange: null,
      value: 84_005,
      ageMs: 0,
      well: true,
      basis: { last: 5, mean: 5, sd: 0, count: 90 },
    },
  ]);
  for (let second = 100; second < 115; second++) {
    rig.step(tick("official", second, 84_000));
    rig.step(tick("composite", second, 84_005));
  }
  assert.equal(rig.engine.indices.get("BRTI")?.source, "official");
  assert.equal(rig.engine.indices.get("BRTI")?.since, after(110));
  const back = "BRTI: from composite to official. It ranks before composite, and is well";
  assert.equal(rig.records("audit").at(-1)?.text, back);
  assert.equal(rig.all("log").find((log) => log.text === `Index ${back}`)?.level, "info");
});

Deno.test("time alone is enough for a source that fell silent to be left", () => {
  const rig = new Rig();
  rig.step(tick("exchange", 0, 84_000, { exchange: "coinbase" }));
  rig.step(tick("composite", 0, 84_001));
  rig.step(tick("official", 0, 84_002));
  rig.step(tick("exchange", 2, 84_000, { exchange: "coinbase" }));
  assert.equal(rig.engine.indices.get("BRTI")?.source, "official");
  rig.clock(4);
  assert.equal(rig.engine.indices.get("BRTI")?.source, "exchange");
  rig.clock(60);
  assert.equal(rig.engine.indices.get("BRTI")?.source, "exchange", "none is better off");
  assert.equal(rig.engine.indices.get("BRTI")?.age(after(60)), 58_000_000);
});

Deno.test("settlement_edge sends nothing while a single exchange stands for the index, unless a setting allows it", () => {
  for (const allowed of [false, true]) {
    const rig = new Rig({
      strategies: [{
        name: "settlement_edge",
        enabled: true,
        parameters: { rest: false, trade_on_one_exchange: allowed },
      }],
    });
    rig.market(290);
    for (let second = 290; second <= 300; second++) {
      rig.step(tick("exchange", second, second % 2 === 0 ? 84_200 : 84_205, { exchange: "kraken" }));
    }
    rig.book(300.5, [[4_900, 10_000]], [[4_900, 10_000]], 1);
    assert.equal(rig.placed.length > 0, allowed);
    assert.equal(stateOf(rig).standings[0].opinion?.refusal?.code ?? null, allowed ? null : "index_of_one_exchange");
  }
});

const spot = (second: number, exchange: string, change: Partial<SpotInput> = {}): SpotInput => ({
  type: "spot",
  at: after(second),
  exchange,
  asset: "BTC",
  state: "live",
  bid: 83_999,
  ask: 84_001,
  last: 84_000,
  vwap: 84_000,
  volume: 10,
  weight: 0.5,
  age: 20_000,
  latency: 35_000,
  ...change,
});

Deno.test("the spot exchanges together are what live ones with a share say, by their volume", () => {
  const rig = new Rig();
  rig.step(spot(1, "coinbase", { vwap: 84_000, volume: 30, last: 84_001 }));
  rig.step(spot(1, "kraken", { vwap: 84_040, volume: 10, last: 84_041, latency: 60_000 }));
  rig.step(spot(1, "gemini", { vwap: null, volume: 0, last: 84_011 }));
  rig.step(spot(1, "bitstamp", { vwap: 90_000, volume: 1e6, last: 90_000, state: "outlier" }));
  rig.step(spot(1, "binance", { vwap: 83_900, volume: 1e6, last: 83_900, weight: 0 }));
  rig.step(spot(1, "bullish", { vwap: 83_900, volume: 1e6, last: 83_900, age: 4_600_000 }));
  const { spot: prices } = rig.engine;
  assert.deepEqual(prices.reading("BTC", after(1.5)), {
    vwap: 84_010,
    last: 84_011,
    exchanges: 3,
    age: 520_000,
    latency: 60_000,
  });
  assert.equal(prices.reading("BTC", after(6.1)), null, "each says something several times a second");
  assert.equal(prices.reading("ETH", after(1.5)), null);
});

Deno.test("what a spot exchange says is seen, and nonsense of one is refused", () => {
  const rig = new Rig();
  const views = new ViewBuilder(rig.engine);
  rig.step(spot(1, "coinbase"));
  rig.step(spot(2, "coinbase", { bid: -1 }));
  rig.step(spot(2, "kraken", { vwap: 0 }));
  rig.step(spot(2, "gemini", { weight: 1.5 }));
  assert.deepEqual(views.build().prices, [{
    exchange: "coinbase",
    asset: "BTC",
    state: "live",
    bid: 83_999,
    ask: 84_001,
    last: 84_000,
    vwap: 84_000,
    volume: 10,
    weight: 0.5,
    ageMs: 1_020,
    latencyMs: 35,
  }]);
  assert.equal(rig.all("log").filter(({ text }) => text.startsWith("Spot price refused")).length, 3);
});

Deno.test("no more prices are kept than there is room for", () => {
  const rig = new Rig();
  for (let k = 0; k < 300; k++) rig.step(spot(1, `exchange ${k}`));
  assert.equal([...rig.engine.spot.all()].length, 256);
  rig.step(spot(2, "exchange 5", { last: 84_500 }));
  assert.equal([...rig.engine.spot.all()][5].last, 84_500);
});

Deno.test("the same words of several sources make the same values, choices and decisions", () => {
  const words = fc.array(
    fc.record({
      source: fc.constantFrom<IndexSource>("official", "composite", "exchange"),
      live: fc.boolean(),
      step: fc.integer({ min: 0, max: 4_000 }),
      value: fc.integer({ min: 83_900, max: 84_300 }),
      spot: fc.boolean(),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(words, (all) => {
      const rig = new Rig();
      rig.market(100);
      rig.book(100.5, [[4_900, 10_000]], [[4_900, 10_000]], 1);
      let now = 101;
      for (const { source, live, step, value, spot: isSpot } of all) {
        now += step / 1_000;
        if (isSpot) rig.step(spot(now, "coinbase", { last: value }));
        else rig.step(tick(source, now, value, live ? { live: true, sourceTime: after(now) } : {}));
      }
      const again = new Engine(engineOptions());
      const written: Input[] = JSON.parse(JSON.stringify(rig.inputs));
      for (const input of written) again.step(input);
      assert.equal(again.decisionHash, rig.engine.decisionHash);
      assert.deepEqual(new ViewBuilder(again).build(), new ViewBuilder(rig.engine).build());
    }),
    { numRuns: 100 },
  );
});

Deno.test("a source that tells one and the same moment again and again is left like one that fell silent", () => {
  const index = new IndexState("BRTI", SETTINGS);
  sideBySide(index, 0, 20);
  for (let second = 20; second <= 24; second++) {
    index.take(tick("official", second, 84_000, { sourceTime: after(19) }));
    index.take(tick("composite", second, 84_005));
  }
  assert.equal(index.source, "composite");
  assert.equal(index.takeSwitch()?.why, "The newest official value was 4.0 s old");
});

const FAR_OFF:
  readonly (readonly [claim: string, heard: readonly IndexSource[], from: IndexSource, refused: boolean])[] = [
    ["the first official value, far from the composite", ["composite"], "official", true],
    ["the first composite value, far from the official one", ["official"], "composite", true],
    ["the first value of one exchange, far from the official one", ["official"], "exchange", true],
    ["no first official value, far from one exchange alone", ["exchange"], "official", false],
    ["no first value of all", [], "official", false],
  ];

for (const [claim, heard, from, refused] of FAR_OFF) {
  Deno.test(`a value is refused for another source's sake: ${claim}`, () => {
    const index = new IndexState("BRTI", SETTINGS);
    for (const source of heard) index.take(tick(source, 10, 84_000));
    assert.equal(index.take(tick(from, 10, 8_400))?.includes("is far from 84000") ?? false, refused);
    assert.equal(index.take(tick(from, 12, 84_010)) === null, refused, "its own jump, where it was believed");
  });
}

Deno.test("after an outage a value far from what another source says is refused, and counts in no average", () => {
  const index = new IndexState("BRTI", SETTINGS);
  sideBySide(index, 0, 70);
  for (let second = 70; second < 400; second++) index.take(tick("composite", second, 84_005));
  assert.match(index.take(tick("official", 400, 8_400)) ?? "", /8400 is far from 84005, which another source says/);
  assert.equal(index.valueAt(after(400) / 1e6), null);
  assert.equal(index.take(tick("official", 401, 84_000)), null);
});

Deno.test("a wrong value does not keep the right ones out where another source says the same as they", () => {
  const index = new IndexState("BRTI", SETTINGS);
  index.take(tick("official", 0, 8_400));
  for (let second = 4; second < 8; second++) index.take(tick("composite", second, 84_005));
  assert.equal(index.take(tick("official", 8, 84_000)), null);
  assert.match(index.take(tick("official", 9, 8_400)) ?? "", /jumped from 84000 to 8400/);
});

Deno.test("a source that keeps telling nonsense is told of once a minute, with how much it was", () => {
  const rig = new Rig();
  rig.step(tick("official", 0, 84_000));
  const told: string[] = [];
  for (let second = 1; second <= 61; second++) {
    for (const action of rig.step(tick("official", second, 8_400))) if (action.type === "log") told.push(action.text);
  }
  assert.deepEqual(told.filter((text) => text.startsWith("Index value refused")), [
    "Index value refused: BRTI: jumped from 84000 to 8400",
    "Index value refused: BRTI: jumped from 84000 to 8400, and 59 others since this was said last",
  ]);
});
