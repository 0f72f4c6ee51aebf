/**
 * What one input costs the engine while 100 markets are live.
 * @module
 */

import type { Input } from "../../src/core/input.ts";
import { micros, MICROS_PER_SECOND } from "../../src/core/units.ts";
import {
  deltaInput,
  indexInput,
  laddered,
  type LoadedEngine,
  loadedEngine,
  type Loading,
  wavering,
} from "./loaded_engine.ts";
import { type Contender, race } from "./measure.ts";
import { duration, type Section, times } from "./table.ts";

const MARKETS = 100;
const TICKS = 300;
const DELTAS = 30_000;
/** So far off that every market has an edge: orders go out until the risk limits stop them. */
const MISPRICED_CENTS = 8;

/** Steps an engine through inputs that were made before; each run begins with a fresh one. */
function stepping(
  name: string,
  inputsFor: (loaded: LoadedEngine) => Input[],
  loading: Loading = {},
): Contender & { decisions(): number } {
  let loaded: LoadedEngine;
  let inputs: Input[] = [];
  let decisions = 0;
  let actions = 0;
  return {
    name,
    units: inputsFor(loadedEngine(MARKETS)).length,
    decisions: () => decisions,
    prepare: () => {
      loaded = loadedEngine(MARKETS, loading);
      inputs = inputsFor(loaded);
    },
    run: () => {
      const { engine } = loaded;
      const before = engine.decisions;
      for (const input of inputs) actions += engine.step(input).length;
      decisions = (engine.decisions - before) / inputs.length;
    },
  };
}

const ticks = (every: number) => ({ at }: LoadedEngine): Input[] =>
  Array.from({ length: TICKS }, (_, k) => indexInput(micros(at + (k + 1) * every), wavering(k)));

/** Pairs that put contracts on a level and take them off again, `below` cents under the best bid. */
const deltas = (below: number) => ({ at, tickers, bids }: LoadedEngine): Input[] =>
  Array.from({ length: DELTAS }, (_, k) => {
    const which = (k >> 1) % tickers.length;
    const level = bids[which] - below * 100;
    return deltaInput(tickers[which], micros(at + (k + 1) * 100), level, k % 2 === 0 ? 700 : -700, k + 1);
  });

export function enginePath(): Section {
  const contenders = [
    stepping("index tick", ticks(10_000)),
    stepping("index tick, new second", ticks(MICROS_PER_SECOND)),
    stepping("index tick, edges and caps", ticks(10_000), { tooLow: MISPRICED_CENTS }),
    stepping("index tick, all strategies", ticks(10_000), { all: true, nameOf: laddered }),
    stepping("index tick, all strategies, 15 minutes", ticks(10_000), { all: true }),
    stepping("delta at the touch", deltas(0)),
    stepping("delta below it", deltas(3)),
  ];
  const [tick, second, capped, all, crowded, touch, below] = race(contenders);
  const made = contenders.map((contender) => contender.decisions());
  return {
    title: `Engine.step at ${MARKETS} live markets, paper; 15-minute markets and S1 unless said otherwise`,
    rows: [
      {
        what: "index tick -> every decision",
        figure: duration(tick.nanoseconds),
        beside: `${duration(tick.nanoseconds / made[0])} per decision, fastest round ${duration(tick.best)}`,
        budget: "50 us",
      },
      {
        what: "  the same where a new second begins",
        figure: duration(second.nanoseconds),
        beside: `${times(second.ratio)} a tick, ${made[1].toFixed(0)} decisions`,
        budget: "",
      },
      {
        what: "  the same with an edge everywhere, caps used up",
        figure: duration(capped.nanoseconds),
        beside: `${times(capped.ratio)} a tick`,
        budget: "",
      },
      {
        what: "all strategies on: one 15-minute market, a ladder of 99 hourly strikes",
        figure: duration(all.nanoseconds),
        beside: `${times(all.ratio)} a tick with S1 alone`,
        budget: "50 us",
      },
      {
        what: "all strategies on: 100 15-minute markets of one index",
        figure: duration(crowded.nanoseconds),
        beside: `${times(crowded.ratio)} a tick with S1 alone`,
        budget: "",
      },
      {
        what: "book change at the touch",
        figure: duration(touch.nanoseconds),
        beside: `${times(touch.nanoseconds / below.nanoseconds)} one below it`,
        budget: "p50 2 us with the frame",
      },
      { what: "book change below the touch", figure: duration(below.nanoseconds), beside: "", budget: "" },
    ],
  };
}
