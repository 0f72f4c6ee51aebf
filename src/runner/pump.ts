/**
 * The one path of a run: every input goes to the journal, then to the engine; what the engine wants goes to the journal,
 * then to the venue and the store. Synchronous, one input at a time, in the order of arrival.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Action, VenueAction } from "../core/action.ts";
import type { Input } from "../core/input.ts";
import type { StateRecord } from "../core/record.ts";
import type { Micros } from "../core/units.ts";
import type { Engine } from "../engine/engine.ts";
import {
  encodeAction,
  encodeCheckpoint,
  encodeEnd,
  encodeInput,
  type JournalEntry,
  type JournalHeader,
} from "../engine/journal.ts";
import type { ViewBuilder } from "../engine/view_builder.ts";
import type { AuditItem } from "../store/audit/audit_entry.ts";
import { AuditReader, timeOf, withinLine } from "../store/audit/audit_source.ts";
import type { AuditTrail } from "../store/audit/audit_trail.ts";
import type { JournalWriter } from "../store/journal_writer.ts";
import type { JournalMark, StateStore } from "../store/store.ts";
import type { Change } from "../server/sources.ts";
import { StepTimes } from "./step_times.ts";

/** Inputs between two checkpoints of the decision hash in the journal. */
const CHECKPOINT_EVERY = 1_000;
/** Inputs that may wait while one is being worked on. Far above any burst: reaching it is a bug. */
const WAITING_MAX = 1_000_000;

const engineLog = getLogger(["kbot", "engine"]);

/** Hears what a run's engine hears and writes down. Must be quick; what it throws costs it its hearing and nobody else. */
export interface RunWatcher {
  /** Each input, once the journal has it, before the engine does. */
  input(input: Input): void;
  /** Each record of the engine, in order. */
  record(record: StateRecord): void;
  /** What was handed to the venue. */
  sent?(action: VenueAction): void;
  /** The journal or the store (with the audit trail) cannot be written, or can again where there is no detail. */
  trouble(part: "journal" | "store", detail: string | null, at: Micros): void;
}

export interface PumpParts {
  readonly engine: Engine;
  readonly views: ViewBuilder;
  readonly journal: JournalWriter;
  readonly store: StateStore;
  readonly audit: AuditTrail;
  /** The journal's first line: its run is named by whatever is folded into the store. */
  readonly header: JournalHeader;
  /** Told of everything that the engine is told. */
  readonly watchers: readonly RunWatcher[];
  /** Told once of a defect in the engine: after it nothing is taken any more. */
  readonly onFailure: (error: unknown) => void;
}

/** Records, and the line of the journal that they end at. */
interface HeldRecords {
  readonly records: readonly StateRecord[];
  readonly mark: JournalMark;
}

export class Pump {
  readonly #parts: PumpParts;
  /** How long the engine takes. */
  readonly times = new StepTimes();
  readonly #listeners = new Set<(what: Change) => void>();
  #watchers: readonly RunWatcher[];
  #perform: (action: VenueAction) => void = () => {};
  #waiting: Input[] = [];
  #busy = false;
  #frozen = false;
  /** Nothing is taken any more: the run ended, or broke. */
  #ended = false;
  #newest = 0;
  #sinceCheckpoint = 0;
  #journalTrouble: string | null = null;
  #storeTrouble: string | null = null;
  /** When the oldest line came that the journal has not handed on; `null` where there is none. */
  #unflushedSinceMs: number | null = null;
  /** What waits for the journal, oldest first; bounded as the lines are that the journal keeps in memory. */
  #held: HeldRecords[] = [];
  readonly #audited: AuditReader;
  /** Of the step under way, for the audit trail. */
  #items: AuditItem[] = [];

  constructor(parts: PumpParts) {
    this.#parts = parts;
    this.#watchers = parts.watchers;
    const { header } = parts;
    this.#audited = new AuditReader(header.run, timeOf(header.started));
    this.#audit({ kind: "header", header }, 1);
  }

  /** Where orders and questions go. Set once the venue exists; the venue's sink is {@link accept}. */
  connect(perform: (action: VenueAction) => void): void {
    this.#perform = perform;
  }

  /** Calls the listener after each change; returns what ends that. */
  onChange(listener: (what: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  notify(what: Change): void {
    for (const listener of this.#listeners) listener(what);
  }

  /** Takes an input. Called again from within (a venue that answers at once), it waits its turn. */
  accept(input: Input): void {
    if (this.#ended) return;
    if (this.#waiting.length >= WAITING_MAX) {
      throw new Error(`${WAITING_MAX} inputs are waiting: the engine cannot keep up`);
    }
    this.#waiting.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = 0; next < this.#waiting.length && !this.#ended; next++) this.#take(this.#waiting[next]);
    } catch (error) {
      this.#ended = true;
      this.#parts.onFailure(error);
    } finally {
      this.#waiting = [];
      this.#busy = false;
    }
    this.notify("view");
  }

  #take(arrived: Input): void {
    const { engine, journal } = this.#parts;
    // Sources stamp on their own; within a run time never goes back.
    const input = arrived.at < this.#newest ? { ...arrived, at: this.#newest as Micros } : arrived;
    this.#newest = input.at;
    // Before it is appended: a rotation puts a line of its own behind it.
    const line = journal.line + 1;
    if (!journal.append(encodeInput(input)).ok) return this.#freeze();
    this.#unflushedSinceMs ??= performance.now();
    this.#frozen = false;
    this.#audit({ kind: "input", input }, line);
    this.#tell((watcher) => watcher.input(input));
    const actions = this.times.due() ? this.#timed(input) : engine.step(input);
    const records: StateRecord[] = [];
    const outgoing: VenueAction[] = [];
    for (const action of actions) this.#sort(action, records, outgoing);
    if (records.length === 0 && outgoing.length === 0) {
      if (++this.#sinceCheckpoint >= CHECKPOINT_EVERY) this.#checkpoint();
      return;
    }
    // The checkpoint says that the step is whole: a recovery leaves out actions that no other line follows.
    this.#checkpoint();
    const written = this.flush();
    if (outgoing.length > 0) this.#send(outgoing, written, input.at);
    if (this.#items.length > 0) this.#keepAudit(written);
    if (records.length > 0) this.#store(records, written);
  }

  #timed(input: Input): readonly Action[] {
    const began = performance.now();
    const actions = this.#parts.engine.step(input);
    this.times.add((performance.now() - began) * 1_000);
    return actions;
  }

  #tell(say: (watcher: RunWatcher) => void): void {
    for (const watcher of this.#watchers) {
      try {
        say(watcher);
      } catch (error) {
        this.#watchers = this.#watchers.filter((other) => other !== watcher);
        log("error", `A listener failed and hears no more: ${error instanceof Error ? error.message : "an error"}`);
      }
    }
  }

  #audit(entry: JournalEntry, line: number): void {
    const item = this.#audited.take(entry, line);
    if (item !== null) this.#items.push(item);
  }

  /** What the step says goes into the audit trail, and there to the kernel only once the journal has it. */
  #keepAudit(written: boolean): void {
    const { audit } = this.#parts;
    audit.take(this.#items);
    this.#items = [];
    if (written) audit.flush();
    this.#judgeStore(audit.trouble ?? this.#storeDetail());
  }

  /**
   * The journal takes nothing more: the engine must not see what cannot be replayed, so it stands still, and what rests
   * is cancelled. Its books miss changes meanwhile and are stale by their sequence when it goes on.
   */
  #freeze(): void {
    if (this.#frozen) return;
    this.#frozen = true;
    const reason = `The journal takes nothing more: ${this.#parts.journal.trouble ?? "its memory is full"}`;
    log("error", reason);
    if (this.#parts.engine.options.execution === "live") {
      this.#perform({ type: "cancel_all", execution: "live", reason });
    }
  }

  #sort(action: Action, records: StateRecord[], outgoing: VenueAction[]): void {
    if (action.type === "log") {
      log(action.level, action.text);
      return;
    }
    const text = encodeAction(action);
    const line = this.#parts.journal.line + 1;
    this.#parts.journal.add(text);
    this.#audit({ kind: "action", action, text: withinLine(text) }, line);
    if (action.type === "record") {
      records.push(action.record);
      this.#parts.views.observe(action.record);
      this.#tell((watcher) => watcher.record(action.record));
      if (action.record.kind === "trade") this.notify("trade");
    } else if (isForVenue(action)) {
      outgoing.push(action);
    }
  }

  /** Nothing leaves before the journal holds it. */
  #send(outgoing: readonly VenueAction[], written: boolean, at: Micros): void {
    for (const action of outgoing) {
      if (written || action.type !== "place") {
        this.#perform(action);
        this.#tell((watcher) => watcher.sent?.(action));
        continue;
      }
      const { clientOrderId } = action.intent;
      const reason = `Not sent: the journal cannot be written (${this.#journalTrouble})`;
      this.accept({ type: "order_rejected", at, clientOrderId, code: "not_journaled", reason });
    }
  }

  /** The store is not given what the journal does not hold: a start that finds it there would go on from what no journal tells. */
  #store(records: readonly StateRecord[], written: boolean): void {
    const { header, journal } = this.#parts;
    this.#held.push({ records, mark: { run: header.run, line: journal.line } });
    if (written) this.#storeHeld();
  }

  #storeHeld(): void {
    if (this.#held.length === 0) return;
    const { store, audit } = this.#parts;
    let refused: string | null = null;
    for (const { records, mark } of this.#held) {
      const result = store.apply(records, mark);
      if (!result.ok) refused ??= result.reason;
    }
    this.#held = [];
    // That it was queued does not mean that the store works again.
    this.#judgeStore(refused ?? audit.trouble ?? this.#storeDetail());
  }

  #checkpoint(): void {
    const { engine, journal } = this.#parts;
    this.#sinceCheckpoint = 0;
    journal.add(encodeCheckpoint({ inputs: engine.inputs, hash: engine.decisionHash }));
  }

  /** Hands the journal's buffer to the kernel: what was flushed survives the death of this process. */
  flush(): boolean {
    if (this.#ended) return false;
    const result = this.#parts.journal.flush();
    if (result.ok) this.#unflushedSinceMs = null;
    this.#judgeJournal(result.ok ? null : result.reason);
    // What waited for the journal, or for a disk that refused.
    if (result.ok) {
      this.#parts.audit.flush();
      this.#storeHeld();
    }
    return result.ok;
  }

  /** Forces the journal to the disk: what was synced survives the machine's death too. */
  async sync(): Promise<void> {
    if (this.#ended) return;
    await this.#parts.journal.sync();
    // A sync can succeed while what it should have synced could not even be written.
    this.#judgeJournal(this.#parts.journal.trouble);
  }

  /** Looks whether the store and the audit trail keep up. */
  checkStore(): void {
    const { audit } = this.#parts;
    if (!this.#ended) void audit.keepHead();
    this.#judgeStore(audit.trouble ?? this.#storeDetail());
  }

  #storeDetail(): string | null {
    const { healthy, detail } = this.#parts.store.health();
    return healthy ? null : detail;
  }

  /** For how long the oldest line has waited for the system to take it, milliseconds; 0 where none waits. */
  get journalLagMs(): number {
    return this.#unflushedSinceMs === null ? 0 : performance.now() - this.#unflushedSinceMs;
  }

  get trouble(): string | null {
    return this.#journalTrouble ?? this.#storeTrouble;
  }

  #judgeJournal(trouble: string | null): void {
    if ((trouble === null) === (this.#journalTrouble === null)) return;
    this.#journalTrouble = trouble;
    this.#report("journal", trouble);
  }

  #judgeStore(trouble: string | null): void {
    if ((trouble === null) === (this.#storeTrouble === null)) return;
    this.#storeTrouble = trouble;
    this.#report("store", trouble);
  }

  #report(part: "journal" | "store", trouble: string | null): void {
    this.#tell((watcher) => watcher.trouble(part, trouble, this.#newest as Micros));
    this.accept({ type: "health", at: this.#newest as Micros, part, healthy: trouble === null, detail: trouble ?? "" });
  }

  /** Writes the journal's last line and closes it; why that did not work, `null` where it did. */
  async end(reason: string): Promise<string | null> {
    const { engine, journal, audit } = this.#parts;
    const broken = this.#ended;
    this.#ended = true;
    const end = { inputs: engine.inputs, hash: engine.decisionHash, reason };
    const line = journal.line + 1;
    const ended = broken || journal.append(encodeEnd(end)).ok;
    const closed = await journal.close();
    if (closed.ok) this.#storeHeld();
    if (ended && !broken && closed.ok) {
      this.#audit({ kind: "end", end }, line);
      audit.take(this.#items);
    }
    // What the journal could not be told, the trail must not be ahead with; the next start takes it up from there.
    const kept = closed.ok ? await audit.close() : closed;
    if (!kept.ok) return kept.reason;
    return ended ? null : "Its memory was full";
  }
}

/** Paper orders are answered inside the engine and never leave it. */
function isForVenue(action: Action): action is VenueAction {
  switch (action.type) {
    case "place":
    case "amend":
    case "decrease":
    case "cancel":
    case "cancel_all":
      return action.execution === "live";
    case "order_group":
    case "find_order":
    case "fetch_fills":
    case "transfer":
    case "resync":
      return true;
    case "record":
    case "log":
      return false;
  }
}

function log(level: "debug" | "info" | "warn" | "error", text: string): void {
  switch (level) {
    case "debug":
      return engineLog.debug("{text}", { text });
    case "info":
      return engineLog.info("{text}", { text });
    case "warn":
      return engineLog.warn("{text}", { text });
    case "error":
      return engineLog.error("{text}", { text });
  }
}
