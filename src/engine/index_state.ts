/**
 * One settlement index as the engine follows it: every source of it side by side, and of these the one that is believed.
 *
 * | is asked for | comes from |
 * | --- | --- |
 * | value, move | the source in use, less its mean difference from the official one where that was measured |
 * | volatility | the source in use; another one that is well, while it has none of its own |
 * | volatility of the average to come | the same; the selected forecast while there is a fresh one, where that is set |
 * | the average to come | those two, the more uncertain the less is known of the difference from the official source |
 * | a second of the final minute | the official source; without it a recording, the source in use, or another whose difference was measured |
 *
 * @module
 */

import type { IndexInput, VolatilityForecastInput } from "../core/input.ts";
import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { withBasisDoubt } from "../models/basis_doubt.ts";
import { SettlementAverage } from "../models/settlement_average.ts";
import type { IndexReading } from "../strategies/strategy.ts";
import type { BasisFigures } from "./index_basis.ts";
import { IndexCandidate } from "./index_candidate.ts";
import {
  chooseSource,
  DEFAULT_FAILOVER,
  type FailoverSettings,
  INDEX_SOURCES,
  type IndexSource,
  type SourceHealth,
} from "./index_choice.ts";
import type { IndexSettings } from "./options.ts";
import { isUsable, volatilityOver } from "./volatility_choices.ts";

const OFFICIAL = INDEX_SOURCES.indexOf("official");
const NONE = -1;

/** What it says is what settles, as far as anybody here knows: nothing is taken off it. */
const isTrusted = ({ source }: IndexCandidate): boolean => source === "official" || source === "recorded";

/** The part of the final minute's average that is no longer random. */
export interface SeenPart {
  sum: number;
  count: number;
}

/** What a settlement average to come is made of. */
export interface AverageParts {
  readonly value: number;
  /** Of the log return per square root of a second, with what is not known of the source's difference. */
  readonly sigma: number;
  /** From the newest value to the close. */
  readonly secondsLeft: number;
  readonly seen: SeenPart;
}

/** Another source is in use from now on. */
export interface SourceSwitch {
  readonly from: IndexSource;
  readonly to: IndexSource;
  readonly why: string;
}

export class IndexState {
  readonly name: string;
  readonly #settings: IndexSettings;
  readonly #failover: FailoverSettings;
  readonly #candidates: (IndexCandidate | null)[] = INDEX_SOURCES.map(() => null);
  readonly #healths = INDEX_SOURCES.map((): SourceHealth | null => null);
  #active = NONE;
  #since = 0 as Micros;
  #why = "";
  #switched: SourceSwitch | null = null;
  /** What the selected volatility forecaster says, as long as that is used. */
  #selected: VolatilityForecastInput | null = null;
  // What many markets ask for between two values is made once.
  #reading: Reading | null = null;
  readonly #average = new SettlementAverage();
  #averageCloses = NaN;
  readonly #seen: SeenPart = { sum: 0, count: 0 };

  constructor(name: string, settings: IndexSettings) {
    this.name = name;
    this.#settings = settings;
    this.#failover = settings.failover ?? DEFAULT_FAILOVER;
  }

  /** The source in use, `null` before the first value. */
  get source(): IndexSource | null {
    return this.#inUse?.source ?? null;
  }

  /** Since when it is in use; 0 before the first value. */
  get since(): Micros {
    return this.#since;
  }

  /** Why it is, in words. */
  get why(): string {
    return this.#why;
  }

  /** Every source that was heard, the best first. */
  get candidates(): readonly IndexCandidate[] {
    return this.#candidates.filter((candidate) => candidate !== null);
  }

  get value(): number | null {
    const inUse = this.#inUse;
    return inUse === null ? null : inUse.value - this.correctionOf(inUse);
  }

  /** The last whole second that the newest value stands for. */
  get second(): number {
    return this.#inUse?.second ?? 0;
  }

  /** Of the source in use; while that has heard too little, of the best other one that is well. */
  get volatility(): number | null {
    const inUse = this.#inUse;
    if (inUse === null || inUse.volatility !== null) return inUse?.volatility ?? null;
    for (const candidate of this.#candidates) {
      if (candidate !== null && candidate.volatility !== null && candidate.health.isWell(inUse.sourceTime)) {
        return candidate.volatility;
      }
    }
    return null;
  }

  /** What the selected volatility forecaster says from now on. Nothing comes of it unless the settings say so. */
  select(forecast: VolatilityForecastInput): void {
    if (this.#settings.volatilityModel !== "selected") return;
    this.#selected = isUsable(forecast, forecast.at) ? forecast : null;
    this.#forget();
  }

  /** Takes one value; the reason where it is refused. */
  take(input: IndexInput): string | null {
    const place = INDEX_SOURCES.indexOf(input.source);
    const candidate = this.#candidates[place] ??
      new IndexCandidate(input.source, this.#settings, this.#failover);
    const refused = candidate.take(input, this.#toldBesides(place, input.at));
    if (refused !== null) return `${this.name}: ${refused}`;
    this.#candidates[place] = candidate;
    this.#healths[place] = candidate.health;
    if (input.live !== true) this.#measureBasis(Math.floor(input.sourceTime / MICROS_PER_SECOND));
    this.#forget();
    this.advance(input.at);
    return null;
  }

  /** Time passes: a source may have fallen silent, or proved itself. */
  advance(at: Micros): void {
    if (this.#selected !== null && !isUsable(this.#selected, at)) {
      this.#selected = null;
      this.#forget();
    }
    const chosen = chooseSource(this.#active, this.#healths, at);
    if (chosen === this.#active) return;
    const before = this.#inUse;
    this.#active = chosen;
    this.#since = at;
    this.#forget();
    const to = INDEX_SOURCES[chosen];
    if (before === null) {
      this.#why = "It was heard first";
      return;
    }
    this.#why = before.health.isWell(at)
      ? `It ranks before ${before.source}, and is well`
      : `The newest ${before.source} value was ${(before.age(at) / MICROS_PER_SECOND).toFixed(1)} s old`;
    this.#switched = { from: before.source, to, why: this.#why };
  }

  /** The change of source since the last call, `null` where there was none. */
  takeSwitch(): SourceSwitch | null {
    const switched = this.#switched;
    this.#switched = null;
    return switched;
  }

  /** Since the newest value, by its stamp or by its arrival, whichever is longer ago. */
  age(at: Micros): number {
    return this.#inUse?.age(at) ?? Infinity;
  }

  /** What a source lies off the official one, `null` where that is not known. */
  basisOf(candidate: IndexCandidate): BasisFigures | null {
    const newest = this.#candidates.reduce((second, each) => Math.max(second, each?.second ?? 0), 0);
    return candidate.basis.figures(newest);
  }

  /** What is taken off the values of the source in use. */
  get correction(): number {
    const inUse = this.#inUse;
    return inUse === null ? 0 : this.correctionOf(inUse);
  }

  /** What is taken off a source's values: its mean difference from the official one, once measured for long enough. */
  correctionOf(candidate: IndexCandidate): number {
    if (!this.#failover.correctBasis || isTrusted(candidate)) return 0;
    return this.#measuredBasis(candidate)?.mean ?? 0;
  }

  /** The value of one second as far as it is known, `null` where no source says it. */
  valueAt(second: number): number | null {
    for (let place = 0; place < this.#candidates.length; place++) {
      const candidate = this.#candidates[place];
      const value = candidate?.ring.valueAt(second) ?? null;
      if (candidate === null || value === null) continue;
      if (isTrusted(candidate)) return value;
      if (place === this.#active || this.#measuredBasis(candidate) !== null) {
        return value - this.correctionOf(candidate);
      }
    }
    return null;
  }

  /** The value that the official source itself gave for a second. */
  officialAt(second: number): number | null {
    return this.#candidates[OFFICIAL]?.ring.valueAt(second) ?? null;
  }

  /**
   * Fills in what of (T-60, T] has been seen. A second lost on the way counts at the value before it, those before the first
   * at that one: a price lies nearer to its neighbours than to the mean of its minute.
   */
  seen(closeSecond: number, into: SeenPart): void {
    into.sum = 0;
    into.count = 0;
    const first = closeSecond - SETTLEMENT_SECONDS + 1;
    const through = Math.min(this.second, closeSecond);
    let before = NaN;
    let sum = 0;
    for (let second = first; second <= through; second++) {
      const value = this.valueAt(second) ?? before;
      if (Number.isNaN(value)) continue;
      sum += Number.isNaN(before) ? value * (second - first + 1) : value;
      before = value;
    }
    if (Number.isNaN(before)) return;
    into.count = through - first + 1;
    into.sum = sum;
  }

  /** The distribution of the average that settles at this second, valid until the next call; `null` before a volatility. */
  averageAt(closeSecond: number): SettlementAverage | null {
    if (this.#averageCloses === closeSecond) return this.#average;
    const inUse = this.#inUse;
    const { value } = this;
    if (inUse === null || value === null) return null;
    const left = closeSecond - inUse.sourceTime / MICROS_PER_SECOND;
    const sigma = this.#sigmaOver(inUse, left);
    if (sigma === null) return null;
    this.seen(closeSecond, this.#seen);
    this.#average.prepare(value, sigma, left, this.#seen.sum, this.#seen.count);
    this.#averageCloses = closeSecond;
    return this.#average;
  }

  /** What the average that settles at this second is made of now; `null` before a volatility. */
  averageParts(closeSecond: number): AverageParts | null {
    const inUse = this.#inUse;
    const { value } = this;
    if (inUse === null || value === null) return null;
    const secondsLeft = closeSecond - inUse.sourceTime / MICROS_PER_SECOND;
    const sigma = this.#sigmaOver(inUse, secondsLeft);
    if (sigma === null) return null;
    const seen = { sum: 0, count: 0 };
    this.seen(closeSecond, seen);
    return { value, sigma, secondsLeft, seen };
  }

  #sigmaOver(inUse: IndexCandidate, left: number): number | null {
    const volatility = this.#selected === null ? this.volatility : volatilityOver(this.#selected.forecasts, left);
    return volatility === null ? null : withBasisDoubt(volatility, this.#doubtOf(inUse), left);
  }

  reading(at: Micros): IndexReading | null {
    const inUse = this.#inUse;
    if (inUse === null) return null;
    if (this.#reading?.at === at) return this.#reading;
    const basisSd = isTrusted(inUse) ? 0 : this.#measuredBasis(inUse)?.sd ?? null;
    return this.#reading = new Reading(at, inUse, this.value ?? inUse.value, this.volatility, basisSd);
  }

  /** How far a source may lie off the official one beyond what is known of it, as a share of its value. */
  #doubtOf(candidate: IndexCandidate): number {
    if (isTrusted(candidate)) return 0;
    const basis = this.#measuredBasis(candidate);
    return basis === null ? this.#failover.assumedBasis : basis.sd / candidate.value;
  }

  get #inUse(): IndexCandidate | null {
    return this.#active === NONE ? null : this.#candidates[this.#active];
  }

  #measuredBasis(candidate: IndexCandidate): BasisFigures | null {
    const basis = this.basisOf(candidate);
    return basis !== null && basis.count >= this.#failover.basisMin ? basis : null;
  }

  /** What another source says now, the best first. One exchange alone is no measure for the others. */
  #toldBesides(place: number, at: Micros): number | null {
    for (let other = 0; other < this.#candidates.length; other++) {
      const candidate = this.#candidates[other];
      if (other === place || candidate === null || candidate.source === "exchange") continue;
      if (candidate.health.isWell(at)) return candidate.value;
    }
    return null;
  }

  /** A second has a value, or another one: where the official source and others have it, their difference is known. */
  #measureBasis(second: number): void {
    const official = this.#candidates[OFFICIAL]?.ring.valueAt(second) ?? null;
    if (official === null) return;
    for (const candidate of this.#candidates) {
      if (candidate === null || candidate.source === "official") continue;
      const value = candidate.ring.valueAt(second);
      if (value !== null) candidate.basis.push(second, value - official);
    }
  }

  #forget(): void {
    this.#reading = null;
    this.#averageCloses = NaN;
  }
}

class Reading implements IndexReading {
  readonly age: number;
  readonly lag: number;
  readonly source: IndexSource;
  readonly #candidate: IndexCandidate;

  constructor(
    readonly at: Micros,
    candidate: IndexCandidate,
    readonly value: number,
    readonly volatility: number | null,
    readonly basisSd: number | null,
  ) {
    this.#candidate = candidate;
    this.age = candidate.age(at);
    this.lag = candidate.lag;
    this.source = candidate.source;
  }

  /** Within one and the same source: what lies between two is no move. */
  move(seconds: number): number | null {
    const { ring, second, value } = this.#candidate;
    const before = ring.valueAt(second - Math.round(seconds));
    return before === null ? null : (value / before - 1) * 10_000;
  }
}
