/**
 * The front of a report: what kind of trading it was and what of it was simulated, in words that cannot be missed; then
 * what should not be overlooked.
 * @module
 */

import type { Findings, FindingsKind } from "../findings.ts";
import { counted, moment } from "./format.ts";
import { firstOf, type Markup, markup } from "./markup.ts";

/** More lines than that are counted, not shown. */
const LINES_MAX = 100;

export const KIND_NAMES: Readonly<Record<FindingsKind, string>> = {
  backtest: "Backtest",
  paper: "Paper trading",
  live: "Live trading",
};

/** What was simulated, for the first line and for every printed page; `null` where nothing was. */
export function simulatedMark({ simulated_market, simulated_fills }: Findings): string | null {
  if (simulated_market) return simulated_fills ? "SIMULATED MARKET AND FILLS" : "SIMULATED MARKET";
  return simulated_fills ? "SIMULATED FILLS" : null;
}

function simulatedWords({ simulated_market, simulated_fills }: Findings): string {
  const market = simulated_market
    ? "A simulator made the prices, the books and the outcomes: nothing here was seen at an exchange."
    : "";
  const fills = simulated_fills
    ? "No order reached an exchange: a model decided what was filled. No money was won or lost."
    : "";
  return [market, fills].filter((text) => text !== "").join(" ");
}

export function front(findings: Findings): Markup {
  const { summary, kind } = findings;
  const { from, to, events, markets, settled, orders, fills } = summary;
  const counts = [
    counted(events, "event"),
    `${counted(markets, "market")} (${settled} settled)`,
    counted(orders, "order"),
    counted(fills, "fill"),
  ];
  return markup`<header>${modeLine(findings)}
    <div class="heading"><div><h1>${findings.title}</h1>
    <p class="span">${KIND_NAMES[kind]}, ${moment(from)} to ${moment(to)} UTC: ${counts.join(", ")}</p></div>
    <button id="theme" type="button" hidden>Light or dark</button></div></header>`;
}

function modeLine(findings: Findings): Markup {
  const mark = simulatedMark(findings);
  return mark === null
    ? markup`<p class="mode real"><strong>${
      KIND_NAMES[findings.kind].toUpperCase()
    }</strong> Fills of the exchange.</p>`
    : markup`<p class="mode simulated"><strong>${mark}</strong> ${simulatedWords(findings)}</p>`;
}

/** Empty where there is nothing to warn of. */
export function warnings({ warnings, problems, notes }: Findings): Markup {
  return markup`${listed("Warnings", "warnings", warnings)}${listed("Problems with the data", "problems", problems)}
    ${listed("About the data", "notes", notes)}`;
}

function listed(title: string, id: string, lines: readonly string[]): Markup | null {
  if (lines.length === 0) return null;
  const { shown, left } = firstOf(lines, LINES_MAX);
  const all = left === 0 ? shown : [...shown, `and ${counted(left, "other")}`];
  return markup`<section class="${id}" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
    <ul>${all.map((line) => markup`<li>${line}</li>`)}</ul></section>`;
}
