import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { linesOf, temporaryDirectory } from "./process.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
const ignore = !FULL || Deno.build.os === "windows";
if (!FULL) console.log("SKIPPED: the one file of kbot from outside, which takes minutes; KBOT_TEST_FULL=1 makes it");

/** What unpacks a file, where it is one that unpacks itself. No Deno, no Node. */
const TOOLS = ["sh", "tar", "gzip", "tail", "cksum", "cut", "df", "wc", "mv", "rm", "mkdir", "chmod", "cat", "touch"];
const MORE_TOOLS = ["find", "id", "ls", "uname", "tr", "sleep", "sync"];

/** A directory with the file, a PATH of a few tools, and nothing of this machine's environment. */
class Place {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  static async make(path: string): Promise<Place> {
    // It is made over whatever was there.
    await Deno.writeTextFile(join(path, "kbot"), "an older one");
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "src/compile/main.ts", "--output", join(path, "kbot")],
      cwd: ROOT,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    for (const name of ["bin", "home", "tmp"]) await Deno.mkdir(join(path, name));
    for (const tool of [...TOOLS, ...MORE_TOOLS]) {
      const found = ["/bin", "/usr/bin"].map((folder) => join(folder, tool)).find((file) => {
        try {
          return Deno.statSync(file).isFile;
        } catch {
          return false;
        }
      });
      await Deno.symlink(found ?? assert.fail(`${tool} is not there`), join(path, "bin", tool));
    }
    return new Place(path);
  }

  command(args: readonly string[]): Deno.Command {
    return new Deno.Command(join(this.#path, "kbot"), {
      args: [...args],
      cwd: join(this.#path, "home"),
      clearEnv: true,
      env: {
        PATH: join(this.#path, "bin"),
        HOME: join(this.#path, "home"),
        TMPDIR: join(this.#path, "tmp"),
        NO_COLOR: "1",
        // Any free one: others run here, too.
        KBOT_SERVER__PORT: "0",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }

  async run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { code, stdout, stderr } = await this.command(args).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }
}

interface Summary {
  readonly orders: number;
  readonly journal: string;
  readonly decision_hash: string;
}

Deno.test({
  name: "the one file does it all where neither Deno nor Node nor the source is",
  ignore,
  async fn(t) {
    await using directory = await temporaryDirectory();
    const place = await Place.make(directory.path);

    await t.step("it says its version and its commit", async () => {
      const { code, stdout, stderr } = await place.run("--version");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^kbot \d+\.\d+\.\d+ \(commit (unknown|[0-9a-f]{12}( with changes)?), deno [\d.]+\)\n$/);
    });

    await t.step("doctor finds everything in place, WASM and time zones among it", async () => {
      const { code, stdout, stderr } = await place.run("doctor", "--venue", "sim", "--order", "--json");
      assert.equal(code, 0, stdout + stderr);
      const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string }[] };
      for (const name of ["wasm", "eastern time", "signature", "test order"]) {
        assert.equal(checks.find((check) => check.name === name)?.status, "PASS", name);
      }
    });

    await t.step("a demo trades, and its journal replays to the same decisions", async () => {
      const { code, stdout, stderr } = await place.run("demo", "--for", "20s", "--port", "0", "--seed", "7", "--json");
      assert.equal(code, 0, stderr);
      const summary = JSON.parse(stdout) as Summary;
      assert.ok(summary.orders > 0, stdout);
      const replayed = await place.run("replay", summary.journal, "--verify", "--json");
      assert.equal(replayed.code, 0, replayed.stderr);
      assert.match(replayed.stdout, new RegExp(summary.decision_hash));
    });

    await t.step("its page is served; killed, it starts again on the same state", async () => {
      const state = join(directory.path, "state");
      const child = place.command(["demo", "--port", "0", "--state", state]).spawn();
      const ended = child.stdout.cancel();
      let url = "";
      const lines = linesOf(child.stderr);
      for await (const line of lines) {
        url = /^Status page: (\S+)/.exec(line)?.[1] ?? url;
        // An order has been sent: the state is worth something.
        if (/: sent \(/.test(line)) break;
      }
      const page = await (await fetch(url)).text();
      assert.match(page, /<html/);
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? assert.fail(page);
      const asset = await fetch(new URL(script, url));
      assert.equal(asset.status, 200);
      await asset.body?.cancel();
      child.kill("SIGKILL");
      await Promise.all([ended, child.status]);
      const again = await place.run("demo", "--for", "5s", "--port", "0", "--state", state, "--json");
      assert.equal(again.code, 0, again.stderr);
      assert.ok((JSON.parse(again.stdout) as Summary).orders > 0, again.stdout);
    });

    await t.step("it prints units that start this very file", async () => {
      const { code, stdout } = await place.run("systemd");
      assert.equal(code, 0);
      assert.ok(stdout.includes(`ExecStart=${join(directory.path, "kbot")} run --paper`), stdout);
    });

    await t.step("packages that it loads when it needs them are inside: NATS, email", async () => {
      const refused = /ECONNREFUSED|onnection refused|os error 111/;
      const config = join(directory.path, "kbot.toml");
      const cluster = '[cluster]\nservers = ["nats://127.0.0.1:1"]\nname = "a"\n';
      const email = '[alerts.email]\nhost = "127.0.0.1"\nport = 1\nfrom = "a@example.com"\nto = ["b@example.com"]\n';
      await Deno.writeTextFile(config, cluster);
      const state = join(directory.path, "alone");
      const paper = ["--paper", "--venue", "http://127.0.0.1:1/trade-api/v2", "--venue-ws", "ws://127.0.0.1:1/ws"];
      const alone = await place.run(...paper, "--for", "20s", "--state", state, "--config", config);
      assert.match(alone.stderr, /NATS at nats:\/\/127\.0\.0\.1:1 cannot be reached/);
      assert.match(alone.stderr.split("\n").find((line) => line.includes("NATS at")) ?? "", refused);
      await Deno.writeTextFile(config, email);
      const told = await place.run("alert", "test", "email", "--config", config);
      assert.equal(told.code, 1, told.stdout + told.stderr);
      assert.match(told.stdout + told.stderr, refused);
    });

    await t.step("it may not reach where a cloud keeps its credentials", async () => {
      const venue = ["--venue", "http://169.254.169.254/trade-api/v2", "--venue-ws", "ws://169.254.169.254/ws"];
      const { code, stdout, stderr } = await place.run("doctor", ...venue, "--json");
      assert.equal(code, 1);
      assert.match(stdout + stderr, /Requires net access to \\?"169\.254\.169\.254/);
    });
  },
});
