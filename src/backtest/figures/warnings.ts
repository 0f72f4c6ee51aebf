/**
 * What the owner should not overlook in figures, in words, beside what their intervals allow to be said (verdicts.ts).
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
  const { fills, settled, pnl } = gathered.summary;
  const warnings: string[] = [];
  if (simulatedMarket) {
    warnings.push("The market data is a simulator's: nothing here says what would be earned at an exchange");
  }
  // Without any interval the verdict says so already.
  if (fills > 0 && pnl.interval !== null && settled < MARKETS_MIN) {
    warnings.push(`Only ${settled} markets settled: most intervals are too wide to tell skill from luck`);
  }
  for (const halt of halts.slice(0, HALTS_MAX)) warnings.push(`Trading was halted in the end: ${halt}`);
  return warnings;
}
