/**
 * From values to places: domains, round ticks, and ticks of time in UTC.
 * @module
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14].map((days) => days * DAY),
];
const MONTH_STEPS: readonly number[] = [1, 2, 3, 6, 12, 24, 60, 120];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** More ticks than any axis has room for: an end to every loop below. */
const TICKS_MAX = 50;

export interface Domain {
  readonly low: number;
  readonly high: number;
}

/** What holds all of them; never empty, so that one value or many equal ones can be drawn. `null` without any value. */
export function domainOf(values: Iterable<number | null>, padding = 0): Domain | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  const half = low === high ? Math.max(Math.abs(low) * 0.001, 0.01) : (high - low) * padding;
  return { low: low - half, high: high + half };
}

/** Where a value of the domain lies between `start` and `end`; beyond the domain at its rim. */
export function place({ low, high }: Domain, value: number, start: number, end: number): number {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return start + share * (end - start);
}

export interface Ticks {
  readonly step: number;
  readonly values: readonly number[];
}

/** Round values (1, 2 or 5 times a power of ten) within the domain, about so many. */
export function roundTicks({ low, high }: Domain, wanted: number): Ticks {
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power;
  const values: number[] = [];
  // Whole multiples, because adding up a step such as 0.1 would drift; the rims count as within, whatever the last bit says.
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  for (let multiple = first; multiple <= last && values.length < TICKS_MAX; multiple++) values.push(multiple * step);
  return { step, values };
}

export interface TimeTick {
  readonly at: number;
  readonly label: string;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `May 11`. */
export function dayLabel(at: number): string {
  const date = new Date(at);
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
}

/** Ticks of a span of time, at most `most` of them, on round times of UTC. */
export function timeTicks({ low, high }: Domain, most: number): readonly TimeTick[] {
  const step = TIME_STEPS.find((each) => (high - low) / each <= most);
  if (step === undefined) return monthTicks(low, high, most);
  const ticks: TimeTick[] = [];
  const first = Math.ceil(low / step);
  for (let k = 0; k < TICKS_MAX && (first + k) * step <= high; k++) {
    const at = (first + k) * step;
    const date = new Date(at);
    const label = at % DAY === 0 ? dayLabel(at) : `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
    ticks.push({ at, label });
  }
  return ticks;
}

function monthTicks(low: number, high: number, most: number): readonly TimeTick[] {
  const start = new Date(low);
  const months = (high - low) / (30.4 * DAY);
  const step = MONTH_STEPS.find((each) => months / each <= most) ?? Math.ceil(months / most);
  const ticks: TimeTick[] = [];
  const first = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  for (let k = 0; k < TICKS_MAX; k++) {
    const month = first + k * step;
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > high) break;
    if (at < low) continue;
    ticks.push({ at, label: `${MONTHS[month % 12]} ${Math.floor(month / 12)}` });
  }
  return ticks;
}
