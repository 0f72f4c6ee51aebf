/**
 * The lease of an account: of several bots the one that holds it trades, and each can tell by itself whether it is that one.
 *
 * | guarantee | how |
 * | --- | --- |
 * | two never hold it at once | a taker waits a term and a margin after the last renewal that it saw; a holder ends a margin before its term does (lease_term.ts) |
 * | a holder that stood still sends nothing after it | {@link Lease.forbidden} is asked in the call that hands an order to the kernel, and looks at the clocks there |
 * | a holder that nobody can hear ends by itself | only a renewal that was confirmed prolongs it, counted from before it was sent |
 * | of two takers one gets it | each write names the revision that it replaces |
 * | a late renewal of a former holder changes nothing | its revision has gone |
 * | a write without an answer is not believed | it counts once the key was read and shows it |
 * | every change of the holder has a higher epoch | whoever takes it adds one to the highest that it knows; a holder that lost it takes it anew |
 * | a key that is deleted frees nobody's lease | whoever saw it held waits as if it still were |
 * | a key that cannot be read as a lease is nobody's | it is never taken: a person has to look |
 * | bots of different venues, or of paper and real money, never share one | the record says whose it is |
 *
 * Nothing relies on two clocks that agree, or on NATS letting a key expire.
 * @module
 */

import { type LeaseRecord, parseLease, withInstance } from "./lease_record.ts";
import type { LeaseStore, ReadResult } from "./lease_store.ts";
import { type LeaseClock, lookEvery, type Moment, remaining, renewEvery, waitLeft } from "./lease_term.ts";

/** Who wants it, and what for. */
export interface Candidate {
  /** Of this process alone. */
  readonly holder: string;
  readonly name: string;
  readonly instance: string;
  readonly execution: "paper" | "live";
  readonly venue: string;
}

export interface LeaseParts {
  readonly key: string;
  readonly store: LeaseStore;
  readonly candidate: Candidate;
  readonly ttlMs: number;
  readonly clock: LeaseClock;
  /** It is held from now on. */
  readonly onTaken: (record: LeaseRecord) => void;
  /** It is held no more: why, for people. */
  readonly onLost: (reason: string) => void;
}

/** What is held. */
interface Held {
  readonly record: LeaseRecord;
  readonly revision: number;
  /** Before the newest confirmed renewal was sent. */
  readonly sentAt: Moment;
}

/** The newest that another one holds. */
interface Seen {
  readonly record: LeaseRecord;
  readonly revision: number;
  /** After it was first seen. */
  readonly seenAt: Moment;
}

/** Renewals without an answer that may turn out to have been written. */
const UNCONFIRMED_MAX = 64;
/** A server that lags so many terms behind does not: the keys were made anew. */
const TERMS_BEHIND_MAX = 3;
/** A renewal of this bot's own former process may arrive after its end; no second one does. */
const RENEWALS_AFTER_END = 1;
/** After a conflict it is looked at once more. */
const AGAIN_MS = 1;

export class Lease {
  readonly #parts: LeaseParts;
  #held: Held | null = null;
  #seen: Seen | null = null;
  /** How often the holder that is seen renewed it meanwhile. */
  #renewalsSeen = 0;
  /** When each renewal of the epoch that is held was sent that was not confirmed. */
  readonly #unconfirmed = new Map<number, Moment>();
  #renewal = 0;
  #trouble: string | null = null;
  #obstacle: string | null = null;
  /** The highest epoch that is known to have been: a key that is made anew does not begin anew. */
  #highest = 0;
  /** Whether it is to be taken where it can be. */
  wanted = true;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /** What is held, as far as is known; whether it still counts {@link forbidden} says. */
  get held(): LeaseRecord | null {
    return this.#held?.record ?? null;
  }

  /** Whoever held it when it was read last; `null` where nobody did or nobody could be asked. */
  get seen(): LeaseRecord | null {
    return this.#seen?.record ?? null;
  }

  /** What keeps the key from being read or written, in words; `null` where nothing does. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** What a person has to mend before this bot may take it; `null` where nothing. */
  get obstacle(): string | null {
    return this.#obstacle;
  }

  /** Why nothing may be sent at this very moment, in words; `null` where it may. */
  forbidden(): string | null {
    if (this.#held === null) return this.#seen === null ? "this bot does not lead" : `${this.#seen.record.name} leads`;
    const left = remaining(this.#held.sentAt, this.#parts.clock.now(), this.#parts.ttlMs);
    if (left > 0) return null;
    return `the lease was not renewed in time: it ended ${Math.ceil(-left)} ms ago`;
  }

  /** Looks whether what is held has ended: to be called often, so that it is said soon. */
  look(): void {
    const reason = this.#held === null ? null : this.forbidden();
    if (reason === null) return;
    const why = this.#trouble === null ? "" : `; ${this.#trouble}`;
    this.#lose(`The lease is over: ${reason}${why}`);
  }

  /** Renews or takes it, once; resolves with the milliseconds until the next time. Never throws for what a store does. */
  async step(): Promise<number> {
    this.look();
    return this.#held === null ? await this.#try() : await this.#renew(this.#held);
  }

  /** Keys were made anew, and what stands beside them is of a later epoch: what is held is given up, to be taken with a higher one. */
  async outgrow(epoch: number): Promise<void> {
    this.#highest = Math.max(this.#highest, epoch);
    this.#unconfirmed.clear();
    await this.release();
  }

  /** Gives it up, so that another need not wait. What was sent before must be over. */
  async release(): Promise<void> {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    const record = { ...held.record, renewals: ++this.#renewal, released: true };
    await this.#parts.store.write(this.#parts.key, JSON.stringify(record), held.revision);
  }

  #lose(reason: string): void {
    this.#held = null;
    this.#seen = null;
    this.#unconfirmed.clear();
    this.#parts.onLost(reason);
  }

  // --- the holder ---------------------------------------------------------------------------------------------------

  async #renew(held: Held): Promise<number> {
    const { key, store, clock, ttlMs } = this.#parts;
    const sentAt = clock.now();
    const record = { ...held.record, renewals: ++this.#renewal };
    this.#remember(this.#renewal, sentAt);
    const written = await store.write(key, JSON.stringify(record), held.revision);
    // It may have ended meanwhile, or been given up: what ended does not begin again.
    this.look();
    if (this.#held !== held) return AGAIN_MS;
    switch (written.kind) {
      case "written":
        this.#confirm({ record, revision: written.revision, sentAt });
        return renewEvery(ttlMs);
      case "conflict":
        return this.#whose(held, await store.read(key));
      case "unclear":
        this.#trouble = written.reason;
        return lookEvery(ttlMs);
    }
  }

  /** Somebody wrote: it may have been an earlier renewal of our own whose answer was lost. */
  #whose(held: Held, read: ReadResult): number {
    const { ttlMs, candidate } = this.#parts;
    this.look();
    if (this.#held !== held) return AGAIN_MS;
    if (read.kind === "unclear") {
      this.#trouble = read.reason;
      return lookEvery(ttlMs);
    }
    const record = read.kind === "none" ? null : parseLease(read.stored.text);
    if (read.kind === "none" || record === null) {
      this.#lose("The lease is lost: its key was deleted or overwritten by somebody else");
      return lookEvery(ttlMs);
    }
    const { revision } = read.stored;
    if (record.holder !== candidate.holder || record.epoch !== held.record.epoch) {
      this.#lose(`The lease is lost: ${record.name} took it, epoch ${record.epoch}`);
      return lookEvery(ttlMs);
    }
    const sentAt = this.#unconfirmed.get(record.renewals);
    // An older one than is held comes from a server that lags behind.
    if (sentAt === undefined || revision <= held.revision) return lookEvery(ttlMs);
    this.#confirm({ record, revision, sentAt });
    return AGAIN_MS;
  }

  #remember(renewal: number, sentAt: Moment): void {
    this.#unconfirmed.set(renewal, sentAt);
    if (this.#unconfirmed.size <= UNCONFIRMED_MAX) return;
    for (const oldest of this.#unconfirmed.keys()) {
      this.#unconfirmed.delete(oldest);
      return;
    }
  }

  #confirm(held: Held): void {
    this.#held = held;
    this.#trouble = null;
    for (const renewal of this.#unconfirmed.keys()) {
      if (renewal <= held.record.renewals) this.#unconfirmed.delete(renewal);
    }
  }

  // --- the taker ----------------------------------------------------------------------------------------------------

  async #try(): Promise<number> {
    const { key, store, ttlMs, clock } = this.#parts;
    const read = await store.read(key);
    const every = lookEvery(ttlMs);
    switch (read.kind) {
      case "unclear":
        this.#trouble = read.reason;
        return every;
      case "none":
        return await this.#tryNone(every);
      case "found": {
        this.#trouble = null;
        const { revision, text } = read.stored;
        const record = parseLease(text);
        if (record === null) {
          this.#obstacle = notALease(key);
          return every;
        }
        const seen = this.#see({ record, revision, seenAt: clock.now() });
        const left = this.#isFree(record) ? 0 : waitLeft(seen.seenAt, clock.now(), record.ttlMs);
        this.#obstacle = this.#mismatch(record, left > 0);
        if (!this.wanted || this.#obstacle !== null || seen.revision !== revision) return every;
        return left > 0 ? Math.min(every, left) : await this.#take(record, revision);
      }
    }
  }

  /** The key was deleted, or never was. Whoever held it may not know yet. */
  async #tryNone(every: number): Promise<number> {
    this.#trouble = null;
    this.#obstacle = null;
    const seen = this.#seen;
    const left = seen === null || this.#isFree(seen.record)
      ? 0
      : waitLeft(seen.seenAt, this.#parts.clock.now(), seen.record.ttlMs);
    if (!this.wanted) return every;
    return left > 0 ? Math.min(every, left) : await this.#take(seen?.record ?? null, 0);
  }

  /** Servers may lag behind one another: what was seen once is not unseen, but by all of them for long. */
  #see(found: Seen): Seen {
    const before = this.#seen;
    this.#highest = Math.max(this.#highest, found.record.epoch);
    const isNewer = before === null || found.revision > before.revision;
    const isAnew = before !== null && found.revision < before.revision &&
      found.seenAt.mono - before.seenAt.mono > TERMS_BEHIND_MAX * before.record.ttlMs;
    if (before !== null && !isNewer && !isAnew) return before;
    if (before?.record.holder !== found.record.holder) this.#renewalsSeen = 0;
    else if (isNewer) this.#renewalsSeen++;
    return this.#seen = found;
  }

  /** Nobody can be sending under it: it was given up, or it is of this very process, which holds it no more. */
  #isFree(record: LeaseRecord): boolean {
    return record.released || record.holder === this.#parts.candidate.holder;
  }

  async #take(before: LeaseRecord | null, revision: number): Promise<number> {
    const { key, store, candidate, ttlMs, clock } = this.#parts;
    const { holder, name, instance, execution, venue } = candidate;
    const sentAt = clock.now();
    this.#renewal = 0;
    const record: LeaseRecord = {
      epoch: Math.max(before?.epoch ?? 0, this.#highest) + 1,
      ...{ holder, name, instance, execution, venue, ttlMs },
      renewals: 0,
      released: false,
      instances: withInstance(before?.instances ?? [], instance),
    };
    const written = await store.write(key, JSON.stringify(record), revision);
    if (written.kind === "unclear") this.#trouble = written.reason;
    if (written.kind !== "written") return written.kind === "conflict" ? AGAIN_MS : lookEvery(ttlMs);
    this.#held = { record, revision: written.revision, sentAt };
    this.#highest = record.epoch;
    this.#trouble = null;
    this.#parts.onTaken(record);
    return renewEvery(ttlMs);
  }

  /** What makes the lease one that this bot must not take, in words. @param live somebody may be trading under it now */
  #mismatch({ execution, venue, instance, name }: LeaseRecord, live: boolean): string | null {
    const { candidate } = this.#parts;
    if (execution !== candidate.execution || venue !== candidate.venue) {
      return `The account belongs to ${execution} trading at ${venue}, not to ${candidate.execution} trading at ` +
        `${candidate.venue}: give cluster.account another name`;
    }
    if (!live) return null;
    if ((instance === candidate.instance) === (name === candidate.name)) {
      return instance === candidate.instance && this.#renewalsSeen > RENEWALS_AFTER_END
        ? `Another process leads by this bot's name, ${name}, and with a copy of its state directory: give each of its own`
        : null;
    }
    return instance === candidate.instance
      ? `The state directory is a copy of that of ${name}, or ${name} was called otherwise before: start with a directory ` +
        "of its own, which takes over what is needed"
      : `Another bot is called ${name}, too, and leads: give each another cluster.name`;
  }
}

const notALease = (key: string): string =>
  `What stands under ${key} is not readable as a lease: nobody leads until a person has looked, and has deleted it`;
