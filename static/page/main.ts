/**
 * The page's one script: connects, keeps the state, and draws what changed, at most once per frame of the screen.
 * @module
 */

import type { StateView } from "../../src/engine/view.ts";
import type { PortfolioPoint } from "../../src/server/status.ts";
import { AccountPanel } from "./account.ts";
import { AlertsPanel } from "./alerts.ts";
import { read } from "./api.ts";
import {
  ConnectionBadge,
  HaltBanner,
  ModeBanner,
  NewerPageBanner,
  SourcesBanner,
  STALE_MS,
  TroubleBanner,
} from "./banner.ts";
import { type Control, ControlDialog } from "./control.ts";
import {
  killControl,
  parametersControl,
  reduceControl,
  resumeControl,
  switchControl,
  windUpControl,
} from "./controls.ts";
import { byId, setHidden, setText } from "./dom.ts";
import { feedsTable, feedTroubles } from "./feeds.ts";
import { clockTime, middle, money } from "./format.ts";
import { HealthPanel } from "./health.ts";
import { holdToPress } from "./hold.ts";
import { ordersTable, positionsTable, settlementsTable } from "./holdings.ts";
import { IndexPanel } from "./indices.ts";
import { KeptBackPanel } from "./kept_back.ts";
import { type ConnectionState, LiveConnection } from "./live.ts";
import { LogPanel } from "./log.ts";
import { MarketPanel } from "./market_view.ts";
import { MarketsPanel } from "./markets.ts";
import { PerformancePanel } from "./performance.ts";
import { priceRows } from "./price_rows.ts";
import { priceKey, pricesTable } from "./prices.ts";
import { placesInQueue } from "./queue.ts";
import { RiskPanel } from "./risk.ts";
import { type Route, routeOf } from "./route.ts";
import { PageState, type Part } from "./state.ts";
import { StrategiesPanel } from "./strategies.ts";
import { SystemPanel } from "./system.ts";
import { watchTheme } from "./theme.ts";
import { Timeline } from "./timeline.ts";
import { rememberedToken } from "./token.ts";
import { TradesPanel } from "./trades.ts";

const TICK_MS = 250;

const state = new PageState();
let connection: ConnectionState = { kind: "connecting" };
let drawing = false;

/** The final minute and what came before it, second by second. */
const SPOTS = { pointsMax: 2_400, spacingMs: 1_000 };
/** Of a thousand markets, so that what they all remember stays small. */
const QUOTES = { pointsMax: 120, spacingMs: 2_000 };

/** What one market's view is made of. */
const MARKET_PARTS: readonly Part[] = ["markets", "indices", "orders", "positions", "trades"];

const ACTIVE: StateView = { state: "active", reason: "" };

const place = (id: string): HTMLElement => byId(id, HTMLElement);
const engineNowMs = (): number => state.engineNowMs(performance.now());

const dialog = new ControlDialog();
const mode = new ModeBanner();
const trouble = new TroubleBanner();
const sources = new SourcesBanner();
const newer = new NewerPageBanner();
const badge = new ConnectionBadge();
const halts = new HaltBanner(place("halts"), () => ask(resumeControl(state)));
const account = new AccountPanel(place("account"));
const health = new HealthPanel(place("health"));
const indices = new IndexPanel(place("indices"));
const spots = new Timeline(SPOTS);
const mids = new Timeline(QUOTES);
const models = new Timeline(QUOTES);
const markets = new MarketsPanel(place("markets"), {
  nowMs: engineNowMs,
  mids,
  held: heldTickers,
  queue: (ticker) => queues.get(ticker) ?? "",
});
const market = new MarketPanel(place("market"), { nowMs: engineNowMs, spots, mids, models });
const results = new PerformancePanel(place("performance"));
const positions = positionsTable(place("positions"));
const orders = ordersTable(place("orders"));
const trades = new TradesPanel(place("trades"));
const settlements = settlementsTable(place("settlements"));
const prices = pricesTable(place("prices"));
const feeds = feedsTable(place("feeds"));
const risk = new RiskPanel(place("risk"));
const strategies = new StrategiesPanel(place("strategies"), {
  turn: (strategy) => ask(switchControl(state, strategy)),
  windUp: (strategy) => ask(windUpControl(state, strategy)),
  change: (name, values, after) => ask(parametersControl(name, values, after)),
});
const keptBack = new KeptBackPanel(place("kept-back"));
const alerts = new AlertsPanel(place("alerts"), place("toasts"));
const system = new SystemPanel(place("system"));
const log = new LogPanel(place("log"), state.logs);
let run = "";
/** Contracts before our resting orders, by the market. */
let queues: ReadonlyMap<string, string> = new Map();
let route: Route = { kind: "overview" };
/** How far the overview was scrolled when a market was opened. */
let scrolled = 0;

const live = new LiveConnection({
  update: (update) => {
    state.apply(update, performance.now());
    schedule();
  },
  state: (next) => {
    const opened = next.kind === "live" && connection.kind !== "live";
    const locked = next.kind === "locked" && connection.kind !== "locked";
    connection = next;
    if (opened) void loadHistory();
    if (locked) ask(unlockControl());
    drawClocks();
  },
}, rememberedToken);

function schedule(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
}

function draw(): void {
  const changed = state.takeChanged();
  const { sections, status, tables } = state;
  if (status !== null && status.run !== run) followRun(status.run);
  if (changed.has("at")) remember();
  if (changed.has("account") && sections.account !== undefined) {
    account.render(sections.account, sections.at ?? "");
  }
  if (changed.has("indices")) indices.render(sections.indices ?? []);
  if (changed.has("orders")) queues = placesInQueue(rows(tables.orders.entries()));
  if (changed.has("markets") || changed.has("orders") || changed.has("positions")) {
    setText(place("markets-count"), String(markets.render(tables.markets.entries())));
  }
  for (const name of ["positions", "orders"] as const) {
    if (changed.has(name)) setText(place(`${name}-count`), String(tables[name].size));
  }
  // Of these the tables hold only the newest.
  setText(place("trades-count"), String(sections.account?.fills ?? ""));
  setText(place("settlements-count"), String(sections.account?.settled ?? ""));
  if (changed.has("positions")) positions.render(tables.positions.entries());
  if (changed.has("orders")) orders.render(tables.orders.entries());
  if (changed.has("trades")) trades.render(tables.trades.entries());
  if (changed.has("settlements")) settlements.render(tables.settlements.entries());
  if (changed.has("prices")) drawPrices();
  if (changed.has("limits")) risk.renderLimits(sections.limits ?? []);
  if (changed.has("refused")) risk.renderRefused(sections.refused ?? []);
  if (changed.has("counters")) risk.renderRefusals(sections.counters?.refusals ?? {});
  if (changed.has("strategies")) {
    strategies.render(sections.strategies ?? []);
    const names = (sections.strategies ?? []).map(({ name }) => name);
    trades.renderStrategies(names);
    results.renderStrategies(names);
  }
  if (changed.has("keptBack") && sections.keptBack !== undefined) keptBack.render(sections.keptBack);
  if (changed.has("halts") || changed.has("state")) {
    const { state: trading = ACTIVE, halts: standing = [] } = sections;
    halts.render(trading, standing);
    risk.renderState(trading, standing);
    setHidden(place("halted"), trading.state === "active");
    setText(place("halted"), trading.state.toUpperCase());
    setText(place("risk-count"), standing.length === 0 ? "no halt" : trading.state);
  }
  if (changed.has("logs") || changed.has("status")) log.render(state.logsSkipped, status?.simulated ?? false);
  if (MARKET_PARTS.some((part) => changed.has(part))) drawMarket();
  newer.render(state.build);
  if (status !== null && (changed.has("status") || changed.has("strategies"))) {
    health.render(status, sections.strategies ?? []);
  }
  if (status !== null && changed.has("status")) {
    mode.render(status);
    trouble.render(status);
    halts.renderSweep(status.venueHealth.sweep);
    feeds.render(status.feeds.map((feed) => [feed.name, feed] as const));
    setText(place("feeds-count"), String(status.feeds.length));
    sources.render(feedTroubles(status.feeds));
    alerts.render(status);
    system.render(status, sections.counters, sections.decisionHash);
    account.renderUptime(status.uptimeSeconds, `since ${clockTime(status.startedAt)} UTC`);
    setText(place("footer"), `kbot ${status.version} · run ${status.run} · ${status.venue} · all times are UTC`);
    document.title = `${status.simulated ? "SIM " : status.mode === "live" ? "LIVE " : "PAPER "}${
      money(sections.account?.nav)
    } · kbot`;
  }
  // Which moment all figures are of, as the API's answers name it.
  document.body.dataset.inputs = String(sections.counters?.inputs ?? "");
  // Before that, every panel would push away those below it.
  if (status !== null && sections.account !== undefined) document.documentElement.dataset.filled = "yes";
  dialog.check();
}

function drawPrices(): void {
  const rows = priceRows(state.sections.prices ?? [], state.sections.indices ?? []);
  prices.render(rows.map((row) => [priceKey(row), row] as const));
  const live = rows.filter((row) => row.state === "live").length;
  setText(place("prices-count"), rows.length === 0 ? "" : `${live} of ${rows.length} live`);
}

/** What moves with time alone. While the data is old, nothing does. */
function drawClocks(): void {
  const now = performance.now();
  const ageMs = state.ageMs(now);
  badge.render(connection, ageMs);
  if (ageMs === null || ageMs > STALE_MS) return;
  const at = engineNowMs();
  if (at > 0) setText(place("clock"), `${clockTime(new Date(at).toISOString())} UTC`);
  indices.refresh(state.sinceViewMs(now));
  if (route.kind === "market") market.refresh();
  else markets.refresh();
  results.refresh();
  risk.refresh();
}

/** The market that is looked at, as it stands. */
function drawMarket(): void {
  if (route.kind !== "market") return;
  const { ticker } = route;
  const { markets, orders, positions, trades } = state.tables;
  market.render({
    market: markets.get(ticker),
    indices: state.sections.indices ?? [],
    orders: rows(orders.entries()),
    positions: rows(positions.entries()),
    trades: rows(trades.entries()),
  });
}

const rows = <Row>(entries: readonly (readonly [key: string, row: Row])[]): Row[] => entries.map(([, row]) => row);

/** Shows what the address names. */
function follow(): void {
  const next = routeOf(location.hash);
  if (next === null) return;
  const opens = next.kind === "market" && route.kind === "overview";
  const closes = next.kind === "overview" && route.kind === "market";
  if (opens) scrolled = scrollY;
  route = next;
  document.body.dataset.view = next.kind;
  market.open(next.kind === "market" ? next.ticker : null);
  if (next.kind === "market") {
    drawMarket();
    scrollTo(0, 0);
    market.focus();
  }
  if (closes) scrollTo(0, scrolled);
}

/** Takes the newest values into the lines over time. */
function remember(): void {
  const at = Date.parse(state.sections.at ?? "");
  for (const { index, value } of state.sections.indices ?? []) spots.add(index, at, value);
  const entries = state.tables.markets.entries();
  for (const [ticker, { bid, ask, modelProbability }] of entries) {
    mids.add(ticker, at, middle(bid, ask));
    models.add(ticker, at, modelProbability);
  }
  const known = new Set(entries.map(([ticker]) => ticker));
  mids.keep(known);
  models.keep(known);
}

/** Another run may have another clock, and other markets. */
function followRun(next: string): void {
  const isFirst = run === "";
  run = next;
  if (isFirst) return;
  for (const timeline of [spots, mids, models]) timeline.clear();
  market.open(null);
  if (route.kind === "market") market.open(route.ticker);
}

function heldTickers(): ReadonlySet<string> {
  const { orders, positions } = state.tables;
  return new Set([...orders.entries(), ...positions.entries()].map(([, { ticker }]) => ticker));
}

async function loadHistory(): Promise<void> {
  const answer = await read<{ portfolio: readonly PortfolioPoint[] }>("portfolio?limit=200");
  // Without it the line starts with this page; the numbers themselves come by the live connection.
  if (answer.ok) account.history(answer.body.portfolio);
}

/** @param decided the person has confirmed it already, by holding */
function ask(control: Control, decided = false): void {
  const where = state.status === null ? "its state directory" : state.status.stateDirectory;
  dialog.open(
    control,
    `It lies in the token file in ${where}. This tab remembers it once it has proved right.`,
    decided,
  );
}

const unlockControl = (): Control => ({
  title: "This page asks for the token",
  text: "kbot listens on a public address here, so that reading needs the token too.",
  confirm: "Read",
  danger: false,
  path: null,
  done: () => connection.kind === "live",
  doneText: "Connected",
  after: () => live.open(),
});

holdToPress(byId("kill", HTMLButtonElement), {
  pressed: () => ask(killControl(state)),
  held: () => ask(killControl(state), true),
});
place("reduce").addEventListener("click", () => ask(reduceControl(state)));
addEventListener("hashchange", () => follow());
watchTheme(byId("theme", HTMLButtonElement), () => {
  market.recolour();
  results.recolour();
});
setInterval(() => {
  dialog.check();
  drawClocks();
}, TICK_MS);
follow();
live.open();
