/**
 * Does cash lie where the configured series trade? Collateral is held by each shard on its own (KALSHI.md 3.15).
 * @module
 */

import { formatMoney, type Money, money } from "../../core/units.ts";
import { balanceOn } from "../../venues/kalshi/bodies_account.ts";
import { type Check, fail, pass } from "./check.ts";
import { MARKETS } from "./markets.ts";
import { SIGNATURE } from "./signature.ts";

/** `9801.500000` -> `$9801.50`. */
function inDollars(amount: Money): string {
  const [whole, fraction] = formatMoney(amount).split(".");
  return `$${whole}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`;
}

/** How cash gets from one shard to another. */
const transfer = (from: number, to: number): string =>
  `Move cash from shard ${from} to shard ${to}: kbot transfer --from ${from} --to ${to} --usd AMOUNT, or on Kalshi's site`;

export const shardBalance: Check = {
  name: "shard balance",
  needs: [MARKETS, SIGNATURE],
  run(context) {
    const balance = context.found("balance");
    const shards = context.found("shards");
    const rows = [...balance.byShard].sort(([a], [b]) => a - b);
    const lies = rows.length === 0
      ? `${inDollars(balance.total)} in all`
      : rows.map(([shard, cash]) => `${inDollars(cash)} on shard ${shard}`).join(", ");
    const empty = shards.filter((shard) => balanceOn(balance, [shard]) <= money(0));
    if (empty.length === 0) return Promise.resolve(pass(lies));
    const needed = `the configured series trade on shard ${empty.join(", ")}, which holds none`;
    const richest = rows.filter(([shard]) => !empty.includes(shard)).sort(([, a], [, b]) => b - a).at(0);
    if (richest === undefined || richest[1] <= 0) {
      return Promise.resolve(fail(`The account holds no cash: ${needed}`, "Deposit some; paper trading needs none"));
    }
    return Promise.resolve(fail(`${lies}, but ${needed}`, transfer(richest[0], empty[0])));
  },
};
