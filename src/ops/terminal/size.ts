/**
 * How large a terminal is, and what it can show, as far as the process can know.
 * @module
 */

import type { Look } from "./paint.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Of a terminal that does not say. */
export const USUAL_SIZE: Size = { columns: 80, rows: 24 };

/** What was found out, where it can be true; some consoles say 0. */
export function sizeOf(measure: () => Size): Size {
  try {
    const { columns, rows } = measure();
    return columns > 0 && rows > 0 ? { columns, rows } : USUAL_SIZE;
  } catch {
    return USUAL_SIZE;
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/** Whether it does as it is told by escape sequences. Windows has no TERM, and terminals that do. */
export function isCapable(env: Env, os: string): boolean {
  const term = env.TERM ?? "";
  return term === "" ? os === "windows" : term !== "dumb";
}

/** What can be shown on it, by the conventions there are: the locale of the environment, NO_COLOR. */
export function lookOf(env: Env, os: string): Look {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== "") ?? "";
  return {
    colors: (env.NO_COLOR ?? "") === "",
    unicode: os === "windows" || /utf-?8/i.test(locale),
  };
}
