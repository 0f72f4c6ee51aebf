/**
 * What a signature is made of and how it travels (KALSHI.md 2.1), by WebCrypto alone: node:crypto pads RSA wrongly on
 * Deno 2.4.
 * @module
 */

import type { KeyAlgorithm, Pkcs8Key } from "./pem.ts";

/** The three headers that every signed request has. A type and not an interface, so that it is a plain record. */
export type AccessHeaders = {
  readonly "KALSHI-ACCESS-KEY": string;
  readonly "KALSHI-ACCESS-TIMESTAMP": string;
  readonly "KALSHI-ACCESS-SIGNATURE": string;
};

const SALT_LENGTH = 32;
const encoder = new TextEncoder();

/**
 * Imports a private key for signing, as one that cannot be exported again.
 * @throws Error without key material where the bytes are no such key
 */
export async function importSigningKey(key: Pkcs8Key): Promise<CryptoKey> {
  const scheme = key.algorithm === "RSA-PSS" ? { name: "RSA-PSS", hash: "SHA-256" } : { name: "Ed25519" };
  try {
    return await crypto.subtle.importKey("pkcs8", key.der, scheme, false, ["sign"]);
  } catch {
    // The cause is dropped on purpose: nothing that saw the key's bytes may reach a log.
    throw new Error(`Private key file is damaged: it holds no usable ${key.algorithm} key`);
  }
}

/** Signs a text; base64 with padding. */
export async function signText(key: CryptoKey, text: string): Promise<string> {
  const algorithm = key.algorithm.name as KeyAlgorithm;
  const scheme = algorithm === "RSA-PSS" ? { name: algorithm, saltLength: SALT_LENGTH } : { name: algorithm };
  const signature = await crypto.subtle.sign(scheme, key, encoder.encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

export const accessHeaders = (keyId: string, timestamp: string, signature: string): AccessHeaders => ({
  "KALSHI-ACCESS-KEY": keyId,
  "KALSHI-ACCESS-TIMESTAMP": timestamp,
  "KALSHI-ACCESS-SIGNATURE": signature,
});
