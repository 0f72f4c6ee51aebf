import assert from "node:assert/strict";
import { FakeChannel, LogLines, NOON, SENDER, settle, TestTime } from "./alert_fixture.ts";
import { Alerts, RECENT_MAX } from "./alerts.ts";
import type { AlertEvent } from "./alert_table.ts";

function stage(ignored: readonly AlertEvent[] = []) {
  const channel = new FakeChannel();
  const time = new TestTime();
  const { lines, log } = new LogLines();
  let heard = 0;
  const alerts = new Alerts({
    sender: SENDER,
    channels: [{ channel, settings: { least: "warning", perHour: 60, quiet: null } }],
    ignored,
    repeatSeconds: 600,
    clock: time.clock,
    jitter: () => 0.5,
    log,
    onAlert: () => heard++,
  });
  return { alerts, channel, time, lines, heard: () => heard };
}

Deno.test("what is raised reaches the channels that want it, and the page in any case", async () => {
  const { alerts, channel, heard } = stage();
  alerts.raise("reconciled", "reconciled", NOON, { detail: "one" });
  alerts.raise("writes_again", "writing store", NOON, { part: "store" });
  await settle();
  assert.deepEqual(channel.texts, ["The account differed and was taken over from the exchange: one"]);
  const { recent, channels } = alerts.status();
  assert.deepEqual(recent.map(({ number, event, severity }) => [number, event, severity]), [
    [1, "reconciled", "warning"],
    [2, "writes_again", "info"],
  ]);
  assert.deepEqual([channels[0].delivered, heard()], [1, 2]);
  await alerts.close(100);
});

Deno.test("what is ignored is told nowhere", async () => {
  const { alerts, channel } = stage(["reconciled"]);
  alerts.raise("reconciled", "reconciled", NOON, { detail: "one" });
  await settle();
  const { recent, unsaid } = alerts.status();
  assert.deepEqual([channel.texts, recent, unsaid], [[], [], { repeated: 0, ignored: 1 }]);
  await alerts.close(100);
});

Deno.test("a flood of one thing is one message at once and one with its count, and memory stays bounded", async () => {
  const { alerts, channel, time } = stage();
  for (let each = 0; each < 10_000; each++) {
    alerts.raise("reconciled", "reconciled", NOON, { detail: `number ${each}` });
  }
  await time.pass(601);
  assert.deepEqual(
    channel.batches.map(({ alerts: [{ count, text }] }) => [count, text.slice(-11)]),
    [
      [1, "ge: number 0"],
      [9_999, "number 9999"],
    ].map(([count, text]) => [count, String(text).slice(-11)]),
  );
  assert.equal(alerts.status().recent.length, 2);
  assert.deepEqual(alerts.status().unsaid, { repeated: 9_999, ignored: 0 });
  await alerts.close(100);
});

Deno.test("a flood of different things keeps the newest for the page", async () => {
  const { alerts } = stage();
  for (let each = 0; each < 1_000; each++) alerts.raise("transfer", `transfer ${each}`, NOON, { detail: String(each) });
  const { recent } = alerts.status();
  assert.deepEqual([recent.length, recent.at(-1)?.number], [RECENT_MAX, 1_000]);
  await alerts.close(100);
});

Deno.test("a defect of an alert is told in the log and goes no further", async () => {
  const { alerts, lines } = stage();
  // deno-lint-ignore no-explicit-any
  alerts.raise("transfer", "x", NOON, {} as any);
  assert.deepEqual(lines, ["error Alert transfer failed: Alert transfer lacks detail"]);
  await alerts.close(100);
});

Deno.test("the end says what was counted, and a channel that hangs does not hold it up", async () => {
  const { alerts, channel, lines } = stage();
  channel.answer = () => new Promise(() => {});
  for (const detail of ["one", "two"]) alerts.raise("reconciled", "reconciled", NOON, { detail });
  await alerts.close(20);
  assert.equal(channel.batches.length, 1);
  assert.match(lines.join("\n"), /Not told by webhook \(the run ended\): .*one, and 1 others/);
});

Deno.test("other channels count from then on, what waits on one goes on waiting on the next of its name, and nothing is lost", async () => {
  const { alerts, channel, lines } = stage();
  channel.answer = () => Promise.resolve({ ok: false, reason: "status 503", again: true, afterMs: null });
  alerts.raise("reconciled", "one", NOON, { detail: "one" });
  await settle();
  const next = new FakeChannel();
  alerts.take({
    channels: [{ channel: next, settings: { least: "warning", perHour: 60, quiet: null } }],
    ignored: ["transfer"],
    repeatSeconds: 0,
  });
  alerts.raise("transfer", "x", NOON, { detail: "ignored now" });
  alerts.raise("reconciled", "one", NOON, { detail: "two" });
  await settle();
  assert.deepEqual(next.texts.map((text) => text.slice(-3)), ["one", "two"]);
  assert.deepEqual(lines.filter((line) => line.startsWith("error")), []);
  alerts.take({ channels: [], ignored: [], repeatSeconds: 0 });
  assert.deepEqual(alerts.status().channels, []);
  await alerts.close(100);
});
