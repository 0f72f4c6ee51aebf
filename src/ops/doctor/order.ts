/**
 * Can an order be created and cancelled? Only where asked for (`--order`), and never where it would cost real money:
 * one contract, post-only, at the lowest price, far from the market, and it expires by itself after two minutes.
 * @module
 */

import { isKalshiDemo, isRealKalshi } from "../../venues/kalshi/hosts.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { findFarPlace } from "./far_place.ts";
import { MARKETS } from "./markets.ts";
import { OrderTrial } from "./order_trial.ts";
import { SIGNATURE } from "./signature.ts";

const isRealMoney = (url: string): boolean => isRealKalshi(url) && !isKalshiDemo(url);

export const order: Check = {
  name: "test order",
  needs: [MARKETS, SIGNATURE],
  seconds: 120,
  unwanted(context) {
    if (!context.request.order) {
      return skip("Not asked for: --order creates an order far from the market and cancels it");
    }
    const venue = context.foundOrNone("venue");
    if (venue === undefined) return null;
    const { real, host, title } = venue.chosen;
    const isKalshi = isRealMoney(host.rest) || isRealMoney(host.ws);
    if (!real && !isKalshi) return null;
    return skip(
      isKalshi
        ? "Never made at the real Kalshi, where it would be real money, whatever the flags say"
        : `Not made at ${title}, which does not say that it is simulated: it may lead to the real Kalshi`,
      "Try it at Kalshi's demo environment (--venue demo) or the simulated exchange (--venue sim)",
    );
  },
  async run(context) {
    const place = await findFarPlace(context);
    if (!place.ok) return fail(place.reason, "Try again in a minute");
    const { chosen } = context.found("venue");
    const trial = new OrderTrial(context.found("rest"), chosen, place.value);
    const outcome = await trial.run();
    return outcome.ok ? pass(outcome.text) : fail(outcome.reason, outcome.remedy);
  },
};
