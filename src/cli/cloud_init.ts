/**
 * `kbot cloud-init`: prints what a new machine does at its first start.
 * @module
 */

import { cloudInit, wrongForCloudInit } from "../ops/homes/cloud_init.ts";
import { digestFile } from "../store/backup_manifest.ts";
import { messageOf } from "../store/message.ts";
import { type CloudInitCommand, EXIT } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";
import { ownFile } from "./own_file.ts";
import { VERSION } from "./version.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A public key is one line. */
const KEY_BYTES_MAX = 16_384;

/** The first line of a key's file; a private one is never read on. */
async function publicKey(path: string): Promise<{ readonly key: string } | { readonly reason: string }> {
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile || size > KEY_BYTES_MAX) return { reason: `--ssh-key: ${path} is no file of one public key` };
    return { key: (await Deno.readTextFile(path)).trim() };
  } catch (error) {
    return { reason: `--ssh-key: ${path} cannot be read: ${messageOf(error)}` };
  }
}

export async function writeCloudInit(command: CloudInitCommand, env: Env = Deno.env.toObject()): Promise<Reply> {
  const { url, sshFrom } = command;
  const file = ownFile(env);
  if (command.sha256 === undefined && file === null) {
    return refused(EXIT.usage, "kbot runs from its source here: say with --sha256 what the file at --url is");
  }
  const read = await publicKey(command.sshKey);
  if ("reason" in read) return refused(EXIT.usage, read.reason);
  const sha256 = command.sha256?.toLowerCase() ?? (await digestFile(file ?? "")).sha256;
  const options = { version: VERSION, url, sha256, sshKey: read.key, sshFrom };
  const wrong = wrongForCloudInit(options);
  if (wrong !== null) return refused(EXIT.usage, wrong);
  const text = cloudInit(options);
  return done(text.trimEnd(), { sha256, cloudInit: text });
}
