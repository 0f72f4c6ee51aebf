/**
 * Which kbot this is, to the commit: two that bear the same name decide alike.
 * @module
 */

import { BUILD, sourceCommit, VERSION } from "./version.ts";

/** Of a commit. */
const DIGITS = 12;

/** `kbot 0.1.0, commit 0123456789ab`. What was changed after the commit is not in it. */
export function buildName(build: string | undefined = BUILD): string {
  const commit = sourceCommit();
  const source = commit === null ? "of an unknown commit" : `commit ${commit.slice(0, DIGITS)}`;
  return `kbot ${VERSION}, ${build ?? source}`;
}
