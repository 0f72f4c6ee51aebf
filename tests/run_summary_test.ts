import assert from "node:assert/strict";
import { type Counts, countsLine, NO_COUNTS, SummaryReader } from "./run_summary.ts";

const CASES: readonly [output: string, counts: Counts][] = [
  ["ok | 12 passed | 0 failed (2s)\n", { passed: 12, failed: 0, skipped: 0 }],
  ["ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)\n", { passed: 12, failed: 0, skipped: 1 }],
  ["FAILED | 0 passed (1 step) | 2 failed (1 step) | 3 ignored | 4 filtered out (2m3s)", {
    passed: 0,
    failed: 2,
    skipped: 3,
  }],
  ["\u001b[0m\u001b[32mok\u001b[0m | 3 passed | 0 failed \u001b[0m\u001b[38;5;245m(14ms)\u001b[0m\n", {
    passed: 3,
    failed: 0,
    skipped: 0,
  }],
  ["ok | 1 passed | 0 failed (0ms)\nok | 5 passed | 0 failed (1s)\nerror: x\n", { passed: 5, failed: 0, skipped: 0 }],
  ["error: Module not found\n", NO_COUNTS],
  ["a test named ok | 7 passed\n", NO_COUNTS],
];

Deno.test("the summary of deno test is read, however the output is cut into pieces", () => {
  for (const [output, counts] of CASES) {
    for (const size of [1, 7, 10_000]) {
      const reader = new SummaryReader();
      for (let at = 0; at < output.length; at += size) reader.read(output.slice(at, at + size));
      assert.deepEqual(reader.counts(), counts, output);
    }
  }
});

Deno.test("the counts stand alone on a line, skipped ones only where there are any", () => {
  assert.equal(countsLine({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assert.equal(countsLine({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
});

async function run(args: readonly string[]): Promise<{ code: number; lastLine: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", new URL("run.ts", import.meta.url).pathname, ...args],
    stdout: "piped",
    stderr: "null",
  });
  const { code, stdout } = await child.output();
  return { code, lastLine: new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1) ?? "" };
}

Deno.test("a failing test, a file that does not compile and a passing one end in the right code and counts", async () => {
  const directory = await Deno.makeTempDir();
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${directory}/${name}`, text);
    return `${directory}/${name}`;
  };
  try {
    const good = await write("good_test.ts", `Deno.test("a", () => {}); Deno.test.ignore("b", () => {});`);
    const bad = await write(
      "bad_test.ts",
      `Deno.test("a", () => {}); Deno.test("b", () => { throw new Error("b"); });`,
    );
    const broken = await write("broken_test.ts", `import "./absent.ts";`);
    assert.deepEqual(await run([good]), { code: 0, lastLine: "1 passed, 0 failed, 1 skipped" });
    assert.deepEqual(await run([bad]), { code: 1, lastLine: "1 passed, 1 failed" });
    assert.deepEqual(await run([broken]), { code: 1, lastLine: "0 passed, 1 failed" });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
