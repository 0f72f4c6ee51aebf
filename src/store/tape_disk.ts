/**
 * The few things a tape writer asks of a disk, none of which holds up the thread that trades. Tests hand it a failing one.
 * @module
 */

/** One open file, written at its end. Every method throws what the system says. */
export interface TapeFile {
  /** Writes some of the bytes, at least one, and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export interface TapeDisk {
  /** Makes the directory and those above it, readable by the owner only. */
  makeDirectory(path: string): Promise<void>;
  /** Makes a file that did not exist, readable by the owner only. */
  createFile(path: string): Promise<TapeFile>;
  remove(path: string): Promise<void>;
}

/** The real one. */
export const tapeDisk: TapeDisk = {
  makeDirectory: (path) => Deno.mkdir(path, { recursive: true, mode: 0o700 }),
  createFile: (path) => Deno.open(path, { createNew: true, write: true, mode: 0o600 }),
  remove: (path) => Deno.remove(path),
};
