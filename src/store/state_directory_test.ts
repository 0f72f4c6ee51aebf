import assert from "node:assert/strict";
import { join } from "node:path";
import { prepareStateDirectory, statePaths } from "./state_directory.ts";

async function withBase(test: (base: string) => Promise<void>): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "kbot-state-" });
  try {
    await test(base);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

const modeOf = (path: string): number => Deno.statSync(path).mode! & 0o777;

async function refusal(directory: string): Promise<string> {
  const result = await prepareStateDirectory(directory);
  assert.ok(!result.ok);
  assert.ok(result.reason.startsWith(`State directory ${directory} `), result.reason);
  assert.ok(result.reason.endsWith("; choose another with --state"), result.reason);
  return result.reason;
}

Deno.test("a missing directory is made, with those above it, for its owner only", () =>
  withBase(async (base) => {
    const directory = join(base, "a", "b");
    assert.deepEqual(await prepareStateDirectory(directory), { ok: true, notice: null });
    assert.equal(modeOf(directory), 0o700);
    assert.deepEqual(await prepareStateDirectory(directory), { ok: true, notice: null });
    assert.deepEqual([...Deno.readDirSync(directory)], []);
  }));

Deno.test("an empty directory, or one of ours, that is open to others is closed to them, and that is told", () =>
  withBase(async (base) => {
    for (const ours of [[], ["lock", "something else"]]) {
      const directory = join(base, `d${ours.length}`);
      await Deno.mkdir(directory);
      for (const name of ours) await Deno.writeTextFile(join(directory, name), "");
      await Deno.chmod(directory, 0o755);
      assert.deepEqual(await prepareStateDirectory(directory), {
        ok: true,
        notice: `State directory ${directory} was open to others (mode 755), now 700`,
      });
      assert.equal(modeOf(directory), 0o700);
    }
  }));

Deno.test("an open directory full of other things is refused and left as it is", () =>
  withBase(async (base) => {
    const directory = join(base, "tmp");
    await Deno.mkdir(directory);
    await Deno.writeTextFile(join(directory, "letter.txt"), "");
    await Deno.chmod(directory, 0o777);
    assert.match(await refusal(directory), /is open to others \(mode 777\) and holds letter\.txt, not ours/);
    assert.equal(modeOf(directory), 0o777);
  }));

Deno.test("a file, a path under a file, and a link are refused", () =>
  withBase(async (base) => {
    const file = join(base, "file");
    await Deno.writeTextFile(file, "");
    assert.match(await refusal(file), /is not a directory|cannot be made/);
    assert.match(await refusal(join(file, "below")), /cannot be made: Not a directory/);
    const link = join(base, "link");
    await Deno.symlink(base, link);
    assert.match(await refusal(link), /is a symbolic link/);
  }));

Deno.test("a place where nothing can be written is refused, even for root", async () => {
  if (Deno.build.os !== "linux") return console.log("skipped: needs /proc");
  assert.match(await refusal("/proc/kbot"), /cannot be made: No such file/);
  assert.match(await refusal("/proc/self"), /symbolic link|cannot be written|is open to others/);
});

/** What `prepareStateDirectory` says to a process that permissions bind: our own, or one of root without root's rights. */
async function boundAnswer(directory: string): Promise<string | null> {
  const show = `console.log(JSON.stringify(await (await import(Deno.args[0])).prepareStateDirectory(Deno.args[1])))`;
  const module = new URL("./state_directory.ts", import.meta.url).href;
  const evaluate = ["eval", "--no-check", "--quiet", show, module, directory];
  const stripped = ["--bounding-set=-all", "--inh-caps=-all", Deno.execPath(), ...evaluate];
  const command = Deno.uid() === 0
    ? new Deno.Command("setpriv", { args: stripped })
    : new Deno.Command(Deno.execPath(), { args: evaluate });
  try {
    const { code, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    if (code === 0) return JSON.parse(decoder.decode(stdout)).reason ?? "taken";
    assert.match(decoder.decode(stderr), /^setpriv: /);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  console.log("SKIPPED: permissions do not bind root, and setpriv cannot take its rights away here");
  return null;
}

Deno.test("an owner's own rights are never added: a directory that may not be written is refused in words", () =>
  withBase(async (base) => {
    if (Deno.build.os === "windows") return console.log("SKIPPED: no modes here");
    for (const mode of [0o500, 0o555, 0o511, 0o750, 0o700]) {
      const directory = join(base, `d${mode}`);
      await Deno.mkdir(directory);
      await Deno.chmod(directory, mode);
      const answer = await boundAnswer(directory);
      if (answer === null) return;
      assert.equal(modeOf(directory), mode & 0o700);
      await Deno.chmod(directory, 0o700);
      if ((mode & 0o200) !== 0) assert.equal(answer, "taken");
      else {assert.match(
          answer,
          /^State directory \S+ cannot be written: Permission denied.*; choose another with --state$/,
        );}
    }
  }));

Deno.test("everything of ours lies inside the directory", () => {
  for (const path of Object.values(statePaths("/s"))) assert.match(path, /^\/s\/[a-z.]+$/);
});
