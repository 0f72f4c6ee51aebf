/**
 * The attribution as a waterfall: each part starts where the one before ended, the last bar is what they come to.
 * @module
 */

import { formatMoney, money as moneyUnits, parseMoney } from "../../core/units.ts";
import type { Attribution } from "../findings.ts";
import { across, chart, levelLine, pixels } from "./chart.ts";
import { axisDollars, dollarsOf, money } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { domainOf, place, roundTicks } from "./scale.ts";

const HEIGHT = 240;
const TOP = 24;
const GAP = 0.12;

interface Step {
  readonly name: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** `null` where an amount cannot be read. */
export function waterfall(attribution: Attribution): Markup | null {
  const { model, execution, total } = attribution;
  const fees = feesTaken(attribution);
  const [models, executions, taken, sum] = [model, execution, fees, total].map(dollarsOf);
  if (models === null || executions === null || taken === null || sum === null) return null;
  const steps: readonly Step[] = [
    { name: "Model", text: money(model, true), from: 0, to: models },
    { name: "Execution", text: money(execution, true), from: models, to: models + executions },
    { name: "Fees", text: money(fees, true), from: models + executions, to: models + executions + taken },
    { name: "P&L", text: money(total, true), from: 0, to: sum },
  ];
  const domain = domainOf([0, ...steps.flatMap(({ from, to }) => [from, to])], 0.12);
  if (domain === null) return null;
  const y = (value: number): number => place(domain, value, HEIGHT - 4, TOP);
  const { values, step } = roundTicks(domain, 4);
  return chart({
    id: "attribution-chart",
    title: "Where the P&L comes from",
    description: steps.map(({ name, text }) => `${name} ${text}`).join(", "),
    height: HEIGHT,
    across: steps.map(({ name }, k) => ({ at: (k + 0.5) / steps.length, label: name })),
    levels: values.map((value) => ({ y: y(value), label: axisDollars(value, step) })),
    lines: levelLine(y(0)),
    marks: steps.map((each, k) => stepMark(each, k, steps.length, y)),
  });
}

/** What fees added to the whole: below zero, whether they are told as what was paid or as what it took away. */
export function feesTaken({ model, execution, fees, total }: Attribution): string {
  const [models, executions, paid, sum] = [model, execution, fees, total].map(parseMoney);
  if (models === null || executions === null || paid === null || sum === null) return fees;
  return models + executions - paid === sum && paid !== 0 ? formatMoney(moneyUnits(-paid)) : fees;
}

function stepMark({ name, text, from, to }: Step, k: number, of: number, y: (value: number) => number): Markup {
  const [left, width] = [(k + GAP) / of, (1 - 2 * GAP) / of];
  const top = Math.min(y(from), y(to));
  const [high, end] = [pixels(Math.max(1, Math.abs(y(from) - y(to)))), pixels(y(to))];
  const tone = to < from ? "loss" : "gain";
  const [begin, next] = [across(left + width), across((k + 1 + GAP) / of)];
  const link = markup`<line class="link" x1="${begin}" x2="${next}" y1="${end}" y2="${end}"/>`;
  return markup`<g><rect class="${tone}" x="${across(left)}" width="${across(width)}" y="${
    pixels(top)
  }" height="${high}"/>
    ${k === of - 1 ? null : link}
    <text class="value" x="${across((k + 0.5) / of)}" y="${pixels(top - 6)}" text-anchor="middle">${text}</text>
    <title>${name}: ${text}</title></g>`;
}
