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

/** What files hold, whatever they are called: they come in the order of their names. */
export const contentsOf = (files: readonly DataFile[]): readonly (readonly [bytes: number, sha256: string])[] =>
  files.map(({ bytes, sha256 }) => [bytes, sha256]);

/** The hash of what a data set holds. */
export const hashOfData = (files: readonly DataFile[]): string => hashOfJson(contentsOf(files));
