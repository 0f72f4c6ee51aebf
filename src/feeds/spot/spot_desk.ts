/**
 * Makes inputs of what all spot exchanges say: the composite of each settlement index and the single exchange that stands
 * in for it, once a second and in between where they move, and the state of every exchange (D5, D6).
 *
 * | when | what is told |
 * | --- | --- |
 * | on every whole second of the run's clock | every exchange; the composite and the single exchange as that second's values |
 * | something changed, at most every so many milliseconds | every exchange, where the state of one is another; the composite, else the single exchange, as a live value |
 *
 * Below the least number of constituents that were heard of a moment ago there is no composite, without any exchange there
 * is nothing. A second in which the process stood still has no value: none is made up for it.
 * @module
 */

import { indexParametersOf } from "../../core/index_parameters.ts";
import type { IndexInput, SpotState } from "../../core/input.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer } from "../../ops/clock.ts";
import type { FeedContext } from "../feed.ts";
import { AssetPrices } from "./asset_prices.ts";
import type { SpotSource } from "./source.ts";
import { SpotTroubles } from "./spot_troubles.ts";

export interface SpotDeskOptions {
  /** The preferred first: where a single exchange has to do, the first that can. */
  readonly sources: readonly SpotSource[];
  /** Those that no index is known for are left out. */
  readonly assets: readonly string[];
  /** Constituents that a composite needs at least. */
  readonly constituentsMin: number;
  /** Between two live values of an asset, milliseconds; 0 for none. */
  readonly liveMs: number;
}

interface Desked {
  readonly prices: AssetPrices;
  /** Something was heard since it was last looked at. */
  changed: boolean;
  lookedAt: number;
  /** The value that was told last, and of whom. */
  told: number;
  /** States as they were told last. */
  readonly states: (SpotState | null)[];
  hadComposite: boolean | null;
  cancelLive: CancelTimer | null;
}

export class SpotDesk {
  readonly #context: Pick<FeedContext, "clock" | "sink" | "log" | "lockstep">;
  readonly #options: SpotDeskOptions;
  readonly #assets = new Map<string, Desked>();
  readonly #troubles: SpotTroubles;
  #second: number;
  #ends: (() => void)[] = [];
  #cancelSecond: CancelTimer = () => {};

  constructor(context: Pick<FeedContext, "clock" | "sink" | "log" | "lockstep">, options: SpotDeskOptions) {
    this.#context = context;
    this.#options = options;
    this.#troubles = new SpotTroubles(context.log);
    this.#second = secondOf(context.clock.now());
    for (const asset of options.assets) {
      const parameters = indexParametersOf(asset);
      if (parameters === null) continue;
      const prices = new AssetPrices(asset, parameters, options.sources, options.constituentsMin);
      if (prices.sources.length === 0) continue;
      this.#assets.set(asset, {
        prices,
        changed: false,
        lookedAt: -Infinity,
        told: NaN,
        states: prices.sources.map(() => null),
        hadComposite: null,
        cancelLive: null,
      });
    }
  }

  /** Listens to the exchanges. In lockstep nothing is told until {@link flush}. */
  start(): void {
    this.#second = secondOf(this.#context.clock.now());
    this.#ends = this.#options.sources.map((source) => source.onChange((asset) => this.#changed(asset)));
    if (!this.#context.lockstep) this.#awaitSecond();
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#cancelSecond();
    for (const desked of this.#assets.values()) desked.cancelLive?.();
  }

  /** Why an exchange that is connected is not believed, in words; `null` where it is. */
  troubleOf(exchange: string): string | null {
    return this.#troubles.of(exchange);
  }

  /** A quantum of a run in lockstep is over, and everything that its exchanges sent has been heard. */
  flush(): void {
    const now = this.#context.clock.now();
    if (this.#tellSecond(now)) return;
    for (const desked of this.#assets.values()) if (this.#isDue(desked, now)) this.#tellLive(desked, now);
  }

  #awaitSecond(): void {
    const { clock } = this.#context;
    const now = clock.now();
    this.#cancelSecond = clock.after((secondOf(now) + 1) * MICROS_PER_SECOND - now, () => {
      this.#tellSecond(clock.now());
      this.#awaitSecond();
    });
  }

  #changed(asset: string): void {
    const desked = this.#assets.get(asset);
    if (desked === undefined) return;
    desked.changed = true;
    if (this.#context.lockstep || this.#options.liveMs === 0 || desked.cancelLive !== null) return;
    const { clock } = this.#context;
    const now = clock.now();
    if (this.#isDue(desked, now)) return this.#tellLive(desked, now);
    desked.cancelLive = clock.after(this.#dueAt(desked) - now, () => {
      desked.cancelLive = null;
      if (desked.changed) this.#tellLive(desked, clock.now());
    });
  }

  #dueAt({ lookedAt }: Desked): number {
    return lookedAt + this.#options.liveMs * MICROS_PER_MILLISECOND;
  }

  #isDue(desked: Desked, now: Micros): boolean {
    return desked.changed && this.#options.liveMs > 0 && now >= this.#dueAt(desked);
  }

  /** False where this second was told already. */
  #tellSecond(now: Micros): boolean {
    const second = secondOf(now);
    if (second <= this.#second) return false;
    this.#second = second;
    const sourceTime = micros(second * MICROS_PER_SECOND);
    for (const desked of this.#assets.values()) {
      const { prices } = desked;
      this.#look(desked, now);
      prices.sources.forEach(({ exchange }, place) => {
        this.#tellExchange(desked, place, now);
        this.#troubles.look(exchange, prices.asset, prices.states[place], now);
      });
      this.#logComposite(desked);
      const { single, composite } = prices;
      if (single !== null) this.#tell(desked, "exchange", single.price, now, sourceTime, { exchange: single.exchange });
      if (composite !== null) this.#tell(desked, "composite", composite, now, sourceTime);
    }
    return true;
  }

  #tellLive(desked: Desked, now: Micros): void {
    const { prices } = desked;
    this.#look(desked, now);
    // Where one comes or goes the weights of all others change with it.
    if (prices.states.some((state, place) => state !== desked.states[place])) {
      prices.sources.forEach((_, place) => this.#tellExchange(desked, place, now));
    }
    const { composite, single } = prices;
    const value = composite ?? single?.price ?? null;
    if (value === null || value === desked.told) return;
    if (composite !== null) this.#tell(desked, "composite", composite, now, now, { live: true });
    else if (single !== null) {
      this.#tell(desked, "exchange", single.price, now, now, { exchange: single.exchange, live: true });
    }
  }

  #look(desked: Desked, now: Micros): void {
    desked.changed = false;
    desked.lookedAt = now;
    desked.prices.look(now);
  }

  #tellExchange(desked: Desked, place: number, now: Micros): void {
    desked.states[place] = desked.prices.states[place];
    this.#context.sink(desked.prices.inputOf(place, now));
  }

  #tell(
    desked: Desked,
    source: "composite" | "exchange",
    value: number,
    at: Micros,
    sourceTime: Micros,
    more: Pick<IndexInput, "exchange" | "live"> = {},
  ): void {
    desked.told = value;
    const { index } = desked.prices.parameters;
    this.#context.sink({ type: "index", at, index, value, sourceTime, source, venueAverage: null, ...more });
  }

  /** Once for each time that it comes or goes. */
  #logComposite(desked: Desked): void {
    const { prices } = desked;
    const { asset, composite, constituents, sources, states, parameters } = prices;
    const has = composite !== null;
    if (has === desked.hadComposite) return;
    const first = desked.hadComposite === null;
    desked.hadComposite = has;
    if (has) return this.#context.log("info", `Composite ${parameters.index}: made from ${constituents} exchanges`);
    const why = sources.flatMap(({ exchange, constituent }, place) => {
      const state = states[place] === "live" && prices.isQuiet(place) ? "quiet" : states[place];
      return constituent && state !== "live" ? [`${exchange} is ${state.replace("_", "-")}`] : [];
    });
    const detail = why.length === 0 ? "" : `: ${why.join(", ")}`;
    this.#context.log(
      first ? "info" : "warn",
      `No composite ${parameters.index}: ${constituents} of ${this.#options.constituentsMin} exchanges for ${asset}${detail}`,
    );
  }
}

const secondOf = (at: Micros): number => Math.floor(at / MICROS_PER_SECOND);
