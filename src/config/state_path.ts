/**
 * Where a run keeps its state (DESIGN.md 5).
 * @module
 */

export type StatePath =
  | { readonly ok: true; readonly path: string; readonly source: string }
  | { readonly ok: false; readonly reason: string };

/**
 * Chooses the state directory: `--state`, else systemd's STATE_DIRECTORY (the first, where it names several), else
 * $XDG_STATE_HOME/kbot, else ~/.local/state/kbot. Nothing is created.
 *
 * @example
 * ```ts
 * import { statePath } from "./state_path.ts";
 * import assert from "node:assert/strict";
 * const chosen = statePath(undefined, { HOME: "/home/ann" });
 * assert.deepEqual(chosen, { ok: true, path: "/home/ann/.local/state/kbot", source: "HOME" });
 * ```
 */
export function statePath(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): StatePath {
  if (flag !== undefined) {
    return flag === ""
      ? { ok: false, reason: "Empty --state: give it a directory" }
      : { ok: true, path: flag, source: "--state" };
  }
  const [systemd] = (env.STATE_DIRECTORY ?? "").split(":");
  if (systemd !== "") return { ok: true, path: linkedTo(systemd), source: "STATE_DIRECTORY" };
  // The XDG specification has relative paths ignored.
  if (env.XDG_STATE_HOME?.startsWith("/")) {
    return { ok: true, path: `${env.XDG_STATE_HOME}/kbot`, source: "XDG_STATE_HOME" };
  }
  const home = env.HOME || env.USERPROFILE;
  if (home) return { ok: true, path: `${home}/.local/state/kbot`, source: env.HOME ? "HOME" : "USERPROFILE" };
  return {
    ok: false,
    reason: "No place for the state: HOME, XDG_STATE_HOME and STATE_DIRECTORY are all unset; give --state DIR",
  };
}

/** With DynamicUser systemd makes it a link into /var/lib/private; a state directory itself must be none. */
function linkedTo(directory: string): string {
  try {
    return Deno.realPathSync(directory);
  } catch {
    // Not there yet, and then no link.
    return directory;
  }
}
