/**
 * The few things a journal writer asks of a disk, so that a test can hand it a failing one.
 * @module
 */

/** One open file, written at its end. Every method throws what the system says. */
export interface JournalFile {
  /** Writes some of the bytes, at least one, and says how many. */
  writeSync(bytes: Uint8Array): number;
  statSync(): { readonly size: number };
  truncateSync(length: number): void;
  /** Forces the data to the medium, on another thread. */
  syncData(): Promise<void>;
  syncDataSync(): void;
  close(): void;
}

export interface JournalDisk {
  /** Makes the directory and those above it, readable by the owner only. */
  makeDirectory(path: string): void;
  /** Makes a file that did not exist, readable by the owner only, open for appending. */
  createFile(path: string): JournalFile;
  /** Opens a file that exists, for appending. */
  appendTo(path: string): JournalFile;
  /** Forces a directory's entries to the medium, so that a new file is found after a power loss. */
  syncDirectory(path: string): void;
}

/** The real one. */
export const disk: JournalDisk = {
  makeDirectory: (path) => Deno.mkdirSync(path, { recursive: true, mode: 0o700 }),
  createFile: (path) => Deno.openSync(path, { createNew: true, append: true, mode: 0o600 }),
  appendTo: (path) => Deno.openSync(path, { append: true }),
  syncDirectory: (path) => {
    const directory = Deno.openSync(path, { read: true });
    try {
      directory.syncSync();
    } finally {
      directory.close();
    }
  },
};
