/**
 * Request signatures (KALSHI.md 2.1), by WebCrypto alone.
 * @module
 */

import { type Pkcs8Key, readPrivateKey } from "./pem.ts";

/** Signs requests with one key. */
export interface Signer {
  readonly keyId: string;
  /**
   * The three access headers of one request.
   * @param path from the host root, `/trade-api/v2/...`; a query is cut off, because it is not signed
   * @param nowMs wall time in milliseconds, even on a simulated exchange: the age of a signature is judged on it
   */
  headers(method: string, path: string, nowMs: number): Promise<Record<string, string>>;
}

const SALT_LENGTH = 32;

/**
 * Imports a private key for signing.
 * @param keyId the key's id at the exchange
 * @param pem RSA (PKCS#1 or PKCS#8) or Ed25519 (PKCS#8)
 * @throws Error without key material where the text holds no usable key
 */
export async function createSigner(keyId: string, pem: string): Promise<Signer> {
  if (!/^[\x21-\x7e]{1,200}$/.test(keyId)) throw new Error("Key id is empty or holds characters no header can carry");
  const key = readPrivateKey(pem);
  const imported = await importKey(key);
  const scheme = key.algorithm === "RSA-PSS" ? { name: "RSA-PSS", saltLength: SALT_LENGTH } : { name: "Ed25519" };
  return {
    keyId,
    async headers(method, path, nowMs) {
      const timestamp = String(Math.floor(nowMs));
      const query = path.indexOf("?");
      const signed = timestamp + method.toUpperCase() + (query < 0 ? path : path.slice(0, query));
      const signature = await crypto.subtle.sign(scheme, imported, new TextEncoder().encode(signed));
      return {
        "KALSHI-ACCESS-KEY": keyId,
        "KALSHI-ACCESS-TIMESTAMP": timestamp,
        "KALSHI-ACCESS-SIGNATURE": btoa(String.fromCharCode(...new Uint8Array(signature))),
      };
    },
  };
}

async function importKey(key: Pkcs8Key): Promise<CryptoKey> {
  const scheme = key.algorithm === "RSA-PSS" ? { name: "RSA-PSS", hash: "SHA-256" } : { name: "Ed25519" };
  try {
    return await crypto.subtle.importKey("pkcs8", key.der, scheme, false, ["sign"]);
  } catch {
    // The cause is dropped on purpose: nothing that saw the key's bytes may reach a log.
    throw new Error(`Private key file is damaged: it holds no usable ${key.algorithm} key`);
  }
}
