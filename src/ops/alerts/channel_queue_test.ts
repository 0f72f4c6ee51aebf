import assert from "node:assert/strict";
import fc from "fast-check";
import { alertOf, FakeChannel, LogLines, SENDER, settle, TestTime } from "./alert_fixture.ts";
import { failedFor, refusedFor } from "./channel.ts";
import { BATCH_MAX, ChannelQueue, type ChannelSettings, WAITING_MAX } from "./channel_queue.ts";
import { QuietHours } from "./quiet_hours.ts";

function stage(given: Partial<ChannelSettings> = {}) {
  const channel = new FakeChannel();
  const time = new TestTime();
  const { lines, log } = new LogLines();
  const settings: ChannelSettings = { least: "info", perHour: 60, quiet: null, ...given };
  const queue = new ChannelQueue({ channel, settings, sender: SENDER, clock: time.clock, jitter: () => 0.5, log });
  return { channel, time, lines, queue };
}

Deno.test("an alert goes out at once, and one that is not severe enough does not", async () => {
  const { channel, queue } = stage({ least: "warning" });
  queue.offer(alertOf({ text: "one" }));
  queue.offer(alertOf({ text: "quiet", severity: "info" }));
  await settle();
  assert.deepEqual(channel.texts, ["one"]);
  assert.equal(queue.status().delivered, 1);
});

Deno.test("offering returns before the channel is asked, whatever it does then", () => {
  const { channel, queue } = stage();
  channel.answer = () => {
    throw new Error("broken");
  };
  queue.offer(alertOf());
  assert.equal(channel.batches.length, 0);
  queue.abandon();
});

Deno.test("what comes while a message is under way goes in the next one, together", async () => {
  const { channel, queue } = stage();
  let arrive = () => {};
  channel.answer = () => new Promise((resolve) => arrive = () => resolve({ ok: true, detail: "" }));
  for (const text of ["one", "two", "three"]) {
    queue.offer(alertOf({ text }));
    await settle();
  }
  assert.deepEqual(channel.texts, ["one"]);
  arrive();
  await settle();
  assert.deepEqual(channel.batches.map(({ alerts }) => alerts.length), [1, 2]);
});

Deno.test("a channel that answers 500 gets the same message again, later and later, and says trouble once", async () => {
  const { channel, time, lines, queue } = stage();
  const at: number[] = [];
  channel.answer = () => {
    at.push(time.clock.now());
    return Promise.resolve(at.length < 5 ? failedFor("Answered with status 500") : { ok: true, detail: "" });
  };
  queue.offer(alertOf());
  await time.pass(120);
  assert.equal(at.length, 5);
  assert.equal(new Set(channel.batches.map(({ id }) => id)).size, 1);
  const waits = at.slice(1).map((moment, index) => Math.round((moment - at[index]) / 1e6));
  assert.ok(waits.every((wait, index) => index === 0 || wait >= waits[index - 1]) && waits[3] >= 5, String(waits));
  assert.deepEqual(lines, [
    "warn Alerts by webhook are not delivered: Answered with status 500; trying again in the background",
    "info Alerts by webhook work again",
  ]);
  assert.equal(queue.status().trouble, null);
});

Deno.test("a channel that asks to be left alone is, for no longer than an hour", async () => {
  const { channel, time, queue } = stage();
  channel.answer = () => Promise.resolve(failedFor("Too Many Requests", 90_000));
  queue.offer(alertOf());
  await time.pass(89);
  assert.equal(channel.batches.length, 1);
  await time.pass(3);
  assert.equal(channel.batches.length, 2);
  channel.answer = () => Promise.resolve(failedFor("Too Many Requests", 1e12));
  await time.pass(95);
  assert.equal(channel.batches.length, 3);
  await time.pass(3_700);
  assert.equal(channel.batches.length, 4);
  queue.abandon();
});

Deno.test("a channel that hangs is given up after 20 s and asked again", async () => {
  const { channel, time, queue } = stage();
  const aborted: boolean[] = [];
  channel.answer = (_, signal) => {
    signal.addEventListener("abort", () => aborted.push(true));
    return new Promise(() => {});
  };
  queue.offer(alertOf());
  await time.pass(25);
  assert.deepEqual(aborted, [true]);
  assert.equal(queue.status().trouble, "No answer within 20 s");
  assert.equal(channel.batches.length, 2);
  queue.abandon();
});

Deno.test("what is refused for good is given up, said in the log with its text, and the next is tried", async () => {
  const { channel, lines, queue } = stage();
  channel.answer = () => Promise.resolve(refusedFor("Telegram answers 401: Unauthorized"));
  queue.offer(alertOf({ text: "lost" }));
  await settle();
  queue.offer(alertOf({ text: "lost too" }));
  await settle();
  assert.deepEqual(channel.texts, ["lost", "lost too"]);
  assert.deepEqual(lines.map((line) => line.replace(/\(.*Z /, "(...) ")), [
    "error Not told by webhook (...) WARNING: lost",
    "error Not told by webhook (...) WARNING: lost too",
  ]);
  assert.deepEqual([queue.status().lost, queue.status().waiting], [2, 0]);
});

Deno.test("what cannot be delivered for six hours is given up", async () => {
  const { channel, time, queue, lines } = stage();
  channel.answer = () => Promise.resolve(failedFor("No answer"));
  queue.offer(alertOf());
  await time.pass(6 * 3_600 + 120);
  assert.equal(queue.status().lost, 1);
  assert.match(lines.at(-1) ?? "", /^error Not told by webhook \(No answer\)/);
});

Deno.test("a flood is told in a few messages, bounded in memory, and the last says how many were left out", async () => {
  const { channel, time, queue } = stage({ perHour: 60 });
  for (let each = 0; each < 5_000; each++) queue.offer(alertOf({ text: `flood ${each}` }));
  assert.ok(queue.status().waiting <= WAITING_MAX + BATCH_MAX);
  await time.pass(3_600);
  assert.ok(channel.batches.length <= 8, String(channel.batches.length));
  assert.ok(channel.batches.every(({ alerts }) => alerts.length <= BATCH_MAX));
  const omitted = channel.batches.reduce((sum, batch) => sum + batch.omitted, 0);
  assert.equal(omitted + channel.texts.length, 5_000);
  assert.equal(queue.status().lost, omitted);
  assert.equal(channel.texts.at(-1), "flood 4999");
});

Deno.test("what becomes of every alert is counted: taken, not severe enough, attempts that failed and were made again", async () => {
  const { channel, time, queue } = stage({ least: "warning" });
  let attempts = 0;
  channel.answer = () => {
    attempts++;
    if (attempts <= 2) return Promise.resolve(failedFor("Answered with status 503"));
    return Promise.resolve(attempts === 4 ? refusedFor("Answered with status 401") : { ok: true, detail: "" });
  };
  const counts = () => {
    const { queued, suppressed, delivered, lost, dropped, failed, retried, waiting } = queue.status();
    return [queued, suppressed, delivered, lost, dropped, failed, retried, waiting];
  };
  queue.offer(alertOf({ severity: "info" }));
  queue.offer(alertOf());
  await settle();
  assert.deepEqual(counts(), [1, 1, 0, 0, 0, 1, 0, 1]);
  await time.pass(60);
  assert.deepEqual(counts(), [1, 1, 1, 0, 0, 2, 2, 0]);
  queue.offer(alertOf());
  await settle();
  assert.deepEqual(counts(), [2, 1, 1, 1, 0, 3, 2, 0]);
});

Deno.test("whatever a channel answers, every alert that was taken is delivered, lost or waiting", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ wait: fc.integer({ min: 0, max: 400 }), alerts: fc.integer({ min: 1, max: 80 }) }), {
        maxLength: 12,
      }),
      fc.array(fc.constantFrom("ok", "again", "never"), { minLength: 1, maxLength: 8 }),
      async (arrivals, answers) => {
        const { channel, time, queue } = stage({ perHour: 30 });
        let asked = 0;
        let failures = 0;
        channel.answer = () => {
          const answer = answers[asked++ % answers.length];
          if (answer === "ok") return Promise.resolve({ ok: true, detail: "" });
          failures++;
          return Promise.resolve(answer === "again" ? failedFor("Status 500") : refusedFor("Status 401"));
        };
        let offered = 0;
        for (const { wait, alerts } of arrivals) {
          if (wait > 0) await time.pass(wait);
          for (let each = 0; each < alerts; each++) queue.offer(alertOf());
          offered += alerts;
        }
        await settle();
        const { queued, delivered, lost, waiting, dropped, failed, retried } = queue.status();
        assert.equal(queued, offered);
        assert.equal(delivered + lost + waiting, queued);
        assert.ok(dropped <= lost && retried <= failed);
        assert.equal(failed, failures);
        queue.abandon();
        assert.equal(queue.status().delivered + queue.status().lost, queued);
      },
    ),
    { seed: 12, numRuns: 25 },
  ));

Deno.test("in an hour no more messages go out than the rate and its burst, however they come", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ wait: fc.integer({ min: 0, max: 600 }), critical: fc.boolean() }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 30 }),
      async (arrivals, perHour) => {
        const { channel, time, queue } = stage({ perHour });
        const sent: number[] = [];
        channel.answer = () => {
          sent.push(time.clock.now() / 1e6);
          return Promise.resolve({ ok: true, detail: "" });
        };
        for (const { wait, critical } of arrivals) {
          if (wait > 0) await time.pass(wait);
          queue.offer(alertOf({ severity: critical ? "critical" : "info" }));
        }
        await settle();
        for (const from of sent) {
          const within = sent.filter((at) => at >= from && at < from + 3_600).length;
          assert.ok(within <= perHour + 5, `${within} messages at ${perHour} an hour`);
        }
        queue.abandon();
      },
    ),
    { seed: 11, numRuns: 25 },
  ));

Deno.test("what is critical goes first, and at once where lesser alerts have used up the rate", async () => {
  const { channel, time, queue } = stage({ perHour: 1 });
  for (let each = 0; each < 10; each++) {
    queue.offer(alertOf({ text: `lesser ${each}` }));
    await settle();
  }
  assert.equal(channel.batches.length, 3);
  queue.offer(alertOf({ text: "killed", severity: "critical" }));
  await time.pass(1);
  assert.equal(channel.batches.at(-1)?.alerts[0].text, "killed");
});

Deno.test("in quiet hours only what is critical is told; the rest waits for their end", async () => {
  const quiet = new QuietHours({ from: 11 * 60, to: 13 * 60 }, "UTC");
  const { channel, time, queue } = stage({ quiet });
  queue.offer(alertOf({ text: "later" }));
  queue.offer(alertOf({ text: "now", severity: "critical" }));
  await time.pass(3_500);
  assert.deepEqual(channel.texts, ["now"]);
  await time.pass(200);
  assert.deepEqual(channel.texts, ["now", "later"]);
});

Deno.test("a message that fails until the quiet hours begin waits for their end, and holds up nothing critical", async () => {
  const quiet = new QuietHours({ from: 12 * 60 + 1, to: 13 * 60 }, "UTC");
  const { channel, time, queue } = stage({ quiet });
  channel.answer = () => Promise.resolve(failedFor("No answer"));
  queue.offer(alertOf({ text: "later" }));
  await time.pass(120);
  channel.answer = () => Promise.resolve({ ok: true, detail: "" });
  channel.batches.length = 0;
  await time.pass(120);
  assert.deepEqual(channel.texts, []);
  queue.offer(alertOf({ text: "now", severity: "critical" }));
  await time.pass(70);
  assert.deepEqual(channel.texts, ["now"]);
  await time.pass(3_600);
  assert.deepEqual(channel.texts, ["now", "later"]);
});

Deno.test("at the end what waits goes out once more, whatever rate and hours say", async () => {
  const quiet = new QuietHours({ from: 0, to: 23 * 60 + 59 }, "UTC");
  const { channel, queue } = stage({ quiet, perHour: 1 });
  for (let each = 0; each < 30; each++) queue.offer(alertOf({ text: `last ${each}` }));
  await queue.close();
  assert.equal(channel.texts.length, 30);
  assert.equal(queue.status().lost, 0);
  queue.offer(alertOf());
  await settle();
  assert.equal(channel.texts.length, 30);
});

Deno.test("at the end a channel that hangs keeps nobody, and what it was not told is in the log", async () => {
  const { channel, queue, lines } = stage();
  channel.answer = () => new Promise(() => {});
  queue.offer(alertOf({ text: "unheard" }));
  await settle();
  const closing = queue.close();
  queue.abandon();
  await closing;
  assert.match(lines.join("\n"), /^error Not told by webhook \(the run ended\): .*unheard$/);
});
