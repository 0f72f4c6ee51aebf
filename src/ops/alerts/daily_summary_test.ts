import assert from "node:assert/strict";
import { formatTime, micros, money, ONE_DOLLAR } from "../../core/units.ts";
import { type AccountFigures, DailySummary } from "./daily_summary.ts";

const MINUTE_MS = 60_000;
const dollars = (amount: number) => money(Math.round(amount * ONE_DOLLAR));

/** Looks every minute from one moment to another and gives what was said, and when. */
function watch(
  summary: DailySummary,
  from: string,
  to: string,
  figures: (ms: number) => Pick<AccountFigures, "dayPnl" | "fills">,
): string[] {
  const said: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += MINUTE_MS) {
    const at = micros(ms * 1_000);
    const now = { at, nav: dollars(10_000), exposure: dollars(5), settled: 0, ...figures(ms) };
    const told = summary.look(now);
    if (told !== null) said.push(`${formatTime(at).slice(0, 16)} ${told.pnl} ${told.fills} since ${told.since}`);
  }
  return said;
}

const steady = (from: string) => (ms: number) => ({
  // A dollar for each hour of the UTC day, and a fill for each hour.
  dayPnl: dollars(ms % (24 * 60 * MINUTE_MS) / (60 * MINUTE_MS)),
  fills: Math.floor((ms - Date.parse(from)) / (60 * MINUTE_MS)),
});

Deno.test("the summary is of the time since the last one, over midnight UTC", () => {
  const from = "2026-11-20T12:00:00Z";
  const summary = new DailySummary(17 * 60, "America/New_York");
  assert.deepEqual(watch(summary, from, "2026-11-22T12:00:00Z", steady(from)), [
    "2026-11-20T22:00 10.000000 10 since 2026-11-20T12:00Z",
    // What was earned in the minute before midnight is last seen a minute before.
    "2026-11-21T22:00 23.983333 24 since 2026-11-20T22:00Z",
  ]);
});

Deno.test("a day's loss that a person lifted still counts", () => {
  const summary = new DailySummary(17 * 60, "UTC");
  const from = "2026-11-20T12:00:00Z";
  watch(summary, from, "2026-11-20T13:00:00Z", () => ({ dayPnl: dollars(-1_000), fills: 0 }));
  summary.recount();
  const said = watch(summary, "2026-11-20T13:01:00Z", "2026-11-20T18:00:00Z", () => ({ dayPnl: dollars(7), fills: 1 }));
  // It began with the thousand lost already.
  assert.deepEqual(said, ["2026-11-20T17:00 7.000000 1 since 2026-11-20T12:00Z"]);
});

Deno.test("an hour that does not exist has its summary all the same, and one that comes twice has one", () => {
  const half = new DailySummary(2 * 60 + 30, "America/New_York");
  const spring = watch(half, "2026-03-08T05:00:00Z", "2026-03-08T12:00:00Z", () => ({ dayPnl: dollars(0), fills: 0 }));
  assert.deepEqual(spring.map((line) => line.slice(0, 16)), ["2026-03-08T07:00"]);
  const twice = new DailySummary(60 + 30, "America/New_York");
  const autumn = watch(twice, "2026-11-01T04:00:00Z", "2026-11-02T08:00:00Z", () => ({ dayPnl: dollars(0), fills: 0 }));
  assert.deepEqual(autumn.map((line) => line.slice(0, 16)), ["2026-11-01T05:30", "2026-11-02T06:30"]);
});

Deno.test("at midnight, and where time leaps, a summary is not missed", () => {
  const midnight = new DailySummary(0, "UTC");
  const flat = () => ({ dayPnl: dollars(0), fills: 0 });
  assert.equal(watch(midnight, "2026-11-20T23:00:00Z", "2026-11-21T01:00:00Z", flat).length, 1);
  const leaping = new DailySummary(12 * 60, "UTC");
  const at = (time: string) => ({
    at: micros(Date.parse(time) * 1_000),
    nav: dollars(1),
    exposure: dollars(0),
    settled: 0,
    ...flat(),
  });
  assert.equal(leaping.look(at("2026-11-20T09:00:00Z")), null);
  assert.notEqual(leaping.look(at("2026-11-20T18:00:00Z")), null);
});
