/**
 * Imports one-minute candles of Coinbase, day by day.
 * @module
 */

import { minuteOf } from "../../core/price_history.ts";
import { type Micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { ApiResult } from "../../venues/kalshi/failure.ts";
import { candlesUrl, readCandleRows, ROWS_MAX, type SpotCandle } from "../../feeds/candles/coinbase_candles.ts";
import { readBounded } from "../../ops/read_bounded.ts";
import { messageOf } from "../message.ts";
import { isWhole, writeHistory } from "./history_file.ts";
import type { ImportContext } from "./kalshi_import.ts";
import { coinbasePath, dayName, endOfDay, SPOT_COLUMNS } from "./layout.ts";
import { ImportStopped, patiently } from "./patience.ts";

/** A minute's candle may still come so long after it. */
const SETTLED_AFTER = 10 * MICROS_PER_MINUTE;
const TIMEOUT_MS = 10_000;
/** Five a second: half of what Coinbase lets one address ask. */
const PAUSE_S = 0.2;
/** Three hundred rows are some 20 kB. */
const ANSWER_BYTES_MAX = 1_000_000;

export class CoinbaseImport {
  readonly #context: ImportContext;
  readonly #rest: string;
  readonly #asset: string;
  readonly #days: readonly Micros[];
  #done = 0;

  /** @param rest the real host, or a simulated exchange's */
  constructor(rest: string, context: ImportContext, asset: string, days: readonly Micros[]) {
    this.#context = context;
    this.#rest = rest;
    this.#asset = asset;
    this.#days = days;
  }

  get files(): number {
    return this.#days.length;
  }

  /** @throws ImportStopped where it cannot go on now */
  async run(): Promise<void> {
    for (const day of this.#days) {
      if (!await isWhole(coinbasePath(this.#context.root, this.#asset, day))) await this.#day(day);
      this.#done++;
      this.#context.onProgress(this.#done, this.files, `Coinbase ${this.#asset} ${dayName(day)}`);
    }
  }

  async #day(day: Micros): Promise<void> {
    const now = this.#context.now();
    const final = now >= endOfDay(day) + SETTLED_AFTER;
    const path = coinbasePath(this.#context.root, this.#asset, day);
    const end = Math.min(minuteOf(endOfDay(day)), minuteOf(now));
    let complete = true;
    const rows = await writeHistory(path, SPOT_COLUMNS, async (write) => {
      for (let first = minuteOf(day); first < end; first += ROWS_MAX) {
        const read = await this.#candles(first, Math.min(first + ROWS_MAX, end) - 1);
        for (const reason of read.refused) {
          this.#context.onProblem(`Left out of ${this.#asset} ${dayName(day)}: ${reason}`);
        }
        complete &&= read.refused.length === 0;
        await write(
          read.candles.map(({ start, open, high, low, close, volume }) => [start, open, high, low, close, volume]),
        );
      }
      return final && complete;
    });
    this.#context.onRows("spot", rows);
  }

  async #candles(
    first: number,
    last: number,
  ): Promise<{ readonly candles: readonly SpotCandle[]; readonly refused: readonly string[] }> {
    const { patience } = this.#context;
    await patience.wait(PAUSE_S);
    const url = candlesUrl(this.#rest, this.#asset, first, last);
    const answer = await patiently(patience, () => fetchJson(url, patience.stop));
    if (!answer.ok) throw new ImportStopped(`Coinbase's candles of ${this.#asset}: ${answer.failure.message}`);
    const read = readCandleRows(answer.value, first, last);
    if (!read.ok) throw new ImportStopped(`Coinbase's candles of ${this.#asset}: ${read.reason}`);
    return read;
  }
}

async function fetchJson(url: string, stop: AbortSignal): Promise<ApiResult<unknown>> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      headers: { "user-agent": "kbot" },
      signal: AbortSignal.any([timeout.signal, stop]),
    });
    const text = await readBounded(response, ANSWER_BYTES_MAX);
    if (!response.ok) {
      const message = `HTTP ${response.status} of ${new URL(url).host}`;
      return { ok: false, failure: { kind: "http", status: response.status, code: "", message, details: "" } };
    }
    if (text === null) {
      const message = `An answer of more than ${ANSWER_BYTES_MAX} bytes`;
      return { ok: false, failure: { kind: "unreadable", message } };
    }
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, failure: { kind: "unreadable", message: "No JSON" } };
    return { ok: false, failure: { kind: "network", message: `${new URL(url).host}: ${messageOf(error)}` } };
  } finally {
    clearTimeout(timer);
  }
}
