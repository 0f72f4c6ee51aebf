import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { unitFiles, WRITTEN_BY } from "../ops/systemd/units.ts";
import { parseCommandLine } from "./command_line.ts";
import type { SystemdCommand } from "./command.ts";
import { systemd } from "./systemd.ts";

const COMMON = { config: undefined, state: undefined, json: false };
const asked = (more: Partial<SystemdCommand>): SystemdCommand => ({
  kind: "systemd",
  user: false,
  install: false,
  check: false,
  program: undefined,
  ...COMMON,
  ...more,
});

async function withDirectory(work: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "kbot-test-" });
  try {
    await work(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("the command line asks for it with its flags", () => {
  const parsed = parseCommandLine(["systemd", "--user", "--install", "--program", "/opt/kbot"]);
  assert.ok(parsed.ok && parsed.command !== null);
  assert.deepEqual(parsed.command, asked({ user: true, install: true, program: "/opt/kbot" }));
});

Deno.test("what is installed can be looked at, but not while it is written", () => {
  const parsed = parseCommandLine(["systemd", "--check"]);
  assert.ok(parsed.ok && parsed.command !== null);
  assert.deepEqual(parsed.command, asked({ check: true }));
  const both = parseCommandLine(["systemd", "--check", "--install"]);
  assert.ok(!both.ok);
  assert.match(both.message, /^--check looks at what --install has written/);
});

Deno.test("from the source the units name where a program usually lies, and installing is refused", async () => {
  const printed = await systemd(asked({}), {});
  assert.match(printed.text ?? "", /^ExecStart=\/usr\/local\/bin\/kbot run --paper$/m);
  const refused = await systemd(asked({ install: true }), {});
  assert.equal(refused.exitCode, 2);
  assert.match(refused.problems[0], /deno task compile/);
});

Deno.test("the one file names itself, with what a unit must escape", async () => {
  const { text } = await systemd(asked({}), { KBOT_FILE: "/opt/100% $mine/kbot" });
  assert.match(text ?? "", /^ExecStart="\/opt\/100%% \$\$mine\/kbot" run --paper$/m);
});

Deno.test("units are written, again over their own, and never over anybody else's", () =>
  withDirectory(async (directory) => {
    const program = join(directory, "kbot");
    await Deno.writeTextFile(program, "#!/bin/sh\n", { mode: 0o755 });
    const units = join(directory, "units");
    const install = () => systemd(asked({ install: true, user: true, program }), {}, units);
    for (let time = 0; time < 2; time++) {
      const reply = await install();
      assert.equal(reply.exitCode, 0, reply.problems.join());
      assert.match(reply.text ?? "", /systemctl --user enable --now kbot\.service kbot-restart\.timer/);
    }
    const names = [...Deno.readDirSync(units)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["kbot-restart.service", "kbot-restart.timer", "kbot.service", "kbot.service.d"]);
    assert.ok((await Deno.readTextFile(join(units, "kbot.service"))).startsWith(WRITTEN_BY));
    await Deno.writeTextFile(join(units, "kbot-restart.timer"), "[Timer]\n");
    await Deno.writeTextFile(join(units, "kbot.service"), `${WRITTEN_BY}\nolder`);
    const refused = await install();
    assert.equal(refused.exitCode, 1);
    assert.match(refused.problems[0], /kbot-restart\.timer was not written by kbot/);
    assert.match(await Deno.readTextFile(join(units, "kbot.service")), /older/, "nothing was written");
  }));

Deno.test("a check reads the unit with its drop-ins, and says by its exit code whether something would end badly", () =>
  withDirectory(async (directory) => {
    const look = () => systemd(asked({ check: true, user: true }), {}, directory);
    const absent = await look();
    assert.equal(absent.exitCode, 1);
    assert.match(absent.problems[0], /^No kbot\.service lies in .*: kbot systemd --install writes it$/);
    for (const { path, text } of unitFiles({ program: "/usr/local/bin/kbot", user: true })) {
      await Deno.mkdir(dirname(join(directory, path)), { recursive: true });
      await Deno.writeTextFile(join(directory, path), text);
    }
    const fine = await look();
    assert.equal(fine.exitCode, 0, fine.problems.join());
    assert.match(
      fine.text ?? "",
      /kbot\.service with no drop-in: nothing that would end badly$/,
      "examples do not count",
    );
    await Deno.writeTextFile(join(directory, "kbot.service.d/b.conf"), "[Service]\nTimeoutStopSec=5s\n");
    await Deno.writeTextFile(join(directory, "kbot.service.d/c.conf"), "[Service]\nKillMode=none\n");
    const wrong = await look();
    assert.equal(wrong.exitCode, 1);
    assert.equal(wrong.problems.length, 2);
    assert.match(wrong.problems[0], /b\.conf line 2: TimeoutStopSec=5s: it could be killed/);
    // A later name counts after an earlier one.
    await Deno.writeTextFile(
      join(directory, "kbot.service.d/d.conf"),
      "[Service]\nTimeoutStopSec=90s\nKillMode=mixed\n",
    );
    assert.deepEqual((await look()).problems, []);
  }));

const UNFIT: readonly (readonly [program: string, reason: RegExp])[] = [
  ["kbot", /found kbot, wanted an absolute path/],
  ["/home/ann/kbot", /lies in a home, which the service cannot see/],
  ["/nonexistent/kbot", /cannot be found/],
  ["/etc", /is no program/],
];

for (const [program, reason] of UNFIT) {
  Deno.test(`the machine's service is not made of ${program}`, async () => {
    const reply = await systemd(asked({ install: true, program }), {}, "/nonexistent/units");
    assert.equal(reply.exitCode, 2);
    assert.match(reply.problems[0], reason);
  });
}

Deno.test("a directory that cannot be written is told with its remedy", () =>
  withDirectory(async (directory) => {
    const program = join(directory, "kbot");
    await Deno.writeTextFile(program, "", { mode: 0o755 });
    const reply = await systemd(asked({ install: true, program }), {}, join(program, "units"));
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems[0], /cannot be written to .*sudo, or --user/);
  }));
