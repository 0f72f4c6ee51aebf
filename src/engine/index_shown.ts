/**
 * Makes what the engine shows of an index.
 * @module
 */

import { assetOf } from "../core/index_parameters.ts";
import { formatTime } from "../core/units.ts";
import type { Engine } from "./engine.ts";
import type { IndexState } from "./index_state.ts";
import type { IndexView, VolatilityChoiceView } from "./view.ts";
import { isUsable } from "./volatility_choices.ts";

export function indexView(engine: Engine, index: IndexState): IndexView {
  const { value } = index;
  const at = engine.now;
  return {
    index: index.name,
    value,
    source: index.source,
    since: value === null ? null : formatTime(index.since),
    why: value === null ? null : index.why,
    correction: index.correction,
    sources: index.candidates.map((candidate) => ({
      source: candidate.source,
      exchange: candidate.exchange,
      value: candidate.value,
      ageMs: Math.round(candidate.age(at) / 1_000),
      well: candidate.health.isWell(at),
      basis: index.basisOf(candidate),
    })),
    ageMs: value === null ? null : Math.round(index.age(at) / 1_000),
    volatility: index.volatility,
    volatilityChoice: volatilityChoiceView(engine, assetOf(index.name)),
  };
}

/** Which volatility forecaster is believed for an asset; `null` while nothing was heard of that. */
export function volatilityChoiceView(
  { volatility, options, now }: Pick<Engine, "volatility" | "options" | "now">,
  asset: string | null,
): VolatilityChoiceView | null {
  const choice = asset === null ? undefined : volatility.get(asset);
  if (choice === undefined) return null;
  const { chosen, since, why, at } = choice;
  const used = options.index.volatilityModel === "selected" && isUsable(choice, now);
  return { chosen, since: since === null ? null : formatTime(since), why, at: formatTime(at), used };
}
