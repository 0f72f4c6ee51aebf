import assert from "node:assert/strict";
import type { HaltRecord } from "../core/record.ts";
import { micros } from "../core/units.ts";
import { Halts, modelReason } from "./halts.ts";

const AT = micros(1_000_000);

Deno.test("a halt is told of once when it begins and once when it ends", () => {
  const records: HaltRecord[] = [];
  const halts = new Halts([], (record) => records.push(record));
  assert.deepEqual(halts.list(), []);
  assert.equal(halts.raise("kill", "A person", true, AT), true);
  assert.equal(halts.raise("kill", "Again", true, AT), false);
  assert.equal(halts.has("kill"), true);
  assert.equal(halts.first?.reason, "A person");
  assert.equal(halts.lift("kill", "Lifted", AT), true);
  assert.equal(halts.lift("kill", "Lifted", AT), false);
  assert.deepEqual(halts.list(), []);
  assert.deepEqual(records.map(({ name, active, persistent, reason }) => [name, active, persistent, reason]), [
    ["kill", true, true, "A person"],
    ["kill", false, true, "Lifted"],
  ]);
});

Deno.test("what its records say stands again after a restart, and what was lifted does not", () => {
  const records: HaltRecord[] = [];
  const before = new Halts([], (record) => records.push(record));
  before.raise("daily_loss", "Lost 1", true, AT);
  before.raise("kill", "A person", true, AT);
  before.lift("kill", "Lifted", AT);
  const newest = new Map(records.map((record) => [record.name, record]));
  const again = new Halts([...newest.values()], () => assert.fail("a halt that stood before is no news"));
  assert.deepEqual(again.list().map(({ name }) => name), ["daily_loss"]);
  assert.equal(again.list()[0].since, AT);
});

Deno.test("a halt of one strategy or of one index keeps back nothing else, and the strictest counts", () => {
  const halts = new Halts([], () => {});
  halts.raise("consecutive_losses maker", "Lost", true, AT, { strategy: "maker" });
  halts.raise("feed_stale BRTI", "Old", false, AT, { index: "BRTI" });
  assert.ok(halts.first === null, "nothing is of the whole");
  assert.equal(halts.over("maker", null)?.level, "reducing");
  assert.equal(halts.over("maker", "BRTI")?.name, "feed_stale BRTI", "what is halted is stricter");
  assert.equal(halts.over("latency", "BRTI")?.name, "feed_stale BRTI");
  assert.equal(halts.over("latency", "ETHUSD_RTI"), null);
  assert.equal(halts.on("BRTI")?.reason, "Old");
  assert.equal(halts.on(null), null);
  halts.raise("reduce", "A person", true, AT);
  assert.ok(halts.first === null, "what closes goes out");
  assert.equal(halts.over("latency", null)?.name, "reduce");
  assert.deepEqual(halts.of(null).map(({ name }) => name), ["reduce"]);
  assert.deepEqual(halts.of("maker").map(({ name }) => name), ["consecutive_losses maker"]);
});

Deno.test("level and subject stand in the record, and come back with it; of a halt of the whole neither is written", () => {
  const records: HaltRecord[] = [];
  const before = new Halts([], (record) => records.push(record));
  before.raise("consecutive_losses maker", "Lost", true, AT, { strategy: "maker" });
  before.raise("kill", "A person", true, AT);
  assert.deepEqual(Object.keys(records[1]), ["kind", "name", "active", "persistent", "reason", "at"]);
  const again = new Halts(JSON.parse(JSON.stringify(records)), () => {});
  assert.deepEqual(again.list(), before.list());
});

Deno.test("a number from 0 to 1 is a probability, and nothing else is", () => {
  for (const good of [0, -0, Number.MIN_VALUE, 0.5, 1 - Number.EPSILON, 1]) {
    assert.equal(modelReason("The model", "T", good), null);
  }
  for (const bad of [NaN, Infinity, -Infinity, -Number.MIN_VALUE, 1 + Number.EPSILON, 1.2]) {
    assert.equal(
      modelReason("The model", "T", bad),
      `The model gives T the probability ${bad}: a probability is a number from 0 to 1`,
    );
  }
});
