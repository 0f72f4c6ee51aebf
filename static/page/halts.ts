/** What stands, in words. */

import type { HaltView, StateView } from "../../src/engine/view.ts";

/** The loudest word for what stands: nothing of the whole may go, only what closes, or a part of it stands still. */
export function headlineOf(state: StateView["state"], halts: readonly HaltView[]): string {
  if (state === "halted") return "TRADING HALTED";
  if (state === "reducing") return "REDUCING: ONLY WHAT CLOSES GOES OUT";
  return halts.length === 0 ? "" : "PARTLY HALTED";
}

/** What a halt lets out, and of what, in words. */
export const reachOf = ({ level, scope, subject }: HaltView): string =>
  `${level === "halted" ? "only cancels" : "only what closes"}, ${
    subject === null ? "everywhere" : `${scope} ${subject}`
  }`;
