import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { type Paced, Pacing } from "./pacing.ts";

const START = 1_790_000_000_000_000 as Micros;
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

function rig() {
  const clock = new SteppedClock(START);
  const waits: boolean[] = [];
  const pacing = new Pacing({ clock, onWaiting: (waiting) => waits.push(waiting) });
  const left: string[] = [];
  const ask = (name: string, request: Paced) =>
    void pacing.admit(request).then((admission) => left.push(`${name} ${admission}`));
  return { clock, pacing, left, ask, waits };
}

const create = (shard?: number): Paced => ({ cost: 100, urgency: "order", shard });

Deno.test("a shard from 1 up has a write bucket of its own, reads have another", async () => {
  const { ask, left } = rig();
  ask("common", create());
  ask("shard 0", create(0));
  ask("shard 2", create(2));
  ask("shard 3", create(3));
  ask("read", { cost: 200, urgency: "read" });
  await settle();
  assert.deepEqual(left, ["common admitted", "shard 2 admitted", "shard 3 admitted", "read admitted"]);
});

Deno.test("a create that has waited for a second is dropped, and a run in lockstep learns that it waits", async () => {
  const { clock, ask, left, waits } = rig();
  ask("first", create(2));
  ask("second", { cost: 10, urgency: "order", shard: 2, edge: 0.02 });
  ask("third", { ...create(2), edge: 0.01 });
  await settle();
  assert.deepEqual(waits, [true, true]);
  clock.advanceTo((START + MICROS_PER_SECOND) as Micros);
  await settle();
  assert.deepEqual(left, ["first admitted", "second admitted", "third dropped"]);
  assert.deepEqual(waits, [true, true, false, false]);
});

Deno.test("the account's real sizes hold for shards that were met before and after", async () => {
  const { pacing, ask, left } = rig();
  ask("before", create(2));
  pacing.resize({ refillPerSecond: 300, capacity: 900 }, { refillPerSecond: 300, capacity: 900 });
  ask("after", { ...create(3), cost: 900 });
  await settle();
  assert.deepEqual(left, ["before admitted", "after admitted"]);
});

Deno.test("one bucket's refusal does not hold up the others", async () => {
  const { pacing, ask, left } = rig();
  pacing.refused(create(2));
  ask("shard 2", { ...create(2), cost: 10 });
  ask("shard 3", { ...create(3), cost: 10 });
  ask("read", { cost: 10, urgency: "read" });
  await settle();
  assert.deepEqual(left, ["shard 3 admitted", "read admitted"]);
});

Deno.test("without a key no more than five requests leave in any second, the first at once", async () => {
  const { clock, ask, left } = rig();
  for (let number = 0; number < 40; number++) ask(`${number}`, { cost: 10, urgency: "read", keyless: true });
  await settle();
  const first = left.length;
  clock.advanceTo((START + 4 * MICROS_PER_SECOND) as Micros);
  await settle();
  assert.equal(first, 1);
  assert.equal(left.length - first, 16);
});

Deno.test("what is read without a key holds up nothing that has one", async () => {
  const { ask, left } = rig();
  for (let number = 0; number < 3; number++) ask(`keyless ${number}`, { cost: 10, urgency: "read", keyless: true });
  ask("signed", { cost: 200, urgency: "read" });
  await settle();
  assert.deepEqual(left, ["keyless 0 admitted", "signed admitted"]);
});

Deno.test("what costs more than the bucket ever holds is refused at once, but a cancel leaves once the bucket is full", async () => {
  const { clock, ask, left, waits } = rig();
  ask("orders", { cost: 101, urgency: "order" });
  ask("read", { cost: 201, urgency: "background" });
  ask("order", { cost: 10, urgency: "order" });
  ask("cancels", { cost: 101, urgency: "cancel" });
  await settle();
  assert.deepEqual(left, ["orders oversized", "read oversized", "order admitted"]);
  assert.deepEqual(waits, [true]);
  clock.advanceTo((START + MICROS_PER_SECOND) as Micros);
  await settle();
  assert.deepEqual(left.at(-1), "cancels admitted");
});
