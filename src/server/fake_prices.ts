/**
 * A price history for tests of the server and for the page without a run.
 * @module
 */

import { formatTime, micros, MICROS_PER_MINUTE, parseTime } from "../core/units.ts";
import type { MinuteView, PriceSources, VolatilityView } from "./volatility.ts";

const NOON = parseTime("2026-09-25T12:00:00Z") ?? micros(0);
const MINUTES = 180;

function minutesOf(base: number): MinuteView[] {
  return Array.from({ length: MINUTES }, (_, k) => {
    const at = (minute: number) => base * (1 + 0.002 * Math.sin(minute / 9) + 0.0004 * Math.sin(minute * 1.7));
    const [open, close] = [at(k), at(k + 1)];
    const start = formatTime(micros(NOON + (k - MINUTES) * MICROS_PER_MINUTE));
    return { start, open, high: Math.max(open, close), low: Math.min(open, close), close, source: "official" };
  });
}

export class FakePrices implements PriceSources {
  readonly #minutes: ReadonlyMap<string, readonly MinuteView[]> = new Map([
    ["BTC", minutesOf(84_000)],
    ["ETH", minutesOf(2_600)],
  ]);

  assets(): readonly string[] {
    return [...this.#minutes.keys()];
  }

  volatility(asset: string): VolatilityView | null {
    const last = this.#minutes.get(asset)?.at(-1);
    if (last === undefined) return null;
    const at = formatTime(NOON);
    return {
      asset,
      at,
      source: "official",
      latest: { value: last.close, source: "official", sourceTime: at, at },
      windows: [15, 30, 60, 90, 120].map((minutes) => ({
        minutes,
        from: formatTime(micros(NOON - minutes * MICROS_PER_MINUTE)),
        to: at,
        samples: minutes,
        missing: 0,
        volatility: 0.0004,
        perSqrtSecond: 0.0004 / Math.sqrt(60),
        high: last.close * 1.002,
        low: last.close * 0.998,
        range: last.close * 0.004,
        largestMove: { minute: last.start, logReturn: 0.0011, dollars: last.close * 0.0011 },
      })),
      selection: {
        chosen: "ewma",
        since: null,
        why: "It is the first candidate, and none has proved better",
        at,
        used: false,
        forecasts: [{ horizon: 900, volatility: 0.00005 }],
        scores: [{ name: "ewma", n: 40, score: 7.2, advantage: 0 }, {
          name: "har",
          n: 10,
          score: 7.1,
          advantage: -0.1,
        }],
      },
    };
  }

  minutes(asset: string, limit: number, before = Infinity): Promise<readonly MinuteView[]> {
    const all = this.#minutes.get(asset) ?? [];
    return Promise.resolve(all.filter(({ start }) => (parseTime(start) ?? 0) < before).slice(-limit));
  }
}
