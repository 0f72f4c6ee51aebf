import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { ARGS, assertRuns, RUNTIME, test } from "./self_extracting_fixture.ts";

test("what another user could have planted or can change in the cache is unpacked anew, and never run", async (stage) => {
  await stage.start(ARGS);
  const place = await stage.place();
  await Deno.chmod(stage.cache, 0o777);
  // As large and as old as the one that was checked.
  const planted = RUNTIME.replace("umask", "echo  ");
  const { mtime } = await Deno.stat(join(place, "deno"));
  await Deno.writeTextFile(join(place, "deno"), planted);
  await Deno.utime(join(place, "deno"), mtime ?? 0, mtime ?? 0);
  await Deno.chmod(join(place, "deno"), 0o777);
  const ended = await stage.start(ARGS);
  assert.match(ended.stderr, /is damaged or not ours alone; unpacking it anew/);
  assertRuns({ ...ended, stderr: "" });
  assert.equal((await Deno.stat(stage.cache)).mode! & 0o022, 0);
});

test("a cache in a directory that everybody can write to is refused, one in a sticky one taken", async (stage) => {
  const open = join(stage.directory, "open");
  await Deno.mkdir(open);
  await Deno.chmod(open, 0o777);
  const refused = await stage.start(ARGS, { KBOT_CACHE_DIR: open });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^kbot: Cache directory .* lies in .*open, which everybody can write to; name another/);
  await Deno.chmod(open, 0o1777);
  assertRuns(await stage.start(ARGS, { KBOT_CACHE_DIR: open }));
});

test("without HOME it unpacks where temporary files lie, but not over somebody's link", async (stage) => {
  const tmp = join(stage.directory, "tmp");
  await Deno.mkdir(tmp);
  const env = { KBOT_CACHE_DIR: "", TMPDIR: tmp };
  assertRuns(await stage.start(ARGS, env));
  const [{ name }] = [...Deno.readDirSync(tmp)];
  assert.match(name, /^kbot-\d+$/);
  await Deno.rename(join(tmp, name), join(tmp, "moved"));
  await Deno.symlink("moved", join(tmp, name));
  const ended = await stage.start(ARGS, env);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^kbot: .* is a symbolic link, and HOME is not set; name a directory of yours/);
});

test("a start that is killed while it unpacks leaves a draft that the next one does not take for the program", async (stage) => {
  const bin = join(stage.directory, "bin");
  await Deno.mkdir(bin);
  // The runtime is out, the program not yet.
  const half = '#!/bin/sh\n/bin/tar "$@" deno && touch "$0.done" && exec sleep 600\n';
  await Deno.writeTextFile(join(bin, "tar"), half, { mode: 0o755 });
  const killed = new Deno.Command("setsid", {
    args: [stage.file, ...ARGS],
    clearEnv: true,
    env: { PATH: `${bin}:/usr/bin:/bin`, KBOT_CACHE_DIR: dirname(stage.cache) },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let n = 0; n < 2_400 && !exists(join(bin, "tar.done")); n++) await new Promise((done) => setTimeout(done, 25));
  // Its whole group, which setsid made it the leader of.
  Deno.kill(-killed.pid, "SIGKILL");
  await killed.status;
  const [{ name: draft }] = [...Deno.readDirSync(stage.cache)];
  assert.match(draft, /^\.unpacking\./);
  assertRuns(await stage.start(ARGS));
  const longAgo = new Date(Date.now() - 3_600_000);
  await Deno.utime(join(stage.cache, draft), longAgo, longAgo);
  // The next one that unpacks clears it away.
  await Deno.remove(join(programIn(stage.cache), "checked"));
  await stage.start(ARGS);
  assert.deepEqual([...Deno.readDirSync(stage.cache)].length, 1);
});

test("versions that nobody started for two months are cleared away, and nothing else of the directory", async (stage) => {
  const longAgo = new Date(Date.now() - 61 * 24 * 3_600_000);
  const soon = new Date(Date.now() - 59 * 24 * 3_600_000);
  for (
    const [name, file, at] of [["old", "checked", longAgo], ["new", "checked", soon], ["backup", "a", longAgo]] as const
  ) {
    const directory = join(stage.cache, `kbot-${name}`);
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeTextFile(join(directory, file), "");
    await Deno.utime(directory, at, at);
  }
  assertRuns(await stage.start(ARGS));
  const left = [...Deno.readDirSync(stage.cache)].map(({ name }) => name).sort();
  assert.deepEqual(left.filter((name) => !name.startsWith("kbot-1.2.3-")), ["kbot-backup", "kbot-new"]);
});

const root = Deno.build.os === "linux" && Deno.uid() === 0 && exists("/usr/bin/unshare");
if (!root) console.log("SKIPPED: caches on file systems of their own and of other users, which need root on Linux");

const NOBODY = 65_534;

test("somebody else's cache, or one below what is somebody else's, is refused", async (stage) => {
  await stage.start(ARGS);
  await Deno.chown(stage.cache, NOBODY, NOBODY);
  const own = await stage.start(ARGS);
  assert.equal(own.code, 1);
  assert.match(own.stderr, /^kbot: Cache directory .* belongs to somebody else; name another directory/);
  await Deno.chown(stage.cache, 0, 0);
  await Deno.chown(dirname(stage.cache), NOBODY, NOBODY);
  const above = await stage.start(ARGS);
  assert.equal(above.code, 1);
  assert.match(above.stderr, /^kbot: Cache directory .* lies in .*, which belongs to somebody else; name another/);
}, root);

test("a program that somebody else put into the cache is not run", async (stage) => {
  await stage.start(ARGS);
  const place = await stage.place();
  for (const path of [place, join(place, "deno"), join(place, "app/main.js")]) {
    await Deno.chown(path, NOBODY, NOBODY);
    const ended = await stage.start(ARGS);
    assert.match(ended.stderr, /is damaged or not ours alone; unpacking it anew/, path);
    assertRuns({ ...ended, stderr: "" });
  }
}, root);

const FULL_DISKS: readonly (readonly [what: string, options: string, said: RegExp])[] = [
  ["too small", "size=64k", /^kbot: No space to unpack: .* has \d+ kB left, \d+ kB are needed; make room, or name/],
  [
    "without room for one more file",
    "nr_inodes=4",
    /^kbot: Unpacking into .* failed \(\d+ kB left there\): .*No space/,
  ],
  ["read-only", "ro", /^kbot: Cache directory .* cannot be made; name another directory in KBOT_CACHE_DIR/],
  ["mounted with noexec", "noexec", /^kbot: Programs in .* cannot be run \(mounted with noexec, or a C library/],
];

for (const [what, options, said] of FULL_DISKS) {
  test(`a cache on a file system that is ${what} is told with the remedy`, async (stage) => {
    const ended = await stage.startOn(options);
    assert.equal(ended.code, 1, ended.stdout);
    assert.match(ended.stderr, said);
    assert.doesNotMatch(ended.stderr, /\nkbot: /, "one reason");
  }, root);
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

function programIn(cache: string): string {
  const found = [...Deno.readDirSync(cache)].find(({ name }) => name.startsWith("kbot-"));
  return join(cache, found?.name ?? assert.fail("Nothing is unpacked"));
}
