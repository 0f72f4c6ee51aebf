/**
 * Is the exchange open, and does the shard trade that the configured series are on? The flags on top of the body speak
 * of shard 0 only (KALSHI.md 3.5).
 * @module
 */

import { type Check, fail, pass } from "./check.ts";
import { REST } from "./rest.ts";

/** Where crypto trades (KALSHI.md 3.15), for where no market told its shard. */
const CRYPTO_SHARD = 2;
const PAUSES = "Wait: each Thursday from 3:00 to 5:00 ET trading pauses; kalshi.com tells of other pauses";

export const trading: Check = {
  name: "trading",
  needs: [REST],
  run(context) {
    const status = context.found("exchangeStatus");
    const found = context.foundOrNone("shards") ?? [];
    const shards = found.length === 0 ? [CRYPTO_SHARD] : found;
    const closed: string[] = [];
    for (const shard of shards) {
      const row = status.shards.find((each) => each.shard === shard);
      const { exchangeActive, tradingActive } = row ?? status;
      if (!exchangeActive) closed.push(`the exchange pauses on shard ${shard}`);
      else if (!tradingActive) closed.push(`trading pauses on shard ${shard}`);
    }
    if (closed.length === 0) return Promise.resolve(pass(`Active on shard ${shards.join(", ")}`));
    const resumes = status.resumeTime === null ? "" : `, expected to resume ${status.resumeTime}`;
    return Promise.resolve(fail(`No trading now: ${closed.join(", ")}${resumes}`, PAUSES));
  },
};
