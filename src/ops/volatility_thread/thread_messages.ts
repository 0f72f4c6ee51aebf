/**
 * What is said between a run and the thread that compares its volatility forecasters.
 * @module
 */

import type { VolatilityForecastInput } from "../../core/input.ts";

export interface ForecastSettings {
  /** Of the engine's own forecaster. */
  readonly halfLifeSeconds: number;
  /** One-second returns that it must have heard. */
  readonly returnsMin: number;
}

/** What was heard of one asset since it was told last, oldest first. */
export interface SecondsTold {
  readonly asset: string;
  readonly seconds: readonly number[];
  readonly prices: readonly number[];
}

/** A question: with these seconds, which forecaster is to be believed, and what does it say? */
export interface ForecastsAsked {
  readonly settings: ForecastSettings;
  readonly told: readonly SecondsTold[];
}

/** Of one asset. */
export type ForecastAnswer = Omit<VolatilityForecastInput, "type" | "at">;

/** One answer for each question: a thread is asked one at a time. */
export type ThreadSaid =
  | { readonly type: "answered"; readonly answers: readonly ForecastAnswer[] }
  | { readonly type: "failed"; readonly error: string };
