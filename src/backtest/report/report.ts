/**
 * The report of findings as one file of HTML that opens anywhere: no network, no font, nothing beside it, and a policy that
 * lets no browser fetch anything for it.
 *
 * Charts are drawn here, as SVG: a chart library would be more bytes than all of them, and would show nothing on paper or
 * without JavaScript. The script adds the choice of light or dark, sorting, the rows beyond the first and hints under the
 * pointer; without it the report is whole but for those rows.
 * @module
 */

import { createHash } from "node:crypto";
import { LIGHT, SCRIPT, STYLE } from "../../../static/build/report.ts";
import type { Findings } from "../findings.ts";
import { calibrationSection, edgeSection } from "./forecasts.ts";
import { front, simulatedMark, warnings } from "./front.ts";
import { clockSection, groupsSection } from "./groups.ts";
import { type Markup, markup, verbatim } from "./markup.ts";
import { chartsSection, fillModelsSection } from "./markets.ts";
import { attributionSection, daysSection, equitySection } from "./performance.ts";
import { provenanceSection } from "./provenance.ts";
import { searchSection } from "./search.ts";
import { summarySection } from "./summary.ts";
import { tradesSection } from "./trades.ts";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing is loaded and nothing runs but the text below with exactly these hashes. */
const POLICY: string = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)} ${hashOf(LIGHT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The whole file. The same findings give the same text. */
export function reportHtml(findings: Findings): string {
  return `<!doctype html>\n${markup`<html lang="en">${headOf(findings)}${bodyOf(findings)}</html>`}\n`;
}

function headOf(findings: Findings): Markup {
  const mark = simulatedMark(findings);
  return markup`<head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${verbatim(POLICY)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer"><meta name="color-scheme" content="dark light">
    <title>${mark === null ? "" : `${mark}: `}${findings.title}</title>
    <style>${verbatim(STYLE)}</style>
    <style id="light" media="print, (prefers-color-scheme: light)">${verbatim(LIGHT)}</style></head>`;
}

function bodyOf(findings: Findings): Markup {
  const { simulated_market: market, simulated_fills: fills } = findings;
  // Names the printed pages (report.css), each of which tells it again.
  const simulated = market && fills ? "both" : market ? "market" : fills ? "fills" : "nothing";
  const { version } = findings.provenance;
  return markup`<body data-simulated="${simulated}"><a class="skip" href="#content">Skip to the figures</a>
    ${front(findings)}${contents(findings)}
    <main id="content" tabindex="-1">${warnings(findings)}${summarySection(findings)}
    ${equitySection(findings)}
    <div class="columns"><div class="stack">${daysSection(findings)}${fillModelsSection(findings)}</div>
    ${attributionSection(findings)}</div>
    <div class="columns">${calibrationSection(findings)}${edgeSection(findings)}</div>
    ${clockSection(findings)}${groupsSection(findings)}${searchSection(findings)}${chartsSection(findings)}
    ${tradesSection(findings)}${provenanceSection(findings)}</main>
    <footer><p>Made by kbot ${version}. Times are UTC, amounts US dollars, prices those of YES.</p></footer>
    <div id="hint" role="tooltip" hidden></div><script>${verbatim(SCRIPT)}</script></body>`;
}

const PARTS: readonly (readonly [id: string, name: string])[] = [
  ["summary", "Summary"],
  ["equity", "Equity"],
  ["days", "Days"],
  ["fill-models", "Fill models"],
  ["attribution", "Attribution"],
  ["calibration", "Calibration"],
  ["edge", "Edge"],
  ["clock", "Hours"],
  ["groups", "Groups"],
  ["search", "Search"],
  ["charts", "Markets"],
  ["trades", "Trades"],
  ["provenance", "To do it again"],
];

function contents({ search }: Findings): Markup {
  const parts = PARTS.filter(([id]) => id !== "search" || search !== null);
  return markup`<nav aria-label="Parts of the report"><ul>${
    parts.map(([id, name]) => markup`<li><a href="#${id}">${name}</a></li>`)
  }</ul></nav>`;
}
