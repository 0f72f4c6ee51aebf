/**
 * Checks the audit trail: that nothing in it was changed, taken out, put in or moved since it was written.
 *
 * | done to the trail | found by |
 * | --- | --- |
 * | an entry changed | its own hash |
 * | entries taken out, put in, moved | their numbers, and the hash that each names of the one before |
 * | an entry replaced, hash and all | the hash that the next one names |
 * | the oldest entries taken out | no `removed` entry of the retention tells of them |
 * | the newest entries taken out | `head.json`, or the journals |
 * | the whole of it made anew | the journals, as far as they are there |
 * @module
 */

import { basename, join } from "node:path";
import { journalDirectory, listJournalFiles, listRuns } from "../journal_files.ts";
import { readLines } from "../journal_lines.ts";
import { openPlain, showBytes } from "../journal_reader.ts";
import { messageOf } from "../message.ts";
import { statePaths } from "../state_directory.ts";
import { auditItems } from "./audit_catch_up.ts";
import { type AuditEntry, type AuditItem, decodeEntry, NO_HASH } from "./audit_entry.ts";
import { readHead } from "./audit_trail.ts";

export interface AuditReport {
  /** No fault was found. */
  readonly ok: boolean;
  readonly entries: number;
  /** Numbers of the oldest and the newest entry; `null` where there is none. */
  readonly first: number | null;
  readonly last: number | null;
  /** The hash of the newest entry: written down elsewhere, it proves later that nothing up to here was changed. */
  readonly hash: string | null;
  /** Whether the journals were compared. */
  readonly journals: boolean;
  /** In words, each with its place; bounded. */
  readonly faults: readonly string[];
  /** What is no fault and still worth telling. */
  readonly notices: readonly string[];
}

const FAULTS_MAX = 50;

export type AuditEvent =
  | { readonly kind: "entry"; readonly place: string; readonly entry: AuditEntry; readonly changed: string | null }
  | { readonly kind: "fault"; readonly reason: string }
  | { readonly kind: "unfinished"; readonly reason: string };

/** Every entry of a trail in the order in which it lies there, and what of it cannot be read. */
export async function* readAudit(directory: string): AsyncGenerator<AuditEvent, void, undefined> {
  const list = await listJournalFiles(directory);
  if (!list.ok) {
    yield { kind: "fault", reason: list.reason };
    return;
  }
  for (const file of list.files) {
    const name = basename(file.path);
    try {
      for await (const batch of readLines(await openPlain(file))) {
        if (batch.kind === "lines") {
          for (const [k, line] of batch.lines.entries()) yield eventOf(line, `${name}:${batch.firstLine + k}`);
        } else if (batch.kind === "rest") {
          const reason = `${name}:${batch.line}: An unfinished line: ${showBytes(batch.bytes)}`;
          yield { kind: file === list.files.at(-1) ? "unfinished" : "fault", reason };
        } else yield { kind: "fault", reason: `${name}:${batch.line}: A line longer than any entry` };
      }
    } catch (error) {
      yield { kind: "fault", reason: `${name}: Cannot be read to its end: ${messageOf(error)}` };
    }
  }
}

function eventOf(line: string | null, place: string): AuditEvent {
  if (line === null) return { kind: "fault", reason: `${place}: Not UTF-8 text` };
  const decoded = decodeEntry(line);
  if (decoded.kind === "unreadable") return { kind: "fault", reason: `${place}: ${decoded.reason}` };
  return { kind: "entry", place, entry: decoded.entry, changed: decoded.kind === "changed" ? decoded.reason : null };
}

/** One check under way. */
class Check {
  readonly faults: string[] = [];
  readonly notices: string[] = [];
  entries = 0;
  first: number | null = null;
  last: AuditEntry | null = null;
  hashAtHead: string | null = null;
  #next: number | null = null;
  /** By the number of the newest entry that a retention removed: its hash. */
  readonly #removed = new Map<number, unknown>();
  #firstPrevious = NO_HASH;

  fault(reason: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(reason);
    else if (this.faults.length === FAULTS_MAX) this.faults.push("More faults are left out");
  }

  entry(place: string, entry: AuditEntry, changed: string | null): void {
    const { number, previous } = entry;
    this.entries++;
    if (changed !== null) this.fault(`${place}: Entry ${number} was changed. ${changed}`);
    if (this.#next === null) {
      this.first = number;
      this.#firstPrevious = previous;
    } else this.#follows(place, entry, this.#next);
    if (entry.kind === "removed" || entry.kind === "broken") this.#note(place, entry);
    // One that was put in among others does not move the place where the rest goes on.
    if (this.#next === null || number >= this.#next) {
      this.#next = number + 1;
      this.last = entry;
    }
  }

  #follows(place: string, { number, previous }: AuditEntry, next: number): void {
    if (number > next) {
      const missing = number === next + 1 ? `Entry ${next} is` : `Entries ${next} to ${number - 1} are`;
      this.fault(`${place}: ${missing} missing before entry ${number}`);
    } else if (number < next) {
      this.fault(`${place}: Entry ${number} stands behind entry ${next - 1}: it was put in or moved`);
    } else if (previous !== this.last?.hash) {
      this.fault(
        `${place}: Entry ${number} does not follow the entry ${next - 1} that stands before it: one was replaced`,
      );
    }
  }

  #note(place: string, { kind, number, what }: AuditEntry): void {
    const said = JSON.parse(what) as Record<string, unknown>;
    if (kind === "broken") this.fault(`${place}: Entry ${number} tells that the trail was found broken: ${said.text}`);
    else if (typeof said.through === "number") this.#removed.set(said.through, said.hash);
  }

  /** What can only be told at the end: whether somebody answers for the entries before the first. */
  beginning(): void {
    if (this.first === null || (this.first === 1 && this.#firstPrevious === NO_HASH)) return;
    const through = this.first - 1;
    // A removal that a crash interrupted has told of more than it removed.
    const interrupted = [...this.#removed.keys()].some((end) => end > through);
    if (this.#removed.get(through) === this.#firstPrevious || interrupted) {
      this.notices.push(`Entries 1 to ${through} were removed by the retention, as an entry tells`);
    } else this.fault(`Entries 1 to ${through} are missing, and no entry tells that the retention removed them`);
  }
}

export interface VerifyOptions {
  /** Whether the journals are read, too, and every entry compared with the line that it tells of. */
  readonly journals: boolean;
}

/** Checks a state directory's trail. A bot may be running: what it adds meanwhile is left out. */
export async function verifyAudit(stateDirectory: string, { journals }: VerifyOptions): Promise<AuditReport> {
  const directory = statePaths(stateDirectory).audit;
  const check = new Check();
  // Read first: a running bot adds entries, and moves the head behind them.
  const head = await readHead(directory);
  const comparison = journals ? new Comparison(stateDirectory, check) : null;
  await comparison?.begin();
  for await (const event of readAudit(directory)) {
    if (event.kind === "fault") check.fault(event.reason);
    else if (event.kind === "unfinished") check.notices.push(`${event.reason}; the next start mends it`);
    else {
      check.entry(event.place, event.entry, event.changed);
      if (event.entry.number === head?.number) check.hashAtHead = event.entry.hash;
      await comparison?.entry(event.place, event.entry);
    }
  }
  await comparison?.end();
  check.beginning();
  const last = check.last;
  if (head !== null && (last === null || last.number < head.number)) {
    check.fault(
      `The newest entries are missing: head.json names entry ${head.number}, found ${last?.number ?? "none"}`,
    );
  } else if (head !== null && check.hashAtHead !== null && check.hashAtHead !== head.hash) {
    check.fault(`Entry ${head.number} is not the one that head.json names: it was replaced`);
  } else if (head === null && last !== null) check.notices.push("There is no head.json: a cut-off end would not show");
  const { faults, notices, entries, first } = check;
  return {
    ok: faults.length === 0,
    entries,
    first,
    last: last?.number ?? null,
    hash: last?.hash ?? null,
    journals,
    faults,
    notices,
  };
}

const NOTES: ReadonlySet<string> = new Set(["removed", "broken"]);

/** Compares the trail's entries with the journals' lines, both in order, side by side. */
class Comparison {
  readonly #stateDirectory: string;
  readonly #check: Check;
  /** With a journal, oldest first. */
  #runs: readonly string[] = [];
  #run: string | null = null;
  #items: AsyncGenerator<AuditItem, void, undefined> | null = null;
  #next: AuditItem | null = null;
  /** Whether the journal of the run could be read so far. */
  #readable = true;
  /** Before the first entry nothing is missed: the retention may have removed it. */
  #begun = false;

  constructor(stateDirectory: string, check: Check) {
    this.#stateDirectory = stateDirectory;
    this.#check = check;
  }

  async begin(): Promise<void> {
    this.#runs = await listRuns(this.#stateDirectory);
  }

  #open(run: string): AsyncGenerator<AuditItem, void, undefined> {
    return auditItems(join(journalDirectory(this.#stateDirectory), run), run, 0, 0, (reason) => {
      this.#readable = false;
      this.#check.notices.push(`What cannot be read of a journal was not compared: ${reason}`);
    });
  }

  async #enter(run: string): Promise<void> {
    const before = this.#run;
    if (before !== null) {
      await this.#rest(before);
      for (const between of this.#runs) {
        if (between > before && between < run) await this.#whole(between);
      }
    }
    this.#run = run;
    this.#readable = true;
    if (this.#runs.includes(run)) {
      this.#items = this.#open(run);
      await this.#advance();
    } else {
      this.#items = null;
      this.#next = null;
      this.#check.notices.push(`The journal of run ${run} is not there: its entries were not compared`);
    }
  }

  async #advance(): Promise<void> {
    const step = await this.#items?.next();
    this.#next = step === undefined || step.done === true ? null : step.value;
  }

  async entry(place: string, { kind, run, line, what, number }: AuditEntry): Promise<void> {
    if (NOTES.has(kind)) return;
    if (run !== this.#run) await this.#enter(run);
    if (this.#items === null) return;
    while (this.#next !== null && this.#next.line < line) {
      if (this.#begun) this.#miss(this.#next);
      await this.#advance();
    }
    this.#begun = true;
    if (this.#next === null) {
      if (!this.#readable) return;
      this.#readable = false;
      this.#check.notices.push(
        `${place}: Entry ${number} tells of line ${line} of run ${run}, whose journal ends before`,
      );
    } else if (this.#next.line > line) {
      this.#check.fault(`${place}: Entry ${number} tells of line ${line} of run ${run}, which says no such thing`);
    } else {
      const same = this.#next.kind === kind && this.#next.what === what;
      if (!same) this.#check.fault(`${place}: Entry ${number} says something else than line ${line} of run ${run}`);
      await this.#advance();
    }
  }

  #miss({ run, line, kind }: AuditItem): void {
    this.#check.fault(`The entry of line ${line} of run ${run} (${kind}) is missing`);
  }

  /** What is left of a run's journal when the trail goes on with another. */
  async #rest(run: string): Promise<void> {
    let entries = 0;
    let over = false;
    for (; this.#next !== null; await this.#advance()) {
      entries++;
      over ||= this.#next.kind === "run_end";
    }
    this.#tellMissing(run, entries, over);
  }

  /** A run of which the trail knows nothing. */
  async #whole(run: string): Promise<void> {
    this.#items = this.#open(run);
    await this.#advance();
    await this.#rest(run);
  }

  /** A run that still writes is ahead of what was read here, and so is one that was killed, until the next start. */
  #tellMissing(run: string, entries: number, over: boolean): void {
    if (entries === 0) return;
    const newest = run === this.#runs.at(-1);
    const what = `The trail lacks the last ${entries} entries of run ${run}, which its journal tells of`;
    if (newest && !over) this.#check.notices.push(`${what}: the run goes on, or the next start takes them up`);
    else this.#check.fault(what);
  }

  async end(): Promise<void> {
    const last = this.#run;
    if (last !== null) await this.#rest(last);
    for (const run of this.#runs) if (last === null || run > last) await this.#whole(run);
  }
}
