/**
 * The price history of every asset that an index is followed of (D8): minutes made from the index values that the engine
 * believes, and those of before its time from sources of history.
 *
 * | minute | what becomes of it |
 * | --- | --- |
 * | made here from index values | kept in the place of any other, and recorded |
 * | of a source of history, unknown here | kept, and recorded unless it comes from our own store |
 * | of a source of history, known here | left out |
 * | not to be believed: no price, unfinished, far off its neighbours | refused with a word in the log |
 * @module
 */

import { assetOf } from "../core/index_parameters.ts";
import type { IndexInput, MinuteInput } from "../core/input.ts";
import { MinuteMaker, minuteOf, MinuteRing, type PriceMinute } from "../core/price_history.ts";
import { type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../core/units.ts";
import { lastMinuteAt, statisticsOf, WINDOW_MINUTES, type WindowStatistics } from "./price_history_statistics.ts";
import type { Step } from "./step.ts";

/** There is always a history of these, be it an empty one. */
const ASSETS = ["BTC", "ETH"] as const;
/** CF Benchmarks publishes 21. */
const ASSETS_MAX = 32;
/** What is still under way when a minute is over arrives within this. */
const GRACE = 5 * MICROS_PER_SECOND;
/** No index moves a tenth from one minute to the next. */
const JUMP_MAX = 0.1;
/** What is put before the source of a minute that comes from our own store, so that it is not recorded once more. */
export const STORED = "store:";

/** The newest value of an asset. */
export interface LatestPrice {
  readonly value: number;
  readonly source: string;
  /** The source's own stamp. */
  readonly sourceTime: Micros;
  readonly at: Micros;
}

export class AssetHistory {
  readonly ring = new MinuteRing();
  readonly maker = new MinuteMaker();
  latest: LatestPrice | null = null;

  constructor(readonly asset: string) {}

  /** The D8 windows as they stand at a moment. */
  windows(at: Micros): readonly WindowStatistics[] {
    const last = lastMinuteAt(this.ring, at, GRACE);
    return WINDOW_MINUTES.map((minutes) => statisticsOf(this.ring, last, minutes));
  }
}

export class PriceHistories {
  readonly #step: Step;
  readonly #byAsset = new Map<string, AssetHistory>(ASSETS.map((asset) => [asset, new AssetHistory(asset)]));

  constructor(step: Step) {
    this.#step = step;
  }

  get byAsset(): ReadonlyMap<string, AssetHistory> {
    return this.#byAsset;
  }

  /** Takes in an index value that the engine believes. */
  index({ index, value, sourceTime, source, at }: IndexInput): void {
    const asset = assetOf(index);
    const history = asset === null ? null : this.#historyOf(asset);
    if (history === null) return;
    const finished = history.maker.take(value, sourceTime, source);
    if (history.latest === null || sourceTime >= history.latest.sourceTime) {
      history.latest = { value, source, sourceTime, at };
    }
    if (finished !== null) this.#keep(history, finished);
  }

  /** Takes in a minute of a source of history. */
  minute(input: MinuteInput): void {
    const history = this.#historyOf(input.asset);
    if (history === null) return;
    const refused = refusalOf(input, history.ring);
    if (refused !== null) return this.#step.log("warn", `Minute of ${input.asset} refused: ${refused}`);
    const number = minuteOf(input.start);
    if (history.ring.at(number) !== null || history.maker.minute === number) return;
    const { start, open, high, low, close } = input;
    const stored = input.source.startsWith(STORED);
    const source = stored ? input.source.slice(STORED.length) : input.source;
    const minute = { start, open, high, low, close, source };
    if (stored) history.ring.put(minute);
    else this.#keep(history, minute);
  }

  /** Time passes: a minute ends also where no value follows. */
  tick(): void {
    const before = minuteOf((this.#step.at - GRACE) as Micros);
    for (const history of this.#byAsset.values()) {
      // While values of the past are being told, one after the other at once, there are more of that minute to come.
      if (history.latest !== null && this.#step.at - history.latest.at < GRACE) continue;
      const finished = history.maker.finish(before);
      if (finished !== null) this.#keep(history, finished);
    }
  }

  #keep({ asset, ring }: AssetHistory, minute: PriceMinute): void {
    if (ring.put(minute)) this.#step.record({ kind: "price_minute", asset, ...minute });
  }

  #historyOf(asset: string): AssetHistory | null {
    let history = this.#byAsset.get(asset);
    if (history !== undefined) return history;
    if (this.#byAsset.size >= ASSETS_MAX) return null;
    history = new AssetHistory(asset);
    this.#byAsset.set(asset, history);
    return history;
  }
}

/** Why a minute cannot be believed; `null` where it can. */
function refusalOf({ at, start, open, high, low, close }: MinuteInput, ring: MinuteRing): string | null {
  if (start % MICROS_PER_MINUTE !== 0) return "it does not begin on a whole minute";
  if (start + MICROS_PER_MINUTE > at) return "it is not over yet";
  const ordered = low > 0 && high < 1e12 && low <= open && low <= close && open <= high && close <= high;
  if (!ordered) return `open ${open}, high ${high}, low ${low} and close ${close} are no price's`;
  const number = minuteOf(start);
  for (const neighbour of [ring.at(number - 1), ring.at(number + 1)]) {
    if (neighbour === null || Math.abs(close / neighbour.close - 1) <= JUMP_MAX) continue;
    return `close ${close} is far from ${neighbour.close}, a minute apart`;
  }
  return null;
}
