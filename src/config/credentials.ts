/**
 * The API key: its id, and the private key that signs requests. Never from a flag, never into a message.
 * @module
 */

import { redact } from "./redact.ts";
import type { Config } from "./schema.ts";
import { Secret } from "./secret.ts";

/** An API key of the exchange. The PEM text is a PKCS#8 or PKCS#1 private key, RSA or Ed25519. */
export interface Credentials {
  readonly keyId: string;
  readonly privateKey: Secret;
  /** Where the private key was read from, for messages. */
  readonly privateKeyFile: string;
}

export type CredentialsResult =
  | { readonly kind: "found"; readonly credentials: Credentials }
  /** Nothing was set: fine for paper trading. */
  | { readonly kind: "absent"; readonly remedy: string }
  | { readonly kind: "refused"; readonly reason: string };

/** Files that systemd's LoadCredential puts into CREDENTIALS_DIRECTORY. */
const SYSTEMD_KEY_ID = "kalshi_key_id";
const SYSTEMD_PRIVATE_KEY = "kalshi_private_key";
/** A PEM file of a 16,384 bit RSA key has 13 kB. */
const MAX_KEY_BYTES = 64 * 1024;
const GROUP_AND_OTHERS = 0o077;

/** How to give kbot a key. */
export const KEY_REMEDY =
  "Set KBOT_KALSHI_KEY_ID and KBOT_KALSHI_PRIVATE_KEY_FILE, or venue.key_id and venue.private_key_file, " +
  `or give systemd the credentials ${SYSTEMD_KEY_ID} and ${SYSTEMD_PRIVATE_KEY}. The key is an RSA or an Ed25519 one, as PEM`;

type SecretFile = { readonly text: string } | { readonly reason: string };

/**
 * Reads a file that holds a secret. Refused where others than its owner may read it.
 *
 * @param trusted true where somebody else guards the file (systemd gives its credentials by access control list)
 */
export async function readSecretFile(path: string, trusted = false): Promise<SecretFile> {
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) return { reason: `No regular file: ${path}` };
    if (info.size > MAX_KEY_BYTES) {
      return { reason: `Too large for a secret: ${path} has ${info.size} bytes, at most ${MAX_KEY_BYTES} are read` };
    }
    // Windows knows no mode.
    if (!trusted && info.mode !== null && (info.mode & GROUP_AND_OTHERS) !== 0) {
      const mode = (info.mode & 0o777).toString(8);
      return { reason: `Readable by others: ${path} has mode ${mode}, allowed is 600; run chmod 600 ${path}` };
    }
    return { text: await Deno.readTextFile(path) };
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "no such file" : error instanceof Error ? error.name : "error";
    return { reason: `Cannot read ${path}: ${why}` };
  }
}

/** Where an API key is looked for; `null` where nothing names it. */
export interface KeySources {
  readonly keyId: string | null;
  readonly keyFile: string | null;
  readonly trusted: boolean;
}

interface FoundSources extends KeySources {
  /** What named each from outside the configuration, in words; `null` where nothing did. */
  readonly keyIdSetBy: string | null;
  readonly keyFileSetBy: string | null;
}

/** Finds id and file, each on its own: environment, else configuration, else systemd's credentials. */
export async function findKeySources(config: Config, env: Readonly<Record<string, string>>): Promise<FoundSources> {
  let keyId = env.KBOT_KALSHI_KEY_ID || config.venue.key_id;
  let keyFile = env.KBOT_KALSHI_PRIVATE_KEY_FILE || config.venue.private_key_file;
  let trusted = false;
  let keyIdSetBy = env.KBOT_KALSHI_KEY_ID ? "KBOT_KALSHI_KEY_ID" : null;
  let keyFileSetBy = env.KBOT_KALSHI_PRIVATE_KEY_FILE ? "KBOT_KALSHI_PRIVATE_KEY_FILE" : null;
  const directory = env.CREDENTIALS_DIRECTORY;
  if (directory && !keyId) {
    const read = await readSecretFile(`${directory}/${SYSTEMD_KEY_ID}`, true);
    if ("text" in read) [keyId, keyIdSetBy] = [read.text.trim(), `systemd credential ${SYSTEMD_KEY_ID}`];
  }
  if (directory && !keyFile) {
    const path = `${directory}/${SYSTEMD_PRIVATE_KEY}`;
    const read = await readSecretFile(path, true);
    if ("text" in read) [keyFile, trusted, keyFileSetBy] = [path, true, `systemd credential ${SYSTEMD_PRIVATE_KEY}`];
  }
  return { keyId: keyId || null, keyFile: keyFile || null, trusted, keyIdSetBy, keyFileSetBy };
}

/** A value that comes from outside the configuration, as it may be shown. */
export interface OutsideValue {
  readonly shown: string;
  readonly setBy: string;
}

const KEY_ID_SHOWN = 8;

/**
 * Which keys of the configuration are set from outside it, by dotted name. The id is shortened; of the private key not
 * even the file is told, since by mistake the variable may hold the key itself.
 */
export async function credentialsFromOutside(
  config: Config,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, OutsideValue>> {
  const { keyId, keyIdSetBy, keyFileSetBy } = await findKeySources(config, env);
  const found = new Map<string, OutsideValue>();
  if (keyId !== null && keyIdSetBy !== null) {
    // Of a short text, which is no key id, nothing.
    const start = keyId.length >= 4 * KEY_ID_SHOWN ? keyId.slice(0, KEY_ID_SHOWN) : "";
    found.set("venue.key_id", { shown: redact(`${start}...`), setBy: keyIdSetBy });
  }
  if (keyFileSetBy !== null) found.set("venue.private_key_file", { shown: "...", setBy: keyFileSetBy });
  return found;
}

/**
 * Finds the API key: environment, else configuration, else systemd's credentials; id and key each on their own.
 * Half a key is refused rather than taken for none.
 */
export async function loadCredentials(
  config: Config,
  env: Readonly<Record<string, string>>,
): Promise<CredentialsResult> {
  const { keyId, keyFile, trusted } = await findKeySources(config, env);
  if (keyId === null && keyFile === null) return { kind: "absent", remedy: KEY_REMEDY };
  if (keyId === null) return { kind: "refused", reason: `Private key without a key id. ${KEY_REMEDY}` };
  if (keyFile === null) return { kind: "refused", reason: `Key id without a private key. ${KEY_REMEDY}` };
  const read = await readSecretFile(keyFile, trusted);
  if ("reason" in read) return { kind: "refused", reason: read.reason };
  if (!/-----BEGIN (?:RSA )?PRIVATE KEY-----/.test(read.text)) {
    const reason = `No private key in ${keyFile}: allowed is PEM text with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY`;
    return { kind: "refused", reason };
  }
  const credentials = { keyId, privateKey: new Secret(read.text), privateKeyFile: keyFile };
  return { kind: "found", credentials };
}
