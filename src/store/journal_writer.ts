/**
 * Writes a run's journal: append-only files that rotate by size.
 *
 * `append` only remembers a line; `flush` hands everything remembered to the kernel, after which a kill -9 loses none
 * of it. The runner flushes before an action leaves the process, and every few milliseconds. What a power loss may take
 * is the affair of {@link SyncPolicy}.
 *
 * A disk that refuses is a value, not an exception: the lines stay in memory up to a bound, and the next flush goes on
 * at the very byte where the last one stopped, so that no line is ever torn in the middle of a file.
 * @module
 */

import { join } from "node:path";
import { encodeHeader, encodePart, type JournalHeader } from "../engine/journal.ts";
import { compressFile } from "./journal_compress.ts";
import { disk as realDisk, type JournalDisk, type JournalFile } from "./journal_disk.ts";
import { fileName, journalDirectory, mayAddFile } from "./journal_files.ts";
import { messageOf } from "./message.ts";

/**
 * When written data is forced to the medium, which only a power loss or a crash of the system can tell: nothing that was
 * flushed is lost by the death of the process.
 *
 * | policy | a power loss takes | an order waits for the disk |
 * | --- | --- | --- |
 * | never | what the system had not written yet, usually 30 s of it | no |
 * | second | at most about a second: the caller's timer calls {@link JournalWriter.sync}, on another thread | no |
 * | every | nothing that was acted on: every flush ends with it | yes |
 */
export const SYNC_POLICIES = ["never", "second", "every"] as const;
export type SyncPolicy = typeof SYNC_POLICIES[number];

export interface JournalSettings {
  /** A file that has reached this size is ended, and the next begins. */
  readonly rotateBytes: number;
  readonly sync: SyncPolicy;
  /** Whether an ended file is compressed, in the background. */
  readonly compress: boolean;
  /** Lines are handed to the kernel when so much has gathered, even without a flush. */
  readonly bufferBytes: number;
  /** What is kept in memory while the disk refuses; beyond it, lines are refused. */
  readonly unwrittenBytesMax: number;
}

export const DEFAULT_JOURNAL_SETTINGS: JournalSettings = {
  rotateBytes: 64 * 1024 * 1024,
  sync: "second",
  compress: true,
  bufferBytes: 64 * 1024,
  unwrittenBytesMax: 64 * 1024 * 1024,
};

export type WriteResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const OK: WriteResult = { ok: true };
const EMPTY = new Uint8Array(0);

/** Writes in one flush; a disk that takes less than a byte per call would never end. */
const WRITES_PER_FLUSH_MAX = 100_000;

export type OpenedJournal =
  | { readonly ok: true; readonly writer: JournalWriter }
  | { readonly ok: false; readonly reason: string };

/** Use {@link openJournal}. */
export class JournalWriter {
  /** The run's directory. */
  readonly directory: string;
  readonly #run: string;
  readonly #settings: JournalSettings;
  readonly #disk: JournalDisk;
  readonly #encoder = new TextEncoder();
  #file: JournalFile;
  #path: string;
  #part = 1;
  /** Bytes of the open file that were written by us. The file is never shorter or longer but for a failing disk. */
  #offset = 0;
  /** Lines not encoded yet, each with its end. */
  #text = "";
  /** Encoded and not yet written: what is left after a refusal. */
  #unwritten: Uint8Array = EMPTY;
  #line = 0;
  #trouble: string | null = null;
  #syncTrouble: string | null = null;
  #compressTrouble: string | null = null;
  readonly #stopCompressing = new AbortController();
  #closed = false;
  #background: Promise<void> = Promise.resolve();

  constructor(directory: string, header: JournalHeader, settings: JournalSettings, disk: JournalDisk) {
    this.directory = directory;
    this.#run = header.run;
    this.#settings = settings;
    this.#disk = disk;
    disk.makeDirectory(directory);
    this.#path = join(directory, fileName(1));
    this.#file = disk.createFile(this.#path);
    if (settings.sync !== "never") disk.syncDirectory(directory);
    this.#remember(encodeHeader(header));
  }

  /** The number within the run of the line appended last: what a store's mark points at. */
  get line(): number {
    return this.#line;
  }

  /** The file being written. */
  get path(): string {
    return this.#path;
  }

  /** Why the disk refuses, in words; `null` while all that was flushed is with the kernel and can be forced out. */
  get trouble(): string | null {
    return this.#trouble ?? this.#syncTrouble;
  }

  /** Why a rotated file could not be compressed (it stays as it is, complete); `null` while that works. */
  get compressTrouble(): string | null {
    return this.#compressTrouble;
  }

  #remember(line: string): void {
    this.#text += line + "\n";
    this.#line++;
  }

  /**
   * Remembers one line, given without its end. Refused only where the disk has refused for so long that memory's bound
   * is reached, or after the close: the line is then not in the journal, and its input must not reach the engine.
   */
  append(line: string): WriteResult {
    if (this.#closed) return { ok: false, reason: `Journal ${this.directory} is closed` };
    const { unwrittenBytesMax } = this.#settings;
    if (this.#trouble !== null && this.#text.length + this.#unwritten.length + line.length > unwrittenBytesMax) {
      return {
        ok: false,
        reason: `${this.#trouble}; memory for lines not written is full (${unwrittenBytesMax} bytes)`,
      };
    }
    this.add(line);
    return OK;
  }

  /**
   * Remembers a line of a step whose input was taken: never refused, because a step stands in the journal whole. What one
   * step can add beyond memory's bound is little.
   */
  add(line: string): void {
    if (this.#closed) return;
    this.#remember(line);
    // While the disk refuses, only the caller's own flushes try again: not every line of a burst.
    if (this.#text.length >= this.#settings.bufferBytes && this.#trouble === null) this.flush();
  }

  /** Hands every line to the kernel. After a refusal the lines are kept, and the next call tries again. */
  flush(): WriteResult {
    if (this.#text.length === 0 && this.#unwritten.length === 0 && this.#trouble === null) return OK;
    if (this.#closed) return { ok: false, reason: `Journal ${this.directory} is closed` };
    try {
      if (this.#trouble !== null) this.#repairOffset();
      this.#write();
      if (this.#settings.sync === "every") this.#file.syncDataSync();
      if (this.#offset >= this.#settings.rotateBytes && mayAddFile(this.#part)) this.#rotate();
      this.#trouble = null;
      return OK;
    } catch (error) {
      this.#trouble = `Journal ${this.#path} cannot be written: ${messageOf(error)}`;
      return { ok: false, reason: this.#trouble };
    }
  }

  #write(): void {
    this.#drain();
    if (this.#text.length === 0) return;
    this.#unwritten = this.#encoder.encode(this.#text);
    this.#text = "";
    this.#drain();
  }

  #drain(): void {
    for (let writes = 0; this.#unwritten.length > 0; writes++) {
      const written = this.#file.writeSync(this.#unwritten);
      if (written <= 0 || writes >= WRITES_PER_FLUSH_MAX) throw new Error("The disk took no bytes");
      this.#offset += written;
      this.#unwritten = written === this.#unwritten.length ? EMPTY : this.#unwritten.subarray(written);
    }
  }

  /**
   * After a failed write the file may hold more than the system admitted. It is cut back to what is known to be
   * written; if it is shorter, someone else has changed it, and going on would leave a hole.
   */
  #repairOffset(): void {
    const { size } = this.#file.statSync();
    if (size < this.#offset) {
      throw new Error(`The file has lost data: it holds ${size} bytes of the ${this.#offset} written`);
    }
    if (size > this.#offset) this.#file.truncateSync(this.#offset);
  }

  /** Begins the next file. Everything is written at this point, so a file never ends within a line. */
  #rotate(): void {
    const next = join(this.directory, fileName(this.#part + 1));
    const file = this.#disk.createFile(next);
    const ended = { file: this.#file, path: this.#path };
    this.#part++;
    this.#file = file;
    this.#path = next;
    this.#offset = 0;
    this.#remember(encodePart({ part: this.#part, run: this.#run, line: this.#line + 1 }));
    this.#background = this.#background.then(() => this.#retire(ended.file, ended.path));
    if (this.#settings.sync !== "never") this.#disk.syncDirectory(this.directory);
  }

  async #retire(file: JournalFile, path: string): Promise<void> {
    try {
      if (this.#settings.sync !== "never") await file.syncData();
    } catch (error) {
      this.#syncTrouble = `Journal ${path} cannot be forced to the disk: ${messageOf(error)}`;
    }
    file.close();
    if (!this.#settings.compress || this.#stopCompressing.signal.aborted) return;
    const compressed = await compressFile(path, this.#stopCompressing.signal);
    if (this.#stopCompressing.signal.aborted) return;
    this.#compressTrouble = compressed.ok ? null : compressed.reason;
  }

  /** Forces what was flushed to the medium, on another thread: for the caller's timer under the policy `second`. */
  async sync(): Promise<WriteResult> {
    if (this.#settings.sync === "never" || this.#closed) return OK;
    const file = this.#file;
    try {
      await file.syncData();
      this.#syncTrouble = null;
      return OK;
    } catch (error) {
      // Rotated or closed meanwhile: that path forces the file itself.
      if (file !== this.#file || this.#closed) return OK;
      this.#syncTrouble = `Journal ${this.#path} cannot be forced to the disk: ${messageOf(error)}`;
      return { ok: false, reason: this.#syncTrouble };
    }
  }

  /**
   * Flushes, forces the data to the medium, and closes; a compression under way is given up and left to a later start
   * (`compressPastRuns`). Safe to call twice.
   */
  async close(): Promise<WriteResult> {
    if (this.#closed) return OK;
    let result = this.flush();
    // A rotation in that flush left the next file's first line to be written.
    if (result.ok) result = this.flush();
    this.#stopCompressing.abort();
    if (result.ok) result = await this.sync();
    this.#closed = true;
    await this.#background;
    this.#file.close();
    return result;
  }
}

/**
 * Begins a run's journal in `<state>/journal/<run>/`. The header is its first line, remembered and not yet flushed.
 *
 * @param disk for tests.
 */
export function openJournal(
  stateDirectory: string,
  header: JournalHeader,
  settings: Partial<JournalSettings> = {},
  disk: JournalDisk = realDisk,
): OpenedJournal {
  const directory = join(journalDirectory(stateDirectory), header.run);
  try {
    const writer = new JournalWriter(directory, header, { ...DEFAULT_JOURNAL_SETTINGS, ...settings }, disk);
    return { ok: true, writer };
  } catch (error) {
    return { ok: false, reason: `Journal ${directory} cannot be begun: ${messageOf(error)}` };
  }
}
