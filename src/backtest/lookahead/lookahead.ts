/**
 * Whether decisions know the future. A run is done again on the data as it was at some moments, once with the future left
 * out and once with nonsense in its place: every input and every decision up to then must be the same, which two hashes
 * tell. What differs was decided, or made into inputs, by what nobody could know.
 *
 * The moments are drawn, from a seed, among those at which something was decided; and one more is drawn among those at which
 * a market was listed, changed, was determined, was settled: there a look ahead of the data shows.
 * @module
 */

import type { Input } from "../../core/input.ts";
import { formatTime, type Micros } from "../../core/units.ts";
import { DecisionHash } from "../../engine/decision_hash.ts";
import type { Engine } from "../../engine/engine.ts";
import { encodeInput } from "../../engine/journal.ts";
import { draws } from "../../models/bootstrap.ts";
import type { SourceBatch } from "../backtest.ts";
import type { Cut } from "./cut_data.ts";

/** Data opened once, whole or cut. */
export interface OpenedData {
  readonly batches: AsyncIterable<SourceBatch>;
  /** Nothing more is read. */
  close(): Promise<void>;
}

export interface LookaheadOptions {
  /** Opens the data anew; whole for `null`. */
  readonly open: (cut: Cut | null) => Promise<OpenedData>;
  readonly engine: (startedAt: Micros) => Engine;
  readonly moments: number;
  readonly seed: number;
  /** Told of each finished run, how many there are in all. */
  readonly onRun?: (done: number, of: number) => void;
}

/** What was heard and decided up to a moment. */
interface Stand {
  readonly until: Micros;
  readonly inputs: number;
  readonly heard: string;
  readonly decided: string;
}

export interface LookaheadFault {
  readonly at: string;
  /** `order`: inputs went back in time in the whole run. */
  readonly future: Cut["future"] | "order";
  readonly words: string;
}

export interface LookaheadResult {
  readonly seed: number;
  /** Moments that were looked at. */
  readonly moments: readonly string[];
  readonly decided: number;
  readonly inputs: number;
  readonly faults: readonly LookaheadFault[];
}

const FUTURES = ["absent", "nonsense"] as const;

export async function checkLookahead(options: LookaheadOptions): Promise<LookaheadResult> {
  const whole = await wholeRun(options);
  const faults: LookaheadFault[] = [...whole.faults];
  const runs = 1 + whole.chosen.length * FUTURES.length;
  let done = 1;
  options.onRun?.(done, runs);
  for (const stand of whole.chosen) {
    for (const future of FUTURES) {
      const words = differenceOf(stand, await standAt(options, { until: stand.until, future }));
      if (words !== null) faults.push({ at: formatTime(stand.until), future, words });
      options.onRun?.(++done, runs);
    }
  }
  return {
    seed: options.seed,
    moments: whole.chosen.map(({ until }) => formatTime(until)),
    decided: whole.decided,
    inputs: whole.inputs,
    faults,
  };
}

function differenceOf(expected: Stand, found: Stand): string | null {
  if (found.inputs !== expected.inputs) {
    return `${found.inputs} inputs come until then, ${expected.inputs} where the future is there`;
  }
  if (found.heard !== expected.heard) return `one of ${expected.inputs} inputs is another where the future is there`;
  return found.decided === expected.decided
    ? null
    : `the decisions are ${found.decided}, ${expected.decided} where the future is there`;
}

/** An engine at work, with hashes of what it hears and decides. */
class Course {
  readonly #begin: LookaheadOptions["engine"];
  readonly #heard = new DecisionHash();
  #engine: Engine | null = null;
  #inputs = 0;

  constructor(begin: LookaheadOptions["engine"]) {
    this.#begin = begin;
  }

  get decided(): string {
    return this.#engine?.decisionHash ?? "";
  }
  get inputs(): number {
    return this.#inputs;
  }

  step(input: Input): void {
    this.#inputs++;
    this.#heard.add(encodeInput(input));
    this.#engine ??= this.#begin(input.at);
    this.#engine.step(input);
  }

  stand(until: Micros): Stand {
    return { until, inputs: this.#inputs, heard: this.#heard.digest(), decided: this.decided };
  }
}

/** A fair sample, of so many at most. */
class Sample {
  readonly kept: Stand[] = [];
  readonly #most: number;
  readonly #draw: (below: number) => number;
  #seen = 0;

  constructor(most: number, draw: (below: number) => number) {
    this.#most = most;
    this.#draw = draw;
  }

  get seen(): number {
    return this.#seen;
  }

  add(stand: Stand): void {
    this.#seen++;
    if (this.kept.length < this.#most) {
      this.kept.push(stand);
      return;
    }
    const at = this.#draw(this.#seen);
    if (at < this.#most) this.kept[at] = stand;
  }
}

/** What is rare and tells much: in a long run no moment that is drawn among all would be one of its own. */
const OCCASIONS = ["listed", "changed", "determined", "settled"] as const;
type Occasion = typeof OCCASIONS[number];

interface WholeRun {
  /** In order of time. */
  readonly chosen: readonly Stand[];
  readonly decided: number;
  readonly inputs: number;
  readonly faults: readonly LookaheadFault[];
}

/** The run as it is, with samples of its moments. */
async function wholeRun({ open, engine, moments, seed }: LookaheadOptions): Promise<WholeRun> {
  const draw = draws(seed);
  const decisions = new Sample(moments, draw);
  const occasions = new Map(OCCASIONS.map((occasion) => [occasion, new Sample(1, draw)]));
  const listed = new Set<string>();
  const course = new Course(engine);
  const faults: LookaheadFault[] = [];
  let until: Micros | null = null;
  let before = "";
  let now = new Set<Occasion>();
  const closeMoment = (): void => {
    if (until === null) return;
    const { decided } = course;
    if (decided !== before) decisions.add(course.stand(until));
    for (const occasion of now) occasions.get(occasion)?.add(course.stand(until));
    before = decided;
    now = new Set();
  };
  const data = await open(null);
  try {
    for await (const batch of data.batches) {
      for (const input of batch.inputs) {
        if (until !== null && input.at < until && faults.length === 0) {
          const words = `an input of ${formatTime(input.at)} comes after one of ${formatTime(until)}`;
          faults.push({ at: formatTime(until), future: "order", words });
        }
        if (until === null || input.at > until) {
          closeMoment();
          until = input.at;
        }
        const occasion = occasionOf(input, listed);
        if (occasion !== null) now.add(occasion);
        course.step(input);
      }
    }
    closeMoment();
  } finally {
    await data.close();
  }
  const all = [...decisions.kept, ...[...occasions.values()].flatMap(({ kept }) => kept)];
  const chosen = [...new Map(all.map((stand) => [stand.until, stand])).values()].sort((a, b) => a.until - b.until);
  return { chosen, decided: decisions.seen, inputs: course.inputs, faults };
}

/** @param listed markets that were heard of; takes note of a new one */
function occasionOf(input: Input, listed: Set<string>): Occasion | null {
  if (input.type === "lifecycle") return input.event;
  if (input.type !== "market") return null;
  if (listed.has(input.market.ticker)) return "changed";
  listed.add(input.market.ticker);
  return "listed";
}

/** What is heard and decided up to a moment by what was known then. */
async function standAt({ open, engine }: LookaheadOptions, cut: Cut): Promise<Stand> {
  const course = new Course(engine);
  const data = await open(cut);
  try {
    for await (const batch of data.batches) {
      for (const input of batch.inputs) {
        if (input.at > cut.until) return course.stand(cut.until);
        course.step(input);
      }
    }
    return course.stand(cut.until);
  } finally {
    await data.close();
  }
}
