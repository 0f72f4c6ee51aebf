/**
 * The exchange's weekly maintenance, Thursdays from 3 to 5 in the morning by Eastern clocks (KALSHI.md 3.5): a trading pause, in
 * which it takes no orders, only cancels. Recordings of market data do not tell it, and a simulation that trades through it
 * earns what nobody could. A source that says how the exchange stands, such as a journal, is believed instead.
 * @module
 */

import { easternMoments, easternWallTime } from "../../core/eastern_time.ts";
import type { ExchangeStatusInput, Input } from "../../core/input.ts";
import { type Micros, micros, MICROS_PER_DAY } from "../../core/units.ts";
import type { SourceBatch } from "../backtest.ts";

const THURSDAY = 4;
const FROM_HOUR = 3;
const TO_HOUR = 5;
const DAYS_OF_A_WEEK = 7;

interface Window {
  readonly from: Micros;
  readonly to: Micros;
}

/**
 * The window that a moment lies in, or else the next one.
 *
 * @example
 * ```ts
 * import { maintenanceFrom } from "./maintenance.ts";
 * import { formatTime, parseTime } from "../../core/units.ts";
 * import assert from "node:assert/strict";
 * const wednesday = parseTime("2026-11-18T12:00:00Z");
 * assert.ok(wednesday !== null);
 * assert.equal(formatTime(maintenanceFrom(wednesday).from), "2026-11-19T08:00:00.000000Z");
 * ```
 */
export function maintenanceFrom(at: Micros): Window {
  // The day of now may be Thursday with its window over: then it is the one of a week later.
  for (let day = 0; day <= DAYS_OF_A_WEEK; day++) {
    const wall = easternWallTime(micros(at + day * MICROS_PER_DAY));
    const date = { year: wall.year, month: wall.month, day: wall.day };
    if (new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay() !== THURSDAY) continue;
    // Clocks change on Sundays: each of these hours is there once.
    const [from] = easternMoments({ ...date, hour: FROM_HOUR, minute: 0 });
    const [to] = easternMoments({ ...date, hour: TO_HOUR, minute: 0 });
    if (from !== undefined && to !== undefined && at < to) return { from, to };
  }
  throw new Error(`No Thursday within ${DAYS_OF_A_WEEK} days of ${at}`);
}

const status = (at: Micros, pause: "none" | "trading"): ExchangeStatusInput => ({
  type: "exchange_status",
  at,
  shards: [],
  others: pause,
  resumeTime: null,
});

function tellsStatus(inputs: readonly Input[]): boolean {
  for (const { type } of inputs) if (type === "exchange_status") return true;
  return false;
}

/** The same inputs, and the pauses that fall among them. Time itself comes from the inputs: none is added after the last. */
export async function* withMaintenance(batches: AsyncIterable<SourceBatch>): AsyncGenerator<SourceBatch> {
  let window: Window | null = null;
  let first: Micros | null = null;
  let paused = false;
  let told = false;
  for await (const batch of batches) {
    const { inputs, lines, file } = batch;
    if (told || inputs.length === 0) {
      yield batch;
      continue;
    }
    first ??= inputs[0].at;
    window ??= maintenanceFrom(first);
    const last = inputs[inputs.length - 1];
    const next: number = paused ? window.to : window.from;
    told = tellsStatus(inputs);
    if (told || last.at < next) {
      yield batch;
      continue;
    }
    const more: Input[] = [];
    const places: number[] = [];
    for (let k = 0; k < inputs.length; k++) {
      while (inputs[k].at >= (paused ? window.to : window.from)) {
        // What began before the first input is told with it.
        const at: Micros = paused ? window.to : micros(Math.max(window.from, first));
        paused = !paused;
        more.push(status(at, paused ? "trading" : "none"));
        places.push(0);
        if (!paused) window = maintenanceFrom(window.to);
      }
      more.push(inputs[k]);
      places.push(lines[k]);
    }
    yield { file, inputs: more, lines: places };
  }
}
