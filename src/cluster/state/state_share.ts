/**
 * Tells the others what the leader knows, as it changes: at most five times a second, a halt at once, one write at a time,
 * each in place of the one before it. A leader that is none any more finds that its revision has gone, and is silent.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { HaltRecord, ResumeState, StateRecord, TradeRecord } from "../../core/record.ts";
import type { LeaseStore, WriteResult } from "../lease/lease_store.ts";
import { VALUE_BYTES_MAX } from "../lease/nats_store.ts";
import { ResumeFold } from "./resume_fold.ts";
import { parseShared, type SharedState } from "./shared_state.ts";

export interface ShareKeys {
  readonly state: string;
  readonly days: string;
}

export interface ShareParts {
  readonly store: LeaseStore;
  readonly keys: ShareKeys;
  readonly of: Pick<SharedState, "epoch" | "name" | "instance" | "run">;
  readonly heard: string | null;
  readonly resume: ResumeState;
  readonly trades: readonly TradeRecord[];
  /** Of each key as it was read; 0 where there was none. */
  readonly revisions: { readonly state: number; readonly days: number };
}

/** Between two writes, but for a halt. */
const GATHER_MS = 200;
/** After a write that was not confirmed. */
const RETRY_MS = 250;
const LAST_WORDS_MS = 2_000;

type Part = keyof ShareKeys;

export class StateShare {
  readonly #parts: ShareParts;
  readonly #fold: ResumeFold;
  readonly #revisions: Record<Part, number>;
  readonly #changed = new Set<Part>();
  /** By their names, until a write that held them was confirmed. */
  readonly #untold: Map<string, HaltRecord>;
  #heard: string | null;
  #urgent = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | null = null;
  /** Since when something is not known to the others; `null` while they know all. */
  #behindSince: number | null = null;
  #trouble: string | null = null;
  #ended = false;

  constructor(parts: ShareParts) {
    this.#parts = parts;
    this.#fold = new ResumeFold(parts.resume, parts.trades);
    this.#revisions = { ...parts.revisions };
    this.#heard = parts.heard;
    this.#untold = new Map(parts.resume.halts.filter(isForAll).map((halt) => [halt.name, halt]));
  }

  /** Begins: from here on the leader before this one cannot write any more. */
  begin(): void {
    this.#touch("state", true);
    this.#touch("days", true);
  }

  /** Milliseconds since something is not known to the others, and why; `null` while they know all. */
  get behind(): { readonly ms: number; readonly reason: string } | null {
    if (this.#behindSince === null) return null;
    return { ms: performance.now() - this.#behindSince, reason: this.#trouble ?? "it is on its way" };
  }

  /** Halts that a person lifts, of the whole, that the others were never told: also where a leader after this one has told since. */
  get untold(): readonly HaltRecord[] {
    return [...this.#untold.values()];
  }

  /** The newest order of a standby to kill was carried out. */
  hear(id: string): void {
    this.#heard = id;
    this.#touch("state", true);
  }

  // --- what the pump tells ------------------------------------------------------------------------------------------

  input(_input: Input): void {}

  trouble(): void {}

  record(record: StateRecord): void {
    if (record.kind === "halt") {
      if (isForAll(record)) this.#untold.set(record.name, record);
      else this.#untold.delete(record.name);
    }
    const part = this.#fold.take(record);
    if (part !== null) this.#touch(part, record.kind === "halt");
  }

  /** Writes what is left, and nothing more afterwards. */
  async close(): Promise<void> {
    const end = performance.now() + LAST_WORDS_MS;
    while (!this.#ended && this.#behindSince !== null && performance.now() < end) {
      clearTimeout(this.#timer);
      await (this.#writing ?? this.#start());
      if (this.#trouble !== null) break;
    }
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  // ------------------------------------------------------------------------------------------------------------------

  #touch(part: Part, urgent: boolean): void {
    if (this.#ended) return;
    this.#changed.add(part);
    this.#behindSince ??= performance.now();
    this.#urgent ||= urgent;
    if (this.#writing === null) this.#plan(this.#urgent ? 0 : GATHER_MS);
  }

  #plan(ms: number): void {
    if (this.#timer !== undefined && ms > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#start(), ms);
  }

  #start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
      if (this.#ended || this.#changed.size === 0) return;
      this.#plan(this.#trouble !== null ? RETRY_MS : this.#urgent ? 0 : GATHER_MS);
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    this.#urgent = false;
    const parts = [...this.#changed];
    this.#changed.clear();
    let trouble: string | null = null;
    for (const part of parts) {
      const text = JSON.stringify(this.#textOf(part));
      const halts = part === "state" ? this.untold : [];
      const { length } = new TextEncoder().encode(text);
      if (length > VALUE_BYTES_MAX) {
        trouble = `The state of ${length} bytes is too large to be shared: at most ${VALUE_BYTES_MAX}`;
        continue;
      }
      const written = await this.#parts.store.write(this.#parts.keys[part], text, this.#revisions[part]);
      if (written.kind === "written") this.#wereTold(halts);
      const reason = await this.#take(part, written);
      if (reason === null) continue;
      trouble = reason;
      this.#changed.add(part);
    }
    this.#trouble = trouble;
    if (trouble === null && this.#changed.size === 0) this.#behindSince = null;
  }

  #wereTold(halts: readonly HaltRecord[]): void {
    for (const halt of halts) if (this.#untold.get(halt.name) === halt) this.#untold.delete(halt.name);
  }

  #textOf(part: Part): unknown {
    if (part === "days") return { days: this.#fold.days };
    const { resume, trades } = this.#fold.state;
    return { ...this.#parts.of, heard: this.#heard, resume, trades } satisfies SharedState;
  }

  /** Why it has to be written again; `null` where not. */
  async #take(part: Part, written: WriteResult): Promise<string | null> {
    switch (written.kind) {
      case "written":
        this.#revisions[part] = written.revision;
        return null;
      case "unclear":
        return written.reason;
      case "conflict":
        return await this.#whose(part);
    }
  }

  /** Somebody wrote: an earlier write of our own whose answer was lost, or a leader after us. */
  async #whose(part: Part): Promise<string | null> {
    const { store, keys, of } = this.#parts;
    const read = await store.read(keys[part]);
    if (read.kind === "unclear") return read.reason;
    if (part === "state" && read.kind === "found") {
      const found = parseShared(read.stored.text);
      if (found === null || found.epoch > of.epoch) {
        this.#ended = true;
        return null;
      }
    }
    this.#revisions[part] = read.kind === "found" ? read.stored.revision : 0;
    return "Another write came between";
  }
}

const isForAll = ({ active, persistent, strategy, index }: HaltRecord): boolean =>
  active && persistent && strategy === undefined && index === undefined;
