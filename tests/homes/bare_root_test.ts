import assert from "node:assert/strict";
import { join } from "node:path";
import { type Ended, linesOf } from "../process.ts";
import { debianRoot, installKbot, withoutRoot } from "./debian_root.ts";

const why = withoutRoot("ip");
if (why !== null) console.log(`SKIPPED: the one file on a bare Debian: ${why}`);

type Env = Readonly<Record<string, string>>;

/**
 * A bare Debian with a network of its own, which is only itself, and its own processes: one shell that all others enter.
 */
class Machine implements AsyncDisposable {
  readonly #root: string;
  readonly #init: Deno.ChildProcess;
  readonly #pid: number;

  private constructor(root: string, init: Deno.ChildProcess, pid: number) {
    this.#root = root;
    this.#init = init;
    this.#pid = pid;
  }

  static async start(root: string): Promise<Machine> {
    // Its name space of processes ends with its first one, and all in it with that.
    const script = 'ip link set lo up && mount -t proc proc "$1/proc" && echo ready && exec sleep infinity';
    const init = new Deno.Command("unshare", {
      args: ["--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh", root],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    for await (const line of linesOf(init.stdout)) if (line === "ready") break;
    const [child] = (await Deno.readTextFile(`/proc/${init.pid}/task/${init.pid}/children`)).trim().split(" ");
    return new Machine(root, init, Number(child));
  }

  #enter(args: readonly string[], env: Env): Deno.Command {
    const variables = Object.entries({ PATH: "/usr/local/bin:/usr/bin:/bin", ...env }).map(([key, value]) =>
      `${key}=${value}`
    );
    const into = ["--target", String(this.#pid), "--mount", "--net", "--pid"];
    return new Deno.Command("nsenter", {
      args: [...into, "chroot", this.#root, "/usr/bin/env", "-i", ...variables, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }

  async run(args: readonly string[], env: Env = { HOME: "/root" }): Promise<Ended> {
    const { code, stdout, stderr } = await this.#enter(args, env).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Starts what goes on, and waits for one of its lines. */
  async begin(args: readonly string[], awaited: RegExp, env: Env = { HOME: "/root" }): Promise<RegExpExecArray> {
    const child = this.#enter(["sh", "-c", 'exec "$@" 2>&1', "sh", ...args], env).spawn();
    await child.stderr.cancel();
    const seen: string[] = [];
    const lines = linesOf(child.stdout);
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
      seen.push(next.value);
      const found = awaited.exec(next.value);
      if (found === null) continue;
      // Who writes on must be read on.
      void (async () => {
        for await (const _ of lines);
      })();
      return found;
    }
    return assert.fail(`It ended without ${awaited}:\n${seen.join("\n")}`);
  }

  /** A page, as who is on this machine gets it: without curl, which it has not. */
  async get(port: number, path: string): Promise<string> {
    const script =
      `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET ${path} HTTP/1.1\\r\\nHost: 127.0.0.1:${port}\\r\\n` +
      `Connection: close\\r\\n\\r\\n' >&3; cat <&3`;
    return (await this.run(["bash", "-c", script])).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#init.kill("SIGKILL");
    await this.#init.status;
  }
}

const VENUE = ["--venue", "http://127.0.0.1:9000/trade-api/v2", "--venue-ws", "ws://127.0.0.1:9000/trade-api/ws/v2"];
const STATE = "/var/lib/kbot";
const PORT = 8_080;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until<T>(what: string, look: () => Promise<T | null>, ms = 300_000): Promise<T> {
  for (const end = performance.now() + ms; performance.now() < end; await pause(250)) {
    const found = await look();
    if (found !== null) return found;
  }
  return assert.fail(`Waited ${ms} ms for ${what}`);
}

Deno.test({
  name: "copied onto a bare Debian, kbot trades on paper, shows its page, and is there again after kill -9",
  ignore: why !== null,
  async fn(t) {
    await using root = await debianRoot();
    await installKbot(root.path);
    await using machine = await Machine.start(root.path);

    await t.step("there is no Deno, no Node and no source", async () => {
      assert.notEqual((await machine.run(["sh", "-c", "command -v deno node npm git"])).code, 0);
      const { stdout, code } = await machine.run(["kbot", "--version"]);
      assert.equal(code, 0);
      assert.match(stdout, /^kbot \d/);
    });

    await t.step("without any network it says what it cannot reach, keeps trying, and serves its page", async () => {
      const { code, stdout, stderr } = await machine.run(["kbot", "--paper", "--for", "8s", "--port", "0"]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^Status page: http/m);
      assert.match(stderr, /cannot be reached|No answer|error sending request|failed to lookup/i, stderr);
      assert.match(stdout, /orders {4}0/);
    });

    await t.step("what it is told wrongly or lacks is said, and ends nothing else", async () => {
      const noHome = await machine.run(["kbot", "--paper", ...VENUE, "--for", "1s", "--port", "0"], {});
      assert.equal(noHome.code, 2);
      assert.match(noHome.stderr, /HOME, XDG_STATE_HOME and STATE_DIRECTORY are all unset; give --state DIR/);
      const demo = ["kbot", "demo", "--for", "10s", "--speed", "20", "--seed", "7", "--port", "0", "--json"];
      const wrongZone = await machine.run(demo, { HOME: "/root", TZ: "Nowhere/Land" });
      const usual = await machine.run(demo);
      const decisions = ({ stdout }: Ended) => (JSON.parse(stdout) as { decision_hash: string }).decision_hash;
      assert.equal(decisions(wrongZone), decisions(usual), "a wrong time zone changes nothing");
      assert.match(usual.stderr, /^kbot runs as root, and needs nothing that only root may do/m);
    });

    await machine.begin(
      ["kbot", "exchange", "--port", "9000", "--seed", "7", "--state", "/var/lib/exchange"],
      /^Stop it/,
    );
    // A supervisor, as small as one can be.
    const supervisor = 'while :; do "$@"; sleep 1; done';
    const paper = ["kbot", "--paper", ...VENUE, "--state", STATE];
    const home = { HOME: "/nonexistent", XDG_CACHE_HOME: "/var/cache" };
    await machine.begin(["sh", "-c", supervisor, "sh", ...paper], /^Status page: /, home);

    const status = async () => {
      const { code, stdout } = await machine.run(["kbot", "status", "--json", "--state", STATE]);
      const known = code === 0
        ? JSON.parse(stdout) as { running: boolean; pid: number; account: { nav: string } }
        : null;
      return known?.running === true ? known : null;
    };
    const first = await until("the first run", status);

    await t.step("its page is served, and says that it trades on paper", async () => {
      const page = await machine.get(PORT, "/");
      assert.match(page, /^HTTP\/1\.1 200 OK/);
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? assert.fail(page);
      assert.match(await machine.get(PORT, script), /^HTTP\/1\.1 200 OK/);
      assert.match(await machine.get(PORT, "/api/v1/status"), /"mode":"paper"/);
      assert.equal((await machine.run(["kbot", "alive", "--state", STATE])).code, 0);
    });

    await t.step("a second one on the same state is refused", async () => {
      const second = await machine.run([...paper, "--port", "0"]);
      assert.equal(second.code, 1);
      assert.match(second.stderr, /State directory \/var\/lib\/kbot is in use by process \d+; stop that one/);
    });

    await t.step("killed, it is started again, and goes on", async () => {
      assert.equal((await machine.run(["bash", "-c", `kill -9 ${first.pid}`])).code, 0);
      const again = await until("the second run", async () => {
        const now = await status();
        return now === null || now.pid === first.pid ? null : now;
      });
      assert.notEqual(again.pid, first.pid);
      const runs = [...Deno.readDirSync(join(root.path, STATE, "journal"))];
      assert.equal(runs.length, 2);
    });

    await t.step("what both runs decided replays to the same", async () => {
      const journals = [...Deno.readDirSync(join(root.path, STATE, "journal"))].map(({ name }) => name).sort();
      const { code, stdout, stderr } = await machine.run([
        "kbot",
        "replay",
        `${STATE}/journal/${journals[0]}`,
        "--verify",
      ]);
      assert.equal(code, 0, stdout + stderr);
    });
  },
});
