/**
 * `kbot calc`: the models by hand.
 * @module
 */

import { feeRuleAt } from "../core/fees.ts";
import { microsFromMilliseconds } from "../core/units.ts";
import { type CalcEventKellyResult, eventKellyOf } from "./calc_event_kelly.ts";
import { calcFee, type CalcFeeResult } from "./calc_fee.ts";
import { calcKelly, type CalcKellyResult } from "./calc_kelly.ts";
import { calcProbability, type CalcProbabilityResult } from "./calc_probability.ts";
import type { CalcProbability } from "./calc_probability_question.ts";
import { type CalcCommand, type CalcFeeCommand, type CalcProbabilityCommand, EXIT } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";
import { readReturns } from "./returns_file.ts";

type Refusal = { readonly error: string };

/** Computes. A combination of arguments that means nothing is wrong usage. */
export function calc(command: CalcCommand): Reply {
  switch (command.kind) {
    case "calc_probability":
      return reply(probabilityOf(command), probabilityText);
    case "calc_fee":
      return reply(feeOf(command, Date.now()), feeText);
    case "calc_kelly":
      return reply(calcKelly(command), kellyText);
    case "calc_event_kelly":
      return reply(eventKellyOf(command), eventKellyText);
  }
}

/** The probability, with a bootstrap's returns read from their file. */
function probabilityOf(command: CalcProbabilityCommand): CalcProbabilityResult | Refusal {
  const { returns: file, ...options } = command;
  if (file === undefined) return calcProbability(options);
  const read = readReturns(file);
  return "error" in read ? read : calcProbability({ ...options, returns: read.returns });
}

function reply<Result extends object>(result: Result | Refusal, text: (result: Result) => string): Reply {
  return "error" in result ? refused(EXIT.usage, result.error) : done(text(result), result);
}

/**
 * The fee under the rule of the command's day.
 *
 * @param now milliseconds since 1970: the day where the command names none
 */
export function feeOf(command: CalcFeeCommand, now: number): CalcFeeResult | Refusal {
  const rule = feeRuleAt(command.date ?? microsFromMilliseconds(now));
  const { price, counts, side, role, type, multiplierMillionths } = command;
  const grid = command.grid ?? rule.precision;
  return calcFee({ price, counts, side, role, schedule: { type, multiplierMillionths }, grid, rule });
}

function probabilityText(result: CalcProbabilityResult): string {
  const how = result.model === "closed" ? "closed form" : `Monte Carlo, ${result.dist}, ${result.paths} paths`;
  const one = ({ probability, std_error }: CalcProbability) =>
    probability.toFixed(6) + (result.model === "closed" ? "" : ` +- ${std_error.toFixed(6)}`);
  const after = `(${how}, ${result.elapsed_us} us)`;
  if (!("strikes" in result)) return `Probability ${one(result)}  ${after}`;
  return [...result.strikes.map((each) => `Strike ${each.strike}: ${one(each)}`), after].join("\n");
}

function feeText(result: CalcFeeResult): string {
  const columns = ["trade fee", "rounding", "rebate", "net fee", "cash change"];
  const rows = result.fills.map((fill) => [
    fill.trade_fee,
    fill.rounding_fee,
    fill.rebate,
    fill.net_fee,
    fill.balance_change,
  ]);
  const line = (cells: readonly string[], name: string) =>
    `${name.padEnd(6)}${cells.map((cell) => cell.padStart(14)).join("")}`;
  const body = rows.map((row, index) => line(row, String(index + 1)));
  return [line(columns, "fill"), ...body, `Net fee of the order: $${result.net_fee}`].join("\n");
}

function kellyText(result: CalcKellyResult): string {
  const percent = (fraction: number) => `${(fraction * 100).toFixed(4)}%`;
  const edge = result.full > 0 ? "" : "\nNo edge after fees: nothing is staked";
  return `Full Kelly ${percent(result.full)} of the bankroll, applied ${percent(result.applied)}\n` +
    `Stake $${result.stake}, which buys ${result.contracts} contracts${edge}`;
}

function eventKellyText({ stakes, staked }: CalcEventKellyResult): string {
  const line = (name: string, ...cells: readonly string[]) =>
    `${name.padEnd(20)} ${cells.map((cell) => cell.padStart(14)).join("")}`;
  const rows = stakes.map(({ name, edge, fraction, stake, contracts }) =>
    line(name, edge.toFixed(6), `${(fraction * 100).toFixed(4)}%`, stake, contracts)
  );
  const end = Number(staked) === 0 ? "No edge is enough: nothing is staked" : `Together $${staked}`;
  return [line("bet", "edge", "of bankroll", "stake", "contracts"), ...rows, end].join("\n");
}
