/**
 * Backs a state directory up while a bot may be using it (P3).
 *
 * The order makes it consistent: first the database, as it is at one moment; then the audit trail; then the journals,
 * which are ahead of both. So a start from the backup catches both up, as it does after a crash. Secrets are not in it:
 * neither the page's token nor keys, and what looks like a secret in the configuration is left out.
 * @module
 */

import { dirname, join } from "node:path";
import { redact } from "../config/redact.ts";
import { identityFile } from "../runner/identity.ts";
import { verifyAudit } from "./audit/audit_verify.ts";
import { BACKUP_FORMAT, compareFiles, CONFIG_COPY, digestFile, MANIFEST, type Manifest } from "./backup_manifest.ts";
import { checkRows } from "./check.ts";
import { copyDatabase } from "./database_file.ts";
import { journalDirectory, listJournalFiles, listRuns } from "./journal_files.ts";
import { killFile } from "./kill_file.ts";
import { MARK_KEY, SCHEMA_KEY } from "./kv_rows.ts";
import { messageOf } from "./message.ts";
import { statePaths } from "./state_directory.ts";
import type { JournalMark } from "./store.ts";

export interface BackupOptions {
  /** Of kbot. */
  readonly version: string;
  readonly now: Date;
  /** The configuration file, `null` where there is none. */
  readonly config: string | null;
  /** Whether journals before the database's mark come along. */
  readonly allJournals: boolean;
}

export type BackupResult =
  | {
    readonly ok: true;
    readonly path: string;
    readonly files: number;
    readonly bytes: number;
    /** That the database ends in; `null` for an empty one. */
    readonly run: string | null;
    /** Of the audit trail. */
    readonly entries: number;
    /** Whether something was left out of the configuration. */
    readonly redacted: boolean;
  }
  | { readonly ok: false; readonly reason: string };

const UNFINISHED = ".unfinished";
const COPY_BYTES = 1 << 18;
const NEWLINE = 10;

/** What was copied and what it came to, until all of it is known. */
class Copying {
  readonly target: string;
  readonly paths: string[] = [];

  constructor(target: string) {
    this.target = target;
  }

  async #path(path: string): Promise<string> {
    const to = join(this.target, path);
    await Deno.mkdir(dirname(to), { recursive: true, mode: 0o700 });
    this.paths.push(path);
    return to;
  }

  /** A file as it is; one that is not there is left out. */
  async file(from: string, path: string): Promise<boolean> {
    let bytes: Uint8Array;
    try {
      bytes = await Deno.readFile(from);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
    await Deno.writeFile(await this.#path(path), bytes, { mode: 0o600 });
    return true;
  }

  async text(text: string, path: string): Promise<void> {
    await Deno.writeTextFile(await this.#path(path), text, { mode: 0o600 });
  }

  /** A file to which lines are being added: up to the end of its last whole line. */
  async lines(from: string, path: string): Promise<void> {
    using source = await Deno.open(from, { read: true });
    const to = await this.#path(path);
    using file = await Deno.open(to, { write: true, createNew: true, mode: 0o600 });
    let length = 0;
    let whole = 0;
    const buffer = new Uint8Array(COPY_BYTES);
    for (;;) {
      const read = await source.read(buffer);
      if (read === null) break;
      const piece = buffer.subarray(0, read);
      for (let at = 0; at < read;) at += await file.write(piece.subarray(at));
      const end = piece.lastIndexOf(NEWLINE);
      if (end >= 0) whole = length + end + 1;
      length += read;
    }
    await file.truncate(whole);
    await file.sync();
  }

  /** The files of a journal or a trail; one that is compressed meanwhile is taken compressed. */
  async numbered(from: string, path: string): Promise<void> {
    const list = await listJournalFiles(from);
    if (!list.ok) return;
    for (const file of list.files) {
      const name = file.path.slice(from.length + 1);
      try {
        if (file.compressed) await this.file(file.path, `${path}/${name}`);
        else await this.lines(file.path, `${path}/${name}`);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        await this.file(`${file.path}.gz`, `${path}/${name}.gz`);
      }
    }
  }
}

async function databaseOf(
  path: string,
): Promise<{ schema: number; mark: JournalMark | null; faults: readonly string[] }> {
  const kv = await Deno.openKv(path);
  try {
    const schema = (await kv.get<number>(SCHEMA_KEY)).value ?? 0;
    const mark = (await kv.get<JournalMark>(MARK_KEY)).value;
    return { schema, mark, faults: (await checkRows(kv)).faults };
  } finally {
    kv.close();
  }
}

async function copyAll(
  state: string,
  copying: Copying,
  options: BackupOptions,
): Promise<{ schema: number; run: string | null; redacted: boolean }> {
  const paths = statePaths(state);
  const database = join(copying.target, "state.kv");
  const copied = copyDatabase(paths.store, database);
  if (!copied.ok) throw new Error(copied.reason);
  copying.paths.push("state.kv");
  const { schema, mark, faults } = await databaseOf(database);
  if (faults.length > 0) throw new Error(`${faults[0]}; kbot store check tells more`);
  await copying.file(identityFile(state), "identity.json");
  await copying.file(killFile(state), "KILL");
  // The head first: it must not name more than what is copied after it.
  await copying.file(join(paths.audit, "head.json"), "audit/head.json");
  await copying.numbered(paths.audit, "audit");
  for await (const { name, isFile } of entriesOf(paths.packs)) {
    if (isFile) await copying.file(join(paths.packs, name), `packs/${name}`);
  }
  for (const run of await listRuns(state)) {
    if (!options.allJournals && mark !== null && run < mark.run) continue;
    await copying.numbered(join(journalDirectory(state), run), `journal/${run}`);
  }
  if (options.config === null) return { schema, run: mark?.run ?? null, redacted: false };
  const text = await Deno.readTextFile(options.config);
  const shown = redact(text);
  await copying.text(shown, CONFIG_COPY);
  return { schema, run: mark?.run ?? null, redacted: shown !== text };
}

async function* entriesOf(directory: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(directory);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Reads the whole backup again: every file by its hash, and the audit trail by its chain. */
async function verify(target: string, manifest: Manifest): Promise<{ entries: number }> {
  const faults = await compareFiles(target, manifest);
  if (faults.length > 0) throw new Error(`It was not written as it should be: ${faults[0]}`);
  if (!manifest.files.some(({ path }) => path.startsWith("audit/"))) return { entries: 0 };
  const audit = await verifyAudit(target, { journals: false });
  if (!audit.ok) throw new Error(`The audit trail is broken: ${audit.faults[0]}; kbot audit verify tells more`);
  return { entries: audit.entries };
}

/** Makes a backup in a directory that does not exist; it appears there when it is whole and was verified. */
export async function backUp(stateDirectory: string, out: string, options: BackupOptions): Promise<BackupResult> {
  const refuse = (reason: string): BackupResult => ({ ok: false, reason: `No backup was made: ${reason}` });
  const target = out + UNFINISHED;
  try {
    await Deno.lstat(out);
    return refuse(`${out} exists already; name a directory that does not`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return refuse(messageOf(error));
  }
  try {
    await Deno.remove(target, { recursive: true }).catch(() => {});
    await Deno.mkdir(target, { recursive: true, mode: 0o700 });
    const copying = new Copying(target);
    const { schema, run, redacted } = await copyAll(stateDirectory, copying, options);
    const files = [];
    let bytes = 0;
    for (const path of copying.paths) {
      const digest = await digestFile(join(target, path));
      bytes += digest.bytes;
      files.push({ path, ...digest });
    }
    const { version, now } = options;
    const manifest: Manifest = { kbot_backup: BACKUP_FORMAT, version, created: now.toISOString(), schema, files };
    await Deno.writeTextFile(join(target, MANIFEST), JSON.stringify(manifest, null, 2) + "\n", { mode: 0o600 });
    const { entries } = await verify(target, manifest);
    await Deno.rename(target, out);
    return { ok: true, path: out, files: files.length, bytes, run, entries, redacted };
  } catch (error) {
    await Deno.remove(target, { recursive: true }).catch(() => {});
    return refuse(messageOf(error));
  }
}
