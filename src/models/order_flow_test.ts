import assert from "node:assert/strict";
import { count, type Micros, micros, type Price, price } from "../core/units.ts";
import { OrderFlow } from "./order_flow.ts";
import { uniforms } from "./order_flow_fixture.ts";

const ROUNDS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
const NOW = micros(1_778_457_600_000_000);
const later = (seconds: number): Micros => micros(NOW + seconds * 1_000_000);
type Touch = readonly [bid: number | null, bidSize: number, ask: number | null, askSize: number];

function quote(flow: OrderFlow, at: Micros, [bid, bidSize, ask, askSize]: Touch): void {
  const at4 = (cents: number | null): Price | null => cents === null ? null : price(cents * 100);
  flow.quoted(at, at4(bid), count(bidSize), at4(ask), count(askSize));
}

function partsOf(flow: OrderFlow, at: Micros = NOW): number[] {
  const parts = new Float64Array(3);
  flow.read(at, parts);
  return [...parts];
}

const near = (found: number, wanted: number, what = "") =>
  assert.ok(Math.abs(found - wanted) < 1e-12, `${what}: ${found}, wanted ${wanted}`);

Deno.test("every change of the touch counts as Cont, Kukanov and Stoikov have it", () => {
  const cases: [name: string, after: Touch, pressure: number][] = [
    ["the bid's queue grows", [49, 130, 51, 200], 30],
    ["the bid's queue shrinks", [49, 60, 51, 200], -40],
    ["the bid rises: its whole queue is new", [50, 70, 51, 200], 70],
    ["the bid falls: its whole queue is gone", [48, 70, 51, 200], -100],
    ["the ask's queue grows", [49, 100, 51, 250], -50],
    ["the ask's queue shrinks", [49, 100, 51, 180], 20],
    ["the ask falls: its whole queue is new", [49, 100, 50, 90], -90],
    ["the ask rises: its whole queue is gone", [49, 100, 52, 90], 200],
    ["both rise", [50, 10, 52, 20], 10 + 200],
    ["the bids are gone", [null, 0, 51, 200], -100],
    ["the asks are gone", [49, 100, null, 0], 200],
    ["nothing changed", [49, 100, 51, 200], 0],
  ];
  for (const [name, after, pressure] of cases) {
    const flow = new OrderFlow(5);
    quote(flow, NOW, [49, 100, 51, 200]);
    quote(flow, NOW, after);
    const depth = ((100 + 200) / 2 + (after[1] + after[3]) / 2) / 2;
    near(partsOf(flow)[1], pressure / (Math.abs(pressure) + depth), name);
  }
});

Deno.test("trades count by the taker's side, against the depth of the book", () => {
  const flow = new OrderFlow(5);
  flow.traded(NOW, "bid", count(300));
  near(partsOf(flow)[0], 1, "no book");
  quote(flow, NOW, [49, 100, 51, 300]);
  near(partsOf(flow)[0], 300 / (300 + 200));
  flow.traded(NOW, "ask", count(500));
  near(partsOf(flow)[0], -200 / (800 + 200));
});

Deno.test("the queue is who waits, and of an empty side all of it", () => {
  const flow = new OrderFlow(5);
  assert.equal(partsOf(flow)[2], 0);
  quote(flow, NOW, [49, 100, 51, 300]);
  near(partsOf(flow)[2], -0.5);
  quote(flow, NOW, [49, 100, null, 0]);
  near(partsOf(flow)[2], 1);
});

Deno.test("after a half-life an event counts half against what stands in the book", () => {
  const flow = new OrderFlow(5);
  quote(flow, NOW, [49, 200, 51, 200]);
  flow.traded(NOW, "bid", count(800));
  near(partsOf(flow, later(5))[0], 400 / (400 + 200));
  near(partsOf(flow, later(15))[0], 100 / (100 + 200));
  // Time that goes back takes nothing back.
  near(partsOf(flow, NOW)[0], 100 / (100 + 200));
});

Deno.test("crossed quotes are passed over: what follows is compared with those before them", () => {
  const flow = new OrderFlow(5);
  quote(flow, NOW, [49, 100, 51, 200]);
  quote(flow, NOW, [52, 40, 51, 200]);
  assert.equal(flow.mid, 0.5);
  quote(flow, NOW, [52, 40, 53, 10]);
  // The bid's new queue, and the asks that were taken.
  near(partsOf(flow)[1], (40 + 200) / (240 + (150 + 25) / 2));
  assert.equal(flow.mid, 0.525);
});

Deno.test("after something was missed nothing before it counts", () => {
  const flow = new OrderFlow(5);
  quote(flow, NOW, [49, 100, 51, 200]);
  quote(flow, NOW, [50, 100, 51, 200]);
  flow.traded(NOW, "bid", count(100));
  flow.restart();
  assert.deepEqual([partsOf(flow), flow.mid, flow.isTwoSided], [[0, 0, 0], NaN, false]);
  quote(flow, NOW, [60, 100, 62, 100]);
  assert.deepEqual([partsOf(flow), flow.mid, flow.isTwoSided], [[0, 0, 0], 0.61, true]);
});

Deno.test("whatever is heard, the parts are within -1 and 1, and those of the mirrored market their opposites", () => {
  const uniform = uniforms(17);
  let flow = new OrderFlow(3);
  let mirror = new OrderFlow(3);
  let at: number = NOW;
  for (let round = 0; round < ROUNDS; round++) {
    // Now and then time goes back, or leaps.
    at += Math.floor(uniform() < 0.01 ? (uniform() - 0.5) * 1e10 : uniform() * 1e6);
    const size = () => uniform() < 0.05 ? 0 : Math.ceil(10 ** (12 * uniform()));
    const kind = uniform();
    if (kind < 0.3) {
      const side = uniform() < 0.5 ? "bid" : "ask";
      const traded = uniform() < 0.02 ? -5 : size();
      flow.traded(micros(at), side, count(traded));
      mirror.traded(micros(at), side === "bid" ? "ask" : "bid", count(traded));
    } else if (kind < 0.99) {
      const bid = uniform() < 0.05 ? null : Math.floor(uniform() * 60);
      const ask = uniform() < 0.05 ? null : Math.ceil(40 + uniform() * 60);
      const [bidSize, askSize] = [size(), size()];
      quote(flow, micros(at), [bid, bidSize, ask, askSize]);
      quote(mirror, micros(at), [ask === null ? null : 100 - ask, askSize, bid === null ? null : 100 - bid, bidSize]);
    } else if (kind < 0.995) {
      flow.restart();
      mirror.restart();
    } else {
      [flow, mirror] = [new OrderFlow(3), new OrderFlow(3)];
    }
    const [parts, mirrored] = [partsOf(flow, micros(at)), partsOf(mirror, micros(at))];
    parts.forEach((part, k) => {
      assert.ok(part >= -1 && part <= 1, `Round ${round} of seed 17: part ${k} is ${part}`);
      assert.ok(Math.abs(part + mirrored[k]) < 1e-9, `Round ${round} of seed 17: ${part} and ${mirrored[k]}`);
    });
  }
});

Deno.test("a half-life that is none is refused", () => {
  for (const halfLife of [0, -1, NaN, Infinity]) assert.throws(() => new OrderFlow(halfLife), RangeError);
});
