/**
 * Numbers over time, of many things at once, as far back as a page needs them: at most so many points of each, no two closer
 * than so long, and nothing of what has gone.
 * @module
 */

export interface Point {
  /** Milliseconds since 1970, by the run's clock. */
  readonly at: number;
  readonly value: number;
}

export interface TimelineOptions {
  /** Points of each thing; the oldest go first. */
  readonly pointsMax: number;
  /** A point nearer than this to the one before it takes its place. */
  readonly spacingMs: number;
}

/** A line, and in front of it what of an earlier one lies before it. */
export function withEarlier(earlier: readonly Point[], line: readonly Point[]): readonly Point[] {
  const first = line[0]?.at ?? Infinity;
  return earlier.length === 0 ? line : [...earlier.filter(({ at }) => at < first), ...line];
}

export class Timeline {
  readonly #options: TimelineOptions;
  readonly #lines = new Map<string, Point[]>();

  constructor(options: TimelineOptions) {
    this.#options = options;
  }

  /** Takes the newest value; what is no number, or older than what is known, is left out. */
  add(key: string, at: number, value: number | null): void {
    if (value === null || !Number.isFinite(value) || !Number.isFinite(at)) return;
    const line = this.#lines.get(key) ?? [];
    if (line.length === 0) this.#lines.set(key, line);
    const last = line.at(-1);
    if (last !== undefined && at < last.at) return;
    const before = line.at(-2);
    // Judged by the last point that stays: else a stream of close ones would push a single point along for ever.
    if (last !== undefined && before !== undefined && last.at - before.at < this.#options.spacingMs) line.pop();
    line.push({ at, value });
    if (line.length > this.#options.pointsMax) line.splice(0, line.length - this.#options.pointsMax);
  }

  /** Puts what was before this page was opened in front; as much as there is room for. */
  prepend(key: string, points: readonly Point[]): void {
    const line = this.#lines.get(key) ?? [];
    const first = line[0]?.at ?? Infinity;
    const earlier = points.filter(({ at, value }) => at < first && Number.isFinite(at) && Number.isFinite(value))
      .toSorted((a, b) => a.at - b.at);
    this.#lines.set(key, [...earlier, ...line].slice(-this.#options.pointsMax));
  }

  of(key: string): readonly Point[] {
    return this.#lines.get(key) ?? [];
  }

  /** Forgets everything but these. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#lines.keys()) if (!keys.has(key)) this.#lines.delete(key);
  }

  clear(): void {
    this.#lines.clear();
  }
}
