/**
 * Runs the tests (`deno task test`): unit tests and documentation examples, and beside them the whole-system tests, which
 * mostly wait. Prints what `deno test` prints, of the one batch after that of the other, and as the last line the counts
 * alone: `120 passed, 0 failed, 2 skipped`.
 *
 * Arguments go to `deno test`; paths among them replace the default ones: `deno task test src/core`. How many files run
 * side by side in a batch is `DENO_JOBS` where that is set.
 * @module
 */

import { passOn } from "./pass_on.ts";
import { addCounts, type Counts, countsLine, NO_COUNTS, SummaryReader } from "./run_summary.ts";

const ROOT = new URL("../", import.meta.url);
const CORES = navigator.hardwareConcurrency;

/** What runs together in one `deno test`. */
interface Batch {
  readonly paths: readonly string[];
  readonly flags: readonly string[];
  /** Files side by side: together more than there are cores, because many a test waits. */
  readonly jobs: number;
}

const BATCHES: readonly Batch[] = [
  { paths: ["src", "wasm", "static"], flags: ["--parallel", "--doc"], jobs: CORES + 1 },
  { paths: ["tests"], flags: ["--parallel"], jobs: CORES + 1 },
];

function batchesFor(args: readonly string[]): Batch[] {
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const flags = args.filter((arg) => arg.startsWith("-"));
  if (paths.length > 0) return [{ paths, flags, jobs: CORES }];
  return BATCHES.map((batch) => ({ ...batch, flags: [...batch.flags, ...flags] }));
}

/** @param turn resolves when the output may be printed */
async function runBatch(batch: Batch, turn: Promise<void>): Promise<Counts> {
  const frozen = Deno.env.has("CI") ? ["--frozen"] : [];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--permit-no-files", ...frozen, ...batch.flags, ...batch.paths],
    env: { DENO_JOBS: Deno.env.get("DENO_JOBS") ?? `${batch.jobs}` },
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [out, error] = [new SummaryReader(), new SummaryReader()];
  const [status] = await Promise.all([
    child.status,
    passOn(child.stdout, Deno.stdout, out, turn),
    passOn(child.stderr, Deno.stderr, error, turn),
  ]);
  const counts = addCounts(out.counts(), error.counts());
  // Without a summary (a file that does not compile, a crash) the failure still counts.
  return status.code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

const running: Promise<Counts>[] = [];
for (const batch of batchesFor(Deno.args)) {
  running.push(runBatch(batch, Promise.resolve(running.at(-1)).then(() => {})));
}
const total = (await Promise.all(running)).reduce(addCounts, NO_COUNTS);
console.log(countsLine(total));
Deno.exit(total.failed === 0 ? 0 : 1);
