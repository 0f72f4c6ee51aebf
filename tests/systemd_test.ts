import assert from "node:assert/strict";
import { join } from "node:path";
import { Kbot, temporaryDirectory } from "./process.ts";

const ignore = Deno.build.os === "windows" || typeof Deno.listenDatagram !== "function";
if (ignore) console.log("SKIPPED: the service manager's socket, which needs Unix datagrams (--unstable-net)");

const WATCHDOGS = 3;
/** Looks at what was heard, and the time between two: a bound on every wait, not a claim. */
const LOOKS_MAX = 6_000;
const LOOK_EVERY_MS = 50;

Deno.test({
  name:
    "a service manager hears READY, a status, that the run lives, a reload from beginning to end, and that it stops",
  ignore,
  async fn() {
    await using directory = await temporaryDirectory();
    const path = join(directory.path, "notify");
    const manager = Deno.listenDatagram({ transport: "unixpacket", path });
    const heard: string[] = [];
    const decoder = new TextDecoder();
    const listening = (async () => {
      for await (const [bytes] of manager) heard.push(decoder.decode(bytes));
    })();
    const state = join(directory.path, "state");
    const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "300000" };
    await using kbot = new Kbot(["demo", "--port", "0", "--state", state], env);
    const until = async (done: () => boolean) => {
      for (let n = 0; n < LOOKS_MAX && !done(); n++) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      assert.ok(done(), `${heard.join("--\n")}\n${kbot.stderr}`);
    };
    await until(() => heard.filter((message) => message === "WATCHDOG=1\n").length >= WATCHDOGS);
    assert.match(
      heard[0],
      /^READY=1\nSTATUS=SIMULATED EXCHANGE, play money, \d+ markets.*; page http:.*\nMAINPID=\d+\n$/,
    );
    assert.match(heard[0], new RegExp(`MAINPID=${kbot.pid}\n`));
    kbot.signal("SIGHUP");
    await until(() => heard.filter((message) => message.startsWith("READY=1\n")).length === 2);
    const reloading = heard.findIndex((message) => message.startsWith("RELOADING=1\n"));
    const again = heard.findLastIndex((message) => message.startsWith("READY=1\n"));
    assert.ok(reloading > 0 && reloading < again, heard.join("--\n"));
    kbot.signal("SIGTERM");
    assert.equal((await kbot.end()).code, 0);
    await until(() => heard.some((message) => message.startsWith("STOPPING=1\n")));
    manager.close();
    await listening;
    const left = [...Deno.readDirSync(state)].map(({ name }) => name).filter((name) => name.startsWith("notify-"));
    assert.deepEqual(left, []);
  },
});

Deno.test({
  name: "a service manager that cannot be told does not keep a run from trading",
  ignore,
  async fn() {
    await using directory = await temporaryDirectory();
    const state = join(directory.path, "state");
    const env = { NOTIFY_SOCKET: "@kbot-nobody", WATCHDOG_USEC: "300000" };
    await using kbot = new Kbot(["demo", "--for", "1s", "--port", "0", "--state", state], env);
    const { code, stderr } = await kbot.end();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /NOTIFY_SOCKET @kbot-nobody cannot be written to: Deno knows no abstract sockets/);
  },
});
