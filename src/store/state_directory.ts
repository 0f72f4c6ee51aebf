/**
 * The directory that holds everything a bot remembers, one process at a time.
 * @module
 */

import { join } from "node:path";
import { messageOf } from "./message.ts";

/** Where things lie in a state directory. */
export interface StatePaths {
  /** One directory per run: journal_files.ts. */
  readonly journal: string;
  /** The audit trail: audit/audit_trail.ts. */
  readonly audit: string;
  /** One directory per recording: tape_writer.ts. */
  readonly tapes: string;
  /** What was imported. */
  readonly history: string;
  /** Results of searches over parameters. */
  readonly sweeps: string;
  /** The database. */
  readonly store: string;
  /** Copies of strategy packs: pack_copies.ts. */
  readonly packs: string;
  /** The page's token. */
  readonly token: string;
  /** Where a run that is under way listens: runner/run_file.ts. */
  readonly run: string;
  /** Locked while a process uses the directory. */
  readonly lock: string;
}

export const statePaths = (directory: string): StatePaths => ({
  journal: join(directory, "journal"),
  audit: join(directory, "audit"),
  tapes: join(directory, "tapes"),
  history: join(directory, "history"),
  sweeps: join(directory, "sweeps"),
  store: join(directory, "state.kv"),
  packs: join(directory, "packs"),
  token: join(directory, "token"),
  run: join(directory, "run.json"),
  lock: join(directory, "lock"),
});

export type PreparedDirectory =
  | {
    readonly ok: true;
    /** What was put right, in words; `null` for nothing. */
    readonly notice: string | null;
  }
  | { readonly ok: false; readonly reason: string };

const OTHERS = 0o077;
const OWNER = 0o700;
const REMEDY = "choose another with --state";

const refuse = (directory: string, what: string): PreparedDirectory => ({
  ok: false,
  reason: `State directory ${directory} ${what}; ${REMEDY}`,
});

/** `040` stays three digits. */
const octal = (mode: number): string => mode.toString(8).padStart(3, "0");

/** Makes sure that a file can be made in it, which permissions alone do not tell (full disk, read-only mount). */
async function tryWriting(directory: string): Promise<void> {
  const probe = join(directory, `.write-test-${crypto.randomUUID()}`);
  const file = await Deno.open(probe, { createNew: true, write: true, mode: 0o600 });
  try {
    await file.write(new Uint8Array([10]));
  } finally {
    file.close();
    await Deno.remove(probe);
  }
}

/**
 * Something that lies in a directory in which nothing of ours lies: `--state /tmp` by mistake must not close that to
 * everyone. `null` for an empty directory and for one of ours.
 */
async function foreignEntry(directory: string): Promise<string | null> {
  const ours = new Set(Object.values(statePaths(directory)));
  let foreign: string | null = null;
  for await (const { name } of Deno.readDir(directory)) {
    if (ours.has(join(directory, name))) return null;
    foreign ??= name;
  }
  return foreign;
}

/**
 * Makes the directory where it is missing, or checks that it is one, not a link, ours alone (rights of others are taken
 * away), and can be written. Rights are never added: an owner who took away his own meant it.
 */
export async function prepareStateDirectory(directory: string): Promise<PreparedDirectory> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      return refuse(directory, `cannot be made: ${messageOf(error)}`);
    }
  }
  try {
    const info = await Deno.lstat(directory);
    if (info.isSymlink) return refuse(directory, "is a symbolic link, which could lead anywhere; name its target");
    if (!info.isDirectory) return refuse(directory, "is not a directory");
    let notice: string | null = null;
    if (info.mode !== null && (info.mode & OTHERS) !== 0) {
      const found = octal(info.mode & 0o777);
      const kept = info.mode & OWNER;
      const foreign = await foreignEntry(directory);
      if (foreign !== null) {
        return refuse(directory, `is open to others (mode ${found}) and holds ${foreign}, not ours`);
      }
      await Deno.chmod(directory, kept);
      notice = `State directory ${directory} was open to others (mode ${found}), now ${octal(kept)}`;
    }
    await tryWriting(directory);
    return { ok: true, notice };
  } catch (error) {
    return refuse(directory, `cannot be written: ${messageOf(error)}`);
  }
}
