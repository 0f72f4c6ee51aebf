/**
 * Every key of kbot.toml: its type, its bounds, its default, and what it means (DESIGN.md 5).
 *
 * The texts given to `describe` are what `kbot config show` and the JSON Schema print; they belong to the user.
 * @module
 */

import { z } from "zod";
import { money, ONE_DOLLAR_PRICE, price } from "../core/units.ts";
import { VOLATILITY_MODELS } from "../engine/options.ts";
import { DEFAULT_FILLS, FILL_MODELS } from "../execution/queue_models.ts";
import { HARD_ORDER_LIMIT } from "../risk/limits.ts";
import { type Registration, STRATEGIES } from "../strategies/registry.ts";
import { alerts } from "./alerts_schema.ts";
import { correlation } from "./correlation_schema.ts";
import { allocation } from "./allocation_schema.ts";
import { feeds } from "./feeds_schema.ts";
import { live } from "./live_schema.ts";
import { cluster } from "./cluster_schema.ts";
import {
  address,
  contractPrice,
  hostList,
  LARGEST_AMOUNT,
  latencyText,
  RELOADS,
  seriesList,
  usd,
  venueName,
} from "./fields.ts";

/** A run takes another value without a restart (runner/reload.ts). */
const LIVE = { [RELOADS]: true };
const CENT = money(10_000);

const venue = z.strictObject({
  name: venueName().default("kalshi").describe("Where prices come from and live orders go"),
  ws: address(["ws:", "wss:"]).nullable().default(null).describe("WebSocket address, where name is an address"),
  series: seriesList().default(["KXBTC15M", "KXETH15M"]).describe("Series whose markets are watched and traded"),
  key_id: z.string().min(1).max(200).nullable().default(null).describe("Id of the API key"),
  private_key_file: z.string().min(1).nullable().default(null).describe(
    "PEM file of the API key, readable by its owner only (mode 600)",
  ),
  sign_ahead_ms: z.int().min(0).max(5_000).default(1_000).describe(
    "Milliseconds that a signature made ahead for an order may be old; 0 signs each request in its place",
  ),
  fast_orders: z.boolean().default(true).describe(
    "Whether orders leave by kept-alive connections of kbot's own, which send nothing twice, instead of by fetch",
  ),
  frames: z.enum(["json", "bytes", "wasm"]).default("wasm").describe(
    "How market data is read: json by the ws package and JSON.parse; bytes by kbot's own socket and parser; wasm, the " +
      "fastest, by that socket and a parser in WASM, where a second set of books checks the engine's",
  ),
  auto_transfer: z.boolean().default(false).describe(
    "Whether a live run moves cash by itself to the shard that it trades on, from the shard that holds most",
  ),
  auto_transfer_floor_usd: usd(CENT, LARGEST_AMOUNT).prefault("10").describe(
    "With less cash than this on the shard that is traded on, auto_transfer moves some there",
  ),
  auto_transfer_max_usd: usd(CENT, LARGEST_AMOUNT).prefault("100").describe(
    "Most that auto_transfer moves in one run, all transfers together",
  ),
});

const paper = z.strictObject({
  capital: usd(CENT, LARGEST_AMOUNT).prefault("10000").describe("What a paper account starts with"),
  latency_ms: z.int().min(0).max(60_000).default(50).describe("Milliseconds from decision to matching"),
  order_latency: latencyText().nullable().default(null).describe(
    "The same where it is not always alike, in place of latency_ms: each order's is drawn by its id and latency_seed",
  ),
  feed_latency: latencyText().nullable().default(null).describe(
    "Backtests alone: from what happens to our hearing of it, where the recording does not hold it already",
  ),
  latency_seed: z.int().min(0).max(2 ** 31 - 1).default(0).describe("Another number draws other latencies"),
  slippage: contractPrice(price(0), ONE_DOLLAR_PRICE).prefault("0.0005").describe(
    "Added to the price of each fill that takes, in dollars for each contract; the simple model has its own",
  ),
  fill_model: z.enum(FILL_MODELS).default(DEFAULT_FILLS.model).describe(
    "How resting orders fill: by their place in the queue, where of those who cancel risk_averse takes all to stand behind " +
      "us, fifo_optimistic all before us, and power, power2, power3, log and log2 a part that depends on the place; or " +
      "simple, without a queue",
  ),
  fill_power: z.number().min(0.1).max(10).default(DEFAULT_FILLS.power).describe(
    "Exponent of the models power, power2 and power3: the larger it is, the more the longer part of the queue cancels",
  ),
  simple_fill_pct: z.number().min(0).max(100).default(DEFAULT_FILLS.simpleFillPercent).describe(
    "Orders of a hundred that fill in the simple model, drawn by their ids",
  ),
  simple_slippage_bp: z.int().min(0).max(1_000).default(DEFAULT_FILLS.simpleSlippageBp).describe(
    "Added to the price of each fill that takes in the simple model, in hundredths of a percent of that price",
  ),
  simple_seed: z.int().min(0).max(2 ** 31 - 1).default(DEFAULT_FILLS.simpleSeed).describe(
    "Another number draws other orders in the simple model",
  ),
});

const index = z.strictObject({
  volatility_half_life: z.number().min(1).max(86_400).default(120).describe(
    "Seconds after which a return counts half in the volatility",
  ),
  returns_min: z.int().min(2).max(3_600).default(30).describe(
    "One-second returns that must have been heard before there is a volatility, at the start and after a silence longer " +
      "than volatility_half_life",
  ),
  volatility_model: z.enum(VOLATILITY_MODELS).default("ewma").describe(
    "Volatility that markets are priced with: ewma, or selected, the forecaster that gave what happened the greatest " +
      "likelihood; recordings have not shown the others to be better than ewma",
  ),
  stale_after: z.number().min(1).max(60).default(3).describe(
    "Seconds without a value after which the next source of an index is used: official, composite, single exchange",
  ),
  recover_after: z.number().min(0).max(3_600).default(10).describe(
    "Seconds that a better source must have been well again before it is used again",
  ),
  correct_basis: z.boolean().default(true).describe(
    "Whether a source that stands in for the official one is moved by its mean difference from it",
  ),
  basis_window: z.int().min(10).max(3_600).default(300).describe("Seconds that this difference is measured over"),
  basis_min: z.int().min(2).max(3_600).default(60).describe(
    "Seconds of it that must have been measured before it is believed",
  ),
  assumed_basis_bp: z.number().min(0).max(100).default(1).describe(
    "Basis points by which such a source is taken to be off while this was not measured: one standard deviation",
  ),
  composite_min: z.int().min(1).max(16).default(3).describe(
    "Constituent exchanges that the composite index needs at least",
  ),
  live_ms: z.int().min(0).max(1_000).default(100).describe(
    "Milliseconds between two values of the composite index within a second; 0 for one value a second",
  ),
}).refine(({ basis_min, basis_window }) => basis_min <= basis_window, {
  path: ["basis_min"],
  error: "at most basis_window",
});

const risk = z.strictObject({
  max_order_usd: usd(CENT, HARD_ORDER_LIMIT).prefault("500").describe(
    "Most that one order may cost; 500 is a hard cap",
  ).meta(LIVE),
  max_trade_usd: usd(CENT, LARGEST_AMOUNT).prefault("500").describe(
    "Most that one decision may put at stake: all open orders of a strategy in a market together, where max_order_usd bounds each",
  ).meta(LIVE),
  max_market_usd: usd(CENT, LARGEST_AMOUNT).prefault("1000").describe("Most at risk in one market").meta(LIVE),
  max_open_exposure_usd: usd(CENT, LARGEST_AMOUNT).prefault("5000").describe("Most at risk in all markets together")
    .meta(LIVE),
  max_category_pct: z.number().positive().max(100).default(20).describe(
    "Most at risk in one category of events, in percent of NAV",
  ).meta(LIVE),
  max_correlated_pct: z.number().positive().max(100).default(25).describe(
    "Most at risk in markets that move together, as all that settle on one index do, in percent of NAV",
  ).meta(LIVE),
  ...correlation,
  daily_loss_usd: usd(CENT, LARGEST_AMOUNT).prefault("1000").describe("A day's loss that halts trading").meta(LIVE),
  daily_loss_pct: z.number().positive().max(100).default(10).describe(
    "A day's loss that halts trading, in percent of the NAV that the day began with",
  ).meta(LIVE),
  max_drawdown_pct: z.number().min(0).max(100).default(20).describe(
    "How far NAV may fall below its peak before trading halts, in percent of the peak; 0 for no bound",
  ).meta(LIVE),
  consecutive_losses: z.int().min(0).max(1_000).default(8).describe(
    "Markets that a strategy may lose one after the other before only what closes goes out of it; 0 for no bound",
  ).meta(LIVE),
  cool_down_min: z.int().min(0).max(10_080).default(60).describe(
    "Minutes after that before a person may start the strategy again",
  ),
  max_api_error_pct: z.number().min(0).max(100).default(5).describe(
    "Requests to the exchange of a minute that may fail before trading halts until they work again, in percent; 0 for no " +
      "bound",
  ),
  api_calls_min: z.int().min(1).max(100_000).default(20).describe(
    "Of fewer requests in that minute nothing is concluded",
  ),
  feed_stale_s: z.number().min(0).max(600).default(5).describe(
    "Seconds after which an index is stale, and the markets on it are halted until it is fresh again; 0 for no bound, " +
      "else at least 2",
  ),
  max_clock_offset_ms: z.int().min(0).max(60_000).default(1_000).describe(
    "Milliseconds by which this machine's clock may certainly be off the exchange's before trading halts; 0 for no bound",
  ),
  recovery_drawdown_pct: z.number().positive().max(100).default(5).describe(
    "How far below its peak NAV begins to be earned back with smaller bets, in percent of the peak",
  ),
  recovery_kelly_fraction: z.number().positive().max(1).default(0.1).describe(
    "Part of full Kelly that is bet then at most",
  ),
  price_ceiling: contractPrice(price(1), ONE_DOLLAR_PRICE).prefault("0.99").describe(
    "Nothing is bought at this price or above: it would risk a dollar to win cents",
  ).meta(LIVE),
  fair_value_bound: contractPrice(price(0), ONE_DOLLAR_PRICE).prefault("0.10").describe(
    "How far above the model's fair value a price may lie",
  ).meta(LIVE),
}).refine(({ feed_stale_s }) => feed_stale_s === 0 || feed_stale_s >= 2, {
  path: ["feed_stale_s"],
  error: "0, or at least 2",
});

const execution = z.strictObject({
  size_tolerance_pct: z.number().min(0).max(100).default(10).describe(
    "Difference between what rests and what is wanted that is left alone, in percent of what is wanted",
  ),
  min_reprice_ms: z.int().min(0).max(60_000).default(200).describe(
    "Milliseconds between two moves of one order toward the market; away from it an order moves at once",
  ),
  lease_s: z.int().min(0).max(86_400).default(120).describe(
    "Seconds after which a resting order that nobody renews is dropped by the exchange, so that the orders of a bot that " +
      "died do not outlive it for long; 0 for never",
  ),
  lease_renewals_per_s: z.int().min(0).max(100).default(2).describe(
    "Most renewals of resting orders in one second, at 10 tokens each: so many times half of lease_s orders stay alive",
  ),
  group_contracts: z.int().min(0).max(1_000_000).default(10_000).describe(
    "Contracts of one strategy on one shard that may trade within 15 seconds; beyond that the exchange itself cancels its " +
      "orders and takes no new ones until a person starts the strategy again; 0 for no bound",
  ),
  queue_poll_s: z.int().min(0).max(3_600).default(10).describe(
    "Seconds between two questions how many contracts stand ahead of resting orders; 0 for none",
  ),
}).refine(({ lease_s }) => lease_s === 0 || lease_s >= 10, { path: ["lease_s"], error: "0, or at least 10" });

const server = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").describe("Address that the status page listens on"),
  port: z.int().min(0).max(65_535).default(8080).describe("Port of the status page; 0 takes any free one"),
  allowed_hosts: hostList().default([]).describe(
    "Names that a TLS proxy on this machine serves the page under; with any, reading needs the token, too",
  ),
});

const trace = z.strictObject({
  endpoint: address(["http:", "https:"]).nullable().default(null).describe(
    "OpenTelemetry collector that traces of orders go to (OTLP over HTTP), such as http://127.0.0.1:4318; none where absent",
  ),
});

const journal = z.strictObject({
  rotate_mb: z.int().min(1).max(4096).default(64).describe(
    "Megabytes at which a journal file is closed and compressed",
  ),
});

const days = (preset: number, what: string) =>
  z.int().min(1).max(36_500).default(preset).describe(`Days that ${what} are kept`);

const store = z.strictObject({
  sync: z.enum(["never", "second", "every"]).default("second").describe(
    "What a power loss may take of the journal and the audit trail: what the system had not written yet (never), the " +
      "last second (second), or nothing, at the price of a wait for the disk before every order (every)",
  ),
  trades_days: days(3_650, "trades, orders, settlements and the strategies' days"),
  portfolio_days: days(90, "points of the portfolio's history"),
  audit_days: days(365, "entries of the audit trail and the history of halts"),
  price_minutes_days: days(7, "prices by the minute"),
});

const record = z.strictObject({
  raw: z.boolean().default(false).describe("Whether a run puts every message that it hears on a tape, word for word"),
  days: z.int().min(1).max(3_650).default(14).describe("Days that tapes are kept"),
  max_gb: z.number().min(0.01).max(10_000).default(5).describe(
    "Gigabytes that all tapes may take together; the oldest go first",
  ),
  rotate_mb: z.int().min(1).max(4096).default(32).describe(
    "Megabytes at which a tape's file is closed and compressed",
  ),
});

const log = z.strictObject({
  level: z.enum(["debug", "info", "warning", "error"]).default("info").describe("Least severity that is logged")
    .meta(LIVE),
});

/** What every strategy has, whatever its own parameters are. */
const strategyCommon = ({ startsOff = false }: Registration) => ({
  enabled: z.boolean().default(!startsOff).describe(
    startsOff
      ? "Whether the strategy runs from the start; this one does not unless it is switched on"
      : "Whether the strategy runs from the start",
  ).meta({ [RELOADS]: false }),
});

/** The section of one strategy: what all have, and the parameters it declares itself. */
function strategySection(strategy: Registration) {
  const { parameters } = strategy;
  if (!(parameters instanceof z.ZodObject)) throw new TypeError(`Parameters of ${strategy.name} are no zod object`);
  return z.strictObject({ ...strategyCommon(strategy), ...parameters.shape }).prefault({}).describe(strategy.title)
    .meta(LIVE);
}

/** A strategy's section after loading: its parameters, valid for its own declaration, beside what all have. */
export type StrategySection =
  & z.output<z.ZodObject<ReturnType<typeof strategyCommon>>>
  & Readonly<Record<string, unknown>>;

/** One section for each strategy of the registry and of the packs, named like it. */
const strategySections = (
  packs: readonly Registration[],
): z.ZodType<Readonly<Record<string, StrategySection>>, Record<string, unknown>> =>
  z.strictObject(
    Object.fromEntries([...STRATEGIES, ...packs].map((strategy) => [strategy.name, strategySection(strategy)])),
  );

/** Each has a sandbox of its own, of some megabytes. */
export const PACKS_MAX = 16;

/** `[[packs]]`. */
export const PACK_LIST = z.array(z.strictObject({
  file: z.string().min(1).max(1_000).meta({ allowed: "the path of a JavaScript file" }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/).meta({
    allowed: "the SHA-256 of the file, 64 digits and letters from a to f, as kbot pack check prints it",
  }),
})).max(PACKS_MAX).default([]).describe(
  "Strategies from files of their own: tables [[packs]], each with file, beside this file where it is no full path, and sha256",
).meta({ allowed: `at most ${PACKS_MAX} tables, each with file and sha256` });

/** The whole file, where these packs are listed in it. */
export const configSchema = (packs: readonly Registration[]) =>
  z.strictObject({
    packs: PACK_LIST,
    venue: venue.prefault({}).describe("Where to trade"),
    paper: paper.prefault({}).describe("Paper trading"),
    index: index.prefault({}).describe("What is made of the settlement index"),
    risk: risk.prefault({}).describe("Limits, checked before every order"),
    live: live.prefault({}).describe("What live trading with real money needs"),
    allocation: allocation([...STRATEGIES, ...packs]).prefault({}).describe(
      "What each strategy may put at stake, made anew every day",
    ),
    execution: execution.prefault({}).describe("How orders are worked"),
    feeds: feeds.prefault({}).describe("Sources of data beside the venue"),
    strategies: strategySections(packs).prefault({}).describe("One section for each strategy"),
    server: server.prefault({}).describe("Status page and API"),
    cluster: cluster.prefault({}).describe("Several bots that share work"),
    trace: trace.prefault({}).describe("Traces of orders, from the input to the answer"),
    journal: journal.prefault({}).describe("The record of every input"),
    store: store.prefault({}).describe("What the state remembers, and for how long"),
    record: record.prefault({}).describe("Tapes of what was heard"),
    log: log.prefault({}).describe("Logging"),
    alerts: alerts.prefault({}).describe("Who is told what, and how").meta(LIVE),
  });

/** The whole file without packs. */
export const CONFIG_SCHEMA = configSchema([]);

type ConfigSchema = ReturnType<typeof configSchema>;

/** A valid configuration, every key present. Amounts of dollars are exact {@link Money}. */
export type Config = z.output<ConfigSchema>;
/** What may be written in kbot.toml. */
export type ConfigInput = z.input<ConfigSchema>;

/** The configuration that an absent file means. */
export const defaultConfig = (): Config => CONFIG_SCHEMA.parse({});
