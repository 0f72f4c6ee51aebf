import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "./process.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Types the lines, one for each question, on a terminal of the program's own; prints what was shown, and how it ended. */
const PTY = `
import json, os, pty, select, sys, time
program, lines = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program[0], program)
shown = b""
began = time.time()
while time.time() - began < 600:
    if not select.select([terminal], [], [], 0.2)[0]:
        continue
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    if shown.endswith(b"]: ") and lines:
        os.write(terminal, lines.pop(0).encode())
        shown += b"<typed>"
_, status = os.waitpid(pid, 0)
print(json.dumps({"shown": shown.decode(errors="replace"), "code": os.waitstatus_to_exitcode(status)}))
`;

interface Ended {
  readonly shown: string;
  /** Below 0: the number of the signal. */
  readonly code: number;
}

async function onTerminal(args: readonly string[], lines: readonly string[], home: string): Promise<Ended> {
  const program = [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", "src/main.ts", ...args];
  const { stdout, stderr } = await new Deno.Command("python3", {
    args: ["-c", PTY, JSON.stringify(program), JSON.stringify(lines)],
    cwd: ROOT,
    env: {
      HOME: home,
      XDG_CONFIG_HOME: "",
      NO_COLOR: "1",
      DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
    },
  }).output();
  const decoder = new TextDecoder();
  assert.equal(decoder.decode(stderr), "");
  return JSON.parse(decoder.decode(stdout));
}

async function canRun(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["-c", "import pty"], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

const there = Deno.build.os !== "windows" && await canRun();
if (!there) console.log("SKIPPED: kbot init on a terminal, because python3 with its pty module is not on this machine");

Deno.test({
  name: "on a terminal kbot init asks, explains and writes, and Ctrl-C leaves nothing behind",
  ignore: !there,
  async fn() {
    await using home = await temporaryDirectory();
    const file = join(home.path, ".config/kbot/kbot.toml");
    const stopped = await onTerminal(["init"], ["\n", "\n", "\x03"], home.path);
    assert.equal(stopped.code, -2, stopped.shown);
    assert.deepEqual([...Deno.readDirSync(home.path)].map(({ name }) => name), []);

    const answers = ["?\n", "paper\n", "KXBTCD\n", "2500\n", ...Array(12).fill("\n")];
    const { shown, code } = await onTerminal(["init"], answers, home.path);
    assert.equal(code, 0, shown);
    assert.match(shown, /play money on Kalshi's market data/);
    assert.match(shown, /Next:\r\n {2}kbot doctor\r\n {2}kbot --paper\r\n/);
    const written = await Deno.readTextFile(file);
    assert.match(written, /^series = \["KXBTCD"\]$/m);
    assert.match(written, /^capital = "2500"$/m);
    assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
  },
});
