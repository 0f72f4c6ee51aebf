/**
 * Request signatures (KALSHI.md 2.1), each made when it is asked for, or ahead.
 * @module
 */

import { readPrivateKey } from "./pem.ts";
import { accessHeaders, importSigningKey, signText } from "./signature.ts";
import { SigningAhead, type SigningAheadOptions } from "./signing/signing_ahead.ts";

/** Signs requests with one key. */
export interface Signer {
  readonly keyId: string;
  /**
   * The three access headers of one request.
   * @param path from the host root, `/trade-api/v2/...`; a query is cut off, because it is not signed
   * @param nowMs wall time in milliseconds, even on a simulated exchange: the age of a signature is judged on it
   */
  headers(method: string, path: string, nowMs: number): Promise<Record<string, string>>;
  /** Starts a Worker that signs ahead; the caller stops it. Absent where there is no key to give to one. */
  ahead?(options: SigningAheadOptions): SigningAhead;
}

/**
 * Imports a private key for signing.
 * @param keyId the key's id at the exchange
 * @param pem RSA (PKCS#1 or PKCS#8) or Ed25519 (PKCS#8)
 * @throws Error without key material where the text holds no usable key
 */
export async function createSigner(keyId: string, pem: string): Promise<Signer> {
  if (!/^[\x21-\x7e]{1,200}$/.test(keyId)) throw new Error("Key id is empty or holds characters no header can carry");
  const key = readPrivateKey(pem);
  const imported = await importSigningKey(key);
  return {
    keyId,
    ahead: (options) => new SigningAhead(keyId, key, options),
    async headers(method, path, nowMs) {
      const timestamp = String(Math.floor(nowMs));
      const query = path.indexOf("?");
      const signed = timestamp + method.toUpperCase() + (query < 0 ? path : path.slice(0, query));
      return accessHeaders(keyId, timestamp, await signText(imported, signed));
    },
  };
}
