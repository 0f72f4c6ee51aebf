/**
 * The simulated sources of rates: the New York Fed's effective rate at its real path, and a stand-in for whatever the user
 * has futures prices from, as JSON (`/futures`) and as CSV (`/futures.csv`).
 *
 * The trouble `outlier` makes prices that no rate has, `gap` leaves out every third contract, `silent` every one.
 * @module
 */

import { Hono } from "hono";
import { formatTime } from "../../../core/units.ts";
import { json } from "../replies.ts";
import type { FeedSimulator, FeedWorld } from "./feed_simulator.ts";
import { RatesMarket } from "./rates_market.ts";

const NAME = "rates";
const RANGE_WIDTH = 0.25;
/** Added to a price under the trouble `outlier`: rates of minus six per cent. */
const OUTLIER = 10;
const MONTH_CODES = "FGHJKMNQUVXZ";

/** `2026-12` -> `ZQZ26`. */
const codeOf = (month: string): string => `ZQ${MONTH_CODES[Number(month.slice(5)) - 1]}${month.slice(2, 4)}`;

export function ratesSimulator(world: FeedWorld): FeedSimulator {
  const market = new RatesMarket(world.seed);
  const quotes = () => {
    if (world.struck(NAME, "silent")) return [];
    const wrong = world.struck(NAME, "outlier") ? OUTLIER : 0;
    return market.futures(world.now())
      .filter((_, at) => !world.struck(NAME, "gap") || at % 3 !== 2)
      .map(({ month, price }) => ({ contract: codeOf(month), price: (price + wrong).toFixed(4) }));
  };
  const routes = new Hono();
  routes.get("/api/rates/unsecured/effr/last/1.json", () => {
    const day = market.publishedDay(world.now());
    const upper = market.upperOn(day);
    const rate = {
      effectiveDate: day,
      type: "EFFR",
      percentRate: market.effectiveOn(day),
      targetRateFrom: upper - RANGE_WIDTH,
      targetRateTo: upper,
      volumeInBillions: 100,
      revisionIndicator: "",
    };
    return json({ refRates: [rate] });
  });
  routes.get("/futures", () => {
    const time = formatTime(world.now());
    return json({ simulated: true, quotes: quotes().map((quote) => ({ ...quote, time })) });
  });
  routes.get("/futures.csv", () => {
    const lines = ["contract,price", ...quotes().map(({ contract, price }) => `${contract},${price}`)];
    return new Response(lines.join("\n") + "\n", { headers: { "content-type": "text/csv" } });
  });
  return { name: NAME, routes };
}
