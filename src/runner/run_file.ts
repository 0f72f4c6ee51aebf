/**
 * `run.json` in the state directory: where a run that is under way listens. It goes with the run's end, so that one which is
 * there at a start tells of a run that had none.
 * @module
 */

import { z } from "zod";
import { messageOf } from "../store/message.ts";

const FILE_BYTES_MAX = 4_096;
const NAME = z.object({ run: z.string().regex(/^[\w.-]{1,64}$/) });

/** Says where a run listens, for commands of the same machine; the reason where it cannot be written. */
export async function writeRunFile(
  path: string,
  served: { readonly url: string; readonly run: string; readonly startedAt: string },
): Promise<string | null> {
  try {
    await Deno.writeTextFile(path, JSON.stringify({ pid: Deno.pid, ...served }) + "\n", { mode: 0o600 });
    return null;
  } catch (error) {
    return `${path} cannot be written: ${messageOf(error)}`;
  }
}

/** The run that left its file behind; `null` where none did. */
export async function runLeftBehind(path: string): Promise<string | null> {
  try {
    if ((await Deno.stat(path)).size > FILE_BYTES_MAX) return "of no name";
    const parsed = NAME.safeParse(JSON.parse(await Deno.readTextFile(path)));
    return parsed.success ? parsed.data.run : "of no name";
  } catch (error) {
    // Half a file is one, too.
    return error instanceof Deno.errors.NotFound ? null : "of no name";
  }
}
