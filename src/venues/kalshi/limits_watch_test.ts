import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { Lane } from "./lane.ts";
import { LimitsWatch } from "./limits_watch.ts";
import { fakeRest, jsonAnswer } from "./rest_fixture.ts";

const START = 1_790_000_000_000_000 as Micros;
const LIMITS = { read: { refill_rate: 10, bucket_capacity: 10 }, write: { refill_rate: 10, bucket_capacity: 10 } };

Deno.test("limits and costs are read at the start, every hour, and a minute after a refusal at the earliest", async () => {
  const clock = new SteppedClock(START);
  const { rest, sent } = fakeRest(({ line }) =>
    jsonAnswer(line === "GET /account/limits" ? LIMITS : { default_cost: 10, endpoint_costs: [] })
  );
  const lane = new Lane(false);
  const watch = new LimitsWatch({ rest, clock, lane, log: () => {} });
  const reads = async (seconds: number): Promise<number> => {
    clock.advanceTo(START + seconds * MICROS_PER_SECOND as Micros);
    await lane.idle();
    return sent.filter(({ line }) => line === "GET /account/limits").length;
  };
  watch.start();
  assert.equal(await reads(0), 1);
  assert.deepEqual(sent.map(({ line }) => line), ["GET /account/limits", "GET /account/endpoint_costs"]);
  assert.equal(await reads(3_599), 1);
  assert.equal(await reads(3_600), 2);
  for (let k = 0; k < 5; k++) watch.refused();
  assert.equal(await reads(3_659), 2);
  assert.equal(await reads(3_660), 3);
  watch.refused();
  watch.stop();
  assert.equal(await reads(10_000), 3);
});

Deno.test("limits that cannot be read stay as they are, and that is said", async () => {
  const logs: string[] = [];
  const { rest } = fakeRest(() => jsonAnswer({ error: { code: "x", message: "no" } }, 403));
  const lane = new Lane(false);
  const clock = new SteppedClock(START);
  const watch = new LimitsWatch({ rest, clock, lane, log: (level, text) => logs.push(`${level} ${text}`) });
  watch.start();
  await lane.idle();
  watch.stop();
  assert.deepEqual(logs, [
    "debug Rate limits stay as they were assumed: HTTP 403 x: no",
    "debug Costs of requests stay as they were assumed: HTTP 403 x: no",
  ]);
});
