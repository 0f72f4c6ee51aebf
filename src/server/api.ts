/**
 * The reading half of `/api/v1`: plain JSON of the shapes in `engine/view.ts` and `server/status.ts`. Each body names
 * the moment (`at`, the run's clock) that it shows, so that two answers can be compared.
 * @module
 */

import { type Context, Hono } from "hono";
import { z } from "zod";
import type { EngineView, MarketView } from "../engine/view.ts";
import { failure } from "./errors.ts";
import type { ServerSources } from "./sources.ts";
import { volatilityApi } from "./volatility.ts";

const ROWS_MAX = 1_000;
const limit = z.coerce.number().int().min(1).max(ROWS_MAX).default(100);

const logsQuery = z.object({ after: z.coerce.number().int().min(0).default(0), limit });
const tradesQuery = z.object({ before: z.string().min(1).max(200).optional(), limit });
const limitQuery = z.object({ limit });

/** What of the view each route shows; a record so that route and shape stand side by side. */
const VIEWS: Record<string, (view: EngineView) => object> = {
  view: (view) => view,
  account: (view) => ({ at: view.at, execution: view.execution, account: view.account }),
  positions: (view) => ({ at: view.at, positions: view.positions }),
  orders: (view) => ({ at: view.at, orders: view.orders }),
  markets: (view) => ({ at: view.at, markets: view.markets }),
  strategies: (view) => ({ at: view.at, strategies: view.strategies }),
  risk: (view) => ({
    at: view.at,
    state: view.state,
    halts: view.halts,
    limits: view.limits,
    refusals: view.counters.refusals,
    refused: view.refused,
  }),
  flows: (view) => ({ at: view.at, flows: view.flows }),
  prices: (view) => ({ at: view.at, indices: view.indices, exchanges: view.prices }),
  settlements: (view) => ({ at: view.at, settlements: view.settlements }),
  "why-not": (view) => ({ at: view.at, lastHour: view.keptBack, markets: view.markets.map(whyOf) }),
};

/** Why nothing is bought in a market, strategy by strategy. */
const whyOf = ({ ticker, status, closeTime, whyNot, stances }: MarketView) => ({
  ticker,
  status,
  closeTime,
  whyNot,
  stances,
});

/** Where the query is wrong: which parameter, and what it may be. */
function problemOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return `Query parameter ${issue.path.join(".")}: ${issue.message}`;
}

export function readApi(sources: ServerSources): Hono {
  const api = new Hono();
  api.get("/status", (context) => context.json(sources.status()));
  api.get("/feeds", (context) => {
    const { clock, feeds } = sources.status();
    return context.json({ at: clock.now, feeds });
  });
  for (const [name, read] of Object.entries(VIEWS)) {
    api.get(`/${name}`, (context) => context.json(read(sources.view())));
  }
  const market = (context: Context, read: (market: MarketView) => object): Response => {
    const view = sources.view();
    const found = view.markets.find((row) => row.ticker === context.req.param("ticker"));
    if (found === undefined) return failure(context, "not_found", "No such market is open here");
    return context.json({ at: view.at, ...read(found) });
  };
  api.get("/markets/:ticker", (context) => market(context, (found) => ({ market: found })));
  api.get("/markets/:ticker/why", (context) => market(context, whyOf));
  api.get("/logs", (context) => {
    const query = logsQuery.safeParse(context.req.query());
    if (!query.success) return failure(context, "bad_request", problemOf(query.error));
    return context.json({ logs: sources.logs(query.data.after, query.data.limit) });
  });
  api.get("/trades", async (context) => {
    const query = tradesQuery.safeParse(context.req.query());
    if (!query.success) return failure(context, "bad_request", problemOf(query.error));
    const trades = await sources.trades(query.data.limit, query.data.before);
    const next = trades.length < query.data.limit ? null : trades.at(-1)?.tradeId ?? null;
    return context.json({ trades, next });
  });
  api.get("/portfolio", async (context) => {
    const query = limitQuery.safeParse(context.req.query());
    if (!query.success) return failure(context, "bad_request", problemOf(query.error));
    return context.json({ portfolio: await sources.portfolio(query.data.limit) });
  });
  api.route("/", volatilityApi(sources.prices));
  return api;
}
