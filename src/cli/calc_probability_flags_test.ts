import assert from "node:assert/strict";
import { calc } from "./calc.ts";
import { parseCommandLine } from "./command_line.ts";
import { parseReturns } from "./returns_file.ts";

const ASKED = "calc probability --spot 84000 --sigma 0.0002 --seconds 120";

/** What the command says: its JSON, or why it refuses, and the exit code. */
function said(line: string): { readonly exitCode: number; readonly problem: string; readonly json: unknown } {
  const parsed = parseCommandLine(line.split(" "));
  if (!parsed.ok) return { exitCode: parsed.exitCode, problem: parsed.message, json: undefined };
  assert.ok(parsed.command?.kind === "calc_probability");
  const { exitCode, problems, json } = calc(parsed.command);
  return { exitCode, problem: problems.join(), json };
}

Deno.test("every flag of the Monte Carlo reaches it", () => {
  const mc = `${ASKED} --strike 84040 --model mc --paths 2000`;
  const plain = said(mc).json as Record<string, number>;
  const others = [
    "--estimator antithetic",
    "--estimator control",
    "--estimator sobol",
    "--mode every_second",
    "--seed 2",
    "--dist jump",
    "--dist jump --jump-intensity 0.05 --jump-mean -0.0001 --jump-deviation 0.0005",
    "--dist student --degrees 3",
    "--dist heston --reversion 0.1 --variance-volatility 0.3 --correlation -0.5",
  ];
  const seen = new Set([plain.probability]);
  for (const flags of others) {
    const { exitCode, json, problem } = said(`${mc} ${flags}`);
    assert.equal(exitCode, 0, `${flags}: ${problem}`);
    seen.add((json as Record<string, number>).probability);
  }
  assert.ok(seen.size >= others.length, `${seen.size} different answers`);
});

Deno.test("several strikes answer with one object each", () => {
  const { json } = said(`${ASKED} --strikes 83900,84000.5,84100 --model mc`);
  const { strikes, ...rest } = json as { readonly strikes: readonly Record<string, number>[] };
  assert.deepEqual(Object.keys(rest), ["model", "dist", "paths", "elapsed_us"]);
  assert.deepEqual(strikes.map(({ strike }) => strike), [83_900, 84_000.5, 84_100]);
  for (const each of strikes) assert.deepEqual(Object.keys(each), ["strike", "probability", "std_error"]);
});

Deno.test("a bootstrap draws from the file that is named", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, Array.from({ length: 100 }, (_, k) => `${(k - 49.5) * 1e-6}`).join("\n"));
    const line = `${ASKED} --strike 84040 --model mc --dist bootstrap --returns ${file}`;
    assert.equal(said(line).exitCode, 0, said(line).problem);
    await Deno.writeTextFile(file, "0.0001\nnot a number\n");
    assert.equal(said(line).exitCode, 2);
    assert.match(said(line).problem, /line 2: Found not a number, allowed: a log return such as/);
  } finally {
    await Deno.remove(file);
  }
  assert.match(said(`${ASKED} --strike 1 --model mc --dist bootstrap --returns ${file}`).problem, /^Cannot read/);
});

Deno.test("returns are numbers, one a line, and not more than fit", () => {
  assert.deepEqual(parseReturns("0.1\n\n -2e-4 \r\n", "x"), { returns: [0.1, -0.0002] });
  assert.match(JSON.stringify(parseReturns("1,2", "x")), /x line 1: Found 1,2/);
  assert.match(JSON.stringify(parseReturns("NaN", "x")), /Found NaN/);
  assert.match(JSON.stringify(parseReturns("0.1\n".repeat(4097), "x")), /more than 4096 returns/);
});

Deno.test("flags that do not go together are wrong usage", () => {
  const cases: readonly [string, RegExp][] = [
    ["", /Give --strike, or --strikes, and not both/],
    ["--strike 1 --strikes 1,2", /Give --strike, or --strikes, and not both/],
    ["--strikes 1,2 --rule less", /--rule belongs to a single --strike/],
    ["--strikes 1,,2", /--strikes.*Found "1,,2", allowed: 1 to 256 numbers above 0/],
    ["--strikes 1,-2", /Found "1,-2"/],
    [`--strikes ${"1,".repeat(256)}1`, /allowed: 1 to 256 numbers/],
    ["--strike 1 --estimator sobol", /they need --model mc/],
    ["--strike 1 --dist jump", /they need --model mc/],
    ["--strike 1 --model mc --degrees 5", /--degrees is for student: it needs --dist student/],
    ["--strike 1 --model mc --dist bootstrap", /--dist bootstrap needs --returns/],
    ["--strike 1 --model mc --dist hestn", /did you mean heston\?/],
    ["--strike 1 --model mc --estimator sobl", /did you mean sobol\?/],
    ["--strike 1 --model mc --dist student --degrees 2", /Found "2", allowed: a number from 2.1 to 1000000/],
    ["--strike 1 --model mc --paths 1000000000000", /allowed: a whole number from 1 to 100000000/],
    ["--strike 1 --model mc --dist heston --estimator sobol", /Estimator must be another than sobol/],
    ["--strike -1 --model mc", /Strike must be above 0, found -1/],
  ];
  for (const [flags, expected] of cases) {
    const { exitCode, problem } = said(`${ASKED} ${flags}`.trim());
    assert.equal(exitCode, 2, flags);
    assert.match(problem, expected);
  }
});
