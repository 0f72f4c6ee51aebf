/**
 * The secrets of the channels: from the environment, else from a file, else from systemd's credentials.
 * @module
 */

import { readSecretFile } from "../../config/credentials.ts";
import { Secret } from "../../config/secret.ts";

type Env = Readonly<Record<string, string>>;

export type ReadSecret =
  /** `null` where nothing names one. */
  | { readonly ok: true; readonly secret: Secret | null }
  | { readonly ok: false; readonly reason: string };

/** Longer than any token, and shorter than what was taken for one by mistake. */
const LENGTH_MAX = 4_096;

/**
 * @param variable of the environment; in small letters, the name of the systemd credential
 * @param file as the configuration names it; `null` where it names none
 */
export async function readAlertSecret(variable: string, file: string | null, env: Env): Promise<ReadSecret> {
  const given = env[variable];
  if (given) return judged(given, variable);
  if (file !== null) return await fromFile(file, false);
  const directory = env.CREDENTIALS_DIRECTORY;
  if (!directory) return { ok: true, secret: null };
  const path = `${directory}/${variable.toLowerCase()}`;
  try {
    await Deno.lstat(path);
  } catch {
    return { ok: true, secret: null };
  }
  return await fromFile(path, true);
}

async function fromFile(path: string, trusted: boolean): Promise<ReadSecret> {
  const read = await readSecretFile(path, trusted);
  return "reason" in read ? { ok: false, reason: read.reason } : judged(read.text, path);
}

/** One line, and what stands around it goes: an editor ends a file with a line feed. */
function judged(text: string, from: string): ReadSecret {
  const secret = text.trim();
  if (secret === "") return { ok: false, reason: `Nothing in ${from}: allowed is a secret on one line` };
  if (secret.length > LENGTH_MAX || /[\r\n]/.test(secret)) {
    return { ok: false, reason: `No secret in ${from}: allowed is one line of at most ${LENGTH_MAX} characters` };
  }
  return { ok: true, secret: new Secret(secret) };
}
