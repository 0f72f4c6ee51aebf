/**
 * A file of somebody's own that kbot writes once: never over another one, and readable by its owner alone.
 * @module
 */

import { dirname } from "node:path";
import { messageOf } from "../store/message.ts";

/** Writes a file that must not exist yet, with the directories that it lies in. Why it was not, in words; `null` where it was. */
export async function createFile(path: string, text: string): Promise<string | null> {
  const failed = (error: unknown): string => `Cannot write ${path}: ${messageOf(error)}`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    return failed(error);
  }
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode: 0o600 });
    return null;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return `${path} exists: it is not overwritten`;
    return failed(error);
  }
}
