/**
 * Runs the tests (`deno task test`): unit tests and documentation examples first, then the whole-system tests, which
 * mostly wait: of both as many files side by side as there are cores. Prints what `deno test` prints, and as the last
 * line the counts alone: `120 passed, 0 failed, 2 skipped`.
 *
 * Arguments go to `deno test`; paths among them replace the default ones: `deno task test src/core`.
 * @module
 */

import { addCounts, type Counts, countsLine, NO_COUNTS, SummaryReader } from "./run_summary.ts";

const ROOT = new URL("../", import.meta.url);

/** What runs together in one `deno test`. */
interface Batch {
  readonly paths: readonly string[];
  readonly flags: readonly string[];
}

const BATCHES: readonly Batch[] = [
  { paths: ["src", "wasm", "static"], flags: ["--parallel", "--doc"] },
  { paths: ["tests"], flags: ["--parallel"] },
];

function batchesFor(args: readonly string[]): Batch[] {
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const flags = args.filter((arg) => arg.startsWith("-"));
  if (paths.length > 0) return [{ paths, flags }];
  return BATCHES.map((batch) => ({ paths: batch.paths, flags: [...batch.flags, ...flags] }));
}

/** Copies a stream of text on while reading along. */
async function passOn(from: ReadableStream<Uint8Array>, to: typeof Deno.stdout, reader: SummaryReader): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of from) {
    reader.read(decoder.decode(chunk, { stream: true }));
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await to.write(rest));
  }
}

async function runBatch(batch: Batch): Promise<Counts> {
  const frozen = Deno.env.has("CI") ? ["--frozen"] : [];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--permit-no-files", ...frozen, ...batch.flags, ...batch.paths],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [out, error] = [new SummaryReader(), new SummaryReader()];
  const [status] = await Promise.all([
    child.status,
    passOn(child.stdout, Deno.stdout, out),
    passOn(child.stderr, Deno.stderr, error),
  ]);
  const counts = addCounts(out.counts(), error.counts());
  // Without a summary (a file that does not compile, a crash) the failure still counts.
  return status.code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

let total = NO_COUNTS;
for (const batch of batchesFor(Deno.args)) total = addCounts(total, await runBatch(batch));
console.log(countsLine(total));
Deno.exit(total.failed === 0 ? 0 : 1);
