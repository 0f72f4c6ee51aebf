/**
 * The bot that runs on the very state directory that is looked at.
 * @module
 */

import { readRunFile } from "../../runner/run_file.ts";
import { lockStateDirectory } from "../../store/lock.ts";
import { statePaths } from "../../store/state_directory.ts";
import { infoOf } from "./nearest_existing.ts";

const HTTP_PORT = "80";

/** Whether a process holds the directory now. */
export async function isInUse(directory: string): Promise<boolean> {
  if (await infoOf(statePaths(directory).lock) === null) return false;
  const locked = await lockStateDirectory(directory);
  if (locked.ok) locked.lock.release();
  return !locked.ok;
}

/** The process that says it runs and serves its page here; `null` where none does. A killed bot leaves its file behind. */
export async function saidPid(directory: string): Promise<number | null> {
  return (await readRunFile(statePaths(directory).run))?.pid ?? null;
}

/**
 * The process that serves the page on this port for this state directory; `null` where none says so, or none holds the
 * directory: a killed bot leaves its file behind.
 */
export async function servingPid(directory: string, port: number): Promise<number | null> {
  const run = await readRunFile(statePaths(directory).run);
  if (run === null) return null;
  if ((new URL(run.url).port || HTTP_PORT) !== String(port)) return null;
  return await isInUse(directory) ? run.pid : null;
}
