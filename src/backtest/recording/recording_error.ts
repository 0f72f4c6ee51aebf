/**
 * @module
 */

import { basename } from "node:path";

const FOUND_LENGTH_MAX = 120;

/** A recording that cannot be used as it is: which file, which line, what was found there and what was wanted. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";

  constructor(readonly file: string, readonly line: number, found: string, wanted: string) {
    const short = found.length > FOUND_LENGTH_MAX ? `${found.slice(0, FOUND_LENGTH_MAX)}...` : found;
    super(`Recording ${basename(file)}, line ${line}: found ${short}, wanted ${wanted}`);
  }
}

/** A path at which there is no data set that can be used, for a reason that no single line of a file gives. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}
