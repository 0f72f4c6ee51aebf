import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { Lane } from "./lane.ts";
import { fakeRest, jsonAnswer } from "./rest_fixture.ts";
import { StatusWatch } from "./status_watch.ts";

const START = 1_790_000_000_000_000 as Micros;
const flags = (exchange: boolean, trading: boolean) => ({ exchange_active: exchange, trading_active: trading });
const OPEN = flags(true, true);
const shard = (exchange_index: number, each = OPEN) => ({ exchange_index, description: "", ...each });

function rig() {
  const clock = new SteppedClock(START);
  const state: { body: unknown; status: number } = { body: OPEN, status: 200 };
  const inputs: Input[] = [];
  const logs: string[] = [];
  const lane = new Lane(false);
  const { rest, sent } = fakeRest(() => jsonAnswer(state.body, state.status), { clock });
  const watch = new StatusWatch({
    rest,
    clock,
    lane,
    sink: (input) => void inputs.push(input),
    log: (level, text) => void logs.push(`${level} ${text}`),
  });
  return {
    state,
    watch,
    sent,
    logs,
    async at(seconds: number): Promise<string[]> {
      for (let now = clock.now(); now < START + seconds * MICROS_PER_SECOND;) {
        now = Math.min(now + MICROS_PER_SECOND, START + seconds * MICROS_PER_SECOND) as Micros;
        clock.advanceTo(now);
        await lane.idle();
      }
      return inputs.map(said);
    },
  };
}

function said(input: Input): string {
  if (input.type !== "exchange_status") return input.type;
  return [...input.shards.map(({ shard, pause }) => `${shard} ${pause}`), `others ${input.others}`].join(", ");
}

Deno.test("while all is well nothing is told, and the exchange is asked every minute", async () => {
  const { state, watch, sent, at } = rig();
  state.body = { ...OPEN, exchange_index_statuses: [shard(0), shard(2)] };
  watch.start();
  assert.deepEqual(await at(1), []);
  assert.equal(sent.length, 1);
  assert.deepEqual(await at(130), []);
  assert.equal(sent.length, 3);
});

Deno.test("a pause is told once, shard by shard, and its end within five seconds", async () => {
  const { state, watch, sent, at } = rig();
  watch.start();
  await at(1);
  state.body = {
    ...OPEN,
    exchange_index_statuses: [shard(2, flags(true, false)), shard(0), shard(3, flags(false, true))],
  };
  assert.deepEqual(await at(62), ["0 none, 2 trading, 3 exchange, others none"]);
  await at(100);
  assert.ok(sent.length >= 8, `${sent.length} requests`);
  state.body = OPEN;
  assert.deepEqual((await at(105)).slice(1), ["others none"]);
});

Deno.test("where no shard is named, the flags on top are all there is to go by", async () => {
  const { state, watch, at } = rig();
  state.body = flags(false, true);
  watch.start();
  assert.deepEqual(await at(1), ["others exchange"]);
});

Deno.test("a refusal has it asked soon, and a row of them not more often than every two seconds", async () => {
  const { state, watch, sent, at } = rig();
  watch.start();
  await at(1);
  state.body = flags(true, false);
  await at(10);
  watch.refused();
  assert.deepEqual(await at(11), ["others trading"]);
  for (let second = 11; second < 31; second++) {
    watch.refused();
    await at(second + 1);
  }
  assert.ok(sent.length <= 13, `${sent.length} requests in half a minute`);
});

Deno.test("where it cannot be asked its last word counts, which is said once", async () => {
  const { state, watch, logs, at } = rig();
  state.body = flags(true, false);
  watch.start();
  await at(1);
  state.body = { error: { code: "service_unavailable", message: "down" } };
  state.status = 503;
  assert.deepEqual(await at(60), ["others trading"]);
  assert.deepEqual(logs.map((line) => line.slice(0, 27)), ["warn Status of the exchange"]);
  Object.assign(state, { body: OPEN, status: 200 });
  assert.deepEqual((await at(70)).slice(1), ["others none"]);
  assert.equal(logs.length, 2);
});

Deno.test("after stop nothing is asked any more", async () => {
  const { watch, sent, at } = rig();
  watch.start();
  await at(1);
  watch.stop();
  watch.refused();
  await at(200);
  assert.equal(sent.length, 1);
});
