/**
 * Puts a backup into a state directory that holds no state yet.
 * @module
 */

import { dirname, join } from "node:path";
import { identityFile, parseIdentity } from "../runner/identity.ts";
import { compareFiles, CONFIG_COPY, type Manifest, readManifest } from "./backup_manifest.ts";
import { SCHEMA_VERSION } from "./kv_schema.ts";
import { lockStateDirectory } from "./lock.ts";
import { messageOf } from "./message.ts";
import { prepareStateDirectory } from "./state_directory.ts";

export type RestoreResult =
  | {
    readonly ok: true;
    readonly files: number;
    readonly bytes: number;
    /** Where the configuration of the backup lies now; `null` where it had none. */
    readonly config: string | null;
  }
  | { readonly ok: false; readonly reason: string };

/** What a directory may hold and still count as empty: nothing of it is the account's. */
const HARMLESS: ReadonlySet<string> = new Set(["identity.json", "lock", "token", "logs"]);

/** What stands in the way of a restore; `null` where nothing does. */
async function obstacle(stateDirectory: string): Promise<string | null> {
  for await (const { name } of Deno.readDir(stateDirectory)) {
    if (!HARMLESS.has(name)) return `it holds ${name} already; name an empty directory with --state`;
  }
  return null;
}

const readText = (path: string): Promise<string | null> => Deno.readTextFile(path).catch(() => null);

/** Whether the directory belongs to what the backup is of, where both say so. */
async function foreign(from: string, stateDirectory: string): Promise<string | null> {
  const [theirs, ours] = [await readText(identityFile(from)), await readText(identityFile(stateDirectory))];
  if (ours === null) return null;
  const [backup, here] = [parseIdentity(theirs ?? ""), parseIdentity(ours)];
  if (backup?.venue === here?.venue && backup?.execution === here?.execution) return null;
  const named = (identity: typeof here): string =>
    identity === null ? "nobody knows what" : `${identity.execution} trading at ${identity.venue}`;
  return `it belongs to ${named(here)}, and the backup to ${named(backup)}; name another directory with --state`;
}

async function copyFiles(from: string, to: string, { files }: Manifest): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    const target = join(to, file.path);
    await Deno.mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await Deno.copyFile(join(from, file.path), target);
    await Deno.chmod(target, 0o600);
    using written = await Deno.open(target, { read: true, write: true });
    await written.syncData();
    bytes += file.bytes;
  }
  return bytes;
}

/** Restores a backup. Takes the lock of the directory, so that no bot starts meanwhile. */
export async function restore(from: string, stateDirectory: string): Promise<RestoreResult> {
  const refuse = (reason: string): RestoreResult => ({
    ok: false,
    reason: `Nothing was restored to ${stateDirectory}: ${reason}`,
  });
  const read = await readManifest(from);
  if (!read.ok) return refuse(read.reason);
  const { manifest } = read;
  if (manifest.schema > SCHEMA_VERSION) {
    return refuse(
      `the backup was made by a newer kbot (schema ${manifest.schema}, this one knows ${SCHEMA_VERSION}); use that kbot`,
    );
  }
  const faults = await compareFiles(from, manifest);
  if (faults.length > 0) return refuse(`the backup is damaged: ${faults.slice(0, 3).join("; ")}`);
  const prepared = await prepareStateDirectory(stateDirectory);
  if (!prepared.ok) return prepared;
  const locked = await lockStateDirectory(stateDirectory);
  if (!locked.ok) return locked;
  try {
    const reason = await obstacle(stateDirectory) ?? await foreign(from, stateDirectory);
    if (reason !== null) return refuse(reason);
    const bytes = await copyFiles(from, stateDirectory, manifest);
    const withConfig = manifest.files.some(({ path }) => path === CONFIG_COPY);
    return {
      ok: true,
      files: manifest.files.length,
      bytes,
      config: withConfig ? join(stateDirectory, CONFIG_COPY) : null,
    };
  } catch (error) {
    return refuse(`${messageOf(error)}; what was copied is not whole, empty the directory before the next try`);
  } finally {
    locked.lock.release();
  }
}
