import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "./process.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Named sets of permissions came with Deno 2.5. */
const [major, minor] = Deno.version.deno.split(".").map(Number);
const ignore = major < 2 || (major === 2 && minor < 5);
if (ignore) {
  console.log(`SKIPPED: permissions of the tasks, which Deno ${Deno.version.deno} cannot read from deno.json`);
}

const TASKS = (JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
}).tasks;

/** The flags that a task gives to Deno. */
function flagsOf(task: string): readonly string[] {
  const flags = /^deno run (.*) src\/main\.ts/.exec(TASKS[task].command)?.[1].split(" ") ?? assert.fail(task);
  assert.ok(flags.includes(`-P=${task}`), `${task} runs with its own set`);
  return flags;
}

/** Runs a program with what a task lets it do. */
async function under(task: string, program: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--config", join(ROOT, "deno.json"), ...flagsOf(task), program, ...args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

for (const set of ["demo", "kbot"]) {
  Deno.test({
    name: `a run trades with the permissions of the task ${set}, from its state to its page`,
    ignore,
    async fn() {
      await using state = await temporaryDirectory();
      const flags = ["--for", "3s", "--speed", "20", "--seed", "7", "--port", "0", "--state", state.path, "--json"];
      const ended = await under(set, "src/main.ts", "demo", ...flags);
      assert.equal(ended.code, 0, ended.stderr);
      assert.ok((JSON.parse(ended.stdout) as { readonly orders: number }).orders > 0, ended.stdout);
      assert.doesNotMatch(ended.stderr, /NotCapable|--allow-/);
    },
  });
}

const ATTEMPTS: readonly (readonly [what: string, attempt: string, sets: readonly string[]])[] = [
  ["start another program", 'new Deno.Command("true").outputSync()', ["demo", "kbot"]],
  ["load native code", 'Deno.dlopen("/nonexistent.so", {})', ["demo", "kbot"]],
  ["learn the machine's name", "Deno.hostname()", ["demo", "kbot"]],
  ["ask a cloud for its credentials", 'await Deno.connect({ hostname: "169.254.169.254", port: 80 })', [
    "demo",
    "kbot",
  ]],
  ["load code from elsewhere", 'await import("https" + "://deno.land/x/x.ts")', ["demo", "kbot"]],
  ["reach another machine", 'await Deno.connect({ hostname: "192.0.2.1", port: 80 })', ["demo"]],
];

Deno.test({
  name: "what no run needs is refused by the permissions of the tasks",
  ignore,
  async fn() {
    await using directory = await temporaryDirectory();
    for (const [what, attempt, sets] of ATTEMPTS) {
      const program = join(directory.path, "attempt.js");
      await Deno.writeTextFile(program, attempt);
      for (const set of sets) {
        const { code, stderr } = await under(set, program);
        assert.notEqual(code, 0, `${set} may ${what}`);
        assert.match(
          stderr,
          /NotCapable|Requires (run|ffi|sys|net|import) access|remote specifier was requested/,
          `${set}: ${what}`,
        );
      }
    }
  },
});
