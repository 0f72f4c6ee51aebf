import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const NAMED = new URL("seeds/", import.meta.url);
const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";

/** Each a process of its own: they put the simulated machine in the platform's place. */
async function simulate(...args: readonly string[]): Promise<{ code: number; output: string }> {
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "--quiet", "-A", MAIN, ...args], stdin: "null" });
  const { code, stdout, stderr } = await child.output();
  return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/** In two processes: as many as there are cores to count on. */
const HALF = FULL ? 500 : 25;
const TOTALS = /(\d+) seeds, 0 failed, [\d.]+ simulated hours, (\d+) faults, (\d+) orders, (\d+) fills.*$/m;

Deno.test(`${2 * HALF} seeds: through whatever fails, everything that must hold holds`, async () => {
  const halves = [1, 1 + HALF].map((first) => simulate("--seeds", String(HALF), "--first-seed", String(first)));
  for (const { code, output } of await Promise.all(halves)) {
    assert.equal(code, 0, output);
    const totals = TOTALS.exec(output);
    console.log(totals?.[0]);
    const [seeds, faults, orders, fills] = (totals ?? []).slice(1).map(Number);
    assert.equal(seeds, HALF);
    assert.ok(faults > 10 * HALF && orders > 10 * HALF && fills > 3 * HALF, "It was calm");
  }
});

Deno.test("what was found once stays mended", async () => {
  const plans = [...Deno.readDirSync(NAMED)].map(({ name }) => fileURLToPath(new URL(name, NAMED))).sort();
  const { code, output } = await simulate(...plans.flatMap((plan) => ["--plan", plan]));
  assert.equal(code, 0, output);
  assert.ok(output.includes(`${plans.length} seeds, 0 failed`), output);
});

Deno.test("a seed names one exact course of events", async () => {
  const [once, again] = await Promise.all([1, 2].map(() => simulate("--seeds", "1", "--first-seed", "7", "--trace")));
  assert.ok(once.output.length > 10_000, once.output);
  assert.equal(once.output, again.output);
});
