/**
 * What the system says of itself. A test puts other answers in its place.
 * @module
 */

import { statfs } from "node:fs";
import process from "node:process";
import { promisify } from "node:util";

/** Each throws where the system does not tell. */
export interface Machine {
  /** Number of the user; `null` where users have none. */
  user(): number | null;
  /** Bytes of memory that can be had. */
  memory(): number;
  /** Bytes that this user may still write at a path. */
  disk(path: string): Promise<number>;
  /** Opens one file more. */
  openFile(): Promise<{ close(): void }>;
}

/** `node:fs/promises` has it only in newer versions of Deno. */
const statFileSystem = promisify(statfs);

export const THIS_MACHINE: Machine = {
  user: () => Deno.uid(),
  memory() {
    const free = Deno.systemMemoryInfo().available;
    // A container may give a smaller share; older versions of Deno do not tell it.
    const share = typeof process.constrainedMemory === "function" ? process.constrainedMemory() : 0;
    return share > 0 ? Math.min(free, share) : free;
  },
  async disk(path) {
    const { bavail, bsize } = await statFileSystem(path);
    return Number(bavail) * Number(bsize);
  },
  // The program itself is a file that is surely there, and needs no place to be made in.
  openFile: () => Deno.open(Deno.execPath()),
};
