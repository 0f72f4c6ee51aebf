/**
 * Reads journals back: a run's directory or one file, plain or compressed, entry by entry in order.
 *
 * | found | reported as |
 * | --- | --- |
 * | an unfinished line at the end of the last file, which a power loss leaves | `torn_tail`, never fatal |
 * | the same in an earlier file | `fault` |
 * | a line that is no entry, not UTF-8, or longer than 16 MiB | `fault` with file, line and what was found |
 * | a compressed file that is truncated or damaged | `fault` after the lines that could be read |
 * | a file missing between others, or of another run | `fault` |
 * @module
 */

import { basename, dirname } from "node:path";
import { decodeLine, type JournalEntry } from "../engine/journal.ts";
import { type JournalPath, listJournalFiles, parseFileName } from "./journal_files.ts";
import { decodeText, LINE_BYTES_MAX, type LineBatch, readLines } from "./journal_lines.ts";
import { messageOf } from "./message.ts";

export type JournalEvent =
  | {
    /** Entries of consecutive lines. */
    readonly kind: "entries";
    readonly file: string;
    /** The first entry's line in its file, from 1. */
    readonly fileLine: number;
    /** The first entry's line within the run, from 1 through all files. */
    readonly runLine: number;
    readonly entries: readonly JournalEntry[];
  }
  | {
    readonly kind: "torn_tail";
    readonly file: string;
    readonly fileLine: number;
    /** Bytes after the last complete line. */
    readonly bytes: number;
    /** How they begin. */
    readonly text: string;
  }
  | {
    readonly kind: "fault";
    readonly file: string;
    /** `null` where the fault is not in one line. */
    readonly fileLine: number | null;
    /** With file and line: `000002.ndjson:17: Not JSON: ...`. */
    readonly reason: string;
    /** It is an input all the same: the step before it is whole. */
    readonly input?: true;
  };

export interface ReadOptions {
  /** `stop` (default) ends at the first fault, as a replay must; `skip` goes on behind it, as a recovery wants. */
  readonly onFault?: "stop" | "skip";
  /** Leaves out whole files that end at or before this line of the run. */
  readonly afterLine?: number;
  /** For tests. */
  readonly lineBytesMax?: number;
}

const SHOWN_BYTES = 80;

/** How bytes begin, for a message. */
export function showBytes(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, SHOWN_BYTES));
  return JSON.stringify(head) + (bytes.length > SHOWN_BYTES ? "..." : "");
}

const faultAt = (file: string, fileLine: number | null, reason: string): JournalEvent => ({
  kind: "fault",
  file,
  fileLine,
  reason: `${file}${fileLine === null ? "" : `:${fileLine}`}: ${reason}`,
});

const tornTail = (file: string, fileLine: number, bytes: Uint8Array): JournalEvent => ({
  kind: "torn_tail",
  file,
  fileLine,
  bytes: bytes.length,
  text: showBytes(bytes),
});

/** Each read waits for another thread: much at once, because a plain file is otherwise read slower than it is parsed. */
const READ_BYTES = 1 << 18;

async function* bytesOf(file: Deno.FsFile): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      const buffer = new Uint8Array(READ_BYTES);
      const length = await file.read(buffer);
      if (length === null) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    file.close();
  }
}

/** Opens a file as a stream of its plain bytes. */
export async function openPlain({ path, compressed }: JournalPath): Promise<AsyncIterable<Uint8Array>> {
  const open = (name: string) => Deno.open(name, { read: true });
  const unpacked = async (name: string) => (await open(name)).readable.pipeThrough(new DecompressionStream("gzip"));
  if (compressed) return await unpacked(path);
  try {
    return bytesOf(await open(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // A running bot may have compressed it since the directory was listed.
    return await unpacked(`${path}.gz`);
  }
}

/** What is wrong with one line. */
type LineFault = Pick<Extract<JournalEvent, { kind: "fault" }>, "reason" | "input">;

/** Reads the files of one run, keeping count of the run's lines from file to file. */
class RunReader {
  readonly #stopAtFault: boolean;
  readonly #lineBytesMax: number;
  #run: string | null = null;
  /** The run's number of the line to come, `null` before the first file told. */
  #next: number | null = null;
  #stopped = false;

  constructor(options: ReadOptions) {
    this.#stopAtFault = options.onFault !== "skip";
    this.#lineBytesMax = options.lineBytesMax ?? LINE_BYTES_MAX;
  }

  async *read(files: readonly JournalPath[]): AsyncGenerator<JournalEvent, void, undefined> {
    let before: JournalPath | null = null;
    for (const file of files) {
      if (before !== null && file.part !== before.part + 1) {
        yield faultAt(file.path, null, `Expected file ${before.part + 1} of the run before it, which is missing`);
        if (this.#stopAtFault) return;
        this.#next = null;
      }
      yield* this.#file(file, file === files.at(-1));
      if (this.#stopped) return;
      before = file;
    }
  }

  async *#file(file: JournalPath, last: boolean): AsyncGenerator<JournalEvent, void, undefined> {
    try {
      for await (const batch of readLines(await openPlain(file), this.#lineBytesMax)) {
        for (const event of this.#batch(file, batch, last)) {
          yield event;
          if (event.kind === "fault" && this.#stopAtFault) {
            this.#stopped = true;
            return;
          }
        }
      }
    } catch (error) {
      const what = file.compressed ? "Truncated or damaged gzip" : "Cannot be read";
      yield faultAt(file.path, null, `${what}: ${messageOf(error)}`);
      this.#stopped = this.#stopAtFault;
      this.#next = null;
    }
  }

  #batch(file: JournalPath, batch: LineBatch, last: boolean): JournalEvent[] {
    switch (batch.kind) {
      case "lines":
        return this.#lines(file, batch.firstLine, batch.lines);
      case "rest":
        return this.#rest(file, batch.line, batch.bytes, last);
      case "oversized":
        this.#next = null;
        return [faultAt(file.path, batch.line, `Line is longer than ${this.#lineBytesMax} bytes`)];
    }
  }

  #lines(file: JournalPath, firstLine: number, lines: readonly (string | null)[]): JournalEvent[] {
    const events: JournalEvent[] = [];
    let entries: JournalEntry[] = [];
    let start = firstLine;
    let startRun = this.#next;
    const close = (at: number): void => {
      if (entries.length > 0) {
        const runLine = startRun ?? start;
        events.push({ kind: "entries", file: file.path, fileLine: start, runLine, entries });
      }
      entries = [];
      start = at + 1;
      startRun = this.#next;
    };
    for (let k = 0; k < lines.length; k++) {
      const fileLine = firstLine + k;
      const fault = this.#line(file, fileLine, lines[k], entries);
      if (fileLine === 1) startRun = this.#next;
      if (this.#next !== null) this.#next++;
      if (fault !== null) {
        close(fileLine);
        events.push({ ...fault, ...faultAt(file.path, fileLine, fault.reason) });
        if (this.#stopAtFault) return events;
      }
    }
    close(firstLine + lines.length - 1);
    return events;
  }

  /** Adds the line's entry, or says what is wrong with it. */
  #line(file: JournalPath, fileLine: number, line: string | null, entries: JournalEntry[]): LineFault | null {
    if (line === null) return { reason: "Not UTF-8 text" };
    const decoded = decodeLine(line);
    if (!decoded.ok) {
      return decoded.input === true ? { reason: decoded.reason, input: true } : { reason: decoded.reason };
    }
    const reason = this.#order(file, fileLine, decoded.entry);
    if (reason !== null) return { reason };
    entries.push(decoded.entry);
    return null;
  }

  /** A file's first line says which it is; nowhere else may such a line stand. */
  #order(file: JournalPath, fileLine: number, entry: JournalEntry): string | null {
    if (entry.kind === "header") {
      if (fileLine !== 1 || file.part > 1) return "A run's header stands where none belongs";
      this.#run = entry.header.run;
      this.#next = 1;
      return null;
    }
    if (entry.kind === "part") {
      const { part, run, line } = entry.part;
      if (fileLine !== 1) return "A file's header stands in its middle";
      if (this.#run !== null && run !== this.#run) return `Belongs to run ${run}, not to ${this.#run}`;
      if (part !== file.part && file.part > 0) return `Says it is file ${part} of its run, and is named ${file.part}`;
      if (this.#next !== null && line !== this.#next) {
        return `Begins at line ${line} of the run, expected ${this.#next}: lines are missing`;
      }
      this.#run = run;
      this.#next = line;
      return null;
    }
    return fileLine === 1 ? `A journal file begins with its header, found an entry of kind ${entry.kind}` : null;
  }

  /** What stands after the last line's end: whole but for its end, or torn. */
  #rest(file: JournalPath, fileLine: number, bytes: Uint8Array, last: boolean): JournalEvent[] {
    const text = decodeText(bytes);
    if (text !== null && decodeLine(text).ok) return this.#lines(file, fileLine, [text]);
    if (last) return [tornTail(file.path, fileLine, bytes)];
    this.#next = null;
    return [faultAt(file.path, fileLine, `File ends within a line and is not the run's last: ${showBytes(bytes)}`)];
  }
}

/** The run's line number that a file begins with, `null` where that cannot be told. */
async function firstRunLine(file: JournalPath): Promise<number | null> {
  try {
    for await (const batch of readLines(await openPlain(file))) {
      if (batch.kind !== "lines" || batch.lines[0] === null) return null;
      const decoded = decodeLine(batch.lines[0]);
      if (!decoded.ok) return null;
      if (decoded.entry.kind === "header") return 1;
      return decoded.entry.kind === "part" ? decoded.entry.part.line : null;
    }
  } catch {
    // Damaged: the reading proper will say so.
  }
  return null;
}

/** Leaves out the files that hold nothing after a line of the run. */
async function filesAfter(files: readonly JournalPath[], line: number): Promise<readonly JournalPath[]> {
  for (let k = files.length - 1; k > 0; k--) {
    const first = await firstRunLine(files[k]);
    if (first !== null && first <= line + 1) return files.slice(k);
  }
  return files;
}

/** The file alone, and whether it may end torn: not where the run went on in a later one. */
async function singleFile(path: string): Promise<{ file: JournalPath; last: boolean }> {
  const name = parseFileName(basename(path));
  if (name === null) return { file: { path, part: 0, compressed: path.endsWith(".gz") }, last: true };
  const siblings = await listJournalFiles(dirname(path));
  const last = !siblings.ok || siblings.files.every((other) => other.part <= name.part);
  return { file: { path, ...name }, last };
}

/**
 * Reads a run's directory, or one of its files, from start to end in constant memory. Nothing is thrown for what lies
 * on the disk; a run that was killed before its first line reached the disk yields nothing at all.
 *
 * @param path `<state>/journal/<run>` or a `.ndjson` or `.ndjson.gz` file.
 */
export async function* readJournal(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<JournalEvent, void, undefined> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    yield faultAt(path, null, `Cannot be read: ${messageOf(error)}`);
    return;
  }
  const reader = new RunReader(options);
  if (!info.isDirectory) {
    const { file, last } = await singleFile(path);
    // A later file that is not read keeps this one from counting as the last.
    for await (const event of reader.read([file])) {
      if (event.kind !== "torn_tail" || last) yield event;
      else yield faultAt(file.path, event.fileLine, `File ends within a line and is not the run's last: ${event.text}`);
    }
    return;
  }
  const list = await listJournalFiles(path);
  if (!list.ok) {
    yield faultAt(path, null, list.reason);
    return;
  }
  if (list.files.length === 0) {
    yield faultAt(path, null, "Holds no journal files (expected 000001.ndjson)");
    return;
  }
  const { afterLine } = options;
  if (afterLine === undefined && list.files[0].part !== 1) {
    yield faultAt(path, null, `Begins with file ${list.files[0].part}: the files before it are missing`);
    if (options.onFault !== "skip") return;
  }
  yield* reader.read(afterLine === undefined ? list.files : await filesAfter(list.files, afterLine));
}
