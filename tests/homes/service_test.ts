import assert from "node:assert/strict";
import { join } from "node:path";
import type { Ended } from "../process.ts";
import { debianRoot, installKbot, run, withoutRoot } from "./debian_root.ts";

const why = withoutRoot("systemd-nspawn", "nsenter");
if (why !== null) console.log(`SKIPPED: kbot as a service of a systemd that runs as the first process: ${why}`);

const PACKAGES = ["systemd", "systemd-sysv", "dbus", "libnss-systemd"];
const EXCHANGE = `[Service]
DynamicUser=yes
StateDirectory=exchange
CacheDirectory=exchange
ExecStart=/usr/local/bin/kbot exchange --port 9000 --seed 7 --state /var/lib/exchange
`;
const CONFIGURATION = `[venue]
name = "http://127.0.0.1:9000/trade-api/v2"
ws = "ws://127.0.0.1:9000/trade-api/ws/v2"
`;
const STATE = "/var/lib/private/kbot";
/** systemd of the machine itself, which a container's is registered with. */
const MACHINE_HAS_SYSTEMD = await Deno.stat("/run/systemd/system").then(() => true, () => false);

/** Where no systemd keeps the machine's control groups, the container's lie below one of ours. */
const IN_OWN_GROUP = `for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
  [ -e $tree/cgroup.procs ] || continue
  mkdir -p $tree/kbot-test && echo $$ >$tree/kbot-test/cgroup.procs
done
exec systemd-nspawn --keep-unit "$@"`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A systemd as the first process of a container, with a network that is only its own. */
class Booted implements AsyncDisposable {
  readonly #nspawn: Deno.ChildProcess;
  readonly #pid: number;

  private constructor(nspawn: Deno.ChildProcess, pid: number) {
    this.#nspawn = nspawn;
    this.#pid = pid;
  }

  static async start(root: string): Promise<Booted> {
    const flags = ["--boot", "--register=no", "--private-network", "--console=pipe", "--quiet", "--directory", root];
    const nspawn = new Deno.Command(MACHINE_HAS_SYSTEMD ? "systemd-nspawn" : "sh", {
      args: MACHINE_HAS_SYSTEMD ? flags : ["-c", IN_OWN_GROUP, "sh", ...flags],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const children = `/proc/${nspawn.pid}/task/${nspawn.pid}/children`;
    for (let n = 0; n < 1_200; n++, await pause(250)) {
      const [child] = (await Deno.readTextFile(children)).trim().split(" ");
      if (!child) continue;
      const booted = new Booted(nspawn, Number(child));
      const { stdout } = await booted.run("systemctl", "is-system-running");
      if (/^(running|degraded)$/.test(stdout.trim())) return booted;
    }
    return assert.fail("systemd does not come up");
  }

  run(...args: readonly string[]): Promise<Ended> {
    const path = "PATH=/usr/local/bin:/usr/bin:/usr/sbin";
    return run("nsenter", ["--target", String(this.#pid), "--all", "/usr/bin/env", "-i", path, ...args]);
  }

  async succeed(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    assert.equal(code, 0, `${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  }

  /** A property of the service. */
  async show(name: string): Promise<string> {
    return (await this.succeed("systemctl", "show", "kbot", "--property", name, "--value")).trim();
  }

  async until(name: string, wanted: (value: string) => boolean, ms = 300_000): Promise<string> {
    let value = "";
    for (const end = performance.now() + ms; performance.now() < end; await pause(250)) {
      value = await this.show(name);
      if (wanted(value)) return value;
    }
    const log = await this.run("journalctl", "--unit", "kbot", "--lines", "20", "--no-pager");
    return assert.fail(`Waited ${ms} ms for another ${name} than ${JSON.stringify(value)}\n${log.stdout}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("systemctl", "poweroff", "--force");
    const end = setTimeout(() => this.#nspawn.kill("SIGKILL"), 20_000);
    await this.#nspawn.status;
    clearTimeout(end);
  }
}

Deno.test({
  name: "a systemd that is the first process starts, watches, reloads, restarts and stops kbot",
  ignore: why !== null,
  async fn(t) {
    await using root = await debianRoot(PACKAGES);
    await installKbot(root.path);
    await Deno.mkdir(join(root.path, "etc/kbot"));
    const configuration = join(root.path, "etc/kbot/kbot.toml");
    await Deno.writeTextFile(configuration, CONFIGURATION);
    await Deno.writeTextFile(join(root.path, "etc/systemd/system/exchange.service"), EXCHANGE);
    await using booted = await Booted.start(root.path);
    await booted.succeed("systemctl", "start", "exchange");

    await t.step("installed and enabled, it counts as started once it is ready, with a line of status", async () => {
      await booted.succeed("kbot", "systemd", "--install");
      await booted.succeed("systemctl", "daemon-reload");
      assert.match(await booted.succeed("kbot", "systemd", "--check"), /nothing that would end badly/);
      await booted.succeed("systemctl", "enable", "--now", "kbot.service", "kbot-restart.timer");
      assert.equal(await booted.show("ActiveState"), "active");
      assert.match(
        await booted.show("StatusText"),
        /^PAPER trading on the market data of .*; page http:\/\/127\.0\.0\.1/,
      );
      await booted.succeed("kbot", "alive", "--state", STATE);
    });

    await t.step("it runs as nobody in particular, without any right, and its state is its own", async () => {
      const status = await booted.succeed("cat", `/proc/${await booted.show("MainPID")}/status`);
      assert.match(status, /^CapEff:\t0+$/m);
      assert.match(status, /^CapBnd:\t0+$/m);
      assert.match(status, /^NoNewPrivs:\t1$/m);
      assert.match(status, /^Seccomp:\t2$/m);
      assert.doesNotMatch(status, /^Uid:\t0\t/m);
      assert.equal((await booted.succeed("stat", "-c", "%a", STATE)).trim(), "700");
    });

    await t.step("killed, it is started again", async () => {
      const before = await booted.show("MainPID");
      await booted.succeed("systemctl", "kill", "--kill-whom=main", "--signal=SIGKILL", "kbot");
      await booted.until("NRestarts", (count) => count === "1");
      await booted.until("ActiveState", (state) => state === "active");
      assert.notEqual(await booted.show("MainPID"), before);
    });

    await t.step("where it hangs, the watchdog ends it, and it is started again", async () => {
      await booted.succeed("systemctl", "kill", "--kill-whom=main", "--signal=SIGSTOP", "kbot");
      await booted.until("NRestarts", (count) => count === "2");
      await booted.until("ActiveState", (state) => state === "active");
      const log = await booted.succeed("journalctl", "--unit", "kbot", "--no-pager");
      assert.match(log, /Watchdog timeout/);
    });

    await t.step("a reload is taken, and ends nothing", async () => {
      const before = await booted.show("MainPID");
      await booted.succeed("systemctl", "reload", "kbot");
      await pause(2_000);
      assert.equal(await booted.show("ActiveState"), "active");
      assert.equal(await booted.show("MainPID"), before);
    });

    await t.step("the weekly restart is one", async () => {
      const before = await booted.show("MainPID");
      await booted.succeed("systemctl", "start", "kbot-restart.service");
      await booted.until("MainPID", (pid) => pid !== before && pid !== "0");
    });

    await t.step("a stop is an orderly end", async () => {
      await booted.until("ActiveState", (state) => state === "active");
      await booted.succeed("systemctl", "stop", "kbot");
      assert.equal(await booted.show("Result"), "success");
      assert.equal(await booted.show("ExecMainStatus"), "0");
      const log = await booted.succeed("journalctl", "--unit", "kbot", "--lines", "15", "--no-pager");
      assert.match(log, /stopped by the system/);
    });

    await t.step("a wrong configuration is said once, and not tried again", async () => {
      await Deno.writeTextFile(configuration, `${CONFIGURATION}[risk]\nmax_order_usd = "900"\n`);
      const { code } = await booted.run("systemctl", "start", "kbot");
      assert.notEqual(code, 0);
      assert.equal(await booted.show("ExecMainStatus"), "2");
      await pause(7_000);
      assert.equal(await booted.show("ActiveState"), "failed");
      const log = await booted.succeed("journalctl", "--unit", "kbot", "--lines", "10", "--no-pager");
      assert.match(log, /kbot\.toml line \d+: .*risk\.max_order_usd|max_order_usd/);
    });

    await t.step("a drop-in that it would not survive is found before", async () => {
      await Deno.writeTextFile(configuration, CONFIGURATION);
      const directory = join(root.path, "etc/systemd/system/kbot.service.d");
      await Deno.writeTextFile(join(directory, "hard.conf"), "[Service]\nMemoryDenyWriteExecute=yes\n");
      const { code, stderr } = await booted.run("kbot", "systemd", "--check");
      assert.equal(code, 1);
      assert.match(stderr, /hard\.conf line 2: MemoryDenyWriteExecute=yes: V8 compiles while it runs/);
    });
  },
});
