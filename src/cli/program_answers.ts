/**
 * `--json` where a command fails: a program that reads stdout finds one object there all the same, with what people are told
 * on stderr.
 * @module
 */

import { printJson } from "./output.ts";

/** What a program reads where there is no result. */
export interface Failure {
  readonly ok: false;
  readonly exit_code: number;
  /** As stderr has it. */
  readonly error: string;
}

/** Lines of an error; a command that says more has said enough. */
const LINES_MAX = 100;

/** Prints it as one line on stdout. */
export function printFailure(exitCode: number, error: string): void {
  const failure: Failure = { ok: false, exit_code: exitCode, error };
  printJson(failure);
}

/**
 * Runs a command for a program. Where it fails and has printed nothing on stdout, it prints a {@link Failure}.
 *
 * @returns the command's exit code
 */
export async function answeringProgram(run: () => Promise<number>): Promise<number> {
  const { log, error } = console;
  const said: string[] = [];
  let answered = false;
  console.log = (...words) => {
    answered = true;
    log(...words);
  };
  console.error = (...words) => {
    if (said.length < LINES_MAX) said.push(words.join(" "));
    error(...words);
  };
  try {
    const exitCode = await run();
    if (exitCode !== 0 && !answered) printFailure(exitCode, said.join("\n"));
    return exitCode;
  } finally {
    console.log = log;
    console.error = error;
  }
}
