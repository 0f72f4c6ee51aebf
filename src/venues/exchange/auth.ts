/**
 * Who is asking: Kalshi's request signatures, checked (KALSHI.md 2).
 * @module
 */

import type { MemberKey } from "./keys.ts";

/** A timestamp may be this far from wall time either way; sources put the real bound between 10 and 30 s. */
export const DEFAULT_TIMESTAMP_WINDOW_MS = 15_000;

export interface SignedRequest {
  readonly key: string | null;
  readonly timestamp: string | null;
  readonly signature: string | null;
  /** Upper case. */
  readonly method: string;
  /** From the root of the host, without query. */
  readonly path: string;
}

/** The body of a 401; `null` where the request is signed as it should be. */
export type AuthFailure = { readonly error: Readonly<Record<string, string>> };

const failure = (code: string, details?: string): AuthFailure => ({
  error: details === undefined
    ? { code, message: code === "authentication_error" ? code : code.replaceAll("_", " ") }
    : { code, message: code, details },
});

const TIMESTAMP = /^\d{1,16}$/;
const SIGNATURE_LENGTH_MAX = 1_024;

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length > SIGNATURE_LENGTH_MAX) return null;
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

export class Authenticator {
  readonly #keys: ReadonlyMap<string, MemberKey>;
  readonly #windowMs: number;
  readonly #wallMs: () => number;

  /** @param wallMs wall time: signatures are judged on it even where the exchange's own time is simulated */
  constructor(keys: readonly MemberKey[], wallMs: () => number, windowMs: number = DEFAULT_TIMESTAMP_WINDOW_MS) {
    this.#keys = new Map(keys.map((key) => [key.keyId, key]));
    this.#wallMs = wallMs;
    this.#windowMs = windowMs;
  }

  knows(keyId: string | null): boolean {
    return keyId !== null && this.#keys.has(keyId);
  }

  /** `null` where the signature holds, otherwise the body of the 401. */
  async check(request: SignedRequest): Promise<AuthFailure | null> {
    const { key, timestamp, signature, method, path } = request;
    // The one code that is documented (KALSHI.md 2.3), whichever of the three headers is missing.
    if (!key || !timestamp || !signature) return failure("signature_is_missing_from_headers");
    if (!TIMESTAMP.test(timestamp) || Math.abs(this.#wallMs() - Number(timestamp)) > this.#windowMs) {
      return failure("header_timestamp_expired");
    }
    const member = this.#keys.get(key);
    if (member === undefined) return failure("authentication_error", "NOT_FOUND");
    const bytes = fromBase64(signature);
    const text = new TextEncoder().encode(timestamp + method + path);
    const algorithm = member.kind === "rsa" ? { name: "RSA-PSS", saltLength: 32 } : { name: "Ed25519" };
    const holds = bytes !== null && await crypto.subtle.verify(algorithm, member.publicKey, bytes, text);
    return holds ? null : failure("authentication_error", "INCORRECT_API_KEY_SIGNATURE");
  }
}
