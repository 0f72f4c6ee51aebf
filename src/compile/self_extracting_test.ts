import assert from "node:assert/strict";
import { join } from "node:path";
import { ARGS, assertRuns, RUNTIME, test } from "./self_extracting_fixture.ts";

test("the file unpacks itself once, for its owner alone, and hands its arguments on as they are", async (stage) => {
  assertRuns(await stage.start(ARGS));
  const place = await stage.place();
  assert.equal((await Deno.stat(place)).mode! & 0o077, 0);
  const first = await Deno.stat(join(place, "deno"));
  assertRuns(await stage.start(ARGS));
  assert.equal((await Deno.stat(join(await stage.place(), "deno"))).ino, first.ino);
});

test("many first starts at once all run, and leave one unpacked program", async (stage) => {
  const ended = await Promise.all(Array.from({ length: 6 }, () => stage.start(ARGS)));
  ended.forEach(assertRuns);
  const inside = [...Deno.readDirSync(await stage.place())].map(({ name }) => name).sort();
  assert.deepEqual(inside, ["app", "checked", "deno", "sums"]);
});

test("what a slower start has moved there for a moment is no damage", async (stage) => {
  await stage.start(ARGS);
  const place = await stage.place();
  const draft = join(place, ".unpacking.kbot-1.2.3.4711");
  await Deno.mkdir(draft);
  await Deno.chmod(draft, 0o777);
  assertRuns(await stage.start(ARGS));
});

const DAMAGES: readonly (readonly [what: string, damage: (place: string) => Promise<void>])[] = [
  ["a changed script", (place) => Deno.writeTextFile(join(place, "app/main.js"), "mein\n")],
  ["a missing file", (place) => Deno.remove(join(place, "app/static/build/page.js"))],
  ["a shortened runtime", (place) => Deno.truncate(join(place, "deno"), 10)],
  ["an overwritten runtime", (place) => Deno.writeTextFile(join(place, "deno"), RUNTIME.replace("cat", "bat"))],
  ["emptied sums", (place) => Deno.truncate(join(place, "sums"))],
  ["a start that ended while it unpacked", (place) => Deno.remove(join(place, "checked"))],
  ["a file in its place", async (place) => {
    await Deno.remove(place, { recursive: true });
    await Deno.writeTextFile(place, "");
  }],
];

for (const [what, damage] of DAMAGES) {
  test(`${what} in the cache is found, said and repaired`, async (stage) => {
    await stage.start(ARGS);
    await damage(await stage.place());
    const ended = await stage.start(ARGS);
    assert.match(ended.stderr, /^kbot: What lies in .* is damaged or not ours alone; unpacking it anew\n$/);
    assertRuns({ ...ended, stderr: "" });
    assertRuns(await stage.start(ARGS));
  });
}

/** Changes the script in front of the archive. */
async function edit(file: string, change: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>): Promise<void> {
  await Deno.writeFile(file, change(await Deno.readFile(file)));
}

function replaced(bytes: Uint8Array, from: RegExp, to: string): Uint8Array<ArrayBuffer> {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  assert.match(text, from);
  return Uint8Array.from(text.replace(from, to), (char) => char.charCodeAt(0));
}

test("where there is no room the start says how much is needed, and leaves nothing behind", async (stage) => {
  await edit(stage.file, (bytes) => replaced(bytes, /^unpacked_kb=\d+$/m, "unpacked_kb=99999999999999"));
  const ended = await stage.start(ARGS);
  assert.equal(ended.code, 1);
  assert.match(
    ended.stderr,
    /^kbot: No space to unpack: .* has \d+ kB left, 99999999999999 kB are needed; make room, or/,
  );
  assert.deepEqual([...Deno.readDirSync(stage.cache)], []);
});

test("a file that was cut short or changed on its way is refused, and leaves nothing behind", async (stage) => {
  const whole = await Deno.readFile(stage.file);
  for (const cut of [whole.length - 50, whole.length - 300]) {
    await Deno.writeFile(stage.file, whole.slice(0, cut));
    const ended = await stage.start(ARGS);
    assert.equal(ended.code, 1, String(cut));
    assert.match(ended.stderr, /^kbot: (Unpacking into .* failed|What was unpacked from .* get it again)/);
    assert.deepEqual([...Deno.readDirSync(stage.cache)], []);
  }
});

test("a cache that is no directory is told with the remedy", async (stage) => {
  const file = join(stage.directory, "file");
  await Deno.writeTextFile(file, "");
  const ended = await stage.start(ARGS, { KBOT_CACHE_DIR: file });
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /Cache directory .* cannot be made; name another directory in KBOT_CACHE_DIR/);
});

test("a file for another machine says so", async (stage) => {
  await edit(stage.file, (bytes) => replaced(bytes, /"\$\(uname -s\)" = "\w+"/, '"$(uname -s)" = "Other"'));
  const ended = await stage.start(ARGS);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^kbot: This file is for/);
});
