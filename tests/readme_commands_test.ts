import assert from "node:assert/strict";
import { parseCommandLine } from "../src/cli/command_line.ts";
import { kbotLines, type ReadmeBlock, readmeBlocks } from "./readme_commands.ts";

const ROOT = new URL("../", import.meta.url);
const PAGE = Deno.readTextFileSync(new URL("README.md", ROOT));
const BLOCKS = readmeBlocks(PAGE);
const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
/** coreutils, for a bounded time that holds for children too. */
const TIMEOUT = "/usr/bin/timeout";
const CAN_RUN = await Deno.stat(TIMEOUT).then(() => true, () => false);
if (!CAN_RUN) console.log(`The README's commands are not run: no ${TIMEOUT} here`);

/** A shell ends with this when Ctrl-C ended its command. */
const INTERRUPTED = 130;
/** So many times as long as a command needs at most may it take on a machine that is busy with others. */
const PATIENCE = 10;
/** An end in order may take so long after the signal. */
const END_S = 200;

/** Makes `deno` and `npx -y deno@...` mean the Deno that runs this test. */
async function writeShims(directory: string): Promise<void> {
  const deno = `exec "${Deno.execPath()}" "$@"`;
  const npx = `case "$1 $2" in "-y deno@"*) shift 2;; *) echo "Only deno is expected here" >&2; exit 1;; esac`;
  await Deno.writeTextFile(`${directory}/deno`, `#!/bin/sh\n${deno}\n`, { mode: 0o755 });
  await Deno.writeTextFile(`${directory}/npx`, `#!/bin/sh\n${npx}\n${deno}\n`, { mode: 0o755 });
}

async function run(block: ReadmeBlock, seconds: number, interrupt: boolean): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-readme-" });
  try {
    await writeShims(directory);
    const signal = interrupt ? "INT" : "TERM";
    const most = interrupt ? seconds : seconds * PATIENCE;
    const child = new Deno.Command(TIMEOUT, {
      args: ["--preserve-status", `--signal=${signal}`, `--kill-after=${END_S}`, `${most}`, "sh", "-ec", block.script],
      cwd: ROOT,
      env: {
        PATH: `${directory}:${Deno.env.get("PATH")}`,
        XDG_STATE_HOME: `${directory}/state-home`,
        XDG_CONFIG_HOME: `${directory}/config-home`,
        KBOT_README_STATE: `${directory}/state`,
        KBOT_SERVER__PORT: "0",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    const output = decoder.decode(stdout) + decoder.decode(stderr);
    const allowed = interrupt ? [0, INTERRUPTED] : [0];
    assert.ok(allowed.includes(code), `README.md line ${block.line} ended with ${code}:\n${output.slice(-4_000)}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("every command of the README says whether it is run here", () => {
  assert.ok(BLOCKS.length > 0);
  for (const block of BLOCKS) assert.notEqual(block.plan.kind, "unmarked", `README.md line ${block.line} has no mark`);
});

for (const block of BLOCKS) {
  const { plan } = block;
  if (plan.kind !== "run") continue;
  Deno.test({
    name: `README.md line ${block.line}: ${block.script.split("\n")[0]}`,
    ignore: !CAN_RUN || (plan.long && !FULL),
    fn: () => run(block, plan.seconds, plan.interrupt),
  });
}

Deno.test("what of kbot's commands is not run here is at least understood, flag by flag", () => {
  for (const block of BLOCKS.filter(({ plan }) => plan.kind === "skip")) {
    for (const words of kbotLines(block.script)) {
      const parsed = parseCommandLine(words);
      assert.ok(parsed.ok, `README.md line ${block.line}: kbot ${words.join(" ")}: ${JSON.stringify(parsed)}`);
    }
  }
});

Deno.test("every command that the text names is one", () => {
  const text = PAGE.replace(/^```[\s\S]*?^```$/gm, "");
  const named = new Set([...text.matchAll(/`(?:deno task )?kbot ([a-z][a-z -]*)/g)].map(([, words]) => words.trim()));
  assert.ok(named.size > 20);
  for (const words of named) {
    const command = words.split(" ").filter((word) => !word.startsWith("-"));
    const parsed = parseCommandLine([...command, "--help"]);
    assert.ok(parsed.ok, `kbot ${words}: ${JSON.stringify(parsed)}`);
  }
});

Deno.test("lines of kbot are taken apart as a shell does", () => {
  const script =
    'sudo kbot status --state /a\nexport A=b\nX=1 deno task kbot sweep "a b"/* \\\n  --trials 3 >out # why\ncurl kbot';
  assert.deepEqual(kbotLines(script), [["status", "--state", "/a"], ["sweep", "a b/*", "--trials", "3"]]);
});

Deno.test("blocks and their marks are read", () => {
  const page = [
    "<!-- run: at most 60s -->",
    "",
    "```sh",
    "a",
    "b",
    "```",
    "<!-- run: interrupted after 5s, long -->",
    "```sh",
    "c",
    "```",
    "<!-- not run: it trades -->",
    "```sh",
    "d",
    "```",
    "text",
    "```sh",
    "e",
    "```",
    "```",
    "no shell",
    "```",
  ].join("\n");
  assert.deepEqual(readmeBlocks(page), [
    { line: 3, script: "a\nb", plan: { kind: "run", seconds: 60, interrupt: false, long: false } },
    { line: 8, script: "c", plan: { kind: "run", seconds: 5, interrupt: true, long: true } },
    { line: 12, script: "d", plan: { kind: "skip", why: "it trades" } },
    { line: 16, script: "e", plan: { kind: "unmarked" } },
  ]);
});
