/**
 * The exchange's REST side as one Hono application (KALSHI.md 3).
 * @module
 */

import { Hono } from "hono";
import type { House } from "./house.ts";
import { indexRoutes } from "./index_routes.ts";
import { orderRoutes } from "./order_routes.ts";
import { portfolioRoutes } from "./portfolio_routes.ts";
import { accountRoutes } from "./account_routes.ts";
import { candleRoutes } from "./candle_routes.ts";
import { exchangeRoutes } from "./exchange_routes.ts";
import { feedControlRoutes } from "./feeds/feed_control.ts";
import type { FeedHub } from "./feeds/feed_hub.ts";
import { groupRoutes } from "./group_routes.ts";
import { marketRoutes } from "./market_routes.ts";
import { refuse } from "./refusal.ts";
import { json, refusalReply } from "./replies.ts";
import { signatureCheck } from "./signature_check.ts";
import { type SimControl, simRoutes } from "./sim_routes.ts";

export const REST_ROOT = "/trade-api/v2";

/** Everything under `/portfolio`, and what stands here. */
const SIGNED = [
  "/portfolio/*",
  "/account/limits",
  "/account/api_usage_level/*",
  "/cfbenchmarks/*",
  "/historical/fills",
  "/historical/orders",
  "/historical/positions",
];

/** @param control what the simulation's own pages may do to the clock */
export function createHttp(house: House, control: SimControl, feeds: FeedHub): Hono {
  const app = new Hono();
  const check = signatureCheck(house.authenticator);
  for (const path of SIGNED) app.use(`${REST_ROOT}${path}`, check);
  app.route(REST_ROOT, exchangeRoutes(house));
  app.route(REST_ROOT, candleRoutes(house));
  app.route(REST_ROOT, marketRoutes(house));
  app.route(REST_ROOT, portfolioRoutes(house));
  app.route(REST_ROOT, accountRoutes(house));
  app.route(REST_ROOT, groupRoutes(house));
  app.route(REST_ROOT, orderRoutes(house));
  app.route(REST_ROOT, indexRoutes(house));
  app.route("/", feeds.routes());
  app.route("/", feedControlRoutes(feeds));
  app.route("/", simRoutes(house, control));
  app.notFound(() => refusalReply(refuse("not_found")));
  app.onError((_error, _context) => json({ error: { code: "internal_error", message: "internal error" } }, 500));
  return app;
}
