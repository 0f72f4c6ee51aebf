import assert from "node:assert/strict";
import fc from "fast-check";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { ClockOffset, sendingTime } from "./clock_offset.ts";

const START = 1_790_000_000_000_000;
const dateText = (exchangeMicros: number): string => new Date(exchangeMicros / 1_000).toUTCString();

/** An exchange whose clock is `offsetMs` ahead of ours, and a network that takes its time. */
function rig(offsetMs: number) {
  const offset = new ClockOffset();
  let now = START;
  return {
    offset,
    wait: (ms: number) => now += ms * 1_000,
    set: (ms: number) => offsetMs = ms,
    answer(wayThereMs: number, wayBackMs: number): void {
      const sentAt = now;
      now += wayThereMs * 1_000;
      const text = dateText(now + offsetMs * 1_000);
      now += wayBackMs * 1_000;
      offset.observeDate(text, sentAt as Micros, now as Micros);
    },
    frame(wayMs: number): void {
      const sentAt = Math.floor((now + offsetMs * 1_000) / 1_000) * 1_000;
      now += wayMs * 1_000;
      offset.observeFrame(sentAt as Micros, now as Micros);
    },
  };
}

Deno.test("one answer alone says too little", () => {
  const { offset, answer } = rig(0);
  assert.equal(offset.milliseconds, null);
  answer(20, 20);
  assert.equal(offset.milliseconds, null);
});

Deno.test("forty answers find the offset to less than 100 ms, whatever it is", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -20_000, max: 20_000 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 50, max: 700 })), {
        minLength: 40,
        maxLength: 40,
      }),
      (offsetMs, answers) => {
        const { offset, answer, wait } = rig(offsetMs);
        answers.forEach(([way, pause], index) => {
          answer(way, way);
          // Spread over the second, as requests of a running client are.
          wait(pause + index * 37 % 1_000);
        });
        const found = offset.milliseconds ?? NaN;
        assert.ok(Math.abs(found - offsetMs) < 100, `${found} ms found, ${offsetMs} ms true`);
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

Deno.test("frames find the offset at once, and the round trip tells how long they took", () => {
  const { offset, answer, frame } = rig(-1_234);
  frame(30);
  assert.ok(Math.abs((offset.milliseconds ?? NaN) + 1_264) <= 1, `${offset.milliseconds}`);
  answer(30, 30);
  assert.ok(Math.abs((offset.milliseconds ?? NaN) + 1_234) <= 1, `${offset.milliseconds}`);
});

Deno.test("the fastest frame counts, and a slow one changes nothing", () => {
  const { offset, frame } = rig(500);
  for (const way of [80, 5, 300]) frame(way);
  assert.ok(Math.abs((offset.milliseconds ?? NaN) - 495) <= 1, `${offset.milliseconds}`);
});

Deno.test("a clock that was set is found again from the next answers", () => {
  const { offset, answer, wait, set } = rig(0);
  const many = () => {
    for (let k = 0; k < 40; k++) {
      answer(5, 5);
      wait(137);
    }
  };
  many();
  set(20_000);
  many();
  assert.ok(Math.abs((offset.milliseconds ?? NaN) - 20_000) < 100, `${offset.milliseconds}`);
  set(-3_000);
  many();
  assert.ok(Math.abs((offset.milliseconds ?? NaN) + 3_000) < 100, `${offset.milliseconds}`);
});

Deno.test("a drift is followed: bounds of more than four minutes ago do not count", () => {
  const { offset, frame, wait, set } = rig(0);
  for (let drift = 0; drift >= -200; drift--) {
    set(drift);
    frame(10);
    wait(10_000);
  }
  // 200 ms in 2,010 s; what is up to four minutes old is off by 24 ms.
  assert.ok(Math.abs((offset.milliseconds ?? NaN) + 210) <= 25, `${offset.milliseconds}`);
});

Deno.test("a header that is no date, and a clock of ours that went back, change nothing", () => {
  const offset = new ClockOffset();
  offset.observeDate("tomorrow", START as Micros, START as Micros);
  offset.observeDate(dateText(START), START as Micros, START - MICROS_PER_SECOND as Micros);
  assert.equal(offset.milliseconds, null);
});

Deno.test("a frame's time of sending is found wherever it stands in the envelope", () => {
  for (
    const [text, expected] of [
      ['{"type":"trade","msg":{},"sending_ts_ms":1791180714077}', 1_791_180_714_077_000],
      ['{"sending_ts_ms":1791180714077,"type":"trade"}', 1_791_180_714_077_000],
      ['{"type":"trade","msg":{}}', null],
      ['{"sending_ts_ms":17}', null],
      ['{"sending_ts_ms":"1791180714077"}', null],
      [" ".repeat(5_000) + '"sending_ts_ms":1791180714077', null],
    ] as const
  ) assert.equal(sendingTime(text), expected, text.trim());
});

Deno.test("the bounds hold the offset for certain, and are unknown before both are", () => {
  const offset = new ClockOffset();
  assert.equal(offset.bounds, null);
  const wrong = 2_400_000;
  for (let n = 0; n < 20; n++) {
    const sentAt = (1_800_000_000_000_000 + n * 1_370_000) as Micros;
    const written = sentAt + 20_000 + wrong;
    offset.observeDate(dateText(Math.floor(written / 1_000_000) * 1_000_000), sentAt, (sentAt + 40_000) as Micros);
  }
  const { low, high } = offset.bounds ?? { low: NaN, high: NaN };
  assert.ok(low <= wrong && wrong <= high, `${low} ${high}`);
  assert.ok(low > 2_000_000 && high < 2_800_000, "a dozen answers say enough for a halt");
});
