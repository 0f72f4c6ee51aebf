/**
 * Takes out of a text what looks like a secret, wherever the text is on its way to.
 * @module
 */

import { REDACTED } from "./secret.ts";

/**
 * A PEM block, also one whose line ends were escaped for JSON, and also one that was cut off before its end: everything
 * from the header to the footer, to the quote that ends the string around it, or to the end of the text goes.
 */
const PEM = /-----BEGIN [A-Z0-9 ]{1,64}-----[^"']*?(?:-----END [A-Z0-9 ]{1,64}-----|(?=["'])|$)/g;
/** `Authorization: Bearer ...`, and the headers of a signed request (KALSHI.md 1). */
const HEADER = /\b(bearer\s+|kalshi-access-(?:signature|key)["']?\s*[:=]\s*["']?)[A-Za-z0-9+/=._~-]{8,}/gi;
/** `token=...`, `"token":"..."`, `password: ...` and their like. */
const FIELD =
  /((?:token|secret|password|passphrase|api_?key|private_?key|signature)["']?\s*[:=]\s*["']?)(?!\[redacted\])(?:\\.|[^\s"',&}\])\\]){6,}/gi;

/** A bot's token, as it stands in every address of Telegram's Bot API. */
const BOT_TOKEN = /(?<!\d)\d{6,16}:[A-Za-z0-9_-]{30,}/g;

/**
 * @example
 * ```ts
 * import { redact } from "./redact.ts";
 * import assert from "node:assert/strict";
 * assert.equal(redact("GET /x?token=abcdef123456&n=1"), "GET /x?token=[redacted]&n=1");
 * ```
 */
export function redact(text: string): string {
  return text.replace(PEM, REDACTED).replace(BOT_TOKEN, REDACTED).replace(HEADER, `$1${REDACTED}`)
    .replace(FIELD, `$1${REDACTED}`);
}
