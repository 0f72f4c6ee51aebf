/**
 * Writes tapes: every message as it came, into files of `<tapes>/<run>/` that are rotated by size and time and compressed
 * once they are ended. Recording is the least of a bot's duties, so that nothing here waits for the disk or throws:
 *
 * | happens | then |
 * | --- | --- |
 * | the disk is slow | messages wait in memory up to a bound; beyond it they are lost, counted, and a gap tells of it |
 * | the disk is full, or refuses otherwise | recording stops and says so once; trading goes on |
 * | some time later | a new file is tried, after pauses that double up to ten minutes; a gap tells what is missing |
 * | a message is too long to be read back | it is lost, counted, and a gap tells of it |
 * | the process dies | the last file ends within a line; whoever reads it leaves that line out |
 * @module
 */

import { join } from "node:path";
import type { Micros } from "../core/units.ts";
import { compressFile } from "./journal_compress.ts";
import { fileName, mayAddFile } from "./journal_files.ts";
import { LINE_BYTES_MAX } from "./journal_lines.ts";
import { messageOf } from "./message.ts";
import { type TapeDisk, tapeDisk, type TapeFile } from "./tape_disk.ts";
import { encodeGap, encodeMessage, encodeTapeHeader, type TapeHeader } from "./tape_lines.ts";

export interface TapeSettings {
  /** Size at which a file is ended, before compression. */
  readonly rotateBytes: number;
  /** Age at which it is ended, by wall time. */
  readonly rotateSeconds: number;
  /** Characters that may wait for the disk. */
  readonly bufferMax: number;
  readonly flushMs: number;
  /** Pauses after a refusal: the first, doubled up to the last. */
  readonly retryFirstMs: number;
  readonly retryLastMs: number;
}

export const DEFAULT_TAPE_SETTINGS: TapeSettings = {
  rotateBytes: 32 * 1024 * 1024,
  rotateSeconds: 3_600,
  bufferMax: 16 * 1024 * 1024,
  flushMs: 500,
  retryFirstMs: 10_000,
  retryLastMs: 600_000,
};

export interface TapeStatus {
  readonly directory: string;
  /** False while the disk refuses. */
  readonly recording: boolean;
  /** Why not, in words. */
  readonly trouble: string | null;
  readonly messages: number;
  readonly bySource: Readonly<Record<string, number>>;
  /** Written, before compression. */
  readonly bytes: number;
  /** Messages that are not on the tape, and the stretches they form. */
  readonly lost: number;
  readonly gaps: number;
}

export interface TapeWriterOptions {
  /** Holds one directory for each tape. */
  readonly directory: string;
  readonly header: TapeHeader;
  readonly settings?: Partial<TapeSettings>;
  /** Told in words when recording stops, and when it goes on. */
  readonly onTrouble?: (text: string) => void;
  /** A file was ended: the moment to look after what is too old or too much. */
  readonly onEnded?: () => Promise<void>;
  /** For tests. */
  readonly disk?: TapeDisk;
}

/** Sources are few; a bound keeps names that carry data from growing the table for ever. */
const SOURCES_MAX = 64;
const WRITES_MAX = 1_000;
/** Of one of a text's 16-bit units. */
const UTF8_BYTES_MAX = 3;

/** One line on its way to the disk, and what is lost with it. */
interface Waiting {
  readonly line: string;
  readonly at: Micros;
  readonly messages: number;
  readonly isGap: boolean;
}

/** Messages that are missing and of which no line tells yet. */
interface Missing {
  readonly at: Micros;
  readonly messages: number;
  readonly reason: string;
}

export class TapeWriter {
  readonly directory: string;
  readonly #options: TapeWriterOptions;
  readonly #settings: TapeSettings;
  readonly #disk: TapeDisk;
  readonly #encoder = new TextEncoder();
  readonly #bySource = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #file: TapeFile | null = null;
  #path = "";
  #part = 0;
  #offset = 0;
  #openedMs = 0;
  #waiting: Waiting[] = [];
  #buffered = 0;
  #messages = 0;
  #bytes = 0;
  #lost = 0;
  #missing: Missing | null = null;
  #gapsTold = 0;
  #trouble: string | null = null;
  #retryAtMs = 0;
  #retryMs: number;
  #writing: Promise<void> | null = null;
  #background: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: TapeWriterOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_TAPE_SETTINGS, ...options.settings };
    this.#disk = options.disk ?? tapeDisk;
    this.#retryMs = this.#settings.retryFirstMs;
    this.directory = join(options.directory, options.header.run);
    this.#timer = setInterval(() => void this.flush(), this.#settings.flushMs);
  }

  /** Keeps one message. Never waits, never throws. */
  record(source: string, raw: string, at: Micros): void {
    if (this.#closed) return;
    const known = this.#bySource.has(source) || this.#bySource.size < SOURCES_MAX ? source : "other";
    this.#bySource.set(known, (this.#bySource.get(known) ?? 0) + 1);
    this.#messages++;
    if (this.#trouble !== null) return this.#lose(at, this.#trouble);
    if (this.#buffered + raw.length > this.#settings.bufferMax) {
      return this.#lose(at, `The disk is too slow: ${this.#buffered} characters wait`);
    }
    const line = encodeMessage(source, raw, at);
    if (this.#isTooLong(line)) return this.#lose(at, `A message's line is longer than ${LINE_BYTES_MAX} bytes`);
    this.#tellMissing();
    this.#keep({ line, at, messages: 1, isGap: false });
  }

  status(): TapeStatus {
    return {
      directory: this.directory,
      recording: !this.#closed && this.#trouble === null,
      trouble: this.#trouble,
      messages: this.#messages,
      bySource: Object.fromEntries(this.#bySource),
      bytes: this.#bytes,
      lost: this.#lost,
      gaps: this.#gapsTold + (this.#missing === null ? 0 : 1),
    };
  }

  /** Writes what waits. Resolves when that is with the system, or the disk has refused. */
  async flush(): Promise<void> {
    // One at a time: a write under way may have begun before the newest line came.
    if (this.#writing !== null) await this.#writing;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  /** Writes and compresses everything; nothing is recorded any more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    if (this.#trouble === null) this.#tellMissing();
    this.#retryAtMs = 0;
    await this.flush();
    this.#end(0);
    await this.#background;
  }

  /** Nobody could read it back, nor what follows it in the file. */
  #isTooLong(line: string): boolean {
    return line.length * UTF8_BYTES_MAX > LINE_BYTES_MAX && this.#encoder.encode(line).length > LINE_BYTES_MAX;
  }

  #keep(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#buffered += waiting.line.length;
  }

  #lose(at: Micros, reason: string): void {
    this.#lost++;
    this.#addMissing(at, 1, reason);
  }

  #addMissing(at: Micros, messages: number, reason: string): void {
    const missing = this.#missing;
    this.#missing = missing === null ? { at, messages, reason } : { ...missing, messages: missing.messages + messages };
  }

  #tellMissing(): void {
    const missing = this.#missing;
    if (missing === null) return;
    this.#missing = null;
    this.#keep({ line: encodeGap(missing), at: missing.at, messages: missing.messages, isGap: true });
  }

  async #write(): Promise<void> {
    const again = this.#trouble !== null;
    if (again) {
      if (performance.now() < this.#retryAtMs) return;
      // Nothing else waits while the disk refuses.
      this.#tellMissing();
    }
    // More may come while these are written.
    const taken = this.#waiting.slice();
    if (taken.length === 0) return;
    const lines = taken.map(({ line }) => line);
    let written = 0;
    try {
      if (this.#file === null) await this.#open();
      await this.#append(lines, (bytes) => written += bytes);
    } catch (error) {
      return await this.#refused(messageOf(error), this.#wholeLines(lines, written));
    }
    this.#waiting = this.#waiting.slice(taken.length);
    this.#buffered = this.#waiting.reduce((sum, { line }) => sum + line.length, 0);
    this.#gapsTold += taken.filter(({ isGap }) => isGap).length;
    if (again) this.#worksAgain(taken[0].messages);
    const agedMs = performance.now() - this.#openedMs;
    if (this.#offset >= this.#settings.rotateBytes || agedMs >= this.#settings.rotateSeconds * 1_000) this.#end();
  }

  async #open(): Promise<void> {
    if (!mayAddFile(this.#part)) throw new Error("The tape has as many files as it may have");
    await this.#disk.makeDirectory(this.directory);
    this.#path = join(this.directory, fileName(this.#part + 1));
    this.#file = await this.#disk.createFile(this.#path);
    this.#part++;
    this.#offset = 0;
    this.#openedMs = performance.now();
    await this.#append([encodeTapeHeader(this.#options.header, this.#part)]);
  }

  /** @param onWritten told of each piece that is with the system */
  async #append(lines: readonly string[], onWritten: (bytes: number) => void = () => {}): Promise<void> {
    let bytes = this.#encoder.encode(lines.join("\n") + "\n");
    for (let writes = 0; bytes.length > 0; writes++) {
      const written = await this.#file?.write(bytes) ?? 0;
      if (written <= 0 || writes >= WRITES_MAX) throw new Error("The disk took no bytes");
      onWritten(written);
      this.#offset += written;
      this.#bytes += written;
      bytes = bytes.subarray(written);
    }
  }

  /** How many of the lines are whole among so many bytes. */
  #wholeLines(lines: readonly string[], bytes: number): number {
    let left = bytes;
    const torn = lines.findIndex((line) => (left -= this.#encoder.encode(line).length + 1) < 0);
    return torn === -1 ? lines.length : torn;
  }

  /**
   * Stops recording until a later try: what waits in memory is given up, because much more may follow.
   * @param whole lines of it that are written all the same
   */
  async #refused(reason: string, whole: number): Promise<void> {
    const first = this.#trouble === null;
    const file = this.#file;
    this.#file = null;
    if (file !== null) {
      file.close();
      // A file that little but its head fitted into is not worth its place.
      if (!first) await this.#disk.remove(this.#path).then(() => this.#part--).catch(() => {});
    }
    if (first) {
      this.#gapsTold += this.#waiting.slice(0, whole).filter(({ isGap }) => isGap).length;
      this.#waiting = this.#waiting.slice(whole);
    }
    this.#trouble = `Tape ${this.directory} cannot be written: ${reason}`;
    // What was to be written comes before what was lost meanwhile.
    const later = this.#missing;
    this.#missing = null;
    for (const { at, messages, isGap } of this.#waiting) {
      if (!isGap) this.#lost += messages;
      this.#addMissing(at, messages, this.#trouble);
    }
    if (later !== null) this.#addMissing(later.at, later.messages, later.reason);
    this.#waiting = [];
    this.#buffered = 0;
    this.#retryAtMs = performance.now() + this.#retryMs;
    const seconds = Math.round(this.#retryMs / 1_000);
    this.#retryMs = Math.min(this.#retryMs * 2, this.#settings.retryLastMs);
    if (first) this.#options.onTrouble?.(`${this.#trouble}; recording stops, and is tried again in ${seconds} s`);
  }

  #worksAgain(missing: number): void {
    this.#trouble = null;
    this.#retryMs = this.#settings.retryFirstMs;
    this.#options.onTrouble?.(`Tape ${this.directory} is written again: ${missing} messages are missing`);
  }

  /** Ends the open file; it is compressed in the background. */
  #end(pauseMs?: number): void {
    if (this.#file === null) return;
    this.#file.close();
    this.#file = null;
    const path = this.#path;
    this.#background = this.#background.then(async () => {
      const compressed = await compressFile(path, undefined, { what: "Tape", pauseMs });
      // It stays as it is, complete.
      if (!compressed.ok) this.#options.onTrouble?.(compressed.reason);
      await this.#options.onEnded?.();
    });
  }
}
