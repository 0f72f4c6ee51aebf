/**
 * How two machines know that their data is the same: by what is in it, wherever it lies.
 * @module
 */

import type { DataFile } from "../findings.ts";
import { hashOfJson } from "./trial_book.ts";

export interface DataIdentity {
  readonly data: string;
  /** Of the recorded index; `null` where none is given. */
  readonly spot: string | null;
}

/** The hash of what a data set holds, whatever its files are called: they come in the order of their names. */
export const hashOfData = (files: readonly DataFile[]): string =>
  hashOfJson(files.map(({ bytes, sha256 }) => [bytes, sha256]));
