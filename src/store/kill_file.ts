/**
 * The kill that outlives everything: a file in the state directory. A run looks for it at its start and once a second,
 * and trades nothing while it is there.
 * @module
 */

import { join } from "node:path";
import { messageOf } from "./message.ts";
import { prepareStateDirectory } from "./state_directory.ts";
import { syncEntries } from "./whole_file.ts";

/** Its presence is what counts; the text is for people. */
export const killFile = (stateDirectory: string): string => join(stateDirectory, "KILL");

export type KillFileResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Leaves the file, in a directory that is made where it is missing; one that is there already stays. */
export async function writeKillFile(stateDirectory: string, now: Date): Promise<KillFileResult> {
  const prepared = await prepareStateDirectory(stateDirectory);
  if (!prepared.ok) return prepared;
  const path = killFile(stateDirectory);
  try {
    await Deno.writeTextFile(path, `kbot kill, ${now.toISOString()}\n`, { createNew: true, mode: 0o600 });
    syncEntries(path);
    return { ok: true };
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return { ok: true };
    return { ok: false, reason: `Kill file ${path} cannot be written: ${messageOf(error)}` };
  }
}

/** Takes the file away; says whether there was one. */
export async function removeKillFile(
  stateDirectory: string,
): Promise<{ readonly ok: true; readonly removed: boolean } | { readonly ok: false; readonly reason: string }> {
  const path = killFile(stateDirectory);
  try {
    await Deno.remove(path);
    return { ok: true, removed: true };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ok: true, removed: false };
    return { ok: false, reason: `Kill file ${path} cannot be removed: ${messageOf(error)}` };
  }
}

/** Whether it is there. A directory that cannot be looked into says yes: in doubt, nothing is traded. */
export function hasKillFile(stateDirectory: string): boolean {
  try {
    Deno.lstatSync(killFile(stateDirectory));
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
