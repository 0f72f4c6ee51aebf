/**
 * What a search found over two of its parameters: as a table whose cells are tinted, so that the figures can be read too.
 * @module
 */

import type { SearchTrial } from "../findings.ts";
import { counted, figure, NONE, settingText } from "./format.ts";
import { type Markup, markup } from "./markup.ts";

/** Values of one parameter that have a row or a column of their own; more are put into ranges. */
const VALUES_MAX = 12;
const RANGES = 8;
/** Tints of a cell, from faint to strong, for each sign (report.css). */
const TINTS = 5;

interface Axis {
  readonly name: string;
  readonly labels: readonly string[];
  /** Which row or column a trial belongs to; `null` for none. */
  readonly placeOf: (trial: SearchTrial) => number | null;
}

/**
 * Over the two parameters that move the objective most; `null` where none was varied or nothing was measured.
 *
 * @param byRatio parameters whose ranges are as wide as each other by ratio
 */
export function heatMap(trials: readonly SearchTrial[], byRatio: readonly string[] = []): Markup | null {
  const measured = trials.filter(({ objective }) => objective !== null && Number.isFinite(objective));
  const names = [...new Set(measured.flatMap(({ parameters }) => Object.keys(parameters)))];
  const axes = names.map((name) => axisOf(name, measured, byRatio.includes(name))).filter((axis) =>
    axis.labels.length > 1
  )
    .map((axis) => ({ axis, effect: effectOf(axis, measured) }))
    .sort((one, other) => other.effect - one.effect)
    .map(({ axis }) => axis);
  if (axes.length === 0) return null;
  const [down, along = ALL] = axes;
  const cells = down.labels.map(() => along.labels.map((): number[] => []));
  for (const trial of measured) {
    const [row, column] = [down.placeOf(trial), along.placeOf(trial)];
    if (row !== null && column !== null && trial.objective !== null) cells[row][column].push(trial.objective);
  }
  const most = Math.max(...cells.flat().filter((cell) => cell.length > 0).map((cell) => Math.abs(meanOf(cell))), 0);
  const others = axes.slice(2).map(({ name }) => name);
  const both = along === ALL ? down.name : `${down.name} and ${along.name}`;
  const rest = others.length === 0 ? "" : `, over every ${others.join(", ")}`;
  const corner = along === ALL ? down.name : `${down.name} ↓ ${along.name} →`;
  const heads = along.labels.map((label) => markup`<th scope="col" class="n">${label}`);
  const rowOf = (row: readonly number[][], k: number): Markup =>
    markup`<tr><th scope="row">${down.labels[k]}${row.map((cell) => heatCell(cell, most))}`;
  return markup`<div class="scroll" role="region" aria-labelledby="heat-caption" tabindex="0"><table class="heat">
    <caption id="heat-caption">Mean objective by ${both}${rest}</caption>
    <thead><tr><th scope="col">${corner}${heads}</thead><tbody>${cells.map(rowOf)}</tbody></table></div>`;
}

const ALL: Axis = { name: "", labels: ["all"], placeOf: () => 0 };

function axisOf(name: string, trials: readonly SearchTrial[], byRatio: boolean): Axis {
  const values = [...new Set(trials.map(({ parameters }) => settingText(parameters[name] ?? null)))];
  const numbers = values.map(Number);
  const numeric = numbers.every(Number.isFinite);
  if (values.length > VALUES_MAX) return numeric ? rangesOf(name, numbers, byRatio) : { ...ALL, name, labels: [] };
  const labels = numeric ? values.toSorted((one, other) => Number(one) - Number(other)) : values.toSorted();
  const places = new Map(labels.map((label, k) => [label, k]));
  return { name, labels, placeOf: ({ parameters }) => places.get(settingText(parameters[name] ?? null)) ?? null };
}

function rangesOf(name: string, numbers: readonly number[], byRatio: boolean): Axis {
  const low = numbers.reduce((least, each) => Math.min(least, each), Infinity);
  const high = numbers.reduce((most, each) => Math.max(most, each), -Infinity);
  const ratio = byRatio && low > 0;
  /** Where a share of the way from low to high lies, and back. */
  const at = (share: number): number => ratio ? low * (high / low) ** share : low + share * (high - low);
  const shareOf = (value: number): number =>
    ratio ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const short = (value: number): string => String(Number(value.toPrecision(3)));
  return {
    name,
    labels: Array.from({ length: RANGES }, (_, k) => `${short(at(k / RANGES))} to ${short(at((k + 1) / RANGES))}`),
    placeOf: ({ parameters }) => {
      const value = Number(parameters[name]);
      return Number.isFinite(value) ? Math.min(RANGES - 1, Math.floor(shareOf(value) * RANGES)) : null;
    },
  };
}

/** How far the mean objective moves along an axis. */
function effectOf(axis: Axis, trials: readonly SearchTrial[]): number {
  const cells = axis.labels.map((): number[] => []);
  for (const trial of trials) {
    const at = axis.placeOf(trial);
    if (at !== null && trial.objective !== null) cells[at].push(trial.objective);
  }
  const means = cells.filter((cell) => cell.length > 0).map(meanOf);
  return Math.max(...means, -Infinity) - Math.min(...means, Infinity);
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

function heatCell(cell: readonly number[], most: number): Markup {
  if (cell.length === 0) return markup`<td class="n" title="no trial here">${NONE}`;
  const mean = meanOf(cell);
  const tint = most === 0 ? 0 : Math.round(Math.abs(mean) / most * TINTS);
  const best = cell.reduce((highest, each) => Math.max(highest, each), -Infinity);
  const text = `mean ${figure(mean, 3)}, best ${figure(best, 3)}, ${counted(cell.length, "trial")}`;
  return markup`<td class="n ${mean < 0 ? "cold" : "warm"}${tint}" title="${text}">${figure(mean, 3)}`;
}
