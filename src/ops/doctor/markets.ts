/**
 * Are there open markets of the configured series?
 * @module
 */

import type { Market } from "../../core/market.ts";
import { formatTime } from "../../core/units.ts";
import { describeFailure } from "../../venues/kalshi/failure.ts";
import { type Check, fail, pass } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { patiently } from "./patiently.ts";
import { REST } from "./rest.ts";
import { lookedAt } from "./series.ts";

export const MARKETS = "markets";

/** What is charged does not matter to what is done with the markets here. */
const ANY_FEES = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;

type Listed = { readonly ok: true; readonly markets: readonly Market[] } | {
  readonly ok: false;
  readonly reason: string;
};

/** The open markets of a series. */
export async function openMarketsOf(context: DoctorContext, series: string): Promise<Listed> {
  const fees = context.foundOrNone("fees");
  const read = await patiently(() =>
    context.found("publicRest").markets({ series, status: "open" }, (each) => fees?.get(each) ?? ANY_FEES)
  );
  if (!read.ok) return { ok: false, reason: `${series}: ${describeFailure(read.failure)}` };
  const [refused] = read.value.refused;
  if (refused !== undefined && read.value.items.length === 0) {
    return { ok: false, reason: `${series}: ${refused.path} cannot be read, found ${refused.found}` };
  }
  return { ok: true, markets: read.value.items };
}

export const markets: Check = {
  name: MARKETS,
  needs: [REST],
  seconds: 60,
  async run(context) {
    const open: Market[] = [];
    const counts: string[] = [];
    const problems: string[] = [];
    for (const series of lookedAt(context)) {
      const listed = await openMarketsOf(context, series);
      if (!listed.ok) problems.push(listed.reason);
      else if (listed.markets.length === 0) problems.push(`${series} has no open market`);
      else counts.push(`${series}: ${listed.markets.length} open`);
      if (listed.ok) open.push(...listed.markets);
    }
    open.sort((a, b) => b.closeTime - a.closeTime);
    context.note("openMarkets", open);
    context.note("shards", [...new Set(open.map((market) => market.shard))].sort((a, b) => a - b));
    if (open.length === 0) {
      return fail(problems.join("; "), "See series and trading: a name may be wrong, or trading may pause");
    }
    const shards = context.found("shards").join(", ");
    const last = formatTime(open[0].closeTime);
    return pass(`${[...counts, ...problems].join("; ")}; on shard ${shards}; the last closes ${last}`);
  },
};
