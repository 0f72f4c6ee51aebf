import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import type { Input } from "../../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { Lane } from "./lane.ts";
import { fakeRest, jsonAnswer } from "./rest_fixture.ts";
import { INTENT, nothing, order } from "./scripted_run_fixture.ts";
import { Trading } from "./trading.ts";

const START = 1_790_000_000_000_000;
const ALL = "DELETE /portfolio/events/orders";
const REFUSED = { error: { code: "internal", message: "x" } };

type Stroke = () => Response | Promise<Response>;

/** An exchange on which orders rest, and that answers a cancel-all as the test says; by default it does it. */
class Stage {
  resting: string[] = ["k-1", "k-2"];
  stroke: Stroke = () => this.take();
  /** What a cancel of one order does; by default that. */
  single: (id: string) => Response = (id) => this.cancelled(id);
  list: () => Response = () => this.listed();
  create: Stroke = () => jsonAnswer({ order_id: "o-9", fill_count: "0.00", remaining_count: "1.00" }, 201);
  readonly inputs: Input[] = [];
  readonly logs: string[] = [];
  /** Seconds after the start at which a cancel-all arrived. */
  readonly strokes: number[] = [];
  readonly clock = new SteppedClock(START as Micros);
  readonly trading: Trading;
  /** Why nothing but cancels of our own may leave. */
  forbidden: string | null = null;

  constructor() {
    const { rest } = fakeRest(({ line }) => {
      if (line === ALL) {
        this.strokes.push(this.seconds);
        return this.stroke();
      }
      if (line.startsWith(ALL)) return this.single(/orders\/([^?]+)/.exec(line)?.[1] ?? "");
      if (line.startsWith("GET /portfolio/orders?")) {
        return line.includes("status=resting") ? this.list() : jsonAnswer({ orders: [], cursor: "" });
      }
      if (line.startsWith("POST /portfolio/events/orders")) return this.create();
      return jsonAnswer({ error: { code: "not_found", message: "x" } }, 404);
    }, { clock: this.clock });
    this.trading = new Trading({
      rest,
      clock: this.clock,
      lane: new Lane(false),
      sink: (input) => this.inputs.push(input),
      log: (level, text) => this.logs.push(`${level} ${text}`),
      jitter: () => 0,
      shards: () => [2],
      shardOf: () => 2,
      fillsSince: null,
      queueEvery: 0,
      onPositions: nothing,
      forbidden: () => this.forbidden,
    });
  }

  get seconds(): number {
    return (this.clock.now() - START) / MICROS_PER_SECOND;
  }

  take(): Response {
    this.resting = [];
    return jsonAnswer(null, 204);
  }

  cancelled(id: string): Response {
    this.resting = this.resting.filter((each) => each !== id);
    return jsonAnswer({ order_id: id, client_order_id: id, reduced_by: "1.00" });
  }

  listed(): Response {
    return jsonAnswer({ orders: this.resting.map((id) => order({ order_id: id, client_order_id: id })), cursor: "" });
  }

  kill(reason = "kill"): Promise<void> {
    this.trading.cancelAll({ type: "cancel_all", execution: "live", reason });
    return settle();
  }

  /** Moves time in steps small enough for every answer to arrive at its own moment. */
  async until(seconds: number): Promise<void> {
    while (this.seconds < seconds) {
      this.clock.advanceTo(Math.min(this.clock.now() + 250_000, START + seconds * MICROS_PER_SECOND) as Micros);
      await settle();
    }
  }
}

/** Lets every answer that is under way arrive. A timer would make each turn last milliseconds, and there are thousands. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(() => resolve()));
}

Deno.test("where the exchange answers, all is cancelled at once and confirmed by its own empty list 1.5 s later", async () => {
  const stage = new Stage();
  await stage.kill();
  assert.deepEqual([stage.resting, stage.strokes], [[], [0]]);
  assert.equal(stage.trading.sweep?.confirmed, null, "one empty list is not enough");
  await stage.until(1.6);
  assert.equal(stage.trading.sweep?.confirmed, "2026-09-21T14:13:21.500000Z");
  await stage.until(60);
  assert.equal(stage.strokes.length, 1, "a confirmed sweep asks nothing more");
  assert.match(stage.logs.join("\n"), /info The exchange confirms that no order rests, after 1 try \(kill\)/);
  stage.trading.stop();
});

for (
  const [what, stroke] of [
    ["refuses", () => jsonAnswer(REFUSED, 400)],
    ["fails", () => jsonAnswer(REFUSED, 503)],
    ["counts too many requests", () => jsonAnswer({ error: "too many requests" }, 429)],
    ["answers with a page of a proxy", () => new Response("<html>", { status: 200 })],
    ["breaks off", () => Promise.reject(new TypeError("connection reset"))],
  ] as const
) {
  Deno.test(`an exchange that ${what} is asked again, ever more slowly and never less than every 5 s, until it works`, async () => {
    const stage = new Stage();
    stage.stroke = stroke;
    stage.single = () => jsonAnswer(REFUSED, 503);
    await stage.kill();
    await stage.until(126);
    const gaps = stage.strokes.map((at, index) => at - (stage.strokes[index - 1] ?? 0)).slice(1);
    assert.ok(gaps.every((gap, index) => gap >= 0.25 && gap <= 5 && gap >= (gaps[index - 1] ?? 0)), `${gaps}`);
    assert.ok(stage.strokes.length > 20 && stage.strokes.length < 35, `${stage.strokes.length} tries`);
    const { resting, trouble, confirmed, tries } = stage.trading.sweep ?? assert.fail("no sweep");
    assert.deepEqual([resting, confirmed, tries], [2, null, stage.strokes.length]);
    assert.match(trouble ?? "", /./);
    assert.equal(stage.logs.filter((line) => /Cannot cancel all orders/.test(line)).length, 1, "told once");
    assert.equal(stage.logs.filter((line) => /may still rest since/.test(line)).length, 2, "and called to mind");
    stage.stroke = () => stage.take();
    await stage.until(135);
    assert.deepEqual([stage.resting, stage.trading.sweep?.resting, stage.trading.sweep?.trouble], [[], 0, null]);
    assert.notEqual(stage.trading.sweep?.confirmed, null);
    stage.trading.stop();
  });
}

Deno.test("where the one stroke is refused, each order is cancelled by itself, and their absence confirms it", async () => {
  const stage = new Stage();
  stage.stroke = () => jsonAnswer(REFUSED, 404);
  await stage.kill();
  assert.deepEqual(stage.resting, []);
  assert.deepEqual(stage.inputs.map((input) => input.type), ["order_cancelled", "order_cancelled"]);
  await stage.until(5);
  assert.notEqual(stage.trading.sweep?.confirmed, null);
  stage.trading.stop();
});

Deno.test("an order that survives the stroke is cancelled by itself from the third try on", async () => {
  const stage = new Stage();
  stage.stroke = () => jsonAnswer(null, 204);
  await stage.kill();
  assert.equal(stage.trading.sweep?.resting, 2);
  await stage.until(0.7);
  assert.equal(stage.resting.length, 2);
  await stage.until(1);
  assert.deepEqual(stage.resting, []);
  stage.trading.stop();
});

Deno.test("silence does not hold up the next try, and no more than three wait for an answer", async () => {
  const stage = new Stage();
  const answers: (() => void)[] = [];
  stage.stroke = () => new Promise((resolve) => answers.push(() => resolve(stage.take())));
  await stage.kill();
  await stage.until(8);
  assert.equal(stage.strokes.length, 3);
  assert.deepEqual(stage.strokes.map((at) => Math.round(at * 100) / 100).slice(0, 2), [0, 0.25]);
  assert.equal(stage.trading.sweep?.confirmed, null);
  for (const answer of answers) answer();
  await stage.until(12);
  assert.notEqual(stage.trading.sweep?.confirmed, null);
  stage.trading.stop();
});

Deno.test("nothing is confirmed while a create is under way, and its order is swept when it arrives", async () => {
  const stage = new Stage();
  const answers: (() => void)[] = [];
  stage.create = () =>
    new Promise((resolve) =>
      answers.push(() => {
        stage.resting.push("k-9");
        resolve(
          jsonAnswer({ order_id: "k-9", client_order_id: "k-9", fill_count: "0.00", remaining_count: "1.00" }, 201),
        );
      })
    );
  stage.trading.place({ type: "place", execution: "live", intent: { ...INTENT, clientOrderId: "k-9" } });
  await stage.kill();
  await stage.until(6);
  assert.deepEqual([stage.resting, stage.trading.sweep?.confirmed], [[], null]);
  for (const answer of answers) answer();
  await stage.until(12);
  assert.deepEqual([stage.resting, stage.trading.sweep?.resting], [[], 0]);
  assert.notEqual(stage.trading.sweep?.confirmed, null);
  stage.trading.stop();
});

Deno.test("a list that cannot be read whole confirms nothing", async () => {
  const stage = new Stage();
  stage.list = () => jsonAnswer({ orders: [order({ order_id: 7 })], cursor: "" });
  await stage.kill();
  await stage.until(20);
  assert.deepEqual([stage.trading.sweep?.resting, stage.trading.sweep?.confirmed], [null, null]);
  stage.list = () => stage.listed();
  await stage.until(30);
  assert.notEqual(stage.trading.sweep?.confirmed, null);
  stage.trading.stop();
});

Deno.test("a second kill tries again at once, and tells of one sweep", async () => {
  const stage = new Stage();
  stage.stroke = () => jsonAnswer(REFUSED, 503);
  stage.single = () => jsonAnswer(REFUSED, 503);
  await stage.kill();
  await stage.until(30);
  const before = stage.strokes.length;
  await stage.kill("again");
  assert.equal(stage.strokes.length, before + 1);
  const { reason, since, tries } = stage.trading.sweep ?? assert.fail("no sweep");
  assert.deepEqual([reason, since, tries], ["kill", "2026-09-21T14:13:20.000000Z", before + 1]);
  stage.trading.stop();
});

Deno.test("a new order ends the sweep: it would be cancelled with the others", async () => {
  const stage = new Stage();
  stage.stroke = () => jsonAnswer(REFUSED, 503);
  stage.single = () => jsonAnswer(REFUSED, 503);
  await stage.kill();
  await stage.until(10);
  stage.trading.place({ type: "place", execution: "live", intent: INTENT });
  await settle();
  const before = stage.strokes.length;
  await stage.until(30);
  assert.deepEqual([stage.strokes.length, stage.trading.sweep], [before, null]);
  assert.match(stage.logs.join("\n"), /warn Trading goes on before the exchange confirmed/);
  stage.trading.stop();
});

Deno.test("whoever waits for the end of a sweep is told when it is confirmed, and when it is given up", async () => {
  const stage = new Stage();
  await stage.trading.swept();
  await stage.kill();
  let told = 0;
  void stage.trading.swept().then(() => told++);
  await stage.until(1);
  assert.equal(told, 0);
  await stage.until(2);
  assert.equal(told, 1);
  stage.list = () => jsonAnswer(REFUSED, 503);
  await stage.kill();
  void stage.trading.swept().then(() => told++);
  stage.trading.stop();
  await settle();
  assert.equal(told, 2);
});

Deno.test("once another bot leads, a sweep under way takes none of its orders off the exchange", async () => {
  const stage = new Stage();
  stage.stroke = () => jsonAnswer(REFUSED, 503);
  stage.single = () => jsonAnswer(REFUSED, 503);
  await stage.kill();
  await stage.until(1);
  assert.equal(stage.trading.sweep?.confirmed, null);
  stage.single = (id) => stage.cancelled(id);
  stage.resting = ["k00000002e8-1"];
  stage.forbidden = "b leads";
  const over = stage.trading.swept();
  await stage.until(60);
  assert.deepEqual(stage.resting, ["k00000002e8-1"]);
  await over;
  assert.equal(stage.trading.sweep, null);
  assert.match(stage.logs.join("\n"), /warn The cancelling of all orders ends, .*: b leads \(kill\)/);
  stage.trading.stop();
});

Deno.test("a list that was read when another bot led already is not acted on", async () => {
  const stage = new Stage();
  stage.stroke = () => jsonAnswer(REFUSED, 503);
  stage.list = () => {
    stage.forbidden = "b leads";
    return stage.listed();
  };
  await stage.kill();
  await stage.until(60);
  assert.deepEqual(stage.resting, ["k-1", "k-2"]);
  stage.trading.stop();
});
