/**
 * The bounds of a paper result in words.
 * @module
 */

import type { PaperBoundsView, PaperFiguresView } from "../engine/view.ts";

/** `pessimistic 12 fills, P&L -1.204000; risk_averse (traded) ...; optimistic ...` */
export function describePaperBounds({ model, trades, pessimistic, chosen, optimistic }: PaperBoundsView): string {
  const one = (name: string, { fills, contracts, fees, pnl }: PaperFiguresView): string =>
    `${name} ${fills} ${fills === 1 ? "fill" : "fills"} of ${contracts}, fees ${fees}, P&L ${pnl}`;
  return [
    one("pessimistic", pessimistic),
    one(`${model} (traded)`, chosen),
    one("optimistic", optimistic),
    ...(trades > 0 ? [] : ["no public trade was heard, so that nothing is known of queues"]),
  ].join("; ");
}
