/**
 * Reads the file of a pack, which must be the very file that was pinned.
 * @module
 */

import { messageOf } from "../store/message.ts";
import { hashOf, makePack, type Pack, PACK_BYTES_MAX } from "./pack.ts";
import { PackError } from "./pack_error.ts";

/** What is wrong with a pack's file. */
export interface PackFault {
  /** Which part of its table in the configuration it is about. */
  readonly part: "file" | "sha256";
  readonly found: string;
  readonly allowed: string;
}

const fault = (part: PackFault["part"], found: string, allowed: string): PackFault => ({ part, found, allowed });

/** The bytes of a file that may be a pack. */
export async function readPackBytes(path: string): Promise<Uint8Array<ArrayBuffer> | PackFault> {
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) return fault("file", `${path}, no regular file`, "a JavaScript file");
    if (info.size > PACK_BYTES_MAX) {
      return fault("file", `${path} of ${info.size} bytes`, `a file of at most ${PACK_BYTES_MAX} bytes`);
    }
    const bytes = await Deno.readFile(path);
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return bytes;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return fault("file", `${path}, no such file`, "a file that exists");
    if (error instanceof TypeError) return fault("file", `${path}, bytes that are not UTF-8`, "UTF-8 text");
    return fault("file", `${path}, which cannot be read (${messageOf(error)})`, "a file that this user may read");
  }
}

/** Makes a pack of a file, whatever its hash. */
export async function readPack(path: string): Promise<Pack | PackFault> {
  const bytes = await readPackBytes(path);
  return bytes instanceof Uint8Array ? await packOf(path, bytes) : bytes;
}

/** Makes a pack of the file that has this hash. Nothing of a file with another hash is run. */
export async function readPinnedPack(path: string, sha256: string): Promise<Pack | PackFault> {
  const bytes = await readPackBytes(path);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const hash = await hashOf(bytes);
  if (hash === sha256) return await packOf(path, bytes);
  return fault("sha256", sha256, `${hash}, the hash of ${path} as it is now, once somebody has read what changed`);
}

async function packOf(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Pack | PackFault> {
  try {
    return await makePack(path, bytes);
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    return fault("file", `${path}, which is no pack: ${error.message}`, "a strategy pack (kbot pack init writes one)");
  }
}

export const isPack = (read: Pack | PackFault): read is Pack => "registration" in read;
