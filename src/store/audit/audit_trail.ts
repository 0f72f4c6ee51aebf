/**
 * Writes the audit trail: files in `<state>/audit/`, each entry chained to the one before it (audit_entry.ts).
 *
 * The journal is the truth here, too: what the trail takes is in the journal already, and what a crash kept out of the
 * trail is taken up from there by the next start (audit_catch_up.ts). So the trail never delays an order, and a disk that
 * refuses costs nothing: the entries wait in memory up to a bound, and nothing new is ordered meanwhile.
 *
 * Beside the files lies `head.json` with the number and the hash of the newest entry that was forced to the disk: a chain
 * alone does not tell that its end was cut off.
 * @module
 */

import { join } from "node:path";
import { MICROS_PER_DAY } from "../../core/units.ts";
import { isObject } from "../../engine/journal_shape.ts";
import { disk as realDisk, type JournalDisk, type JournalFile } from "../journal_disk.ts";
import { fileName, type JournalPath, listJournalFiles } from "../journal_files.ts";
import { openPlain } from "../journal_reader.ts";
import { readLines } from "../journal_lines.ts";
import { repairTornTail } from "../journal_repair.ts";
import type { WriteResult } from "../journal_writer.ts";
import { messageOf } from "../message.ts";
import { statePaths } from "../state_directory.ts";
import { type AuditEntry, type AuditItem, decodeEntry, encodeEntry, NO_HASH } from "./audit_entry.ts";

export interface AuditSettings {
  /** A file that has reached this size is ended, and the next begins. */
  readonly rotateBytes: number;
  /** What waits in memory while the disk refuses; beyond it, the next start takes it up from the journal. */
  readonly unwrittenBytesMax: number;
  /** Whether entries are ever forced to the medium before the head names them. */
  readonly sync: boolean;
}

export const DEFAULT_AUDIT_SETTINGS: AuditSettings = {
  rotateBytes: 16 * 1024 * 1024,
  unwrittenBytesMax: 16 * 1024 * 1024,
  sync: true,
};

/** Entries about the trail itself: that its oldest were removed by the retention, or that it was found broken. */
export type AuditNote = "removed" | "broken";

/** The newest entry, as a start finds it. */
export interface AuditEnd {
  readonly at: number;
  readonly number: number;
  readonly hash: string;
  readonly run: string;
  readonly line: number;
  readonly kind: string;
}

export interface AuditHead {
  readonly number: number;
  readonly hash: string;
}

const OK: WriteResult = { ok: true };
const EMPTY = new Uint8Array(0);
/** Writes in one flush; a disk that takes less than a byte per call would never end. */
const WRITES_PER_FLUSH_MAX = 100_000;

export const headFile = (directory: string): string => join(directory, "head.json");

/** What the head says; `null` where there is none, or it cannot be read. */
export async function readHead(directory: string): Promise<AuditHead | null> {
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(headFile(directory)));
    if (!isObject(value)) return null;
    const { number, hash } = value;
    return typeof number === "number" && typeof hash === "string" ? { number, hash } : null;
  } catch {
    return null;
  }
}

/** The entries of the newest file, for a start that goes on behind them. */
interface Found {
  readonly file: JournalPath | null;
  readonly size: number;
  readonly firstAt: number | null;
  readonly last: AuditEntry | null;
  /** The entry that the head names, where it is in this file. */
  readonly atHead: AuditEntry | null;
}

async function readNewest(file: JournalPath, head: AuditHead | null): Promise<Found> {
  let size = 0;
  let firstAt: number | null = null;
  let last: AuditEntry | null = null;
  let atHead: AuditEntry | null = null;
  for await (const batch of readLines(await openPlain(file))) {
    if (batch.kind !== "lines") continue;
    for (const line of batch.lines) {
      if (line === null) continue;
      size += new TextEncoder().encode(line).length + 1;
      const decoded = decodeEntry(line);
      if (decoded.kind === "unreadable") continue;
      last = decoded.entry;
      firstAt ??= last.at;
      if (last.number === head?.number) atHead = last;
    }
  }
  return { file, size, firstAt, last, atHead };
}

/** Use {@link openAuditTrail}. */
export class AuditTrail {
  readonly directory: string;
  /** What was put right at the start, in words. */
  readonly repaired: readonly string[];
  readonly #settings: AuditSettings;
  readonly #disk: JournalDisk;
  readonly #encoder = new TextEncoder();
  #end: AuditEnd | null;
  #file: JournalFile | null = null;
  #part: number;
  #offset: number;
  /** Time of the open file's first entry; `null` while it has none. */
  #firstAt: number | null;
  #text = "";
  #unwritten: Uint8Array = EMPTY;
  #trouble: string | null = null;
  #overflow: string | null = null;
  #headTrouble: string | null = null;
  /** What the head said at the start. */
  readonly #said: AuditHead | null;
  /** The hash of the entry of that number, as far as it is known. */
  #hashAtHead: string | null;
  /** The number that the head names now. */
  #head: number;
  #keeping: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    directory: string,
    found: Found,
    head: AuditHead | null,
    repaired: readonly string[],
    settings: AuditSettings,
    disk: JournalDisk,
  ) {
    this.directory = directory;
    this.repaired = repaired;
    this.#settings = settings;
    this.#disk = disk;
    this.#end = found.last;
    this.#said = head;
    this.#hashAtHead = found.atHead?.hash ?? null;
    this.#head = head?.number ?? 0;
    // A compressed file is ended: the next goes on behind it.
    const ended = found.file?.compressed === true;
    this.#part = (found.file?.part ?? 1) + (ended ? 1 : 0);
    this.#offset = ended ? 0 : found.size;
    this.#firstAt = ended ? null : found.firstAt;
    if (found.file !== null && !ended) this.#file = disk.appendTo(found.file.path);
  }

  /** The newest entry taken; `null` for none. */
  get end(): AuditEnd | null {
    return this.#end;
  }

  /** Why entries wait or are missing, in words; `null` while everything taken is with the kernel. */
  get trouble(): string | null {
    return this.#overflow ?? this.#trouble ?? this.#headTrouble;
  }

  /**
   * What the head names and the files do not hold, in words; `null` where they agree. To be asked once the trail was
   * caught up: what a power loss took from it, the journal may have kept.
   */
  get headFault(): string | null {
    const said = this.#said;
    if (said === null) return null;
    const newest = this.#end?.number ?? 0;
    if (newest < said.number) return `Its newest entries are missing: head.json names ${said.number}, found ${newest}`;
    if (this.#hashAtHead === null || this.#hashAtHead === said.hash) return null;
    return `Entry ${said.number} is not the one that head.json names: it was replaced`;
  }

  /** Remembers an entry about the trail itself, which no journal tells. `at` by the clock that stamps the others. */
  note(kind: AuditNote, what: Readonly<Record<string, unknown>>, at: number): WriteResult {
    if (this.#closed) return { ok: false, reason: `Audit trail ${this.directory} is closed` };
    const { run, line } = this.#end ?? { run: "none", line: 0 };
    this.take([{ at, run, line, kind, what: JSON.stringify(what) }]);
    return this.#overflow === null ? OK : { ok: false, reason: this.#overflow };
  }

  /** Remembers entries behind the newest one; {@link flush} writes them. */
  take(items: readonly AuditItem[]): void {
    if (this.#closed || this.#overflow !== null) return;
    for (const item of items) {
      const waiting = this.#text.length + this.#unwritten.length;
      if (waiting + item.what.length > this.#settings.unwrittenBytesMax) {
        // Entries behind a missing one would hide it: the next start takes up all of them.
        this.#overflow = `Audit trail ${this.directory} waits for the disk, and memory for it is full` +
          `${this.#trouble === null ? "" : `: ${this.#trouble}`}; the next start catches up from the journal`;
        return;
      }
      this.#remember(item);
    }
  }

  #remember(item: AuditItem): void {
    const number = (this.#end?.number ?? 0) + 1;
    const { line, hash } = encodeEntry(item, number, this.#end?.hash ?? NO_HASH);
    if (this.#mustRotate(item.at)) {
      const written = this.flush();
      if (written.ok) this.#endFile();
    }
    this.#text += line + "\n";
    this.#firstAt ??= item.at;
    if (number === this.#said?.number) this.#hashAtHead = hash;
    this.#end = { at: item.at, number, hash, run: item.run, line: item.line, kind: item.kind };
  }

  /** By size, and by the day, so that a retention in days finds files to remove. */
  #mustRotate(at: number): boolean {
    if (this.#firstAt === null) return false;
    return this.#offset + this.#text.length >= this.#settings.rotateBytes ||
      Math.floor(at / MICROS_PER_DAY) > Math.floor(this.#firstAt / MICROS_PER_DAY);
  }

  #endFile(): void {
    const ended = this.#file;
    this.#file = null;
    this.#part++;
    this.#offset = 0;
    this.#firstAt = null;
    if (ended !== null) this.#keeping = this.#keeping.then(() => this.#retire(ended));
  }

  async #retire(file: JournalFile): Promise<void> {
    try {
      if (this.#settings.sync) await file.syncData();
    } catch (error) {
      this.#headTrouble = `Audit trail ${this.directory} cannot be forced to the disk: ${messageOf(error)}`;
    }
    file.close();
  }

  /** Hands every entry to the kernel. After a refusal they are kept, and the next call tries again. */
  flush(): WriteResult {
    if (this.#text.length === 0 && this.#unwritten.length === 0) return OK;
    if (this.#closed) return { ok: false, reason: `Audit trail ${this.directory} is closed` };
    try {
      this.#file ??= this.#begin();
      if (this.#trouble !== null) this.#repairOffset(this.#file);
      this.#drain(this.#file);
      this.#unwritten = this.#encoder.encode(this.#text);
      this.#text = "";
      this.#drain(this.#file);
      this.#trouble = null;
      return OK;
    } catch (error) {
      this.#trouble = `Audit trail ${this.directory} cannot be written: ${messageOf(error)}`;
      return { ok: false, reason: this.#trouble };
    }
  }

  #begin(): JournalFile {
    const file = this.#disk.createFile(join(this.directory, fileName(this.#part)));
    if (this.#settings.sync) this.#disk.syncDirectory(this.directory);
    return file;
  }

  #drain(file: JournalFile): void {
    for (let writes = 0; this.#unwritten.length > 0; writes++) {
      const written = file.writeSync(this.#unwritten);
      if (written <= 0 || writes >= WRITES_PER_FLUSH_MAX) throw new Error("The disk took no bytes");
      this.#offset += written;
      this.#unwritten = written === this.#unwritten.length ? EMPTY : this.#unwritten.subarray(written);
    }
  }

  /** After a failed write the file may hold more than the system admitted: it is cut back to what is known to be there. */
  #repairOffset(file: JournalFile): void {
    const { size } = file.statSync();
    if (size < this.#offset) {
      throw new Error(`The file has lost data: it holds ${size} bytes of the ${this.#offset} written`);
    }
    if (size > this.#offset) file.truncateSync(this.#offset);
  }

  /** Forces what was written to the medium, on another thread, and names it in the head. For a timer. */
  keepHead(): Promise<void> {
    this.#keeping = this.#keeping.then(() => this.#keepHead());
    return this.#keeping;
  }

  async #keepHead(): Promise<void> {
    const end = this.#end;
    if (end === null || end.number === this.#head || this.#text.length > 0 || this.#unwritten.length > 0) return;
    try {
      if (this.#settings.sync) await this.#file?.syncData();
      const path = headFile(this.directory);
      await Deno.writeTextFile(`${path}.new`, JSON.stringify({ number: end.number, hash: end.hash }) + "\n", {
        mode: 0o600,
      });
      await Deno.rename(`${path}.new`, path);
      this.#head = end.number;
      this.#headTrouble = null;
    } catch (error) {
      this.#headTrouble = `Audit trail ${this.directory} cannot be forced to the disk: ${messageOf(error)}`;
    }
  }

  /** Writes what waits, names it in the head, and closes. Safe to call twice. */
  async close(): Promise<WriteResult> {
    if (this.#closed) return OK;
    const result = this.flush();
    if (result.ok) await this.keepHead();
    this.#closed = true;
    await this.#keeping;
    this.#file?.close();
    this.#file = null;
    return this.#overflow === null ? result : { ok: false, reason: this.#overflow };
  }
}

export type OpenedAuditTrail =
  | { readonly ok: true; readonly trail: AuditTrail }
  | { readonly ok: false; readonly reason: string };

/**
 * Opens the trail behind its newest entry; a line that a crash left unfinished is cut off. Needs the state directory's
 * lock.
 *
 * @param disk for tests.
 */
export async function openAuditTrail(
  stateDirectory: string,
  settings: Partial<AuditSettings> = {},
  disk: JournalDisk = realDisk,
): Promise<OpenedAuditTrail> {
  const directory = statePaths(stateDirectory).audit;
  try {
    disk.makeDirectory(directory);
    const repair = await repairTornTail(directory);
    if (!repair.ok) return repair;
    const list = await listJournalFiles(directory);
    if (!list.ok) return list;
    const head = await readHead(directory);
    const file = list.files.at(-1) ?? null;
    const found = file === null
      ? { file, size: 0, firstAt: null, last: null, atHead: null }
      : await readNewest(file, head);
    const merged = { ...DEFAULT_AUDIT_SETTINGS, ...settings };
    const trail = new AuditTrail(directory, found, head, repair.repaired, merged, disk);
    return { ok: true, trail };
  } catch (error) {
    return { ok: false, reason: `Audit trail ${directory} cannot be opened: ${messageOf(error)}` };
  }
}
