/**
 * The page's one script: connects, keeps the state, and draws what changed, at most once per frame of the screen.
 * @module
 */

import type { SpotView, StateView } from "../../src/engine/view.ts";
import type { PortfolioPoint } from "../../src/server/status.ts";
import { AccountPanel } from "./account.ts";
import { AlertsPanel } from "./alerts.ts";
import { ConnectionBadge, HaltBanner, ModeBanner, SourcesBanner, STALE_MS, TroubleBanner } from "./banner.ts";
import { type Control, ControlDialog } from "./control.ts";
import { byId, setHidden, setText } from "./dom.ts";
import { feedsTable, feedTroubles } from "./feeds.ts";
import { clockTime, money, words } from "./format.ts";
import { ordersTable, positionsTable, settlementsTable, tradesTable } from "./holdings.ts";
import { IndexPanel } from "./indices.ts";
import { KeptBackPanel } from "./kept_back.ts";
import { type ConnectionState, LiveConnection } from "./live.ts";
import { LogPanel } from "./log.ts";
import { MarketsPanel } from "./markets.ts";
import { priceKey, pricesTable } from "./prices.ts";
import { RiskPanel } from "./risk.ts";
import { PageState } from "./state.ts";
import { mayStop, StrategiesPanel } from "./strategies.ts";
import { SystemPanel } from "./system.ts";
import { rememberedToken } from "./token.ts";

const TICK_MS = 250;

const state = new PageState();
let connection: ConnectionState = { kind: "connecting" };
let drawing = false;

const ACTIVE: StateView = { state: "active", reason: "" };

const place = (id: string): HTMLElement => byId(id, HTMLElement);
const engineNowMs = (): number => state.engineNowMs(performance.now());

const dialog = new ControlDialog();
const mode = new ModeBanner();
const trouble = new TroubleBanner();
const sources = new SourcesBanner();
const badge = new ConnectionBadge();
const halts = new HaltBanner(place("halts"), () => ask(resumeControl()));
const account = new AccountPanel(place("account"));
const indices = new IndexPanel(place("indices"));
const markets = new MarketsPanel(place("markets"), engineNowMs);
const positions = positionsTable(place("positions"));
const orders = ordersTable(place("orders"));
const trades = tradesTable(place("trades"));
const settlements = settlementsTable(place("settlements"));
const prices = pricesTable(place("prices"));
const feeds = feedsTable(place("feeds"));
const risk = new RiskPanel(place("risk"));
const strategies = new StrategiesPanel(place("strategies"), (strategy) => ask(strategyControl(strategy)));
const keptBack = new KeptBackPanel(place("kept-back"));
const alerts = new AlertsPanel(place("alerts"), place("toasts"));
const system = new SystemPanel(place("system"));
const log = new LogPanel(place("log"), drawLog);

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
  if (changed.has("account") && sections.account !== undefined) {
    account.render(sections.account, sections.at ?? "");
  }
  if (changed.has("indices")) indices.render(sections.indices ?? []);
  if (changed.has("markets")) {
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
  if (changed.has("prices")) drawPrices(sections.prices ?? []);
  if (changed.has("limits")) risk.renderLimits(sections.limits ?? []);
  if (changed.has("counters")) risk.renderRefusals(sections.counters?.refusals ?? {});
  if (changed.has("strategies")) strategies.render(sections.strategies ?? []);
  if (changed.has("keptBack") && sections.keptBack !== undefined) keptBack.render(sections.keptBack);
  if (changed.has("halts") || changed.has("state")) {
    const { state: trading = ACTIVE, halts: standing = [] } = sections;
    halts.render(trading, standing);
    risk.renderState(trading, standing);
    setHidden(place("halted"), trading.state === "active");
    setText(place("halted"), trading.state.toUpperCase());
    setText(place("risk-count"), standing.length === 0 ? "no halt" : trading.state);
  }
  if (changed.has("logs")) drawLog();
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
  dialog.check();
}

function drawPrices(rows: readonly SpotView[]): void {
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
  markets.refresh();
}

function drawLog(): void {
  log.render(state.logs, state.logsSkipped, state.status?.simulated ?? false);
}

async function loadHistory(): Promise<void> {
  const token = rememberedToken();
  const headers: HeadersInit = token === null ? {} : { "Authorization": `Bearer ${token}` };
  try {
    const response = await fetch("/api/v1/portfolio?limit=200", { headers });
    if (!response.ok) return;
    const body: { portfolio: readonly PortfolioPoint[] } = await response.json();
    account.history(body.portfolio);
  } catch {
    // The line then starts with this page; the numbers themselves come by the live connection.
  }
}

function ask(control: Control): void {
  const where = state.status === null ? "its state directory" : state.status.stateDirectory;
  dialog.open(control, `It lies in the token file in ${where}. This tab remembers it once it has proved right.`);
}

/** Something of the whole stands that a person lifts. */
const resumable = (): boolean =>
  (state.sections.halts ?? []).some(({ scope, persistent }) => scope === "whole" && persistent);
const reduced = (): boolean => (state.sections.halts ?? []).some(({ name }) => name === "reduce");
const killed = (): boolean => (state.sections.halts ?? []).some(({ name }) => name.startsWith("kill"));

const killControl = (): Control => ({
  title: "Stop all trading?",
  text: `Cancels every resting order on ${state.status?.venue ?? "the venue"} and sends no new one, ` +
    "also after a restart, until someone resumes. Positions stay open.",
  confirm: "Stop trading now",
  danger: true,
  path: "kill",
  done: killed,
  doneText: "Trading is halted",
});

const reduceControl = (): Control => ({
  title: "Let only what closes go out?",
  text: "Nothing new is opened, also after a restart, until someone resumes. What closes a position goes on.",
  confirm: "Only close",
  danger: true,
  path: "reduce",
  done: reduced,
  doneText: "Only what closes goes out",
});

const resumeControl = (): Control => ({
  title: "Resume trading?",
  text: "Lifts what of the whole a person may lift. Strategies that run may send orders at once.",
  confirm: "Resume trading",
  danger: false,
  path: "resume",
  done: () => !resumable(),
  doneText: "Trading goes on",
});

function strategyControl(
  { name, ...row }: { readonly name: string; readonly running: boolean; readonly ownHalt: boolean },
): Control {
  const running = mayStop(row);
  const verb = running ? "stop" : "start";
  return {
    title: `${running ? "Stop" : "Start"} ${words(name)}?`,
    text: running ? "Its resting orders are cancelled. Positions stay open." : "It may send orders at once.",
    confirm: running ? "Stop it" : "Start it",
    danger: running,
    path: `strategies/${encodeURIComponent(name)}/${verb}`,
    done: () => (state.sections.strategies ?? []).some((row) => row.name === name && mayStop(row) !== running),
    doneText: `${words(name)} is ${running ? "stopped" : "running"}`,
  };
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

place("kill").addEventListener("click", () => ask(killControl()));
place("reduce").addEventListener("click", () => ask(reduceControl()));
setInterval(() => {
  dialog.check();
  drawClocks();
}, TICK_MS);
live.open();
