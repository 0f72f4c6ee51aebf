/**
 * What a command says, and where: results on stdout, everything else on stderr. A reader that went away (`kbot ... |
 * head`) is no error: `console` swallows a broken pipe.
 * @module
 */

import { redact } from "../config/redact.ts";
import { EXIT } from "./command.ts";

/** What a command that only answers has to say. */
export interface Reply {
  readonly exitCode: number;
  /** For people, on stdout; `null` where there is no result. */
  readonly text: string | null;
  /** For programs, on stdout, one line; `undefined` where there is no result. */
  readonly json: unknown;
  /** For people, on stderr. */
  readonly problems: readonly string[];
}

export const done = (text: string, json: unknown): Reply => ({ exitCode: EXIT.done, text, json, problems: [] });

/** @param json what a program is told all the same */
export const refused = (exitCode: number, problem: string, json?: unknown): Reply => ({
  exitCode,
  text: null,
  json,
  problems: [problem],
});

/** Prints it and gives its exit code back. */
export function say(reply: Reply, json: boolean): number {
  for (const problem of reply.problems) printError(problem);
  if (json && reply.json !== undefined) printJson(reply.json);
  if (!json && reply.text !== null) printText(reply.text);
  return reply.exitCode;
}

/** Controls, but for the ends of lines, tabs and our own colours: the exchange's words drive no terminal. */
// deno-lint-ignore no-control-regex
const CONTROLS = /(?!\u001b\[[\d;]*m)[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

const shown = (text: string): string => redact(text).replace(CONTROLS, " ");

export function printText(text: string): void {
  console.log(shown(text));
}

export function printError(text: string): void {
  console.error(shown(text));
}

/** For programs, on one line. */
export function printJson(value: unknown): void {
  console.log(redact(JSON.stringify(value)));
}
