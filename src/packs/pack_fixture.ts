/**
 * A strategy written twice, as a pack and in TypeScript, for tests that hold one to the other.
 * @module
 */

import { z } from "zod";
import { feeAdjustedKelly } from "../models/kelly.ts";
import { type Bet, contractsFor, costOf, evidenceOf, feeOf } from "../strategies/bet.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import { keepStill, no } from "../strategies/obstacles.ts";
import { contracts, dollars, fraction, seconds } from "../strategies/parameters.ts";
import { register } from "../strategies/registry.ts";
import { makePack, type Pack } from "./pack.ts";
import { packTemplate } from "./template.ts";

/** A pack of this text. */
export const packOf = (source: string, file = "pack.js"): Promise<Pack> =>
  makePack(file, new TextEncoder().encode(source));

/** The pack that `kbot pack init` writes. */
export const latePack = (name = "late_yes"): Promise<Pack> => packOf(packTemplate(name), `${name}.js`);

/** The same strategy in TypeScript. */
export const lateYes = register({
  name: "late_yes",
  title: "Late YES (an example)",
  startsOff: true,
  parameters: z.strictObject({
    min_edge: dollars(0.02, "Least net edge per contract"),
    kelly_fraction: fraction(0.1, "Part of full Kelly to use"),
    max_contracts: contracts(20, "Largest position"),
    max_seconds: seconds(120, 900, "Farther from settlement nothing is sent"),
  }),
  hooks: STANDARD_HOOKS,
  trades: (series) => series === "KXBTC15M",
  decide(view, settings) {
    const { book, probability, market } = view;
    if (market.status !== "active" || book.phase !== "synced" || book.isCrossed) {
      return keepStill(no("not_open", "The book cannot be traded on"));
    }
    if (view.secondsToClose > settings.max_seconds) return keepStill(no("too_early", "Far from settlement"));
    const { ask } = book;
    if (ask === null || probability === null) return keepStill(no("no_price", "No price or no probability"));
    const cost = costOf("bid", ask);
    const fee = feeOf(market, ask, "taker");
    const bet: Bet = { side: "bid", cost, fee, edge: probability - cost - fee };
    const { edge } = bet;
    if (edge < settings.min_edge) return keepStill(no("no_edge", `Edge ${edge.toFixed(4)}`), edge, "yes");
    const kelly = settings.kelly_fraction * feeAdjustedKelly({ probability, price: cost, fee, settlementFee: 0 });
    const depth = book.sizeAgainst("bid", ask);
    const count = contractsFor(view, bet, kelly, { position: settings.max_contracts, depth: depth / 100 });
    if (count === 0) return keepStill(no("too_small", "Less than one contract is allowed here"), edge, "yes");
    const target = {
      side: "bid",
      price: ask,
      count,
      timeInForce: "immediate_or_cancel",
      postOnly: false,
      reduceOnly: false,
      signal: "late",
      kelly,
      depth,
      evidence: evidenceOf(view, bet, count, { spot: view.index?.value ?? null, probability, kelly }),
    } as const;
    return { targets: [target], refusal: null, edge, edgeSide: "yes" };
  },
});
