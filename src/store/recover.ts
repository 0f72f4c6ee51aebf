/**
 * Brings the store up to the journal after a start: what makes a kill -9 lossless, because the journal is written first
 * and the store later.
 * @module
 */

import { join } from "node:path";
import type { StateRecord } from "../core/record.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND } from "../core/units.ts";
import type { JournalEntry } from "../engine/journal.ts";
import { checkRecord } from "../engine/journal_record_shape.ts";
import { formatFault, isObject } from "../engine/journal_shape.ts";
import { journalDirectory, listRuns } from "./journal_files.ts";
import { newerJournal } from "./journal_format.ts";
import { type JournalEvent, readJournal } from "./journal_reader.ts";
import { repairTornTail } from "./journal_repair.ts";
import { messageOf } from "./message.ts";
import type { JournalMark, StateStore, StoreResult } from "./store.ts";

export type RecoverResult =
  | {
    readonly ok: true;
    /** Records folded in. */
    readonly applied: number;
    /** Torn ends that were mended, in words. */
    readonly repaired: readonly string[];
    /** What could not be read, in words; bounded. */
    readonly warnings: readonly string[];
    /** The newest run found, for `newRunId`; `null` for none. */
    readonly newestRun: string | null;
    /** What a journal lost of what the store knows; `null` where it lost nothing. */
    readonly lost: LostLines | null;
  }
  | { readonly ok: false; readonly reason: string };

/**
 * A journal that ends before the store's mark: the disk took its last lines (a power loss, a disk that failed) and left the
 * database.
 */
export interface LostLines {
  readonly run: string;
  /** Its last line, and the one that the store knows it up to. */
  readonly end: number;
  readonly known: number;
  /** What was written from here on, only the store may know. */
  readonly since: Micros;
}

export const describeLost = ({ run, end, known }: LostLines): string =>
  `The journal of run ${run} ends at line ${end}, and the database knows it up to line ${known}: its last lines were ` +
  "not on the disk when that failed, or lost its power";

const WARNINGS_MAX = 20;
/** Records queued between two flushes: far below the store's own bound. */
const FLUSH_EVERY = 2_000;

/** One recovery under way. */
class Recovery {
  readonly repaired: string[] = [];
  readonly warnings: string[] = [];
  applied = 0;
  lost: LostLines | null = null;
  #sinceFlush = 0;
  /** Of the run being read: its last line, and its time there. */
  #end = 0;
  #at: Micros = micros(0);
  /** Records of the step being read. */
  #unfinished: StateRecord[] = [];
  readonly #store: StateStore;
  readonly #upTo: JournalMark | null;

  /** @param upTo where to end, in journals that are only looked at; `null`: at their end, and they are mended */
  constructor(store: StateStore, upTo: JournalMark | null) {
    this.#store = store;
    this.#upTo = upTo;
  }

  /** The line of a run that is the last to be taken. */
  #lastLine(run: string): number {
    return run === this.#upTo?.run ? this.#upTo.line : Infinity;
  }

  warn(text: string): void {
    if (this.warnings.length < WARNINGS_MAX) this.warnings.push(text);
    else if (this.warnings.length === WARNINGS_MAX) this.warnings.push("More warnings are left out");
  }

  /** Folds in what a run's journal holds after a line of it. */
  async run(stateDirectory: string, run: string, afterLine: number): Promise<StoreResult> {
    const directory = join(journalDirectory(stateDirectory), run);
    if (this.#upTo === null) {
      const repair = await repairTornTail(directory);
      if (repair.ok) this.repaired.push(...repair.repaired);
      else this.warn(repair.reason);
    }
    let end = afterLine;
    this.#unfinished = [];
    this.#end = 0;
    this.#at = runTime(run);
    for await (const event of readJournal(directory, { onFault: "skip", afterLine })) {
      if (event.kind === "entries") {
        if (event.runLine > this.#lastLine(run)) break;
        const result = await this.#entries(run, event, afterLine);
        if (!result.ok) return result;
        end = Math.max(end, Math.min(this.#lastLine(run), event.runLine + event.entries.length - 1));
        continue;
      }
      this.#complain(event);
      if (event.kind !== "fault" || event.input !== true) continue;
      const result = await this.#finishStep(run, this.#end);
      if (!result.ok) return result;
    }
    if (this.#unfinished.length > 0) {
      this.warn(`Left out an unfinished step at the end of run ${run}: ${this.#unfinished.length} of its records`);
    }
    const known = Math.max(afterLine, run === this.#upTo?.run ? this.#upTo.line : 0);
    if (this.#end < known) this.lost = { run, end: this.#end, known, since: this.#at };
    // The mark moves to the end even where no record stood there, so that the next start need not read this again.
    return end === afterLine ? { ok: true } : await this.#apply([], { run, line: end });
  }

  #complain(event: Exclude<JournalEvent, { kind: "entries" }>): void {
    if (event.kind === "fault") this.warn(`Left out what cannot be read: ${event.reason}`);
    else this.warn(`Left out an unfinished last line: ${event.file}:${event.fileLine}: ${event.text}`);
  }

  async #entries(
    run: string,
    event: Extract<JournalEvent, { kind: "entries" }>,
    afterLine: number,
  ): Promise<StoreResult> {
    const last = this.#lastLine(run);
    for (let k = 0; k < event.entries.length; k++) {
      const line = event.runLine + k;
      if (line > last) break;
      const entry = event.entries[k];
      this.#end = Math.max(this.#end, line);
      if (entry.kind === "input") this.#at = entry.input.at;
      if (entry.kind === "header" && line > afterLine) {
        const result = await this.#restate(entry.header.restated);
        if (!result.ok) return result;
      }
      if (entry.kind !== "action") {
        const result = await this.#finishStep(run, line - 1);
        if (!result.ok) return result;
        continue;
      }
      if (line <= afterLine) continue;
      const record = this.#record(entry, `${event.file}:${event.fileLine + k}`);
      if (record !== null) this.#unfinished.push(record);
    }
    return { ok: true };
  }

  /** What an earlier run's journal has lost, as its successor wrote it down. */
  async #restate(restated: unknown): Promise<StoreResult> {
    if (!isObject(restated) || !Array.isArray(restated.records)) return { ok: true };
    const { run, line } = restated;
    if (typeof run !== "string" || typeof line !== "number") return { ok: true };
    const records = restated.records.filter((record): record is StateRecord => checkRecord(record) === null);
    const damaged = restated.records.length - records.length;
    if (damaged > 0) this.warn(`Left out ${damaged} damaged records of what the journal of run ${run} had lost`);
    this.applied += records.length;
    return await this.#apply(records, { run, line });
  }

  /**
   * A line that is no action follows, be it an input that cannot be read: the step before it is whole. What a process was
   * writing when it died is not, and half of a step (a trade without its position) would be worse than none: nothing of it
   * had been acted on yet.
   */
  async #finishStep(run: string, line: number): Promise<StoreResult> {
    const records = this.#unfinished;
    if (records.length === 0) return { ok: true };
    this.#unfinished = [];
    this.applied += records.length;
    return await this.#apply(records, { run, line });
  }

  /** The record that an entry asks to remember, `null` where it asks for none. */
  #record(entry: JournalEntry, place: string): StateRecord | null {
    if (entry.kind !== "action" || entry.action.type !== "record") return null;
    const action: unknown = entry.action;
    const record = isObject(action) ? action.record : undefined;
    const fault = checkRecord(record);
    if (fault === null) return record as StateRecord;
    this.warn(`Left out a record that is damaged: ${place}: ${formatFault(fault)}`);
    return null;
  }

  async #apply(records: readonly StateRecord[], mark: JournalMark): Promise<StoreResult> {
    const queued = this.#store.apply(records, mark);
    if (!queued.ok) return queued;
    this.#sinceFlush += 1;
    if (this.#sinceFlush < FLUSH_EVERY) return queued;
    this.#sinceFlush = 0;
    return await this.#store.flush();
  }
}

/** When a run began, by its id. */
function runTime(run: string): Micros {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(run) ?? [];
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return micros(Number.isNaN(time) ? 0 : time * MICROS_PER_MILLISECOND);
}

/**
 * Mends torn journal ends, folds every record after the store's mark into the store, run by run, and writes it. A
 * damaged journal costs what cannot be read of it and is told in `warnings`; only a store that refuses is a failure, and a
 * journal of a newer kbot, of which nothing could be read.
 * Needs the state directory's lock.
 */
export const recover = (stateDirectory: string, store: StateStore): Promise<RecoverResult> =>
  takeUp(stateDirectory, store, new Recovery(store, null));

/**
 * The same into an empty store, up to a mark, from journals that are only looked at: a bot may be writing them.
 */
export const foldUpTo = (stateDirectory: string, store: StateStore, upTo: JournalMark): Promise<RecoverResult> =>
  takeUp(stateDirectory, store, new Recovery(store, upTo), upTo.run);

async function takeUp(
  stateDirectory: string,
  store: StateStore,
  recovery: Recovery,
  lastRun: string | null = null,
): Promise<RecoverResult> {
  try {
    const mark = await store.mark();
    const runs = await listRuns(stateDirectory);
    for (const run of runs) {
      if ((mark !== null && run < mark.run) || (lastRun !== null && run > lastRun)) continue;
      const newer = await newerJournal(stateDirectory, run);
      if (newer !== null) return { ok: false, reason: newer };
      const result = await recovery.run(stateDirectory, run, run === mark?.run ? mark.line : 0);
      if (!result.ok) return result;
    }
    const flushed = await store.flush();
    if (!flushed.ok) return flushed;
    const newest = runs.at(-1) ?? null;
    const newestRun = mark !== null && (newest === null || mark.run > newest) ? mark.run : newest;
    const { applied, repaired, warnings, lost } = recovery;
    return { ok: true, applied, repaired, warnings, newestRun, lost };
  } catch (error) {
    return { ok: false, reason: `State in ${stateDirectory} cannot be recovered: ${messageOf(error)}` };
  }
}
