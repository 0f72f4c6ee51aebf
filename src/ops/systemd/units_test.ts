import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { unitFiles } from "./units.ts";

/** Overall exposure of the machine's service, of 100: what is left is the network, and memory that V8 compiles into. */
const EXPOSURE_MAX = 12;

async function analyze(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", {
    args: [...args],
    // A user's manager wants one; nothing is put there.
    env: { XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") ?? "/tmp" },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

const there = await analyze("--version").then(({ code }) => code === 0, () => false);
if (!there) console.log("SKIPPED: systemd-analyze is not installed, so the units are not verified");

/** Writes the units, with their examples in force, where the analyzer reads them. */
async function withUnits(user: boolean, work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-test-" });
  try {
    for (const { path, text } of unitFiles({ program: "/bin/true", user })) {
      const file = join(directory, path.replace(/\.example$/, ""));
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

for (const user of [false, true]) {
  Deno.test({
    name: `systemd-analyze finds nothing wrong with the units of ${user ? "a user" : "the machine"}`,
    ignore: !there,
    fn: () =>
      withUnits(user, async (directory) => {
        const units = ["kbot.service", "kbot-restart.service", "kbot-restart.timer"].map((name) =>
          join(directory, name)
        );
        const { code, text } = await analyze("verify", "--man=no", ...(user ? ["--user"] : []), ...units);
        assert.equal(code, 0, text);
        assert.equal(text.trim(), "");
      }),
  });
}

Deno.test({
  name: `the exposure of the machine's service is at most ${EXPOSURE_MAX / 10}`,
  ignore: !there,
  fn: () =>
    withUnits(false, async (directory) => {
      const args = ["--offline=true", "--no-pager", `--threshold=${EXPOSURE_MAX}`, join(directory, "kbot.service")];
      const { code, text } = await analyze("security", ...args);
      assert.equal(code, 0, text);
    }),
});

Deno.test("the service is stopped later than an end takes, and fed its watchdog more often than it starves", () => {
  const [{ text }] = unitFiles({ program: "/usr/local/bin/kbot", user: false });
  const seconds = (key: string) => Number(new RegExp(`^${key}=(\\d+)s$`, "m").exec(text)?.[1]);
  // Three waits of three seconds (src/runner/run.ts), and what closing takes.
  assert.ok(seconds("TimeoutStopSec") >= 30);
  assert.ok(seconds("WatchdogSec") >= 30);
  assert.match(text, /^Type=notify$/m);
  assert.match(text, /^RestartPreventExitStatus=2 3$/m);
});

Deno.test("no secret and no live trading is in a unit; the example of live trading takes credentials", () => {
  const files = unitFiles({ program: "/usr/local/bin/kbot", user: false });
  const live = files.filter(({ text }) => text.includes("--live"));
  assert.deepEqual(live.map(({ path }) => path), ["kbot.service.d/live.conf.example"]);
  for (const name of ["kalshi_key_id", "kalshi_private_key", "kbot_live_confirm"]) {
    assert.match(live[0].text, new RegExp(`^LoadCredential=${name}:/etc/kbot/${name}$`, "m"));
  }
});
