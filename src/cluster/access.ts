/**
 * What a bot proves itself to the NATS servers with: secrets from files that only their owner reads, or from systemd.
 * @module
 */

import { readSecretFile } from "../config/credentials.ts";
import type { ClusterConfig } from "../config/cluster_schema.ts";
import { Secret } from "../config/secret.ts";

/** How this bot logs in. */
export type Login =
  | { readonly kind: "none" }
  | { readonly kind: "password"; readonly user: string; readonly password: Secret }
  | { readonly kind: "nkey"; readonly seed: Secret }
  | { readonly kind: "creds"; readonly creds: Secret };

export interface ClusterAccess {
  readonly login: Login;
  /** Whose certificates are trusted beside those that the system trusts, as PEM; `null` for no others. */
  readonly ca: string | null;
}

export type AccessResult =
  | { readonly ok: true; readonly access: ClusterAccess }
  | { readonly ok: false; readonly reason: string };

type Found = { readonly secret: Secret | null } | { readonly reason: string };

/** The seed of a user: what only a user may log in with. */
const USER_SEED = /^SU[A-Z2-7]{56}$/;

/**
 * Reads whatever `[cluster]` names, and else systemd's credentials.
 * @param env its CREDENTIALS_DIRECTORY is where systemd puts what it was given
 */
export async function loadClusterAccess(
  config: ClusterConfig,
  env: Readonly<Record<string, string>>,
): Promise<AccessResult> {
  const login = await loadLogin(config, env);
  if ("reason" in login) return { ok: false, reason: login.reason };
  const ca = await readCertificate(config.ca_file);
  if ("reason" in ca) return { ok: false, reason: ca.reason };
  return { ok: true, access: { login, ca: ca.text } };
}

async function loadLogin(
  { user, password_file, nkey_file, creds_file }: ClusterConfig,
  env: Readonly<Record<string, string>>,
): Promise<Login | { readonly reason: string }> {
  if (user !== null) {
    const found = await find(password_file, "kbot_cluster_password", env);
    if ("reason" in found) return found;
    const password = found.secret?.reveal().trim() ?? "";
    return password === ""
      ? {
        reason: "User without a password: set cluster.password_file, or the systemd credential kbot_cluster_password",
      }
      : { kind: "password", user, password: new Secret(password) };
  }
  const creds = nkey_file === null ? await find(creds_file, "kbot_cluster_creds", env) : { secret: null };
  if ("reason" in creds) return creds;
  if (creds.secret !== null) {
    return /BEGIN NATS USER JWT[\s\S]*BEGIN USER NKEY SEED/.test(creds.secret.reveal())
      ? { kind: "creds", creds: creds.secret }
      : {
        reason:
          "No credentials of a NATS user in cluster.creds_file: allowed is a file as nsc generate creds writes it",
      };
  }
  const nkey = await find(nkey_file, "kbot_cluster_nkey", env);
  if ("reason" in nkey) return nkey;
  if (nkey.secret === null) return { kind: "none" };
  const seed = nkey.secret.reveal().trim();
  return USER_SEED.test(seed)
    ? { kind: "nkey", seed: new Secret(seed) }
    : { reason: "No seed of a NATS user in cluster.nkey_file: allowed is one line that begins with SU" };
}

/** The file that the configuration names, else what systemd was given; none is fine. */
async function find(file: string | null, credential: string, env: Readonly<Record<string, string>>): Promise<Found> {
  if (file !== null) return secretOf(await readSecretFile(file));
  const directory = env.CREDENTIALS_DIRECTORY;
  if (!directory) return { secret: null };
  const path = `${directory}/${credential}`;
  try {
    await Deno.lstat(path);
  } catch {
    return { secret: null };
  }
  return secretOf(await readSecretFile(path, true));
}

const secretOf = (read: { readonly text: string } | { readonly reason: string }): Found =>
  "reason" in read ? read : { secret: new Secret(read.text) };

/** A PEM file that is no secret: whoever may read it. */
async function readCertificate(
  file: string | null,
): Promise<{ readonly text: string | null } | { readonly reason: string }> {
  if (file === null) return { text: null };
  const read = await readSecretFile(file, true);
  if ("reason" in read) return read;
  return read.text.includes("-----BEGIN CERTIFICATE-----")
    ? read
    : { reason: `No certificate in ${file} (cluster.ca_file): allowed is PEM text with BEGIN CERTIFICATE` };
}
