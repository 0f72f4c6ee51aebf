/**
 * The member's API keys, made anew at every start: one RSA, one Ed25519, as Kalshi issues them (KALSHI.md 2.1).
 * @module
 */

export interface MemberKey {
  readonly keyId: string;
  readonly kind: "rsa" | "ed25519";
  readonly publicKey: CryptoKey;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

const RSA = {
  name: "RSA-PSS",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
} as const;
const PEM_LINE = 64;

async function privateKeyPem(key: CryptoKey): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const lines = btoa(binary).match(new RegExp(`.{1,${PEM_LINE}}`, "g")) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}

export async function makeRsaKey(): Promise<MemberKey> {
  const pair = await crypto.subtle.generateKey(RSA, true, ["sign", "verify"]);
  const pem = await privateKeyPem(pair.privateKey);
  return { keyId: crypto.randomUUID(), kind: "rsa", publicKey: pair.publicKey, privateKeyPem: pem };
}

export async function makeEd25519Key(): Promise<MemberKey> {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]) as CryptoKeyPair;
  const pem = await privateKeyPem(pair.privateKey);
  return { keyId: crypto.randomUUID(), kind: "ed25519", publicKey: pair.publicKey, privateKeyPem: pem };
}

/** Writes a private key for its owner alone; returns its path, `""` where none is wanted. */
export async function writeKey(directory: string | null, key: MemberKey): Promise<string> {
  if (directory === null) return "";
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const path = `${directory}/exchange-${key.kind}.pem`;
  await Deno.remove(path).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.writeTextFile(path, key.privateKeyPem, { mode: 0o600, createNew: true });
  return path;
}
