/**
 * `kbot top` from outside, beside a running demo: on a pseudo-terminal that is resized, by keys and by signals, and where the
 * output is no terminal.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SeenScreen } from "../src/ops/terminal/screen_fixture.ts";
import type { Size } from "../src/ops/terminal/size.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

/** A bound on every wait, not a claim. */
const PATIENCE_MS = 300_000;
const SCRIPT = "/usr/bin/script";
const hasTerminals = Deno.build.os === "linux" && await Deno.stat(SCRIPT).then(() => true, () => false);
if (!hasTerminals) console.log(`SKIPPED: tests on a terminal need ${SCRIPT} of util-linux`);

/** A program on a terminal of its own. */
class OnTerminal implements AsyncDisposable {
  readonly screen: SeenScreen;
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #read: Promise<void>;
  /** Files that name its terminal and its process begin so. */
  readonly #place: string;
  /** Everything that came. */
  text = "";

  private constructor(child: Deno.ChildProcess, place: string, size: Size) {
    this.#child = child;
    this.#place = place;
    this.screen = new SeenScreen(size);
    this.#keys = child.stdin.getWriter();
    this.#read = this.#follow();
  }

  static start(args: readonly string[], directory: string, columns: number, rows: number): OnTerminal {
    const place = join(directory, crypto.randomUUID());
    const kbot = [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", "src/main.ts", ...args].join(" ");
    const first = `tty >${place}.tty; stty cols ${columns} rows ${rows}; sh -c 'echo $$ >${place}.pid; exec ${kbot}'`;
    // What follows tells how the command left its terminal.
    const command = `${first}; echo ended with $?; stty -a | grep -ow -e '-icanon' -e 'icanon'`;
    const child = new Deno.Command(SCRIPT, {
      args: ["--quiet", "--command", command, "/dev/null"],
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    return new OnTerminal(child, place, { columns, rows });
  }

  async #follow(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.text += text;
      this.screen.feed(text.replaceAll(/[\r\n]/g, ""));
    }
  }

  async type(keys: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(keys));
  }

  /** As a window that is pulled larger or smaller. */
  async resize(columns: number, rows: number): Promise<void> {
    this.screen.resize({ columns, rows });
    const name = (await Deno.readTextFile(`${this.#place}.tty`)).trim();
    const args = ["-F", name, "cols", `${columns}`, "rows", `${rows}`];
    assert.ok((await new Deno.Command("stty", { args }).output()).success);
  }

  /** To kbot itself. */
  async signal(name: Deno.Signal): Promise<void> {
    Deno.kill(Number(await Deno.readTextFile(`${this.#place}.pid`)), name);
  }

  async shows(wanted: RegExp, line?: number): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
      const lines = line === undefined ? this.screen.lines : [this.screen.lines.at(line) ?? ""];
      if (lines.some((each) => wanted.test(each))) return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    assert.fail(`Waited for ${wanted}; the screen shows\n${this.screen.lines.join("\n")}`);
  }

  /** Until the program is over, and how it left the terminal. */
  async ended(): Promise<string> {
    await this.#child.status;
    await this.#read;
    return this.text.slice(this.text.lastIndexOf("\x1b") + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It ended by itself.
    }
    await this.#keys.close().catch(() => {});
    await this.#child.status;
    await this.#read;
  }
}

/** Where the output is no terminal: plain text, or a JSON object a line. */
async function checkPipes(state: string): Promise<void> {
  await using watching = new Kbot(["top", "--state", state]);
  const [once, json, timed] = await Promise.all([
    runKbot(["top", "--once", "--state", state]),
    runKbot(["top", "--once", "--json", "--state", state]),
    runKbot(["top", "--for", "1s", "--state", state]),
  ]);
  assert.equal(once.code, 0, once.stderr);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(once.stdout, /\x1b/);
  assert.match(once.stdout, /^ SIMULATED EXCHANGE .*UTC/);
  assert.match(once.stdout, /^MARKETS /m);
  assert.equal(json.code, 0, json.stderr);
  const told = JSON.parse(json.stdout);
  assert.deepEqual([told.connected, told.trouble, told.mode, told.simulated], [true, null, "live", true]);
  assert.ok(told.inputs > 0 && Array.isArray(told.markets) && told.account !== undefined);
  assert.equal(timed.code, 0, timed.stderr);
  await watching.until(/^ SIMULATED EXCHANGE[^]*^ SIMULATED EXCHANGE/m);
  watching.signal("SIGTERM");
  const watched = await watching.end();
  assert.equal(watched.code, 0, watched.stderr);
  assert.match(watched.stdout, /^ SIMULATED EXCHANGE/);
}

Deno.test({
  name:
    "kbot top prints a running demo into pipes, and draws it on terminals of any size, which it gives back as they were",
  ignore: !hasTerminals,
  async fn() {
    await using state = await temporaryDirectory();
    await using demo = new Kbot(["demo", "--speed", "10", "--seed", "7", "--port", "0", "--state", state.path]);
    await demo.until(/Status page: http/);
    const args = ["top", "--state", state.path];
    await using quit = OnTerminal.start(args, state.path, 80, 24);
    await using ended = OnTerminal.start(args, state.path, 60, 20);
    const pipes = checkPipes(state.path);

    await quit.shows(/^ SIMULATED EXCHANGE {3}ACTIVE {2}\d\d:\d\d:\d\d UTC/, 0);
    await quit.shows(/^NAV \$[\d,]+\.\d\d {2}today/);
    await quit.shows(/^MARKETS 1-\d+ of \d+ .*CLOSES$/);
    await quit.shows(/^q quit/, 23);
    assert.ok(quit.screen.isOther && !quit.screen.hasCursor);
    await quit.resize(160, 40);
    await quit.shows(/^MARKETS .* │ POSITIONS/);
    await quit.shows(/^q quit/, 39);
    await quit.resize(40, 12);
    await quit.shows(/^MARKETS \S+ of \d+ +BID +ASK$/);
    await quit.shows(/^q quit/, 11);
    await quit.type("?");
    await quit.shows(/^Keys/);
    await quit.type("\x1b[Bq");
    assert.match(await quit.ended(), /ended with 0\s+icanon\s*$/);
    assert.deepEqual([quit.screen.isOther, quit.screen.hasCursor, quit.screen.unknown], [false, true, []]);

    await pipes;
    await ended.shows(/^ SIMULATED EXCHANGE/, 0);
    demo.signal("SIGINT");
    await ended.shows(/NOT CONNECTED/, 0);
    await ended.shows(/^What is shown is \d+ m?s old/, 1);
    await ended.signal("SIGTERM");
    assert.match(await ended.ended(), /ended with 0\s+icanon\s*$/);
    assert.deepEqual([ended.screen.isOther, ended.screen.hasCursor, ended.screen.unknown], [false, true, []]);
  },
});
