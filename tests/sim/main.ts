/**
 * `deno task sim`: simulations by their seeds, one after the other; a seed that fails is shrunk to the shortest list of
 * faults that still fails, and printed with it. The last line says what was simulated.
 *
 * | argument | |
 * | --- | --- |
 * | `--seeds N` | so many seeds; 100 where absent |
 * | `--first-seed N` | the first of them; 1 where absent |
 * | `--plan FILE` | a plan from a file, as a failure prints them, in place of seeds; repeatable |
 * | `--trace` | prints what happens |
 * | `--stop` | stops at the first failure |
 * | `--no-shrink` | leaves a failing list of faults as it is |
 * @module
 */

import { parseArgs } from "node:util";
import { install } from "./machine.ts";

install();
const { runCommand } = await import("./command.ts");

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seeds: { type: "string", default: "100" },
    "first-seed": { type: "string", default: "1" },
    plan: { type: "string", multiple: true, default: [] },
    trace: { type: "boolean", default: false },
    stop: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
  },
});
Deno.exit(
  await runCommand({
    seeds: Number(values.seeds),
    firstSeed: Number(values["first-seed"]),
    plans: values.plan,
    trace: values.trace,
    stop: values.stop,
    shrink: !values["no-shrink"],
  }),
);
