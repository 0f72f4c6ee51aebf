/**
 * The account, what it holds, the markets and the strategies, as they stand.
 * @module
 */

import { z } from "zod";
import type { MarketView } from "../../engine/view.ts";
import {
  account,
  bookPhase,
  flow,
  keptBack,
  market,
  marketWhy,
  order,
  position,
  settlement,
  strategyState,
} from "./engine_shapes.ts";
import { type Endpoint, reads, Refused } from "./endpoint.ts";
import { at, contractPrice, contracts, exactly, inputs, named, probability, ticker, time, words } from "./shape.ts";
import type { ParameterView } from "../history.ts";
import type { DepthView, QuoteView } from "../market_detail.ts";
import type { ServerSources } from "../sources.ts";

/** Why nothing is bought in a market, strategy by strategy. */
const whyOf = ({ ticker, status, closeTime, whyNot, stances }: MarketView) => ({
  ticker,
  status,
  closeTime,
  whyNot,
  stances,
});

function marketOf(sources: ServerSources, wanted: string): { at: string; market: MarketView } | Refused {
  const { at, markets } = sources.view();
  const found = markets.find((row) => row.ticker === wanted);
  return found === undefined ? unknownMarket() : { at, market: found };
}

/** The no to a strategy that is not there. */
export function unknownStrategy(sources: ServerSources): Refused {
  const known = sources.view().strategies.map(({ name }) => name);
  return new Refused("not_found", `No strategy of that name runs here; there are: ${known.join(", ") || "none"}`);
}

const parameter = named(
  "Parameter",
  exactly<ParameterView>()(z.strictObject({
    name: z.string(),
    value: z.unknown().describe("As kbot.toml writes it"),
    preset: z.unknown().describe("What it is where nothing is said"),
    description: words,
    allowed: words,
    changeable: z.boolean().describe("While it runs; else at a restart"),
  })),
);

const level = named("BookLevel", z.strictObject({ price: contractPrice, count: contracts }));

const depth = exactly<DepthView>()(z.strictObject({
  phase: bookPhase,
  updatedAt: time.nullable(),
  bids: z.array(level).describe("Best first"),
  asks: z.array(level).describe("Best first"),
}));

const quote = named(
  "Quote",
  exactly<QuoteView>()(z.strictObject({
    at: time,
    bid: contractPrice.nullable(),
    ask: contractPrice.nullable(),
    modelProbability: probability.nullable(),
  })),
);

/** Prices of one side of a book: as many as a screen shows. */
const LEVELS_MAX = 100;

const unknownMarket = (): Refused => new Refused("not_found", "No such market is open here");

const ofMarket = z.strictObject({ ticker });
const EXAMPLE_MARKET = "KXBTC15M-26SEP251515-15";

export const TRADING_ENDPOINTS: readonly Endpoint[] = [
  reads({
    path: "/account",
    name: "account",
    tag: "Account",
    summary: "Balance, net asset value, profit and loss, and counts",
    example: "/account",
    answer: z.strictObject({ at, inputs, execution: z.enum(["paper", "live"]), account }),
    read({ sources }) {
      const { at, counters: { inputs }, execution, account } = sources.view();
      return { at, inputs, execution, account };
    },
  }),
  reads({
    path: "/positions",
    name: "positions",
    tag: "Account",
    summary: "What is held",
    example: "/positions",
    answer: z.strictObject({ at, inputs, positions: z.array(position) }),
    read({ sources }) {
      const { at, counters: { inputs }, positions } = sources.view();
      return { at, inputs, positions };
    },
  }),
  reads({
    path: "/orders",
    name: "orders",
    tag: "Account",
    summary: "Orders that are open, or whose fate is not known",
    example: "/orders",
    answer: z.strictObject({ at, inputs, orders: z.array(order) }),
    read({ sources }) {
      const { at, counters: { inputs }, orders } = sources.view();
      return { at, inputs, orders };
    },
  }),
  reads({
    path: "/settlements",
    name: "settlements",
    tag: "Account",
    summary: "The newest markets that paid out",
    example: "/settlements",
    answer: z.strictObject({ at, settlements: z.array(settlement) }),
    read({ sources }) {
      const { at, settlements } = sources.view();
      return { at, settlements };
    },
  }),
  reads({
    path: "/markets",
    name: "markets",
    tag: "Markets",
    summary: "Every market that is followed",
    example: "/markets",
    answer: z.strictObject({ at, inputs, markets: z.array(market) }),
    read({ sources }) {
      const { at, counters: { inputs }, markets } = sources.view();
      return { at, inputs, markets };
    },
  }),
  reads({
    path: "/markets/{ticker}",
    name: "market",
    tag: "Markets",
    summary: "One market",
    example: `/markets/${EXAMPLE_MARKET}`,
    parameters: ofMarket,
    answer: z.strictObject({ at, market }),
    failures: ["not_found"],
    read: ({ sources, param }) => marketOf(sources, param("ticker")),
  }),
  reads({
    path: "/markets/{ticker}/why",
    name: "marketWhy",
    tag: "Markets",
    summary: "Why nothing is bought in a market, strategy by strategy",
    example: `/markets/${EXAMPLE_MARKET}/why`,
    parameters: ofMarket,
    answer: marketWhy.extend({ at }),
    failures: ["not_found"],
    read({ sources, param }) {
      const found = marketOf(sources, param("ticker"));
      return found instanceof Refused ? found : { at: found.at, ...whyOf(found.market) };
    },
  }),
  reads({
    path: "/markets/{ticker}/book",
    name: "marketBook",
    tag: "Markets",
    summary: "A market's book, price by price, with this run's own orders in it",
    example: `/markets/${EXAMPLE_MARKET}/book?levels=2`,
    parameters: ofMarket,
    query: z.strictObject({
      levels: z.coerce.number().int().min(1).max(LEVELS_MAX).default(20).describe("Prices wanted of each side"),
    }),
    answer: depth.extend({ at }),
    failures: ["not_found"],
    read({ sources, param, query }) {
      const found = sources.markets.depth(param("ticker"), query.levels);
      return found === null ? unknownMarket() : { at: sources.markets.at(), ...found };
    },
  }),
  reads({
    path: "/markets/{ticker}/quotes",
    name: "marketQuotes",
    tag: "Markets",
    summary: "What a market was quoted at and what the model said since this run follows it, oldest first",
    about: "At most 160 points, evenly over the market's life: the longer that is, the farther apart they lie.",
    example: `/markets/${EXAMPLE_MARKET}/quotes`,
    parameters: ofMarket,
    answer: z.strictObject({ at, quotes: z.array(quote) }),
    failures: ["not_found"],
    read({ sources, param }) {
      const quotes = sources.markets.quotes(param("ticker"));
      return quotes === null ? unknownMarket() : { at: sources.markets.at(), quotes };
    },
  }),
  reads({
    path: "/why-not",
    name: "whyNot",
    tag: "Markets",
    summary: "What kept orders back in the last hour, and what does now",
    example: "/why-not",
    answer: z.strictObject({ at, lastHour: keptBack, markets: z.array(marketWhy) }),
    read({ sources }) {
      const { at, keptBack, markets } = sources.view();
      return { at, lastHour: keptBack, markets: markets.map(whyOf) };
    },
  }),
  reads({
    path: "/flows",
    name: "flows",
    tag: "Markets",
    summary: "How each series' signal of order flow stands",
    example: "/flows",
    answer: z.strictObject({ at, flows: z.array(flow) }),
    read({ sources }) {
      const { at, flows } = sources.view();
      return { at, flows };
    },
  }),
  reads({
    path: "/strategies",
    name: "strategies",
    tag: "Strategies",
    summary: "Every strategy as it stands",
    example: "/strategies",
    answer: z.strictObject({ at, strategies: z.array(strategyState) }),
    read({ sources }) {
      const { at, strategies } = sources.view();
      return { at, strategies };
    },
  }),
  reads({
    path: "/strategies/{name}",
    name: "strategy",
    tag: "Strategies",
    summary: "One strategy, with its parameters and how they were declared",
    example: "/strategies/settlement_edge",
    parameters: z.strictObject({ name: z.string() }),
    answer: z.strictObject({ at, title: words, strategy: strategyState, parameters: z.array(parameter) }),
    failures: ["not_found"],
    read({ sources, param }) {
      const { at, strategies } = sources.view();
      const strategy = strategies.find(({ name }) => name === param("name"));
      const declaration = strategy === undefined ? null : sources.strategy(strategy.name);
      if (strategy === undefined || declaration === null) return unknownStrategy(sources);
      return { at, strategy, ...declaration };
    },
  }),
];
