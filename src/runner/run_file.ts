/**
 * `run.json` in the state directory: where a run that is under way listens. It goes with the run's end, so that one which is
 * there at a start tells of a run that had none.
 * @module
 */

import { z } from "zod";
import { messageOf } from "../store/message.ts";

const FILE_BYTES_MAX = 4_096;
const RUN_FILE = z.object({
  pid: z.int(),
  url: z.url(),
  run: z.string().regex(/^[\w.-]{1,64}$/),
  startedAt: z.string(),
});
const NAME = RUN_FILE.pick({ run: true });

export type RunFile = z.output<typeof RUN_FILE>;

/** Says where a run listens, for commands of the same machine; the reason where it cannot be written. */
export async function writeRunFile(
  path: string,
  served: Omit<RunFile, "pid">,
): Promise<string | null> {
  try {
    const file: RunFile = { pid: Deno.pid, ...served };
    await Deno.writeTextFile(path, JSON.stringify(file) + "\n", { mode: 0o600 });
    return null;
  } catch (error) {
    return `${path} cannot be written: ${messageOf(error)}`;
  }
}

/** What a run says about itself while it serves, or said before it was killed; `null` where nothing readable stands there. */
export async function readRunFile(path: string): Promise<RunFile | null> {
  try {
    return RUN_FILE.safeParse(await readJson(path)).data ?? null;
  } catch {
    return null;
  }
}

/** The run that left its file behind; `null` where none did. */
export async function runLeftBehind(path: string): Promise<string | null> {
  try {
    return NAME.safeParse(await readJson(path)).data?.run ?? "of no name";
  } catch (error) {
    // Half a file is one, too.
    return error instanceof Deno.errors.NotFound ? null : "of no name";
  }
}

/** @throws Error where it cannot be read, or is too long to be what a run writes */
async function readJson(path: string): Promise<unknown> {
  if ((await Deno.stat(path)).size > FILE_BYTES_MAX) throw new Error(`${path} is too long`);
  return JSON.parse(await Deno.readTextFile(path));
}
