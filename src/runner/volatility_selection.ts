/**
 * Has the volatility forecasters compared beside the trading: every minute the thread for it is told the index seconds
 * that the engine believed, and its answer comes back as an input. In lockstep the quantum waits for the answer, so that
 * speed changes nothing.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import { assetOf } from "../core/index_parameters.ts";
import type { VolatilityForecastInput } from "../core/input.ts";
import { type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../core/units.ts";
import type { IndexState } from "../engine/index_state.ts";
import type { IndexSettings } from "../engine/options.ts";
import type { Clock } from "../ops/clock.ts";
import type { SecondsTold } from "../ops/volatility_thread/thread_messages.ts";
import { VolatilityThread } from "../ops/volatility_thread/volatility_thread.ts";

/** The minute's last second has arrived by then. */
const GRACE = 2 * MICROS_PER_SECOND;
/** What an index remembers of its seconds; a thread that begins anew is told all of it. */
const TOLD_MAX = 900;

export interface VolatilitySelectionParts {
  readonly indices: ReadonlyMap<string, IndexState>;
  readonly settings: Pick<IndexSettings, "volatilityHalfLife" | "returnsMin">;
  readonly clock: Pick<Clock, "now">;
  readonly sink: (input: VolatilityForecastInput) => void;
  /** Another one than the real one; for tests. */
  readonly thread?: AskedThread;
}

type AskedThread = Pick<VolatilityThread, "ask" | "close" | "isOver">;

export class VolatilitySelection {
  readonly #parts: VolatilitySelectionParts;
  readonly #thread: AskedThread;
  /** By asset: the last second that was told. */
  readonly #toldTo = new Map<string, number>();
  /** The minute that was asked about last. */
  #minute = NaN;
  /** The question under way. */
  #asking: Promise<void> | null = null;
  #stopped = false;

  constructor(parts: VolatilitySelectionParts) {
    this.#parts = parts;
    this.#thread = parts.thread ?? new VolatilityThread();
  }

  /** Time passed: shortly after every whole minute the thread is asked, unless it still thinks about the last one. */
  tick(at: Micros): void {
    const minute = Math.floor((at - GRACE) / MICROS_PER_MINUTE);
    if (minute === this.#minute) return;
    const first = Number.isNaN(this.#minute);
    this.#minute = minute;
    if (first || this.#asking !== null || this.#stopped || this.#thread.isOver) return;
    const told = this.#told();
    if (told.length > 0) this.#asking = this.#ask(told);
  }

  /** Nothing comes over a socket from here. */
  framesReceived(): number {
    return 0;
  }

  /** Resolves once the question under way is answered, and the answer handed on. */
  async idle(): Promise<void> {
    await this.#asking;
  }

  stop(): void {
    this.#stopped = true;
    this.#thread.close();
  }

  async #ask(told: readonly SecondsTold[]): Promise<void> {
    const { settings, clock, sink } = this.#parts;
    const { volatilityHalfLife: halfLifeSeconds, returnsMin } = settings;
    const answered = await this.#thread.ask({ settings: { halfLifeSeconds, returnsMin }, told });
    this.#asking = null;
    if (this.#stopped) return;
    if (answered.ok) {
      for (const answer of answered.answers) sink({ type: "volatility_forecast", at: clock.now(), ...answer });
      return;
    }
    this.#toldTo.clear();
    const text = this.#thread.isOver ? ", and there will be none any more" : "";
    logger.warn("{text}", { text: `No choice among the volatility forecasters${text}: ${answered.reason}` });
  }

  /** Of every asset the seconds since it was told last. */
  #told(): SecondsTold[] {
    const told: SecondsTold[] = [];
    for (const [name, index] of this.#parts.indices) {
      const asset = assetOf(name);
      if (asset === null) continue;
      const seconds: number[] = [];
      const prices: number[] = [];
      const before = this.#toldTo.get(asset) ?? 0;
      for (let second = Math.max(before + 1, index.second - TOLD_MAX); second <= index.second; second++) {
        const price = index.valueAt(second);
        if (price === null) continue;
        seconds.push(second);
        prices.push(price);
        this.#toldTo.set(asset, second);
      }
      if (seconds.length > 0) told.push({ asset, seconds, prices });
    }
    return told;
  }
}

const logger = getLogger(["kbot", "volatility"]);
