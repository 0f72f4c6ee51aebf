/**
 * Where leases stand: keys whose every write names the revision that it replaces, so that of two writers one fails.
 * @module
 */

export interface Stored {
  readonly revision: number;
  readonly text: string;
}

export type ReadResult =
  | { readonly kind: "found"; readonly stored: Stored }
  | { readonly kind: "none" }
  /** Nobody can be asked, or too few servers to know. */
  | { readonly kind: "unclear"; readonly reason: string };

export type WriteResult =
  | { readonly kind: "written"; readonly revision: number }
  /** Somebody wrote before: nothing was changed. */
  | { readonly kind: "conflict" }
  /** It may have been written, or may be yet. */
  | { readonly kind: "unclear"; readonly reason: string };

export interface LeaseStore {
  read(key: string): Promise<ReadResult>;
  /** @param revision that it replaces; 0 where there must be none */
  write(key: string, text: string, revision: number): Promise<WriteResult>;
}
