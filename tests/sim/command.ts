/**
 * Runs simulations one after the other and tells what they found.
 * @module
 */

import { configure } from "@logtape/logtape";
import { describeFault, type Plan, planOf } from "./plan.ts";
import { shrink } from "./shrink.ts";
import type { Rule } from "./watch.ts";
import { type Result, Simulation, type SimulationOptions } from "./simulation.ts";

export interface Command {
  readonly seeds: number;
  readonly firstSeed: number;
  /** Files with a plan each, in place of seeds. */
  readonly plans: readonly string[];
  readonly trace: boolean;
  readonly stop: boolean;
  readonly shrink: boolean;
}

/** Rejections that nobody waited for, since the last look. */
const rejected: string[] = [];

/** One simulation in a turn of its own, so that whatever it left unanswered is heard of before the next. */
async function simulate(plan: Plan, options: SimulationOptions): Promise<Result> {
  const result = await new Promise<Result>((resolve) => {
    setTimeout(() => resolve(new Simulation(plan, options).run()), 0);
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  const unheard = rejected.splice(0).map((text) => ({ rule: "defect" as const, at: result.seconds, text }));
  return { ...result, problems: [...result.problems, ...unheard] };
}

function report(plan: Plan, result: Result, shortest: Plan): void {
  console.log(`seed ${plan.seed} FAILED after ${result.seconds.toFixed(1)} simulated seconds`);
  for (const { rule, at, text } of result.problems.slice(0, 3)) console.log(`  ${rule} at ${at.toFixed(3)} s: ${text}`);
  console.log(`  ${shortest.faults.length} of ${plan.faults.length} faults suffice:`);
  for (const fault of shortest.faults) console.log(`    ${describeFault(fault)}`);
  console.log(`  again: deno task sim --first-seed ${plan.seed} --seeds 1 --trace; shortest plan:`);
  console.log(`  ${JSON.stringify(shortest)}`);
}

/** What all simulations together came to. */
class Totals {
  seeds = 0;
  failed = 0;
  seconds = 0;
  orders = 0;
  fills = 0;
  lives = 0;
  faults = 0;
  readonly #checks = new Map<Rule, number>();

  add(result: Result): void {
    this.seeds++;
    if (result.problems.length > 0) this.failed++;
    this.seconds += result.seconds;
    this.orders += result.orders;
    this.fills += result.fills;
    this.lives += result.lives;
    for (const times of result.struck.values()) this.faults += times;
    for (const [rule, times] of result.checks) this.#checks.set(rule, (this.#checks.get(rule) ?? 0) + times);
  }

  /** How often each rule was looked at. */
  get checks(): string {
    return `Looked at: ${[...this.#checks].sort().map(([rule, times]) => `${rule} ${times}`).join(", ")}`;
  }

  get text(): string {
    const { seeds, failed, seconds, faults, orders, fills, lives } = this;
    return `${seeds} seeds, ${failed} failed, ${(seconds / 3_600).toFixed(2)} simulated hours, ${faults} faults, ` +
      `${orders} orders, ${fills} fills, ${lives} lives`;
  }
}

/** The exit code: 0 where nothing failed. */
export async function runCommand(command: Command): Promise<number> {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    rejected.push(`A rejection that nobody waited for: ${event.reason?.stack ?? event.reason}`);
  });
  let trace: ((text: string) => void) | undefined = command.trace ? (text) => console.log(text) : undefined;
  await configure({
    sinks: { trace: ({ level, message }) => trace?.(`${level}: ${message.join("")}`) },
    loggers: [
      { category: ["kbot"], sinks: ["trace"], lowestLevel: command.trace ? "debug" : "fatal" },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "fatal" },
    ],
  });
  const plans = command.plans.length === 0
    ? Array.from({ length: command.seeds }, (_, index) => planOf(command.firstSeed + index))
    : command.plans.map((file) => JSON.parse(Deno.readTextFileSync(file)) as Plan);
  const totals = new Totals();
  for (const plan of plans) {
    const result = await simulate(plan, trace === undefined ? {} : { trace });
    totals.add(result);
    if (result.problems.length === 0) continue;
    trace = undefined;
    const shortest = command.shrink ? await shrink(plan, result, (smaller) => simulate(smaller, {})) : plan;
    report(plan, result, shortest);
    if (command.stop) break;
  }
  console.log(totals.checks);
  console.log(totals.text);
  return totals.failed === 0 ? 0 : 1;
}
