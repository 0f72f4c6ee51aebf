/**
 * Takes known secrets out of a text: beside what looks like one (config/redact.ts), what is one. Errors of the network name
 * the address that was asked, and a bot's token is part of it.
 * @module
 */

import { redact } from "../../config/redact.ts";
import { REDACTED, type Secret } from "../../config/secret.ts";

/** What an error may say: its first line is enough for a person. */
const LENGTH_MAX = 300;
/** Less than this is too common a text to be taken out wherever it stands. */
const SECRET_LENGTH_MIN = 4;

/** Of the text's UTF-8. */
export const base64Of = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));

/** A secret as it may stand in an address, in JSON, in a form, or in a header of basic authentication. */
function formsOf(secret: string): string[] {
  const base64 = base64Of(secret);
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll("%20", "+"),
    JSON.stringify(secret).slice(1, -1),
    base64,
    base64.replace(/=+$/, ""),
    encodeURIComponent(base64),
  ];
}

/** Makes what is said of a channel fit to be said. */
export function scrubber(secrets: readonly Secret[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap((secret) => formsOf(secret.reveal())))]
    .filter((form) => form.length >= SECRET_LENGTH_MIN)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text.split("\n", 1)[0];
    for (const form of forms) clean = clean.replaceAll(form, REDACTED);
    return redact(clean).slice(0, LENGTH_MAX);
  };
}
