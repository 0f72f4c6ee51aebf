/**
 * The shortest list of faults that still fails by the same rule: parts of it are left out, half of it first, then less,
 * as long as that leaves a failure.
 * @module
 */

import type { Fault, Plan } from "./plan.ts";
import type { Result } from "./simulation.ts";

/** Simulations that a shrinking may take. */
const TRIES_MAX = 60;

export async function shrink(plan: Plan, result: Result, simulate: (plan: Plan) => Promise<Result>): Promise<Plan> {
  const rule = result.problems[0].rule;
  let tries = 0;
  const fails = async (faults: readonly Fault[]): Promise<boolean> => {
    tries++;
    const { problems } = await simulate({ ...plan, faults });
    return problems.length > 0 && problems[0].rule === rule;
  };
  let faults: readonly Fault[] = plan.faults;
  if (await fails([])) return { ...plan, faults: [] };
  for (let part = Math.ceil(faults.length / 2); part >= 1 && tries < TRIES_MAX;) {
    let smaller = false;
    for (let at = 0; at < faults.length && tries < TRIES_MAX;) {
      const left = [...faults.slice(0, at), ...faults.slice(at + part)];
      if (await fails(left)) {
        faults = left;
        smaller = true;
      } else at += part;
    }
    if (part === 1 && !smaller) break;
    if (!smaller || part > 1) part = Math.max(1, Math.floor(part / 2));
  }
  return { ...plan, faults };
}
