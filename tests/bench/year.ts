/**
 * A year of 15-minute markets with a price a second through settlement edge, and whether memory grows with the length of what is
 * run. SIMULATED prices: only the time counts.
 * @module
 */

import { figuresOf } from "./processes.ts";
import { type Section, times } from "./table.ts";

interface Figures {
  readonly events: number;
  readonly markets: number;
  readonly orders: number;
  readonly seconds: number;
  /** Of the processor: what it takes where nothing else runs. */
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

const DAYS = [1, 10, 100] as const;
const YEAR_DAYS = 365;

export async function year(): Promise<Section> {
  const all: Figures[] = [];
  for (const days of DAYS) all.push(await figuresOf<Figures>("./year_process.ts", [String(days)]));
  const longest = all[all.length - 1];
  const ofYear = longest.cpuSeconds * YEAR_DAYS / DAYS[DAYS.length - 1];
  return {
    title: `Settlement edge over 15-minute markets, SIMULATED prices each second, one process each`,
    rows: [
      {
        what: `a year, by ${DAYS[DAYS.length - 1]} days of it, time of the processor`,
        figure: `${ofYear.toFixed(0)} s`,
        beside: `${(longest.events / longest.cpuSeconds / 1e6).toFixed(2)} M events a second, ${
          (longest.orders / longest.markets).toFixed(0)
        } orders a market; ${times(longest.seconds / longest.cpuSeconds)} as long by the clock`,
        budget: "under 60 s",
      },
      ...all.map(({ events, rssMb }, at) => ({
        what: `  peak resident memory, ${DAYS[at]} days, ${(events / 1e6).toFixed(1)} M events`,
        figure: `${rssMb} MB`,
        beside: at === 0 ? "" : `${times(rssMb / all[0].rssMb)} that of one day`,
        budget: "constant",
      })),
    ],
  };
}
