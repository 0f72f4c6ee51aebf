/**
 * What a backup says of itself: `manifest.json` in its directory, written last.
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatFault, identifier, integerBetween, listOf, objectOf, text } from "../engine/journal_shape.ts";
import { messageOf } from "./message.ts";

/** A higher one is refused. */
export const BACKUP_FORMAT = 1;
export const MANIFEST = "manifest.json";
/** The configuration, where there was a file. */
export const CONFIG_COPY = "kbot.toml";

export interface BackupFile {
  /** Within the backup, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly kbot_backup: number;
  /** Of kbot. */
  readonly version: string;
  /** RFC 3339. */
  readonly created: string;
  /** Of the database. */
  readonly schema: number;
  readonly files: readonly BackupFile[];
}

const whole = integerBetween(0, Infinity);
const checkManifest = objectOf<Manifest>({
  kbot_backup: whole,
  version: text,
  created: text,
  schema: whole,
  files: listOf(objectOf<BackupFile>({ path: identifier, bytes: whole, sha256: identifier })),
});

/** A file's hash and length, read in pieces. */
export async function digestFile(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await Deno.open(path, { read: true });
  for await (const piece of file.readable) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** A path that stays within the directory that it is joined to. */
const staysWithin = (path: string): boolean =>
  !path.startsWith("/") && !path.includes("\\") && path.split("/").every((part) => !["", ".", ".."].includes(part));

export type ReadManifest =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly reason: string };

export async function readManifest(directory: string): Promise<ReadManifest> {
  const refuse = (reason: string): ReadManifest => ({ ok: false, reason: `Backup ${directory} ${reason}` });
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(join(directory, MANIFEST)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return refuse(`is none: it has no ${MANIFEST}`);
    return refuse(`cannot be read: ${messageOf(error)}`);
  }
  const fault = checkManifest(value);
  if (fault !== null) return refuse(`has a damaged ${MANIFEST}: ${formatFault(fault)}`);
  const manifest = value as Manifest;
  if (manifest.kbot_backup > BACKUP_FORMAT) {
    return refuse(
      `was made by a newer kbot (format ${manifest.kbot_backup}, this one knows ${BACKUP_FORMAT}); use that one`,
    );
  }
  const astray = manifest.files.find(({ path }) => !staysWithin(path));
  if (astray !== undefined) return refuse(`names a file outside of it: ${JSON.stringify(astray.path)}`);
  return { ok: true, manifest };
}

/** What of a backup's files is missing or not what the manifest says, in words. */
export async function compareFiles(directory: string, { files }: Manifest): Promise<string[]> {
  const faults: string[] = [];
  for (const { path, sha256, bytes } of files) {
    try {
      const found = await digestFile(join(directory, path));
      if (found.sha256 !== sha256) {
        faults.push(
          `${path} was changed: ${found.bytes} bytes with hash ${found.sha256}, expected ${bytes} with ${sha256}`,
        );
      }
    } catch (error) {
      faults.push(`${path} cannot be read: ${messageOf(error)}`);
    }
  }
  return faults;
}
