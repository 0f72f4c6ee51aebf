import assert from "node:assert/strict";
import { permissionFlags, type PermissionSet } from "./permissions.ts";

const CONFIG = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url))) as {
  readonly permissions: Readonly<Record<string, PermissionSet>>;
};

Deno.test("the compiled program may do what the task kbot may, and no more", () => {
  const flags = permissionFlags(CONFIG.permissions.kbot);
  const allowed = flags.filter((flag) => flag.startsWith("--allow-")).map((flag) => flag.slice("--allow-".length));
  assert.deepEqual(allowed.sort(), ["env", "net", "read", "sys=statfs,uid,systemMemoryInfo", "write"]);
  for (const kind of ["run", "ffi", "import"]) assert.ok(flags.includes(`--deny-${kind}`), kind);
  assert.ok(flags.some((flag) => flag.startsWith("--deny-net=") && flag.includes("169.254.169.254")));
  assert.ok(flags.includes("--no-prompt"));
});

const CASES: readonly [set: PermissionSet, flags: readonly string[]][] = [
  [{}, []],
  [{ read: true }, ["--allow-read"]],
  [{ read: false }, ["--deny-read"]],
  [{ net: ["a.example", "127.0.0.1:80"] }, ["--allow-net=a.example,127.0.0.1:80"]],
  [{ net: [] }, []],
  [{ net: { deny: true } }, ["--deny-net"]],
  [{ env: { allow: ["HOME"], deny: ["PATH"] } }, ["--allow-env=HOME", "--deny-env=PATH"]],
];

for (const [set, flags] of CASES) {
  Deno.test(`the set ${JSON.stringify(set)} becomes ${flags.join(" ") || "nothing"}`, () => {
    assert.deepEqual(permissionFlags(set), ["--no-prompt", ...flags]);
  });
}

Deno.test("what has no flag is refused", () => {
  assert.throws(() => permissionFlags({ camera: true }), /Permission camera: allowed are net/);
  assert.throws(() => permissionFlags({ net: ["a,b"] }), /found "a,b"/);
  assert.throws(() => permissionFlags({ net: ["$(rm)"] }), /which a flag cannot carry/);
});
