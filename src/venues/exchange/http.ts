/**
 * The exchange's REST side as one Hono application (KALSHI.md 3).
 * @module
 */

import { type Context, Hono, type Next } from "hono";
import type { House } from "./house.ts";
import { indexRoutes } from "./index_routes.ts";
import { orderRoutes } from "./order_routes.ts";
import { portfolioRoutes } from "./portfolio_routes.ts";
import { publicRoutes } from "./public_routes.ts";
import { refuse } from "./refusal.ts";
import { json, refusalReply } from "./replies.ts";
import { simRoutes } from "./sim_routes.ts";

export const REST_ROOT = "/trade-api/v2";

/** Refuses what is not signed as it should be (KALSHI.md 2.3). */
function signatureCheck(house: House) {
  return async (context: Context, next: Next): Promise<Response | void> => {
    const failure = await house.authenticator.check({
      key: context.req.header("kalshi-access-key") ?? null,
      timestamp: context.req.header("kalshi-access-timestamp") ?? null,
      signature: context.req.header("kalshi-access-signature") ?? null,
      method: context.req.method,
      path: new URL(context.req.url).pathname,
    });
    if (failure !== null) return json(failure, 401);
    await next();
  };
}

export function createHttp(house: House): Hono {
  const app = new Hono();
  const check = signatureCheck(house);
  app.use(`${REST_ROOT}/portfolio/*`, check);
  app.use(`${REST_ROOT}/account/limits`, check);
  app.use(`${REST_ROOT}/cfbenchmarks/*`, check);
  app.route(REST_ROOT, publicRoutes(house));
  app.route(REST_ROOT, portfolioRoutes(house));
  app.route(REST_ROOT, orderRoutes(house));
  app.route(REST_ROOT, indexRoutes(house));
  app.route("/", simRoutes(house));
  app.notFound(() => refusalReply(refuse("not_found")));
  app.onError((_error, _context) => json({ error: { code: "internal_error", message: "internal error" } }, 500));
  return app;
}
