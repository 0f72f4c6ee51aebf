import assert from "node:assert/strict";
import { statePath } from "./state_path.ts";

const ALL = { STATE_DIRECTORY: "/var/lib/kbot:/var/lib/other", XDG_STATE_HOME: "/xdg", HOME: "/home/ann" };

const CASES: readonly [flag: string | undefined, env: Record<string, string>, path: string, source: string][] = [
  ["here", ALL, "here", "--state"],
  [undefined, ALL, "/var/lib/kbot", "STATE_DIRECTORY"],
  [undefined, { ...ALL, STATE_DIRECTORY: "" }, "/xdg/kbot", "XDG_STATE_HOME"],
  [undefined, { HOME: "/home/ann" }, "/home/ann/.local/state/kbot", "HOME"],
  [undefined, { HOME: "/home/ann", XDG_STATE_HOME: "relative" }, "/home/ann/.local/state/kbot", "HOME"],
  [undefined, { USERPROFILE: "C:\\Users\\ann" }, "C:\\Users\\ann/.local/state/kbot", "USERPROFILE"],
];

Deno.test("the state lies where the flag, systemd, XDG or the home directory says, in that order", () => {
  for (const [flag, env, path, source] of CASES) assert.deepEqual(statePath(flag, env), { ok: true, path, source });
});

Deno.test("without any place for the state the remedy is named", () => {
  const none = statePath(undefined, {});
  assert.ok(!none.ok);
  assert.match(none.reason, /HOME.*unset.*--state/);
  assert.equal(statePath("", ALL).ok, false);
});

Deno.test("systemd's state directory is followed where it is a link, as DynamicUser makes it", async () => {
  const root = await Deno.makeTempDir({ prefix: "kbot-test-" });
  try {
    const real = await Deno.realPath(root) + "/private";
    await Deno.mkdir(real);
    await Deno.symlink(real, `${root}/kbot`);
    assert.deepEqual(statePath(undefined, { STATE_DIRECTORY: `${root}/kbot` }), {
      ok: true,
      path: real,
      source: "STATE_DIRECTORY",
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
