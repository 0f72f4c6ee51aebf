import assert from "node:assert/strict";
import { join } from "node:path";
import { COPIES_MAX, copyPath, findCopy, keepCopies } from "./pack_copies.ts";
import { latePack, packOf } from "./pack_fixture.ts";

async function inState(body: (state: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "kbot-copies-" });
  try {
    await body(state);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

const pack = await latePack();

Deno.test("a pack that was kept is found by its hash, readable by its owner alone", () =>
  inState(async (state) => {
    assert.equal(await findCopy(state, pack.sha256), null);
    assert.equal(await keepCopies(state, [pack]), null);
    assert.equal(await keepCopies(state, [pack]), null);
    const found = await findCopy(state, pack.sha256);
    assert.deepEqual([found?.sha256, found?.declaration.name], [pack.sha256, "late_yes"]);
    const { mode } = await Deno.stat(copyPath(state, pack.sha256));
    assert.equal((mode ?? 0) & 0o777, 0o600);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(join(state, "packs")), ({ name }) => name), [
      `${pack.sha256}.js`,
    ]);
  }));

Deno.test("a copy that was changed is none", () =>
  inState(async (state) => {
    await keepCopies(state, [pack]);
    await Deno.writeTextFile(copyPath(state, pack.sha256), "\n", { append: true });
    assert.equal(await findCopy(state, pack.sha256), null);
  }));

Deno.test("no hash of a journal leads out of the directory of copies", () =>
  inState(async (state) => {
    await Deno.writeFile(join(state, "other.js"), pack.bytes);
    for (const hash of ["../other", "", "..", pack.sha256.toUpperCase(), `${pack.sha256}\n`, "/etc/passwd"]) {
      assert.equal(await findCopy(state, hash), null, hash);
    }
  }));

Deno.test("of more copies than are kept the oldest go, never one that is in use", () =>
  inState(async (state) => {
    await keepCopies(state, [pack]);
    const name = (k: number) => `${k.toString(16).padStart(64, "0")}.js`;
    for (let k = 0; k < COPIES_MAX + 5; k++) {
      const path = join(state, "packs", name(k));
      await Deno.writeTextFile(path, "");
      await Deno.utime(path, 1_000 + k, 1_000 + k);
    }
    await Deno.utime(copyPath(state, pack.sha256), 1, 1);
    await Deno.writeTextFile(join(state, "packs", "notes.txt"), "mine");
    assert.equal(await keepCopies(state, [pack]), null);
    const left = await Array.fromAsync(Deno.readDir(join(state, "packs")), (entry) => entry.name);
    assert.equal(left.length, COPIES_MAX + 1);
    assert.ok(left.includes("notes.txt") && left.includes(`${pack.sha256}.js`));
    assert.ok(!left.includes(name(5)) && left.includes(name(6)) && left.includes(name(COPIES_MAX + 4)));
  }));

Deno.test("where copies cannot be kept, the reason says where", () =>
  inState(async (state) => {
    await Deno.writeTextFile(join(state, "packs"), "a file");
    const other = await packOf('export default { name: "x", title: "x", trades: ["A"], decide() {} }');
    const reason = await keepCopies(state, [other]);
    assert.match(reason ?? "", /^Packs cannot be kept in .*\/packs: /);
    assert.equal(await keepCopies(state, []), null);
  }));
