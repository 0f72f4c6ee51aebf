import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { INPUT_SOURCE } from "../../store/tape_lines.ts";
import { aMarket } from "../../execution/order_fixture.ts";
import { RelayedInputs } from "./relayed_venue.ts";

const START = micros(1_000 * MICROS_PER_SECOND);
const TICKER = aMarket().ticker;
const market: Market = { ...aMarket(), closeTime: micros(START + 1_000 * MICROS_PER_SECOND) };

/** A taker whose publisher's clock is an hour and some behind, which changes nothing. */
class Taker {
  readonly clock = new SteppedClock(START);
  readonly heard: string[] = [];
  readonly inputs: RelayedInputs;
  #line = 0;
  #value = 60_000;

  constructor(readonly behind = 3_700 * MICROS_PER_SECOND / 10, speed = 1) {
    this.inputs = new RelayedInputs({
      feed: "main",
      speed,
      clock: this.clock,
      sink: (input) => this.heard.push(this.#words(input)),
      log: () => {},
    }, () => this.clock.now() / 1_000);
  }

  #words(input: Input): string {
    const late = input.at === this.clock.now() ? "" : ` at ${input.at}`;
    switch (input.type) {
      case "index":
        return `index ${input.value}${late}`;
      case "book_stale":
        return `stale: ${input.reason}${late}`;
      default:
        return `${input.type}${late}`;
    }
  }

  /** The publisher's time so many seconds ago. */
  #theirs(secondsAgo: number): Micros {
    return micros(this.clock.now() - this.behind - secondsAgo * MICROS_PER_SECOND);
  }

  /** @param setBy seconds that the publisher's clock was set forward since */
  knowsClock(errorSeconds = 0.001, epoch = "e", setBy = 0): this {
    const now = this.clock.now();
    const error = errorSeconds * MICROS_PER_SECOND;
    const theirs = micros(now - error - this.behind + setBy * MICROS_PER_SECOND);
    this.inputs.clock.observe({ epoch, askedAt: now - 2 * error, answeredAt: now, theirs });
    return this;
  }

  wait(seconds: number): this {
    this.clock.advanceTo(micros(this.clock.now() + seconds * MICROS_PER_SECOND));
    this.inputs.look();
    return this;
  }

  /** A keyframe of one market with its book. */
  begin(secondsAgo = 0): this {
    const at = this.#theirs(secondsAgo);
    const book = {
      type: "book_snapshot" as const,
      at,
      ticker: TICKER,
      sequence: null,
      yes: [],
      no: [],
      exchangeTime: null,
    };
    this.inputs.begin({ epoch: "e", next: 0, at, inputs: [{ type: "market", at, market }, book] });
    return this;
  }

  /** A value of the index that the publisher heard so many seconds ago. */
  index(secondsAgo = 0): this {
    const at = this.#theirs(secondsAgo);
    const value: Input = {
      type: "index",
      at,
      index: "BRTI",
      value: ++this.#value,
      sourceTime: micros((++this.#line) * MICROS_PER_SECOND),
      source: "official",
      venueAverage: null,
    };
    this.inputs.line({ kind: "message", at, source: INPUT_SOURCE, raw: JSON.stringify(value) });
    return this;
  }

  alive(secondsAgo = 0): this {
    this.inputs.heard({ epoch: "e", first: 0, sent: this.#theirs(secondsAgo), lines: [] });
    return this;
  }

  gap(): this {
    this.inputs.gap("Lines 3 to 5 are missing");
    return this;
  }
}

const UNKNOWN = "stale: How old feed main is cannot be told: its publisher's clock did not answer, or was set";
const SILENT = "stale: Feed main is silent";
const KNOWN = ["market", "book_snapshot"];

Deno.test("every row of what happens and what the engine hears", () => {
  const cases: [string, (taker: Taker) => Taker, readonly string[]][] = [
    ["young lines are told, stamped with the time here", (t) => t.knowsClock().begin().index().index(0.9), [
      ...KNOWN,
      "index 60001",
      "index 60002",
    ]],
    ["without the publisher's clock nothing is", (t) => t.begin().index().alive(), []],
    [
      "with a clock that is only known to half a second, half a second counts",
      (t) => t.knowsClock(0.5).begin().index(0.7),
      [
        ...KNOWN,
        "stale: Feed main is 1.2 s late",
      ],
    ],
    ["an old keyframe waits for a sign of life", (t) => t.knowsClock().begin(4).index(3).alive(), [
      ...KNOWN.slice(0, 1),
      "index 60001",
      ...KNOWN.slice(1),
    ]],
    [
      "late lines make all books stale; what counts of them is told with the first young word, and all books anew",
      (t) => t.knowsClock().begin().index().index(3).index(2).alive(2).alive(),
      [...KNOWN, "index 60001", "stale: Feed main is 3.0 s late", "index 60002", "index 60003", "book_snapshot"],
    ],
    ["silence makes all books stale, once", (t) => t.knowsClock().begin().alive().wait(1.4).wait(0.2).wait(5), [
      ...KNOWN,
      SILENT,
    ]],
    ["and the first word after it brings them back", (t) => t.knowsClock().begin().wait(2).alive().index(), [
      ...KNOWN,
      SILENT,
      "book_snapshot",
      "index 60001",
    ]],
    [
      "a gap makes all books stale until the next keyframe",
      (t) => t.knowsClock().begin().index().gap().alive().begin(),
      [
        ...KNOWN,
        "index 60001",
        "stale: Lines 3 to 5 are missing",
        ...KNOWN,
      ],
    ],
    ["a clock that was asked too long ago says nothing", (t) => {
      t.knowsClock().begin();
      for (let second = 0; second < 61; second++) t.wait(1).alive();
      return t;
    }, [...KNOWN, UNKNOWN]],
    ["nor does that of another publisher", (t) => t.knowsClock(0.001, "f").begin().alive(), []],
    ["a clock that was set is noticed by ages below nothing", (t) => t.knowsClock().begin().alive(-5), [
      ...KNOWN,
      UNKNOWN,
    ]],
    [
      "and what it said before is forgotten with its next answer",
      (t) => t.knowsClock().begin().knowsClock(0.1, "e", 5).alive(-5).alive(-3),
      [...KNOWN, "stale: Feed main is 2.1 s late"],
    ],
  ];
  for (const [name, play, wanted] of cases) {
    for (const behind of [0, 3_700 * MICROS_PER_SECOND / 10, -3_700 * MICROS_PER_SECOND]) {
      assert.deepEqual(play(new Taker(behind)).heard, wanted, `${name}, with a clock ${behind} behind`);
    }
  }
});

Deno.test("what cannot be understood is a gap, and counted", () => {
  const taker = new Taker().knowsClock().begin();
  taker.inputs.line({
    kind: "message",
    at: micros(START - taker.behind),
    source: INPUT_SOURCE,
    raw: `{"type":"tomorrow"}`,
  });
  assert.deepEqual(taker.inputs.counts, { lines: 1, refused: 1 });
  assert.match(taker.heard.at(-1) ?? "", /^stale: A line cannot be understood, as of another version: /);
});

Deno.test("a book that the engine asks for comes at once, but not while nothing is told", () => {
  const taker = new Taker().knowsClock().begin();
  taker.inputs.resync([TICKER, "NO-SUCH"]);
  assert.deepEqual(taker.heard, [...KNOWN, "book_snapshot"]);
  taker.wait(2).inputs.resync([TICKER]);
  assert.deepEqual(taker.heard, [...KNOWN, "book_snapshot", SILENT]);
});
