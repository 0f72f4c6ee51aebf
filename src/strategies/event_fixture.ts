/**
 * Hand-made outlooks for the tests of strategies that bet on the outcomes of an event.
 * @module
 */

import { BUCKETS, groupOf, type Quoted } from "./arbitrage_fixture.ts";
import type { EventOutlook } from "./event_outlook.ts";
import { decideEvent, type OpeningObstacle } from "./event_value.ts";
import { type EventValueParameters, eventValueParameters } from "./event_value_parameters.ts";
import type { GroupOpinion, GroupView } from "./strategy.ts";

/** Defaults, but without slippage: prices in tests are the best ones unless they are about it. */
export const withParameters = (change: Partial<EventValueParameters> = {}): EventValueParameters =>
  eventValueParameters.parse({ slippage: 0, ...change });

/** One outcome for each of the four buckets. A ticker that is no bucket has no rule. */
export const outlookOn = (
  probabilities: readonly number[],
  alternatives: readonly (readonly number[])[] = [],
): EventOutlook => ({
  probabilities,
  alternatives,
  ruleOf({ ticker, strikeType }) {
    const bucket = BUCKETS.findIndex((each) => each.ticker === ticker);
    return bucket < 0 || strikeType === null ? null : (place) => place === bucket;
  },
  expected: 51,
  payoutSeconds: 0,
});

/** What is wanted of these markets: everything may be opened unless said otherwise. */
export const decide = (
  quoted: readonly Quoted[],
  outlook: EventOutlook,
  parameters: Partial<EventValueParameters> = {},
  change: Partial<GroupView> = {},
  obstacle: OpeningObstacle = () => null,
): GroupOpinion => decideEvent(groupOf(quoted, change), outlook, obstacle, withParameters(parameters));

/** The word for which a market keeps still; `""` where it does not. */
export const reasonAt = (opinions: GroupOpinion, at: number): string =>
  opinions.get(BUCKETS[at].ticker)?.refusal?.code ?? "";
