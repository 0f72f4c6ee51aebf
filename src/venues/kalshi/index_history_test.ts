import assert from "node:assert/strict";
import type { IndexInput } from "../../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { IndexState } from "../../engine/index_state.ts";
import { type CancelTimer, SteppedClock, WallClock } from "../../ops/clock.ts";
import { type ApiResult, readFailure } from "./failure.ts";
import { IndexHistory, PATIENCE } from "./index_history.ts";
import type { IndexValue } from "./index_values.ts";
import { Lane } from "./lane.ts";
import type { ScriptedExchange } from "./scripted_exchange_fixture.ts";
import { eventually, withVenue } from "./scripted_run_fixture.ts";

const SECOND = 1_791_180_714;
const START = (SECOND + 0.4) * MICROS_PER_SECOND as Micros;

/** Values of the seconds up to and including one; the price moves up and down by a dollar. */
const valuesTo = (last: number, count: number): IndexValue[] =>
  Array.from({ length: count }, (_, k) => {
    const second = last - count + 1 + k;
    return { second, value: 84_000 + second % 2 };
  });
const found = (values: readonly IndexValue[]): ApiResult<readonly IndexValue[]> => ({ ok: true, value: values });

/** A history whose answers the test gives, one by one. */
class Desk {
  readonly clock = new SteppedClock(START);
  readonly inputs: IndexInput[] = [];
  readonly logs: string[] = [];
  readonly asked: string[] = [];
  settledCalls = 0;
  readonly history: IndexHistory;
  #answers: ((result: ApiResult<readonly IndexValue[]>) => void)[] = [];

  constructor(indices: readonly string[] = ["BRTI"]) {
    this.history = new IndexHistory({
      indices,
      read: (index) => {
        this.asked.push(index);
        return new Promise((answer) => this.#answers.push(answer));
      },
      clock: this.clock,
      lane: new Lane(false),
      sink: (input) => {
        assert.equal(input.type, "index");
        this.inputs.push(input as IndexInput);
      },
      log: (level, text) => {
        if (level !== "debug") this.logs.push(`${level} ${text}`);
      },
      warmUpSeconds: 30,
      onSettled: () => this.settledCalls++,
    });
  }

  async answer(result: ApiResult<readonly IndexValue[]>): Promise<void> {
    this.#answers.shift()?.(result);
    await new Promise((done) => setTimeout(done, 0));
  }

  pass(seconds: number): void {
    this.clock.advanceTo(this.clock.now() + seconds * MICROS_PER_SECOND as Micros);
  }

  get seconds(): number[] {
    return this.inputs.map((input) => input.sourceTime / MICROS_PER_SECOND - SECOND);
  }
}

Deno.test("past values are told oldest first, as official values that arrive now", async () => {
  const desk = new Desk();
  desk.history.refresh();
  await desk.answer(found(valuesTo(SECOND, 3)));
  assert.deepEqual(desk.seconds, [-2, -1, 0]);
  assert.deepEqual(desk.inputs[2], {
    type: "index",
    at: START,
    index: "BRTI",
    value: 84_000 + SECOND % 2,
    sourceTime: SECOND * MICROS_PER_SECOND,
    source: "official",
    venueAverage: null,
  });
  assert.deepEqual(desk.logs, []);
});

Deno.test("a quarter of an hour is told and no more, and nothing that the engine would take for the future", async () => {
  const desk = new Desk();
  desk.history.refresh();
  await desk.answer(found(valuesTo(SECOND + 3_600, 7_200)));
  assert.equal(desk.inputs.length, 900);
  assert.equal(desk.seconds.at(-1), 59);
  assert.deepEqual(desk.seconds, Array.from({ length: 900 }, (_, k) => k - 840));
});

Deno.test("the engine knows volatility, move and age from it at once", async () => {
  const desk = new Desk();
  desk.history.refresh();
  await desk.answer(found(valuesTo(SECOND, 31)));
  const state = new IndexState("BRTI", { volatilityHalfLife: 300, returnsMin: 30 });
  for (const input of desk.inputs.slice(0, -1)) assert.equal(state.take(input), null);
  assert.equal(state.volatility, null, "29 returns are too few");
  assert.equal(state.take(desk.inputs[30]), null);
  assert.ok(Math.abs((state.volatility ?? 0) / (1 / 84_000) - 1) < 1e-4, `volatility ${state.volatility}`);
  const reading = state.reading(START);
  assert.equal(reading?.move(30), 0);
  assert.ok(Math.abs(Math.abs(reading?.move(29) ?? 0) - 10_000 / 84_000) < 1e-4);
  assert.equal(reading?.age, 0.4 * MICROS_PER_SECOND);
});

Deno.test("live values wait until the history of every index was told", async () => {
  const desk = new Desk(["BRTI", "ETHUSD_RTI"]);
  assert.equal(desk.history.settled, true, "nothing was asked yet");
  desk.history.refresh();
  assert.deepEqual(desk.asked, ["BRTI", "ETHUSD_RTI"]);
  await desk.answer(found(valuesTo(SECOND, 5)));
  assert.deepEqual([desk.history.settled, desk.settledCalls], [false, 0]);
  await desk.answer(found(valuesTo(SECOND, 5)));
  assert.deepEqual([desk.history.settled, desk.settledCalls], [true, 1]);
});

Deno.test("live values do not wait for ever, and what comes too late is not told after them", async () => {
  const desk = new Desk();
  desk.history.refresh();
  desk.pass(2.9);
  assert.equal(desk.history.settled, false);
  desk.pass(0.2);
  assert.deepEqual([desk.history.settled, desk.settledCalls], [true, 1]);
  desk.history.heard("BRTI", (SECOND + 3) * MICROS_PER_SECOND as Micros);
  await desk.answer(found(valuesTo(SECOND + 3, 100)));
  assert.deepEqual(desk.inputs, []);
  assert.equal(desk.settledCalls, 1);
  assert.match(
    desk.logs.join(),
    /^info No index history: BRTI: the newest value in the answer, of .*, tells nothing new/,
  );
});

Deno.test("it is asked for again after more than a minute of silence, and tells only what was missed", async () => {
  const desk = new Desk();
  desk.history.refresh();
  await desk.answer(found(valuesTo(SECOND, 5)));
  desk.pass(10);
  desk.history.heard("BRTI", (SECOND + 10) * MICROS_PER_SECOND as Micros);
  desk.pass(60);
  desk.history.refresh();
  assert.deepEqual(desk.asked, ["BRTI"], "a minute is no silence");
  desk.pass(1);
  desk.history.refresh();
  desk.history.refresh();
  assert.deepEqual(desk.asked, ["BRTI", "BRTI"], "one question at a time");
  await desk.answer(found(valuesTo(SECOND + 71, 3_600)));
  assert.deepEqual(desk.seconds.slice(5), Array.from({ length: 61 }, (_, k) => 11 + k));
});

const http = (status: number, code: string): ApiResult<never> => ({
  ok: false,
  failure: readFailure(status, JSON.stringify({ error: { code, message: code.replaceAll("_", " ") } })),
});

const FAILURES: readonly [what: string, result: ApiResult<readonly IndexValue[]>, words: RegExp][] = [
  ["no entitlement", http(403, "permission_denied"), /HTTP 403 permission_denied/],
  ["an exchange without it", http(404, "not_found"), /HTTP 404 not_found/],
  ["CF Benchmarks is out of reach", http(503, "service_unavailable"), /HTTP 503/],
  [
    "unreadable",
    { ok: false, failure: { kind: "unreadable", message: "Answer is not as expected" } },
    /not as expected/,
  ],
  ["no values", found([]), /holds no values/],
  ["values of an hour ago", found(valuesTo(SECOND - 3_600, 100)), /of 2026-10-05T05:11:54.000000Z, tells nothing new/],
];

for (const [what, result, words] of FAILURES) {
  Deno.test(`without a history there is one line for people and nothing else: ${what}`, async () => {
    const desk = new Desk(["BRTI", "ETHUSD_RTI"]);
    for (let round = 0; round < 3; round++) {
      desk.history.refresh();
      await desk.answer(result);
      await desk.answer(result);
      desk.pass(100);
    }
    assert.equal(desk.asked.length, 6);
    assert.equal(desk.logs.length, 1, desk.logs.join("\n"));
    assert.match(desk.logs[0], words);
    assert.match(
      desk.logs[0],
      /^info No index history: BRTI, ETHUSD_RTI: .*; volatility will be known after 30 seconds$/,
    );
    assert.deepEqual(desk.inputs, []);
    assert.deepEqual([desk.history.settled, desk.settledCalls], [true, 3]);
  });
}

Deno.test("after stop nothing is told", async () => {
  const desk = new Desk();
  desk.history.refresh();
  desk.history.stop();
  await desk.answer(found(valuesTo(SECOND, 5)));
  desk.pass(10);
  desk.history.refresh();
  assert.deepEqual([desk.inputs, desk.logs, desk.asked, desk.settledCalls], [[], [], ["BRTI"], 0]);
});

// --- in a venue, over real HTTP and a real socket ---------------------------------------------------------------------

const channelsOf = (exchange: ScriptedExchange) => exchange.commands.flatMap(({ params }) => params.channels ?? []);

function sendLive(exchange: ScriptedExchange, second: number): void {
  exchange.sendOn("cfbenchmarks_value", {
    type: "cfbenchmarks_value",
    msg: {
      index_id: "BRTI",
      received_at: second * 1_000 + 75,
      data: JSON.stringify({ type: "value", time: second * 1_000, id: "BRTI", value: "84100.00" }),
    },
  });
}

/** Time on which live values wait for the history as long as it takes, on a busy machine too. */
class PatientClock extends WallClock {
  override after(delay: number, task: () => void): CancelTimer {
    return delay === PATIENCE ? () => {} : super.after(delay, task);
  }
}

Deno.test("a venue asks for live index values only after those of the past were told", async () => {
  const now = Math.floor(Date.now() / 1_000);
  const payload = valuesTo(now, 40).map(({ second, value }) => ({ value: value.toFixed(2), time: second * 1_000 }));
  let answer = () => {};
  const held = new Promise<void>((resolve) => answer = resolve);
  await withVenue({ clock: new PatientClock() }, (exchange) => {
    exchange.on("GET /cfbenchmarks/values", async () => {
      await held;
      return { body: { data: { serverTime: "2026-10-06T13:58:00.000Z", payload } } };
    });
  }, async ({ exchange, inputs }) => {
    await eventually(() => channelsOf(exchange).includes("market_lifecycle_v2"), "the socket is up");
    assert.ok(!channelsOf(exchange).includes("cfbenchmarks_value"), "live values wait");
    answer();
    await eventually(() => channelsOf(exchange).includes("cfbenchmarks_value"), "live values are asked for");
    sendLive(exchange, now + 1);
    await eventually(() => inputs.some((input) => input.type === "index" && input.value === 84_100), "a live value");
    const seconds = inputs.flatMap((input) => input.type === "index" ? [input.sourceTime / MICROS_PER_SECOND] : []);
    assert.deepEqual(seconds, Array.from({ length: 41 }, (_, k) => now - 39 + k));
    const [request] = exchange.seen("GET /cfbenchmarks/values");
    assert.equal(exchange.seen("GET /cfbenchmarks/values").length, 1);
    assert.equal(request.query.get("id"), "BRTI");
    assert.equal(request.headers["kalshi-access-key"], "k");
  });
});

Deno.test("a venue whose account lacks the entitlement says so once and hears the live values", async () => {
  const now = Math.floor(Date.now() / 1_000);
  await withVenue({ warmUpSeconds: 45 }, (exchange) => {
    exchange.on("GET /cfbenchmarks/values", {
      status: 403,
      body: { error: { code: "permission_denied", message: "no" } },
    });
  }, async ({ exchange, inputs, logs, venue }) => {
    await eventually(() => channelsOf(exchange).includes("cfbenchmarks_value"), "live values are asked for");
    sendLive(exchange, now);
    await eventually(() => inputs.some((input) => input.type === "index"), "a live value");
    assert.deepEqual(logs.filter((line) => line.includes("index history")), [
      "info No index history: BRTI: HTTP 403 permission_denied: no; volatility will be known after 45 seconds",
    ]);
    assert.deepEqual([venue.health().requestErrors, venue.health().trouble], [0, null]);
  });
});
