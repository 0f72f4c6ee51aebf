/**
 * What a command says, and where: results on stdout, everything else on stderr. A reader that went away (`kbot ... |
 * head`) is no error: `console` swallows a broken pipe.
 * @module
 */

import { redact } from "../config/redact.ts";

/** A result for people. */
export function printText(text: string): void {
  console.log(redact(text));
}

/** A result for programs: one line. */
export function printJson(value: unknown): void {
  console.log(redact(JSON.stringify(value)));
}

/** Everything that is not the result. */
export function printError(text: string): void {
  console.error(redact(text));
}
