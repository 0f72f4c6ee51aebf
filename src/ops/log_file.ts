/**
 * A log file that is ended by size and by age, and of which a bounded number is kept: `main.ndjson` is written, `main.ndjson.1`
 * came before it, and so on.
 *
 * | what happens | what is done |
 * | --- | --- |
 * | the next lines would make it too big | it is ended first |
 * | a day has gone by since its first line's time | it is ended before the next line; a restart goes on counting from that line |
 * | the clock was set back behind its first line | the day counts from now on |
 * | a process died in the middle of a line | the next process begins a line of its own |
 * | the disk takes nothing, or a part of a line | the lines are lost and that is said; what stands of a part is taken back |
 * | it cannot be renamed | it is written on, and that is said |
 *
 * The state directory's lock sees to it that no two processes write the same file.
 * @module
 */

import { getLogger, type LogRecord, type Sink } from "@logtape/logtape";

export interface LogFileSettings {
  readonly bytesMax: number;
  readonly ageMaxMs: number;
  /** Ended files beside the one that is written. */
  readonly kept: number;
  /** The line of a record, with its end. */
  readonly lineOf: (record: LogRecord) => string;
  /** Wall time in milliseconds. */
  readonly now: () => number;
}

/** Lines gather so long, or until they come to so many characters: then they are written together. */
const GATHER_MS = 500;
const GATHER_LENGTH = 64 * 1024;
/** Where the first line's time stands; no line begins with more before it. */
const HEAD_BYTES = 256;
const NEWLINE = 10;

const encoder = new TextEncoder();

/** A file as it was found. */
interface Found {
  readonly file: Deno.FsFile;
  readonly bytes: number;
  /** When its first line was written; `null` for an empty file, or one that does not say. */
  readonly since: number | null;
  /** Whether it ends in the middle of a line. */
  readonly torn: boolean;
}

/** The time that a line in JSON begins with. */
function timeIn(head: string): number | null {
  const time = Date.parse(/"@timestamp":"([^"]{1,40})"/.exec(head)?.[1] ?? "");
  return Number.isNaN(time) ? null : time;
}

function open(path: string): Found {
  const file = Deno.openSync(path, { create: true, read: true, append: true, mode: 0o600 });
  const bytes = file.statSync().size;
  if (bytes === 0) return { file, bytes, since: null, torn: false };
  const head = new Uint8Array(HEAD_BYTES);
  const read = file.readSync(head) ?? 0;
  const last = new Uint8Array(1);
  file.seekSync(-1, Deno.SeekMode.End);
  file.readSync(last);
  const since = timeIn(new TextDecoder().decode(head.subarray(0, read)));
  return { file, bytes, since, torn: last[0] !== NEWLINE };
}

/** Moves ended files one number on; the oldest is overwritten. @throws what the disk says of the newest */
function shift(path: string, kept: number): void {
  for (let number = kept - 1; number > 0; number--) {
    try {
      Deno.renameSync(`${path}.${number}`, `${path}.${number + 1}`);
    } catch {
      // Not so many yet.
    }
  }
  Deno.renameSync(path, `${path}.1`);
}

class LogFile {
  readonly #path: string;
  readonly #settings: LogFileSettings;
  #file: Deno.FsFile | null;
  #bytes = 0;
  /** When its first line was written; `null` before there is one. */
  #since: number | null = null;
  #torn = false;
  #waiting = "";
  #timer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  /** @throws what the disk says where it cannot be opened */
  constructor(path: string, settings: LogFileSettings) {
    this.#path = path;
    this.#settings = settings;
    this.#file = this.#open();
  }

  #open(): Deno.FsFile {
    const { file, bytes, since, torn } = open(this.#path);
    this.#bytes = bytes;
    this.#since = since ?? (bytes === 0 ? null : this.#settings.now());
    this.#torn = torn;
    return file;
  }

  take(record: LogRecord): void {
    if (this.#closed) return;
    this.#waiting += this.#settings.lineOf(record);
    if (this.#waiting.length >= Math.min(GATHER_LENGTH, this.#settings.bytesMax)) return this.flush();
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** Writes what waits. Never throws: what cannot be written is lost, and said. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting === "") return;
    const bytes = encoder.encode(this.#waiting);
    this.#waiting = "";
    try {
      if (this.#isOver(bytes.length)) this.#end();
      this.#write(bytes);
    } catch (error) {
      this.#complain(error);
    }
  }

  #isOver(more: number): boolean {
    if (this.#bytes === 0) return false;
    const { bytesMax, ageMaxMs, now } = this.#settings;
    const at = now();
    if (this.#since === null || this.#since > at) this.#since = at;
    return this.#bytes + more > bytesMax || at - this.#since >= ageMaxMs;
  }

  /** Begins the next file. Where the old one cannot be put aside it is written on. */
  #end(): void {
    this.#file?.close();
    this.#file = null;
    // Should the next one not open, only that is tried again: another shift would cost an ended file each time.
    this.#bytes = 0;
    let trouble: unknown = null;
    try {
      shift(this.#path, this.#settings.kept);
    } catch (error) {
      trouble = error;
    }
    this.#file = this.#open();
    if (trouble !== null) this.#complain(trouble);
  }

  #write(lines: Uint8Array): void {
    this.#file ??= this.#open();
    if (this.#torn) this.#append(encoder.encode("\n"));
    this.#torn = false;
    const whole = this.#bytes;
    if (whole === 0) this.#since = this.#settings.now();
    try {
      this.#append(lines);
    } catch (error) {
      this.#takeBack(whole);
      throw error;
    }
  }

  /** A part of a line would make the next one unreadable, too. */
  #takeBack(whole: number): void {
    if (this.#bytes === whole) return;
    try {
      this.#file?.truncateSync(whole);
      this.#bytes = whole;
    } catch {
      this.#torn = true;
    }
  }

  #append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const written = this.#file?.writeSync(bytes.subarray(at)) ?? 0;
      if (written <= 0) throw new Error("The disk took no bytes");
      at += written;
      this.#bytes += written;
    }
  }

  /** LogTape's own logger is where a sink says that it fails: log_trouble.ts. */
  #complain(error: unknown): void {
    getLogger(["logtape", "meta"]).warn("{path}: {error}", { path: this.#path, error });
  }

  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    this.#file?.close();
    this.#file = null;
  }
}

/**
 * Opens a log file to go on with it.
 *
 * @throws what the disk says where it cannot be opened
 */
export function logFileSink(path: string, settings: LogFileSettings): Sink & Disposable {
  const file = new LogFile(path, settings);
  const sink: Sink = (record) => file.take(record);
  return Object.assign(sink, { [Symbol.dispose]: () => file.close() });
}
