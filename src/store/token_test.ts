import assert from "node:assert/strict";
import { statePaths } from "./state_directory.ts";
import { loadToken } from "./token.ts";

async function withState(test: (state: string, path: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "kbot-token-" });
  try {
    await test(state, statePaths(state).token);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

Deno.test("the first start makes a token that only its owner can read, later starts read the same", () =>
  withState(async (state, path) => {
    const first = await loadToken(state);
    assert.ok(first.ok && first.created);
    assert.match(first.token, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(first.path, path);
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    assert.deepEqual([...Deno.readDirSync(state)].map((entry) => entry.name), ["token"]);
    assert.deepEqual(await loadToken(state), { ...first, created: false });
  }));

Deno.test("two directories have different tokens", () =>
  withState(async (one) =>
    await withState(async (other) => {
      const [first, second] = [await loadToken(one), await loadToken(other)];
      assert.ok(first.ok && second.ok);
      assert.notEqual(first.token, second.token);
    })
  ));

Deno.test("a token that others can read is refused with the remedy, and not shown", () =>
  withState(async (state, path) => {
    const made = await loadToken(state);
    assert.ok(made.ok);
    for (const mode of [0o644, 0o640, 0o604, 0o602]) {
      await Deno.chmod(path, mode);
      const refused = await loadToken(state);
      assert.deepEqual(refused, {
        ok: false,
        reason: `Token file ${path} can be read by others (mode ${mode.toString(8)}); ` +
          "remove it, and the next start makes a new one",
      });
    }
  }));

const DAMAGED: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["half a token", "abc"],
  ["something longer", "a".repeat(44)],
  ["a large file", "a".repeat(5_000)],
  ["other characters", "+".repeat(43)],
];

for (const [name, content] of DAMAGED) {
  Deno.test(`a token file with ${name} in it is refused with the remedy, and its text not shown`, () =>
    withState(async (state, path) => {
      await Deno.writeTextFile(path, content, { mode: 0o600 });
      assert.deepEqual(await loadToken(state), {
        ok: false,
        reason: `Token file ${path} holds no token; remove it, and the next start makes a new one`,
      });
    }));
}

Deno.test("a link or a directory in the token's place is refused", () =>
  withState(async (state, path) => {
    await Deno.symlink("/etc/hostname", path);
    const link = await loadToken(state);
    assert.ok(!link.ok);
    assert.match(link.reason, /is not a plain file/);
    await Deno.remove(path);
    await Deno.mkdir(path);
    assert.equal((await loadToken(state)).ok, false);
  }));

Deno.test("what a crash left of an unfinished token does not stand in the way", () =>
  withState(async (state, path) => {
    await Deno.writeTextFile(`${path}.new`, "half");
    const made = await loadToken(state);
    assert.ok(made.ok && made.created);
  }));

Deno.test("a state directory that is not there is refused in words", async () => {
  const refused = await loadToken("/nowhere/at/all");
  assert.ok(!refused.ok);
  assert.match(refused.reason, /^Token file \/nowhere\/at\/all\/token cannot be used: No such file/);
});
