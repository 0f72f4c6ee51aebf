/**
 * One traded market: above its underlying against the strike and what it settled at, below what was bid, asked and thought,
 * and on both what was traded.
 * @module
 */

import type { ChartPoint, MarketChart, TradeOutcome } from "../findings.ts";
import { across, chart, type LevelTick, pixels, WIDTH } from "./chart.ts";
import { amount, axisLevel, cents, level, millisecondsOf, moment, money } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { linePath, type Point, stepPath, thin } from "./path.ts";
import { type Domain, domainOf, place, roundTicks, timeTicks } from "./scale.ts";

const TOP = 16;
const GAP = 18;
const UNDERLYING_HEIGHT = 130;
const QUOTES_HEIGHT = 110;
/** A chart stands two in a row: no more columns than that are told apart. */
const COLUMNS = 90;
/** More marks than that lie on top of each other; the trade table has all. */
const TRADES_MAX = 80;

/** So many times the usual step between points, and at least so long, is a silence of the recording. */
const SILENCE_STEPS = 10;
const SILENCE_LEAST_MS = 30_000;

interface At {
  readonly at: number;
  readonly point: ChartPoint;
}

interface Panel {
  readonly domain: Domain;
  readonly top: number;
  readonly bottom: number;
}

const heightAt = ({ domain, top, bottom }: Panel, value: number): number => place(domain, value, bottom, top);

/** `null` where nothing can be drawn. */
export function marketChart(market: MarketChart, id: string): Markup | null {
  const points: At[] = [];
  for (const point of market.points) {
    const at = millisecondsOf(point.at);
    if (at !== null) points.push({ at, point });
  }
  const times = [
    ...points.map(({ at }) => at),
    ...market.trades.map(({ at }) => millisecondsOf(at)),
    millisecondsOf(market.close),
  ];
  const time = domainOf(times, 0.02);
  if (time === null || (points.length === 0 && market.trades.length === 0)) return null;
  const x = (at: number): number => place(time, at, 0, 1);
  const silence = silenceOf(points);
  const underlying = underlyingPanel(market, points);
  const quotesTop = underlying === null ? TOP : underlying.bottom + GAP;
  const quotes: Panel = { domain: { low: 0, high: 1 }, top: quotesTop, bottom: quotesTop + QUOTES_HEIGHT };
  const lineOf = (panel: Panel, value: (point: ChartPoint) => number | null): readonly Point[] => {
    const line: Point[] = [];
    points.forEach(({ at, point }, k) => {
      const known = value(point);
      if (k > 0 && at - points[k - 1].at > silence) line.push({ x: x(points[k - 1].at) * WIDTH, y: null });
      line.push({ x: x(at) * WIDTH, y: known === null ? null : heightAt(panel, known) });
    });
    return thin(line, COLUMNS);
  };
  return chart({
    id,
    title: `${market.ticker}: price, quotes and trades`,
    description:
      `${market.trades.length} trades, strike ${market.strike === null ? "none" : level(market.strike)}, result ` +
      `${market.result}, settled at ${market.settlement === null ? "n/a" : level(market.settlement)}, P&L ${
        money(market.pnl)
      }`,
    height: quotes.bottom + 4,
    across: timeTicks(time, 6).map(({ at, label }) => ({ at: x(at), label })),
    levels: [...underlyingTicks(underlying), ...quoteTicks(quotes)],
    lines: markup`${underlying === null ? null : lineMark(linePath(lineOf(underlying, ({ price }) => price)))}
      <path class="quote" d="${stepPath(lineOf(quotes, ({ bid }) => bid))}"/>
      <path class="quote" d="${stepPath(lineOf(quotes, ({ ask }) => ask))}"/>
      ${lineMark(linePath(lineOf(quotes, ({ probability }) => probability)))}`,
    marks: markup`${market.trades.slice(0, TRADES_MAX).map((trade) => tradeMarks(trade, x, underlying, quotes))}
      ${underlying === null ? null : thresholds(market, underlying)}`,
  });
}

const lineMark = (path: Markup): Markup => markup`<path class="line" d="${path}"/>`;

/** Milliseconds without a point from which nothing was recorded, so that no line may be drawn across. */
function silenceOf(points: readonly At[]): number {
  const steps = points.slice(1).map(({ at }, k) => at - points[k].at).sort((one, other) => one - other);
  return steps.length === 0 ? 0 : Math.max(SILENCE_LEAST_MS, SILENCE_STEPS * steps[Math.floor(steps.length / 2)]);
}

/** Room for the underlying, the strike and what it settled at; `null` where the underlying was not recorded. */
function underlyingPanel({ strike, settlement }: MarketChart, points: readonly At[]): Panel | null {
  if (points.every(({ point }) => point.price === null)) return null;
  const domain = domainOf([...points.map(({ point }) => point.price), strike, settlement], 0.08);
  return domain === null ? null : { domain, top: TOP, bottom: TOP + UNDERLYING_HEIGHT };
}

function underlyingTicks(panel: Panel | null): LevelTick[] {
  if (panel === null) return [];
  const { values, step } = roundTicks(panel.domain, 3);
  return values.map((value) => ({ y: heightAt(panel, value), label: axisLevel(value, step) }));
}

const quoteTicks = (panel: Panel): LevelTick[] =>
  [0, 0.5, 1].map((value) => ({ y: heightAt(panel, value), label: `${value * 100}¢` }));

function thresholds({ strike, settlement }: MarketChart, panel: Panel): Markup {
  const line = (name: string, value: number | null, x: string, anchor: string): Markup | null => {
    if (value === null) return null;
    const at = heightAt(panel, value);
    const y = pixels(at);
    // Above the line where there is room, else below it.
    const text = pixels(at < panel.top + 16 ? at + 13 : at - 4);
    return markup`<line class="${name}" x2="100%" y1="${y}" y2="${y}"/>
      <text class="${name}" x="${x}" y="${text}" text-anchor="${anchor}">${name} ${level(value)}</text>`;
  };
  return markup`${line("strike", strike, "45%", "middle")}${line("settled", settlement, "100%", "end")}`;
}

/** A triangle upwards bought YES, one downwards sold it; its colour tells what it brought. */
function tradeMarks(
  trade: TradeOutcome,
  x: (at: number) => number,
  underlying: Panel | null,
  quotes: Panel,
): Markup | null {
  const at = millisecondsOf(trade.at);
  if (at === null) return null;
  const [symbol, verb] = trade.side === "bid" ? ["buy", "bought"] : ["sell", "sold"];
  const tone = trade.pnl.startsWith("-") ? "loss" : "gain";
  const text = `${moment(trade.at)} UTC\n${verb} ${amount(trade.contracts)} YES at ${cents(trade.price)}, P&L ${
    money(trade.pnl, true)
  }`;
  const mark = (y: number): Markup => markup`<use href="#${symbol}" x="${across(x(at))}" y="${pixels(y)}"/>`;
  const onPrice = underlying === null || trade.spot === null ? null : mark(heightAt(underlying, trade.spot));
  return markup`<g class="${tone}">${onPrice}${mark(heightAt(quotes, trade.price))}<title>${text}</title></g>`;
}

/** Shapes that {@link marketChart} refers to; once in a report. */
export const SYMBOLS: Markup = markup`<svg class="symbols" width="0" height="0" aria-hidden="true"><defs>
  <path id="buy" d="M0-6 5.5 4h-11z"/><path id="sell" d="M0 6 5.5-4h-11z"/></defs></svg>`;
