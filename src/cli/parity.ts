/**
 * `kbot parity`: a live run's orders through the paper fill models, and where the fills differ.
 * @module
 */

import { type OrderParity, parityOf, type ParityReport } from "../backtest/parity/parity.ts";
import { paperSettings } from "../config/engine_settings.ts";
import { loadConfig } from "../config/load.ts";
import { messageOf } from "../store/message.ts";
import { EXIT, type ParityCommand } from "./command.ts";
import { refused, type Reply } from "./output.ts";
import { wrongConfig } from "./wrong_config.ts";

/** Differing orders shown as text; `--json` has more. */
const SHOWN_MAX = 20;

export async function parity(command: ParityCommand, env = Deno.env.toObject()): Promise<Reply> {
  const loaded = await loadConfig({ env, file: command.config });
  if (!loaded.ok) return wrongConfig(loaded.errors);
  try {
    const report = await parityOf(command.journal, paperSettings(loaded.config));
    if ("error" in report) return refused(EXIT.failed, report.error, report);
    return { exitCode: EXIT.done, text: parityText(report), json: report, problems: [] };
  } catch (error) {
    return refused(EXIT.failed, messageOf(error));
  }
}

const share = (value: number | null): string => value === null ? "n/a" : `${(value * 100).toFixed(1)} %`;
const figure = (value: number | null, digits: number): string => value === null ? "n/a" : value.toFixed(digits);

function parityText(report: ParityReport): string {
  const { live, models, causes, latency } = report;
  const rows = [["", "orders", "contracts", "filled", "seconds", "apart", "price"]];
  rows.push([
    "live",
    `${live.filled_orders}`,
    figure(live.contracts, 0),
    share(live.fill_rate),
    figure(live.seconds_mean, 1),
    "",
    "",
  ]);
  for (const each of models) {
    const name = each.model === report.model ? `${each.model} (set)` : each.model;
    rows.push([
      name,
      `${each.filled_orders}`,
      figure(each.contracts, 0),
      share(each.fill_rate),
      figure(each.seconds_mean, 1),
      share(each.distance),
      figure(each.price_difference, 4),
    ]);
  }
  const told = Object.entries(causes).filter(([, count]) => count > 0).map(([cause, count]) => `${count} ${cause}`);
  const shown = report.differing.slice(0, SHOWN_MAX);
  const left = report.differing.length - shown.length + report.differing_left_out;
  return [
    `Live run ${report.run}: ${report.orders} orders for ${report.asked} contracts, filled again on paper`,
    `  ${told.join(", ")}`,
    `  answers after ${figure(latency.median_ms, 0)} ms at the median, ${figure(latency.p90_ms, 0)} ms for 9 of 10`,
    "",
    ...rows.map(([name, ...cells]) => `  ${name.padEnd(18)}${cells.map((cell) => cell.padStart(10)).join("")}`),
    "  apart: filled on one side only; price: dollars a contract by which live was worse",
    "",
    ...report.lessons,
    ...(shown.length === 0 ? [] : ["", "Orders that filled otherwise:", ...shown.flatMap(orderLines)]),
    ...(left > 0 ? [`(${left} more)`] : []),
  ].join("\n");
}

function orderLines({ client_order_id: id, ticker, side, price, asked, live, paper, cause }: OrderParity): string[] {
  const outcome = ({ contracts, price: paid, seconds, refusal }: OrderParity["live"]): string =>
    refusal !== null
      ? `refused (${refusal})`
      : contracts === 0
      ? "nothing"
      : `${contracts} at ${figure(paid, 4)} after ${figure(seconds, 1)} s`;
  return [
    `  ${id} ${side} ${asked} at ${figure(price, 4)}, ${ticker}`,
    `    ${cause}: live ${outcome(live)}, paper ${outcome(paper)}`,
  ];
}
