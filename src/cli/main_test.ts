import assert from "node:assert/strict";
import { withDirectory, writeState } from "../store/state_fixture_test.ts";

const decoder = new TextDecoder();

/** Runs kbot as a process of its own, which is slow: only for what a process alone shows. */
async function kbot(...argv: readonly string[]) {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "--no-check", "-A", main, ...argv];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("a result goes to stdout as one line of JSON, with exit code 0", async () => {
  const fee = ["fee", "--price", "0.055", "--count", "1,1,1", "--grid", "0.01"];
  const { code, out, err } = await kbot("calc", ...fee, "--json");
  assert.equal(err, "");
  assert.equal(code, 0);
  assert.equal(out.split("\n").length, 2);
  assert.equal(JSON.parse(out).net_fee, "0.015000");
});

Deno.test("wrong usage goes to stderr with exit code 2, and to stdout only for a program", async () => {
  const { code, out, err } = await kbot("demmo");
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(err, /^Unknown command "demmo": did you mean demo\?\n/);
  const told = await kbot("demmo", "--json");
  assert.deepEqual([told.code, told.err], [2, err]);
  assert.deepEqual(JSON.parse(told.out), { ok: false, exit_code: 2, error: err.trimEnd() });
});

Deno.test("a reader of the output that has seen enough is no defect", () =>
  withDirectory(async (state) => {
    await writeState(state);
    const main = new URL("../main.ts", import.meta.url).pathname;
    const args = ["run", "--quiet", "--no-check", "-A", main, "audit", "export", "--out", "-", "--state", state];
    const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" }).spawn();
    await child.stdout.cancel();
    const said = await new Response(child.stderr).text();
    assert.equal(said, "Whoever read the output went away before its end\n");
    assert.equal((await child.status).code, 1);
  }));
