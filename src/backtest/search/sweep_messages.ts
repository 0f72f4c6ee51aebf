/**
 * What is said between a sweep and its Workers.
 * @module
 */

import type { PassAsked, TrialResult, TrialSettings } from "./trial.ts";

/** A strategy pack as a Worker needs it: its bytes were checked against their hash before. */
export interface PackGiven {
  readonly file: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The first message to a Worker. */
export interface SweepSetup {
  readonly path: string;
  readonly spot: string | null;
  readonly settings: TrialSettings;
  readonly packs: readonly PackGiven[];
}

export type WorkerTold =
  | { readonly type: "setup"; readonly setup: SweepSetup }
  | { readonly type: "pass"; readonly pass: PassAsked };

/** The first says that the Worker is set up; after it one `ran` or `failed` for each pass: a Worker has one at a time. */
export type WorkerSaid =
  | { readonly type: "ready" }
  /** Inputs taken since it was said last. */
  | { readonly type: "progress"; readonly inputs: number }
  | { readonly type: "ran"; readonly results: readonly TrialResult[] }
  | { readonly type: "failed"; readonly error: string };
