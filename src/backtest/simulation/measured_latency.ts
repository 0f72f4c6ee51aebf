/**
 * How long things took in a run of before, from its journal.
 *
 * | what | from | to |
 * | --- | --- | --- |
 * | order | the input that the order followed from | the exchange's answer to it: the way back is counted in, which errs on the slow side |
 * | feed | the exchange's stamp on a change of a book | its arrival, where the clocks agree to less than that |
 *
 * In a journal of paper trading the orders' latency is the one that was set, while the feed's is real.
 * @module
 */

import { MICROS_PER_SECOND } from "../../core/units.ts";
import type { LatencyModel, LatencyQuantile } from "../../execution/latency.ts";
import { readJournal } from "../../store/journal_reader.ts";

/** Orders without an answer yet: as many as an account may have open. */
const WAITING_MAX = 10_000;
/** What took longer is no latency but a gap. */
const LATENCY_MAX = 60 * MICROS_PER_SECOND;
const SHARES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1] as const;
/** Fewer say little about a tail. */
const SAMPLES_MIN = 20;
const SAMPLES_MAX = 65_536;

/** Keeps samples evenly spread over all that came, and ever sparser ones: at most {@link SAMPLES_MAX}. */
class Samples {
  #kept: number[] = [];
  #every = 1;
  #seen = 0;

  add(micros: number): void {
    if (this.#seen++ % this.#every !== 0) return;
    this.#kept.push(micros);
    if (this.#kept.length < SAMPLES_MAX) return;
    this.#kept = this.#kept.filter((_, k) => k % 2 === 0);
    this.#every *= 2;
  }

  /** `null` where there are too few. */
  model(seed: number): LatencyModel | null {
    const sorted = this.#kept.toSorted((a, b) => a - b);
    if (sorted.length < SAMPLES_MIN) return null;
    const quantiles = SHARES.map((share): LatencyQuantile => [share, sorted[Math.round(share * (sorted.length - 1))]]);
    return { kind: "quantiles", quantiles, seed };
  }
}

/** `null` where the journal holds too little to tell. */
export interface MeasuredLatency {
  readonly order: LatencyModel | null;
  readonly feed: LatencyModel | null;
}

/** Measures what a journal shows, or says in words why it cannot be read. */
export async function measuredLatency(
  path: string,
  seed: number,
): Promise<MeasuredLatency | { readonly error: string }> {
  const order = new Samples();
  const feed = new Samples();
  const waiting = new Map<string, number>();
  let now = 0;
  const sample = (samples: Samples, micros: number): void => {
    if (micros <= LATENCY_MAX) samples.add(Math.max(0, micros));
  };
  try {
    for await (const event of readJournal(path)) {
      if (event.kind === "fault") return { error: `No latency can be measured in ${path}: ${event.reason}` };
      if (event.kind === "torn_tail") continue;
      for (const entry of event.entries) {
        if (entry.kind === "action" && entry.action.type === "place") {
          const id = placedId(entry.text);
          if (id !== null && waiting.size < WAITING_MAX) waiting.set(id, now);
        } else if (entry.kind === "input") {
          const { input } = entry;
          now = input.at;
          if (input.type === "book_delta" && input.exchangeTime !== null) sample(feed, input.at - input.exchangeTime);
          else if (input.type === "order_accepted" || input.type === "order_rejected") {
            const sent = waiting.get(input.clientOrderId);
            if (waiting.delete(input.clientOrderId) && sent !== undefined) sample(order, input.at - sent);
          } else if (input.type === "order_unknown") waiting.delete(input.clientOrderId);
        }
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { error: `No latency can be measured in ${path}: nothing is there` };
  }
  return { order: order.model(seed), feed: feed.model(seed) };
}

const PLACED = /"clientOrderId":"([^"]{1,64})"/;
const placedId = (action: string): string | null => PLACED.exec(action)?.[1] ?? null;
