/**
 * The reliability diagram: how often YES came true by the probability that was given to it, for the engine and the market.
 * As an SVG for a browser, as characters for a terminal.
 * @module
 */

import type { ReliabilityFigures, SourceFigures } from "./calibration_report.ts";

const SIZE = 480;
const MARGIN = 56;
const INNER = SIZE - 2 * MARGIN;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

interface Series {
  readonly name: string;
  readonly colour: string;
  readonly figures: SourceFigures;
}

/** A bin that holds something. */
interface Point {
  readonly p: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly markets: number;
}

function pointsOf(rows: readonly ReliabilityFigures[]): Point[] {
  const points: Point[] = [];
  for (const { mean_p, yes_rate, low, high, n, markets } of rows) {
    if (mean_p === null || yes_rate === null || low === null || high === null) continue;
    points.push({ p: mean_p, rate: yes_rate, low, high, n, markets });
  }
  return points;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const x = (p: number): string => (MARGIN + p * INNER).toFixed(1);
const y = (rate: number): string => (SIZE - MARGIN - rate * INNER).toFixed(1);

/** A whole SVG file. Points that lie on the diagonal are calibrated; bars are 95 % by the number of markets. */
export function reliabilitySvg(title: string, engine: SourceFigures | null, market: SourceFigures | null): string {
  const series: Series[] = [];
  if (engine !== null) series.push({ name: "engine", colour: "#1f5fa8", figures: engine });
  if (market !== null) series.push({ name: "market's mid", colour: "#c2571a", figures: market });
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}" ` +
    `font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${SIZE}" height="${SIZE}" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="18">${escaped(title)}</text>`,
    ...axes(),
    ...series.flatMap((each, k) => [
      ...pointsOf(each.figures.reliability).map((point) => mark(point, each.colour, k)),
      `<circle cx="${MARGIN + 4}" cy="${30 + 15 * k}" r="4" fill="${each.colour}"/>`,
      `<text x="${MARGIN + 14}" y="${34 + 15 * k}">${escaped(each.name)}, ${each.figures.n} forecasts of ` +
      `${each.figures.markets} markets, Brier ${each.figures.brier.toFixed(4)}</text>`,
    ]),
    "</svg>",
  ];
  return lines.join("\n") + "\n";
}

function axes(): string[] {
  const end = SIZE - MARGIN;
  const lines = [
    `<rect x="${MARGIN}" y="${MARGIN}" width="${INNER}" height="${INNER}" fill="none" stroke="#999999"/>`,
    `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#999999" stroke-dasharray="4 4"/>`,
    `<text x="${SIZE / 2}" y="${SIZE - 14}" text-anchor="middle">probability given</text>`,
    `<text x="16" y="${SIZE / 2}" text-anchor="middle" transform="rotate(-90 16 ${
      SIZE / 2
    })">share that came true</text>`,
  ];
  for (const tick of TICKS) {
    lines.push(`<text x="${x(tick)}" y="${end + 18}" text-anchor="middle">${tick}</text>`);
    lines.push(`<text x="${MARGIN - 8}" y="${y(tick)}" text-anchor="end" dominant-baseline="middle">${tick}</text>`);
  }
  return lines;
}

function mark({ p, rate, low, high, n, markets }: Point, colour: string, place: number): string {
  // Two series side by side rather than on top of each other.
  const across = (Number(x(p)) + 3 * place).toFixed(1);
  return `<g stroke="${colour}" fill="${colour}"><line x1="${across}" y1="${y(low)}" x2="${across}" y2="${y(high)}"/>` +
    `<circle cx="${across}" cy="${y(rate)}" r="4"><title>given ${p.toFixed(3)}, came true ${rate.toFixed(3)}, ` +
    `${n} forecasts of ${markets} markets</title></circle></g>`;
}

const COLUMNS = 41;

/** A line for each bin: the interval, the rate (o) and where it should lie (|). */
export function reliabilityText(rows: readonly ReliabilityFigures[]): string[] {
  const column = (value: number): number => Math.round(value * (COLUMNS - 1));
  const lines = [`${"given".padEnd(11)}${"came true".padEnd(22)}0${"1".padStart(COLUMNS - 1)}`];
  for (const { p, rate, low, high, n, markets } of pointsOf(rows)) {
    const cells = new Array<string>(COLUMNS).fill(" ");
    cells.fill("-", column(low), column(high) + 1);
    cells[column(p)] = "|";
    cells[column(rate)] = column(rate) === column(p) ? "@" : "o";
    const told = `${rate.toFixed(3)} (${low.toFixed(2)}-${high.toFixed(2)})`;
    lines.push(`${p.toFixed(3).padEnd(11)}${told.padEnd(22)}${cells.join("")}  ${n} of ${markets} markets`);
  }
  return lines;
}
