/**
 * Can the state directory be used as a run uses it? Nothing is changed on the disk.
 * @module
 */

import { basename, join } from "node:path";
import { type StatePath, statePath } from "../../config/state_path.ts";
import { messageOf } from "../../store/message.ts";
import { statePaths } from "../../store/state_directory.ts";
import { type Check, type CheckResult, fail, pass } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { infoOf, nearestExisting } from "./nearest_existing.ts";

export const STATE_DIRECTORY = "state directory";

const OTHERS = 0o077;
const ELSEWHERE = "Choose another directory with --state";

/** The directory that a run would use; on the embedded exchange that is a fresh one. */
async function chosen(context: DoctorContext): Promise<StatePath> {
  const { state, env, venue } = context.request;
  const name = context.foundOrNone("config")?.venue.name ?? venue;
  if (state !== undefined || name !== "sim") return statePath(state, env);
  const path = await Deno.makeTempDir({ prefix: "kbot-doctor-" });
  context.atEnd(() => Deno.remove(path, { recursive: true }));
  return { ok: true, path, source: "--venue sim" };
}

/** Makes a directory there and removes it again, which tells more than permissions do; the reason where that fails. */
async function tryWriting(directory: string): Promise<string | null> {
  try {
    const probe = await Deno.makeTempDir({ dir: directory, prefix: ".kbot-doctor-" });
    try {
      await Deno.writeTextFile(join(probe, "probe"), "\n", { createNew: true, mode: 0o600 });
    } finally {
      await Deno.remove(probe, { recursive: true });
    }
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** The first entry that is not ours, where nothing of ours lies there; `null` otherwise. */
async function foreignEntry(directory: string): Promise<string | null> {
  const ours = new Set(Object.values(statePaths(directory)).map((path) => basename(path)));
  let foreign: string | null = null;
  for await (const { name } of Deno.readDir(directory)) {
    if (ours.has(name)) return null;
    foreign ??= name;
  }
  return foreign;
}

async function look(path: string): Promise<CheckResult> {
  const info = await infoOf(path);
  if (info === null) {
    const above = await nearestExisting(path);
    const refusal = await tryWriting(above);
    if (refusal === null) return pass(`${path} is made at the first start`);
    return fail(`${path} cannot be made in ${above}: ${refusal}`, ELSEWHERE);
  }
  if (info.isSymlink) {
    return fail(`${path} is a symbolic link, which could lead anywhere`, "Name its target with --state");
  }
  if (!info.isDirectory) return fail(`${path} is not a directory`, ELSEWHERE);
  const open = info.mode !== null && (info.mode & OTHERS) !== 0;
  const mode = info.mode === null ? "" : ` (mode ${(info.mode & 0o777).toString(8)})`;
  const foreign = open ? await foreignEntry(path) : null;
  if (foreign !== null) return fail(`${path} is open to others${mode} and holds ${foreign}, not ours`, ELSEWHERE);
  const refusal = await tryWriting(path);
  if (refusal !== null) {
    return fail(`${path} cannot be written: ${refusal}`, `Give it to this user, or: ${ELSEWHERE.toLowerCase()}`);
  }
  return open ? pass(`${path} is open to others${mode}; the next start makes it 700`) : pass(`${path}${mode}`);
}

export const stateDirectory: Check = {
  name: STATE_DIRECTORY,
  async run(context) {
    const path = await chosen(context);
    if (!path.ok) return fail(path.reason, "Set HOME, or give --state");
    context.note("stateDirectory", path.path);
    try {
      return await look(path.path);
    } catch (error) {
      return fail(`${path.path} cannot be looked at: ${messageOf(error)}`, ELSEWHERE);
    }
  },
};
