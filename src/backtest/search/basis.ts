/**
 * What a trial's result depends on besides its parameters, as a hash: whoever has the same comes to the same results.
 * @module
 */

import type { DataFile } from "../findings.ts";
import { contentsOf } from "./data_identity.ts";
import type { Survey } from "./survey.ts";
import type { TrialSettings } from "./trial.ts";
import { hashOfJson } from "./trial_book.ts";

export interface BasisAsked {
  /** As by `dataFiles`: the data set's, then those of the recorded index. */
  readonly files: readonly DataFile[];
  readonly survey: Survey;
  readonly settings: TrialSettings;
  /** Hashes of the strategy packs. */
  readonly packs: readonly string[];
}

/** The objective is none of it: profits are kept, not what is made of them. */
export function basisOf({ files, survey, settings, packs }: BasisAsked): string {
  const { objective: _, periods: __, engine, ...rest } = settings;
  const strategies = engine.strategies.map(({ parameters: _, ...each }) => each);
  return hashOfJson({
    files: contentsOf(files),
    events: survey.events,
    markets: survey.markets,
    ...rest,
    engine: { ...engine, strategies },
    packs,
  });
}
