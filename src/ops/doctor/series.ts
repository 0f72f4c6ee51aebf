/**
 * Are the configured series known there, with what they charge?
 * @module
 */

import type { FeeSchedule } from "../../core/market.ts";
import { describeFailure } from "../../venues/kalshi/failure.ts";
import { type Check, fail, pass } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { patiently } from "./patiently.ts";
import { REST } from "./rest.ts";

export const SERIES = "series";

/** Without a key five requests go a second: a look at the first few is enough. */
const LOOKED_AT_MAX = 10;

export const lookedAt = (context: DoctorContext): readonly string[] =>
  context.found("config").venue.series.slice(0, LOOKED_AT_MAX);

const describeFees = ({ type, multiplierMillionths }: FeeSchedule): string =>
  `${type.replaceAll("_", " ")} fees x ${multiplierMillionths / 1_000_000}`;

export const series: Check = {
  name: SERIES,
  needs: [REST],
  seconds: 60,
  async run(context) {
    const known: string[] = [];
    const problems: string[] = [];
    const fees = new Map<string, FeeSchedule>();
    let unknown = false;
    for (const ticker of lookedAt(context)) {
      const found = await patiently(() => context.found("publicRest").series(ticker));
      if (found.ok) {
        fees.set(ticker, found.value.fees);
        known.push(`${ticker}: ${describeFees(found.value.fees)}`);
      } else if (found.failure.kind === "http" && found.failure.status === 404) {
        unknown = true;
        problems.push(`${ticker} is unknown there`);
      } else problems.push(`${ticker}: ${describeFailure(found.failure)}`);
    }
    context.note("fees", fees);
    const left = context.found("config").venue.series.length - lookedAt(context).length;
    const more = left > 0 ? ` (${left} more were not looked at)` : "";
    if (problems.length === 0) return pass(known.join("; ") + more);
    return fail(problems.join("; "), unknown ? "Correct venue.series in the configuration" : "Try again in a minute");
  },
};
