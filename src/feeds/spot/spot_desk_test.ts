import assert from "node:assert/strict";
import type { IndexInput, Input, SpotInput } from "../../core/input.ts";
import { SpotBook } from "../../core/spot_book.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import type { SpotLast, SpotQuote, SpotSource, SpotVwap } from "./source.ts";
import { SpotDesk } from "./spot_desk.ts";

const START = 1_800_000_000;
const at = (seconds: number): Micros => micros(Math.round((START + seconds) * MICROS_PER_SECOND));

/** An exchange that says what the test sets. */
class FakeExchange implements SpotSource {
  readonly assets = ["BTC"];
  up = true;
  inSync = true;
  heardAt: Micros | null = null;
  trade: SpotLast | null = null;
  window: SpotVwap | null = null;
  told: SpotQuote | null = null;
  readonly #book = new SpotBook();
  readonly #clock: SteppedClock;
  readonly #listeners = new Set<(asset: string) => void>();

  constructor(clock: SteppedClock, readonly exchange: string, readonly constituent = true) {
    this.#clock = clock;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Two levels of five coins on each side of this mid. */
  stands(mid: number): void {
    this.#book.clear();
    for (const distance of [1, 2]) {
      this.#book.set("bid", mid - distance, 5);
      this.#book.set("ask", mid + distance, 5);
    }
    this.heard();
  }

  oneSided(): void {
    this.#book.clear();
    this.#book.set("bid", 84_000, 1);
    this.heard();
  }

  heard(): void {
    this.heardAt = this.#clock.now();
    for (const listener of this.#listeners) listener("BTC");
  }

  book(): SpotBook | null {
    return this.up && this.inSync ? this.#book : null;
  }
  bookAt(): Micros | null {
    return this.book() === null ? null : this.heardAt;
  }
  quote(): SpotQuote | null {
    if (this.book() === null || this.heardAt === null) return this.told;
    return { bid: this.#book.bid, bidSize: 5, ask: this.#book.ask, askSize: 5, at: this.heardAt };
  }
  last(): SpotLast | null {
    return this.trade;
  }
  vwap(): SpotVwap | null {
    return this.window;
  }
  age(_asset: string, now: Micros): number | null {
    return this.heardAt === null ? null : now - this.heardAt;
  }
  latency(): number | null {
    return 40_000;
  }
  onChange(listener: (asset: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

interface Scene {
  readonly clock: SteppedClock;
  readonly exchanges: readonly FakeExchange[];
  readonly desk: SpotDesk;
  readonly inputs: Input[];
  readonly logs: string[];
  /** Moves time; what each exchange last said it says again on the way, once a second. */
  pass(seconds: number): void;
  indices(): IndexInput[];
  spots(): SpotInput[];
}

function scene(options: { lockstep?: boolean; liveMs?: number; constituentsMin?: number } = {}): Scene {
  const { lockstep = false, liveMs = 100, constituentsMin = 3 } = options;
  const clock = new SteppedClock(at(0.25));
  const exchanges = ["coinbase", "kraken", "bitstamp", "gemini"].map((name) => new FakeExchange(clock, name));
  exchanges.push(new FakeExchange(clock, "binance", false));
  const inputs: Input[] = [];
  const logs: string[] = [];
  const desk = new SpotDesk(
    { clock, lockstep, sink: (input) => inputs.push(input), log: (level, text) => logs.push(`${level} ${text}`) },
    { sources: exchanges, assets: ["BTC", "XYZ"], constituentsMin, liveMs },
  );
  for (const exchange of exchanges) exchange.stands(84_000);
  desk.start();
  return {
    clock,
    exchanges,
    desk,
    inputs,
    logs,
    pass: (seconds) => clock.advanceTo(micros(clock.now() + seconds * MICROS_PER_SECOND)),
    indices: () => inputs.filter((input) => input.type === "index"),
    spots: () => inputs.filter((input) => input.type === "spot"),
  };
}

Deno.test("on every whole second each exchange is told, the single exchange and the composite, stamped with it", () => {
  const { pass, inputs, indices, spots } = scene();
  pass(0.5);
  assert.deepEqual(inputs, []);
  pass(1);
  assert.deepEqual(spots().map(({ exchange, state }) => `${exchange} ${state}`), [
    "coinbase live",
    "kraken live",
    "bitstamp live",
    "gemini live",
    "binance live",
  ]);
  const told = { type: "index", at: at(1), index: "BRTI", value: 84_000, sourceTime: at(1), venueAverage: null };
  assert.deepEqual(indices(), [
    { ...told, source: "exchange", exchange: "coinbase" },
    { ...told, source: "composite" },
  ]);
  pass(2);
  assert.deepEqual(indices().map(({ sourceTime }) => sourceTime), [1, 1, 2, 2, 3, 3].map(at));
});

Deno.test("a share of the composite goes to constituents only, and the shares sum to one", () => {
  const { pass, spots } = scene();
  pass(1);
  assert.deepEqual(spots().map(({ weight }) => weight), [0.25, 0.25, 0.25, 0.25, 0]);
});

Deno.test("between two seconds a move is told at once as a live value, and again no sooner than the setting says", () => {
  const { pass, exchanges, indices } = scene();
  pass(1);
  const [coinbase] = exchanges;
  const before = indices().length;
  coinbase.stands(84_010);
  coinbase.stands(84_020);
  coinbase.stands(84_030);
  const live = () => indices().slice(before);
  assert.deepEqual(live().map(({ at: when, sourceTime, live, source }) => [when, sourceTime, live, source]), [
    [at(1.25), at(1.25), true, "composite"],
  ]);
  pass(0.099);
  assert.equal(live().length, 1);
  pass(0.001);
  assert.equal(live().length, 2);
  assert.ok(live()[1].value > live()[0].value);
  pass(0.5);
  assert.equal(live().length, 2, "nothing moved");
});

Deno.test("a message that leaves the index where it was is told to nobody", () => {
  const { pass, exchanges, inputs } = scene();
  pass(1);
  const before = inputs.length;
  exchanges[0].heard();
  pass(0.5);
  assert.equal(inputs.length, before);
});

Deno.test("with 0 milliseconds there is one value a second", () => {
  const { pass, exchanges, indices } = scene({ liveMs: 0 });
  pass(1);
  exchanges[0].stands(84_400);
  pass(0.5);
  assert.equal(indices().length, 2);
});

Deno.test("below the least number of constituents there is no composite, and it is said why", () => {
  const { pass, exchanges, indices, logs } = scene();
  exchanges[0].up = false;
  exchanges[1].oneSided();
  pass(1);
  const seconds = indices().filter(({ live }) => live !== true);
  assert.deepEqual(seconds.map(({ source, exchange }) => [source, exchange]), [["exchange", "bitstamp"]]);
  assert.deepEqual(logs, [
    "info No composite BRTI: 2 of 3 exchanges for BTC: coinbase is down, kraken is one-sided",
  ]);
  exchanges[0].up = true;
  pass(1);
  assert.equal(logs[1], "info Composite BRTI: made from 3 exchanges");
});

Deno.test("exchanges that have fallen quiet make no index that stands still and looks new", () => {
  const { pass, exchanges, inputs, indices, spots, logs } = scene();
  pass(3);
  inputs.length = 0;
  for (const exchange of exchanges.slice(2)) exchange.heard();
  pass(1);
  assert.deepEqual(indices().map(({ source, exchange }) => [source, exchange]), [["exchange", "bitstamp"]]);
  assert.deepEqual(logs.slice(1), [
    "warn No composite BRTI: 2 of 3 exchanges for BTC: coinbase is quiet, kraken is quiet",
  ]);
  assert.equal(spots().find(({ exchange }) => exchange === "coinbase")?.state, "live");
  pass(5);
  inputs.length = 0;
  pass(10);
  assert.deepEqual(indices(), []);
});

Deno.test("the book of a quiet exchange counts beside others that are not, until it is stale", () => {
  const { pass, exchanges, spots, indices } = scene();
  for (let second = 0; second <= 30; second++) {
    for (const exchange of exchanges.slice(1)) exchange.heard();
    pass(1);
    const told = spots().findLast(({ exchange }) => exchange === "coinbase");
    assert.equal((told?.weight ?? 0) > 0.2, second < 30, `after ${second + 1} s`);
    assert.equal(indices().at(-1)?.source, "composite");
  }
});

Deno.test("without any exchange there is nothing", () => {
  const { pass, exchanges, indices, spots } = scene();
  for (const exchange of exchanges) exchange.up = false;
  pass(1);
  assert.deepEqual(indices(), []);
  assert.deepEqual(new Set(spots().map(({ state, weight }) => `${state} ${weight}`)), new Set(["down 0"]));
});

const STATES: readonly (readonly [claim: string, change: (exchange: FakeExchange) => void, state: string])[] = [
  ["not connected", (exchange) => exchange.up = false, "down"],
  ["out of sync", (exchange) => exchange.inSync = false, "down"],
  ["without asks", (exchange) => exchange.oneSided(), "one_sided"],
  ["far from the others", (exchange) => exchange.stands(90_000), "outlier"],
  ["silent for more than half a minute", (exchange) => exchange.heardAt = at(-40), "stale"],
];

for (const [claim, change, state] of STATES) {
  Deno.test(`a constituent ${claim} is ${state} and has no share`, () => {
    const { pass, exchanges, spots, indices } = scene();
    change(exchanges[1]);
    pass(1);
    const kraken = spots().find(({ exchange }) => exchange === "kraken");
    assert.deepEqual([kraken?.state, kraken?.weight], [state, 0]);
    assert.equal(indices().find(({ source }) => source === "composite")?.value, 84_000);
  });
}

Deno.test("a state that changes is told at once, and what all others weigh with it", () => {
  const { pass, exchanges, spots } = scene();
  pass(1);
  const before = spots().length;
  exchanges[2].oneSided();
  const told = spots().slice(before);
  assert.deepEqual(told.map(({ exchange, state }) => `${exchange} ${state}`), [
    "coinbase live",
    "kraken live",
    "bitstamp one_sided",
    "gemini live",
    "binance live",
  ]);
  assert.ok(Math.abs(told.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-12);
});

Deno.test("the single exchange stays the same until one before it has been live for a minute", () => {
  const { pass, exchanges, indices } = scene();
  const single = () => indices().filter(({ source }) => source === "exchange").at(-1)?.exchange;
  pass(1);
  assert.equal(single(), "coinbase");
  exchanges[0].inSync = false;
  pass(1);
  assert.equal(single(), "kraken");
  exchanges[0].inSync = true;
  for (let second = 0; second < 60; second++) {
    for (const exchange of exchanges) exchange.heard();
    pass(1);
    assert.equal(single(), "kraken", `after ${second} s`);
  }
  pass(1);
  assert.equal(single(), "coinbase");
});

Deno.test("where no book is live, what the REST fallback said a moment ago stands in", () => {
  const { pass, exchanges, indices } = scene();
  for (const exchange of exchanges) exchange.up = false;
  exchanges[3].trade = { price: 84_123.456, at: at(0) };
  pass(1);
  assert.deepEqual(indices().map(({ source, exchange, value }) => [source, exchange, value]), [
    ["exchange", "gemini", 84_123.46],
  ]);
  pass(5);
  assert.equal(indices().at(-1)?.sourceTime, at(5), "six seconds later it is too old");
});

Deno.test("in lockstep nothing is told before the quantum is over, and then once", () => {
  const { clock, desk, exchanges, inputs, indices } = scene({ lockstep: true });
  const quantum = () => clock.advanceTo(micros(clock.now() + 100_000));
  for (let k = 0; k < 8; k++) {
    const before = inputs.length;
    quantum();
    exchanges[0].stands(84_000 + k);
    assert.equal(inputs.length, before);
    desk.flush();
  }
  const seconds = indices().filter(({ live }) => live !== true);
  assert.deepEqual(seconds.map(({ source, sourceTime }) => [source, sourceTime]), [
    ["exchange", at(1)],
    ["composite", at(1)],
  ]);
  assert.ok(indices().filter(({ live }) => live === true).length >= 6);
  const told = inputs.length;
  desk.flush();
  assert.equal(inputs.length, told);
});

Deno.test("after a halt of the process the seconds in between have no value", () => {
  const { clock, desk, indices } = scene({ lockstep: true });
  clock.advanceTo(at(1.05));
  desk.flush();
  clock.advanceTo(at(3.05));
  desk.flush();
  assert.deepEqual(indices().filter(({ source }) => source === "composite").map(({ sourceTime }) => sourceTime), [
    at(1),
    at(3),
  ]);
});

Deno.test("once stopped nothing more is told, and nobody is listened to", () => {
  const { pass, exchanges, desk, inputs } = scene();
  pass(1);
  exchanges[0].stands(84_001);
  exchanges[0].stands(84_500);
  desk.stop();
  const before = inputs.length;
  pass(5);
  exchanges[0].stands(84_200);
  assert.equal(inputs.length, before);
  assert.deepEqual(exchanges.map(({ listeners }) => listeners), [0, 0, 0, 0, 0]);
});
