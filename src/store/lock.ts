/**
 * One process per state directory: an advisory lock of the system on a file in it, which the kernel gives up when the
 * process ends however it ends. So there is no stale lock to detect, and no identity of a process to be mistaken about;
 * the file's text only tells people who holds it.
 * @module
 */

import { messageOf } from "./message.ts";
import { statePaths } from "./state_directory.ts";

export interface StateLock {
  /** Gives the directory free. Harmless afterwards. */
  release(): void;
}

export type LockResult =
  | { readonly ok: true; readonly lock: StateLock }
  | {
    readonly ok: false;
    /** A process holds it; else nobody could be asked. */
    readonly held: boolean;
    readonly reason: string;
  };

/** How long the waiting kind of lock is given, where a runtime has no other. */
const WAIT_MS = 500;
const HOLDER_BYTES_MAX = 200;

/** `tryLock` came with Deno 2.5; older ones only wait. */
interface TryLock {
  tryLock?(exclusive: boolean): Promise<boolean>;
}

/** Locks by waiting a moment. A lock that comes too late is given back at once. */
async function lockWithin(file: Deno.FsFile, ms: number): Promise<boolean> {
  let late = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const locked = file.lock(true).then(() => {
    if (late) file.close();
    return true;
  });
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      late = true;
      resolve(false);
    }, ms);
  });
  try {
    return await Promise.race([locked, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Locks at once or not at all; on a refusal the file is closed. */
async function lockNow(file: Deno.FsFile & TryLock): Promise<boolean> {
  if (file.tryLock === undefined) return await lockWithin(file, WAIT_MS);
  const locked = await file.tryLock(true);
  if (!locked) file.close();
  return locked;
}

/** What the holder wrote about itself. */
async function holder(path: string): Promise<string> {
  try {
    const text = (await Deno.readTextFile(path)).slice(0, HOLDER_BYTES_MAX).trim();
    return /^\d+$/.test(text) ? `process ${text}` : "another process";
  } catch {
    return "another process";
  }
}

/**
 * Takes the lock of a state directory, which must exist.
 *
 * @param pid for the text that tells others who holds it.
 */
export async function lockStateDirectory(directory: string, pid: number = Deno.pid): Promise<LockResult> {
  const path = statePaths(directory).lock;
  try {
    const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
    if (!await lockNow(file)) {
      return {
        ok: false,
        held: true,
        reason: `State directory ${directory} is in use by ${await holder(path)}; ` +
          `stop that one, or choose another directory with --state`,
      };
    }
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`${pid}\n`));
    let held = true;
    const release = (): void => {
      if (held) file.close();
      held = false;
    };
    return { ok: true, lock: { release } };
  } catch (error) {
    return { ok: false, held: false, reason: `State directory ${directory} cannot be locked: ${messageOf(error)}` };
  }
}
