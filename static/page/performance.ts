/**
 * What trading came to: equity and drawdown, profit by day, how often what was believed came true, and what edges brought.
 * Asked for when it comes into sight, and again now and then while it is.
 * @module
 */

import type uPlot from "uplot";
import type { PerformanceView } from "../../src/server/api/performance_shapes.ts";
import type { PortfolioPoint } from "../../src/server/status.ts";
import { read } from "./api.ts";
import { Chart, type ChartColours, type ChartParts } from "./chart.ts";
import { element, setAttribute, setHidden, setText, showOptions } from "./dom.ts";
import { equitySeries } from "./equity.ts";
import { type Figure, Figures } from "./figures.ts";
import { clockTime, estimatedMoney, isNumber, money, NONE, percent, range, signed, signOf } from "./format.ts";
import { GroupsTable, ReliabilityTable } from "./performance_tables.ts";
import { faded } from "./price_chart.ts";
import { drawScatter } from "./scatter.ts";
import { barsPath } from "./bars.ts";

type Estimate = PerformanceView["summary"]["roi"];

const AGAIN_MS = 30_000;
/** Points of the account that are asked for where the performance itself cannot be had. */
const POINTS_MAX = 1_000;
const DAYS_MAX = 90;
const DAY_SECONDS = 86_400;

export class PerformancePanel {
  readonly #root: HTMLElement;
  readonly #note = element("p", { class: "detail", role: "status", text: "Not asked for yet" });
  readonly #strategy = element(
    "select",
    { id: "performance-strategy" },
    element("option", { value: "", text: "All strategies" }),
  );
  readonly #facts: Figures;
  readonly #equity: Chart;
  readonly #drawdown: Chart;
  readonly #days: Chart;
  readonly #calibration = element("div", { class: "scatter-place" });
  readonly #edges = element("div", { class: "scatter-place" });
  readonly #groups = new GroupsTable();
  readonly #reliability = new ReliabilityTable();
  readonly #warnings = element("p", { class: "detail" });
  /** Whose figures are shown, as the choice names it; `null` before the first. */
  #shown: string | null = null;
  #askedMs = -Infinity;
  #inSight = false;
  #asking = false;

  constructor(parent: HTMLElement) {
    const facts = element("dl", { class: "figures" });
    const [equity, drawdown, days] = [
      chartPlace("Net asset value"),
      chartPlace("Drawdown", "low"),
      chartPlace("Profit and loss by day (UTC)"),
    ];
    this.#calibration.append(element("h3", { text: "Calibration" }), element("p", { class: "empty", text: NONE }));
    this.#edges.append(
      element("h3", { text: "Edge and what it brought" }),
      element("p", { class: "empty", text: NONE }),
    );
    const grid = element(
      "div",
      { class: "performance-grid" },
      element("div", {}, equity, drawdown),
      days,
      this.#calibration,
      this.#edges,
    );
    const bar = element(
      "div",
      { class: "table-bar" },
      element("label", { for: "performance-strategy", text: "Of" }),
      this.#strategy,
      this.#note,
    );
    const tables = element("div", { class: "performance-grid" }, this.#groups.node, this.#reliability.node);
    this.#root = parent;
    parent.append(bar, facts, grid, tables, this.#warnings);
    this.#facts = new Figures(facts);
    this.#strategy.addEventListener("change", () => void this.#load());
    this.#equity = new Chart(equity, (colours) => line(colours.accent, axisDollars, 84));
    this.#drawdown = new Chart(
      drawdown,
      ({ loss }) => ({ ...line(loss, axisShare, 84), scales: { y: { range: underZero } } }),
    );
    this.#days = new Chart(days, dayParts);
    new IntersectionObserver((entries) => {
      this.#inSight = entries.some(({ isIntersecting }) => isIntersecting);
      this.refresh();
    }).observe(parent);
  }

  renderStrategies(names: readonly string[]): void {
    const before = this.#strategy.value;
    showOptions(this.#strategy, names);
    // What was chosen runs no more.
    if (this.#strategy.value !== before) void this.#load();
  }

  /** Asks again where it is in sight and what is shown has grown old. */
  refresh(): void {
    if (document.hidden || !this.#inSight || this.#asking || performance.now() - this.#askedMs < AGAIN_MS) return;
    void this.#load();
  }

  recolour(): void {
    for (const chart of [this.#equity, this.#drawdown, this.#days]) chart.recolour();
  }

  async #load(): Promise<void> {
    this.#asking = true;
    this.#askedMs = performance.now();
    setText(this.#note, "Working it out…");
    const asked = this.#strategy.value;
    this.#hideOthers(asked);
    const query = asked === "" ? "" : `?${new URLSearchParams({ strategy: asked })}`;
    const answer = await read<PerformanceView>(`performance${query}`);
    // Another choice was made meanwhile, and asks for itself.
    if (asked !== this.#strategy.value) return;
    if (answer.ok) {
      this.#shown = asked;
      this.#show(answer.body);
    } else {
      setText(this.#note, `No figures now: ${answer.text}`);
      // The account's value is that of all strategies together.
      if (asked === "") await this.#showAccount();
    }
    this.#hideOthers(this.#strategy.value);
    this.#asking = false;
  }

  /** Figures of another choice than the one in force say what is not so. */
  #hideOthers(asked: string): void {
    setAttribute(this.#root, "data-of", this.#shown === null || this.#shown === asked ? null : "another");
  }

  async #showAccount(): Promise<void> {
    const account = await read<{ portfolio: readonly PortfolioPoint[] }>(`portfolio?limit=${POINTS_MAX}`);
    if (account.ok && this.#strategy.value === "") this.#showEquity(account.body.portfolio);
  }

  #show(view: PerformanceView): void {
    const { kind, simulated_market: market, simulated_fills: fills, computed_at: at, warnings, days } = view;
    const simulated = market ? "SIMULATED market" : fills ? "real prices, modelled fills" : "real fills";
    setText(this.#note, `${kind}, ${simulated} · worked out at ${clockTime(at)} UTC by this machine's clock`);
    this.#facts.render(figuresOf(view));
    this.#groups.render(view.by);
    this.#reliability.render(view.calibration);
    this.#showEquity(view.equity);
    this.#showDays(days.slice(-DAYS_MAX));
    drawScatter(this.#calibration, calibrationPoints(view), {
      title: "Calibration",
      across: "believed",
      up: "came true",
      text: (value) => `${Math.round(value * 100)}%`,
      least: [0, 1],
      step: 0.25,
    });
    drawScatter(this.#edges, edgePoints(view), {
      title: "Edge and what it brought",
      across: "edge",
      up: "brought, ¢ a contract",
      text: (value) => minus(`${(value * 100).toFixed(0)}¢`),
      least: [-0.05, 0.1],
      step: 0.05,
    });
    setText(this.#warnings, warnings.join(" · "));
    setHidden(this.#warnings, warnings.length === 0);
  }

  #showEquity(points: readonly Pick<PortfolioPoint, "at" | "nav">[]): void {
    const { nav, drawdown } = equitySeries(points);
    const times = nav.map(({ at }) => at / 1_000);
    const [first, last] = [nav[0]?.value, nav.at(-1)?.value];
    const deepest = Math.min(0, ...drawdown.map(({ value }) => value));
    this.#equity.draw(
      [times, nav.map(({ value }) => value)],
      `Net asset value from ${dollarText(first)} to ${dollarText(last)}`,
    );
    this.#drawdown.draw([times, drawdown.map(({ value }) => value)], `The deepest drawdown is ${percent(deepest)}`);
  }

  #showDays(days: PerformanceView["days"]): void {
    const known = days.map(({ day, pnl }) => ({ at: Date.parse(day) / 1_000, value: Number(pnl) }))
      .filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value));
    const [first, last] = [known[0]?.at ?? 0, known.at(-1)?.at ?? 0];
    // An empty day at each end, so that no bar is cut in half.
    const times = known.length === 0 ? [] : [first - DAY_SECONDS, ...known.map(({ at }) => at), last + DAY_SECONDS];
    const bars = (fits: (value: number) => boolean) =>
      known.length === 0 ? [] : [null, ...known.map(({ value }) => fits(value) ? value : null), null];
    this.#days.draw(
      [times, bars((value) => value > 0), bars((value) => value <= 0)],
      `Profit and loss of ${days.length} days: ${days.map(({ day, pnl }) => `${day} ${money(pnl, true)}`).join(", ")}`,
    );
  }
}

const dollarText = (value: number | undefined): string => value === undefined ? NONE : estimatedMoney(value);

function chartPlace(title: string, kind = ""): HTMLElement {
  return element("div", { class: `chart-place ${kind}` }, element("h3", { text: title }));
}

function line(stroke: string, value: (value: number) => string, valueWidth: number): ChartParts {
  const reading = ([_, values]: uPlot.AlignedData, k: number) => {
    const at = values[k];
    return isNumber(at) ? value(at) : "";
  };
  return {
    value,
    valueWidth,
    reading,
    series: [{}, { stroke, width: 1.5, fill: faded(stroke, 0.1), points: { show: false } }],
  };
}

function dayParts({ gain, loss }: ChartColours): ChartParts {
  const bars = (colour: string) => ({
    stroke: colour,
    fill: faded(colour, 0.5),
    paths: barsPath(),
    points: { show: false },
  });
  return {
    value: axisDollars,
    valueWidth: 84,
    acrossSteps: [1, 2, 7, 14, 28].map((days) => days * DAY_SECONDS),
    reading: ([_, gains, losses], k) => {
      const value = gains[k] ?? losses[k];
      return isNumber(value) ? estimatedMoney(value, true) : "";
    },
    scales: { y: { range: aroundZero } },
    series: [{}, bars(gain), bars(loss)],
  };
}

/** A tenth of a per cent fills the chart where the deepest is less. */
const underZero = (_: unknown, low: number | null): [number, number] => [Math.min(-0.001, (low ?? 0) * 1.1), 0];

/** Bars stand on zero, and none fills its chart. */
function aroundZero(_: unknown, low: number | null, high: number | null): [number, number] {
  const [bottom, top] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)];
  const room = (top - bottom || 1) * 0.1;
  return [bottom === 0 ? 0 : bottom - room, top === 0 ? 0 : top + room];
}

const calibrationPoints = ({ calibration }: PerformanceView) =>
  calibration.flatMap(({ mean_p: x, yes_rate: { value: y, interval: range }, n: count }) =>
    isNumber(x) && isNumber(y) ? [{ x, y, range, count }] : []
  );

const edgePoints = ({ edge: buckets }: PerformanceView) =>
  buckets.flatMap(({ edge: x, realised: { value: y, interval: range }, fills: count }) =>
    isNumber(x) && isNumber(y) ? [{ x, y, range, count }] : []
  );

function figuresOf({ summary, attribution }: PerformanceView): readonly Figure[] {
  const ratio = (name: string, estimate: Estimate, text = (value: number) => value.toFixed(2)): Figure => ({
    name,
    text: isNumber(estimate.value) ? minus(text(estimate.value)) : NONE,
    sub: isNumber(estimate.value) ? minus(range(estimate.interval, text)) : "too little to tell",
  });
  return [
    {
      name: "Profit and loss",
      text: money(summary.pnl.value, true),
      sub: range(summary.pnl.interval, (value) => estimatedMoney(value, true)),
      tone: signOf(summary.pnl.value),
    },
    { name: "From the model", text: money(attribution.model, true), tone: signOf(attribution.model) },
    { name: "From execution", text: money(attribution.execution, true), tone: signOf(attribution.execution) },
    ratio("Return", summary.roi, (value) => `${(value * 100).toFixed(2)}%`),
    ratio("Won", summary.win_rate, percent),
    ratio("Sharpe", summary.sharpe),
    ratio("Sortino", summary.sortino),
    ratio("Calmar", summary.calmar),
    { name: "Drawdown", text: percent(summary.max_drawdown) },
    ratio("Brier score", summary.brier, (value) => value.toFixed(3)),
    ratio("Less the market's", summary.brier_difference, (value) => signed(value, Math.abs(value).toFixed(3))),
    ratio("Log loss", summary.log_loss, (value) => value.toFixed(3)),
    { name: "Fees", text: money(summary.fees), sub: `${summary.fills} fills` },
  ];
}

/** As long as a plus. */
const minus = (text: string): string => text.replaceAll("-", "−");

const axisDollars = (value: number): string =>
  `${value < 0 ? "−" : ""}$${Math.abs(value).toLocaleString("en-US", { maximumFractionDigits: 2 })}`;

const axisShare = (value: number): string => minus(`${(value * 100).toFixed(2)}%`);
