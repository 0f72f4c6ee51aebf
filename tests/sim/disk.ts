/**
 * A disk in memory, as a process sees one through `Deno`: it outlives the process, and what stands on it at the death of
 * one is what the next finds. A write may fail, and leave a part of itself behind.
 * @module
 */

import type { Random } from "../../src/venues/exchange/random.ts";

/** What becomes of a write. */
export interface WriteFate {
  /** Bytes that reach the file. */
  readonly bytes: number;
  /** What is thrown after that; `null` where the write just says how many bytes it took. */
  readonly error: Error | null;
}

export class Inode {
  bytes = new Uint8Array(1_024);
  size = 0;
  /** Bytes that were forced to the medium. */
  synced = 0;
  mode: number;
  /** Whoever holds its lock. */
  lockedBy: object | null = null;

  constructor(mode: number) {
    this.mode = mode;
  }

  writeAt(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.size));
      this.bytes = larger;
    }
    if (offset > this.size) this.bytes.fill(0, this.size, offset);
    this.bytes.set(bytes, offset);
    this.size = Math.max(this.size, end);
  }

  truncate(length: number): void {
    this.synced = Math.min(this.synced, length);
    if (length > this.size) this.writeAt(this.size, new Uint8Array(length - this.size));
    this.size = length;
  }

  get content(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.size);
  }
}

const missing = (path: string): Error => new Deno.errors.NotFound(`No such file or directory (os error 2), '${path}'`);
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

/** Hears of every change of a file. */
export interface DiskListener {
  appended(path: string, bytes: Uint8Array, offset: number): void;
  cut(path: string, size: number): void;
  removed(path: string): void;
}

export class SimulatedDisk {
  readonly #files = new Map<string, Inode>();
  readonly #directories = new Map<string, number>([["/", 0o755], ["/sim", 0o755]]);
  #listener: DiskListener = { appended: () => {}, cut: () => {}, removed: () => {} };

  listen(listener: DiskListener): void {
    this.#listener = listener;
  }

  makeDirectory(path: string, mode: number, recursive: boolean): void {
    if (this.#directories.has(path)) {
      if (recursive) return;
      throw new Deno.errors.AlreadyExists(`File exists (os error 17), mkdir '${path}'`);
    }
    const parent = parentOf(path);
    if (!this.#directories.has(parent)) {
      if (!recursive) throw missing(path);
      this.makeDirectory(parent, mode, true);
    }
    this.#directories.set(path, mode);
  }

  open(path: string, { create, createNew, truncate, mode = 0o644 }: Deno.OpenOptions): Inode {
    const known = this.#files.get(path);
    if (known !== undefined) {
      if (createNew) throw new Deno.errors.AlreadyExists(`File exists (os error 17), open '${path}'`);
      if (truncate) this.truncate(path, known, 0);
      return known;
    }
    // A directory is opened to be forced to the medium.
    if (this.#directories.has(path) && !create && !createNew) return new Inode(0o700);
    if ((!create && !createNew) || !this.#directories.has(parentOf(path))) throw missing(path);
    const made = new Inode(mode);
    this.#files.set(path, made);
    return made;
  }

  file(path: string): Inode {
    const inode = this.#files.get(path);
    if (inode === undefined) throw missing(path);
    return inode;
  }

  isDirectory(path: string): boolean {
    return this.#directories.has(path);
  }

  info(path: string): Deno.FileInfo {
    const directory = this.#directories.get(path);
    const inode = this.#files.get(path);
    if (directory === undefined && inode === undefined) throw missing(path);
    return {
      isFile: inode !== undefined,
      isDirectory: directory !== undefined,
      isSymlink: false,
      size: inode?.size ?? 0,
      mode: inode?.mode ?? directory ?? 0,
      mtime: null,
      atime: null,
      birthtime: null,
    } as unknown as Deno.FileInfo;
  }

  chmod(path: string, mode: number): void {
    if (this.#directories.has(path)) this.#directories.set(path, mode);
    else this.file(path).mode = mode;
  }

  /** Names right below a directory, in order of their names. */
  list(path: string): Deno.DirEntry[] {
    if (!this.#directories.has(path)) throw missing(path);
    const below = (name: string) => name !== path && parentOf(name) === path;
    const entry = (name: string, isFile: boolean): Deno.DirEntry => ({
      name: name.slice(name.lastIndexOf("/") + 1),
      isFile,
      isDirectory: !isFile,
      isSymlink: false,
    });
    return [
      ...[...this.#files.keys()].filter(below).map((name) => entry(name, true)),
      ...[...this.#directories.keys()].filter(below).map((name) => entry(name, false)),
    ].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  append(path: string, inode: Inode, offset: number, bytes: Uint8Array): void {
    inode.writeAt(offset, bytes);
    if (this.#files.get(path) === inode) this.#listener.appended(path, bytes, offset);
  }

  truncate(path: string, inode: Inode, size: number): void {
    inode.truncate(size);
    if (this.#files.get(path) === inode) this.#listener.cut(path, size);
  }

  rename(from: string, to: string): void {
    this.#files.set(to, this.file(from));
    this.#files.delete(from);
  }

  remove(path: string, recursive: boolean): void {
    if (this.#files.delete(path)) return this.#listener.removed(path);
    if (!this.#directories.has(path)) throw missing(path);
    const inside = [...this.#files.keys(), ...this.#directories.keys()].filter((name) => name.startsWith(`${path}/`));
    if (inside.length > 0 && !recursive) throw new Error(`Directory not empty (os error 39), remove '${path}'`);
    for (const name of inside) {
      if (this.#files.delete(name)) this.#listener.removed(name);
      this.#directories.delete(name);
    }
    this.#directories.delete(path);
  }

  /** The power fails: of journals only what was forced to the medium is there for sure, of the rest some. */
  losePower(random: Random): void {
    for (const [path, inode] of this.#files) {
      if (path.endsWith(".ndjson")) this.truncate(path, inode, random.integer(inode.synced, inode.size));
    }
  }

  /** A process has died: what it had locked is free. */
  unlock(holder: object): void {
    for (const inode of this.#files.values()) if (inode.lockedBy === holder) inode.lockedBy = null;
  }
}
