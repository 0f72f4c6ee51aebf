/**
 * What the owner should not overlook in figures, in words.
 * @module
 */

import type { GatheredFindings } from "./figures.ts";

/** Halts that are named. */
const HALTS_MAX = 20;
/** Below so many settled markets hardly anything stands out. */
const MARKETS_MIN = 30;

export function warningsOf(
  gathered: GatheredFindings,
  { simulatedMarket, halts }: { readonly simulatedMarket: boolean; readonly halts: readonly string[] },
): string[] {
  const { fills, settled, roi, brier_difference: difference } = gathered.summary;
  const warnings: string[] = [];
  if (simulatedMarket) {
    warnings.push("The market data is a simulator's: nothing here says what would be earned at an exchange");
  }
  if (fills === 0) warnings.push("Nothing was traded: no figure of profit says anything");
  else if (settled < MARKETS_MIN) {
    warnings.push(`Only ${settled} markets settled: most intervals are too wide to tell skill from luck`);
  }
  if (roi.interval !== null && roi.interval[0] < 0 && roi.interval[1] > 0) {
    warnings.push("Profit does not stand out from chance: its interval includes zero");
  }
  if (difference.interval !== null && difference.interval[0] > 0) {
    warnings.push("The market's own prices were better probabilities than the model's");
  }
  for (const halt of halts.slice(0, HALTS_MAX)) warnings.push(`Trading was halted in the end: ${halt}`);
  return warnings;
}
