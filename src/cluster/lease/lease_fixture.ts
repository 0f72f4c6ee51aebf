/**
 * Bots that want one lease, in simulated time: each with clocks of its own, a way to the store that loses and delays what it
 * likes, and standstills.
 * @module
 */

import { Lease } from "./lease.ts";
import type { LeaseRecord } from "./lease_record.ts";
import type { LeaseStore, ReadResult, WriteResult } from "./lease_store.ts";
import type { Moment } from "./lease_term.ts";

export const KEY = "lease.main";

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** True time, milliseconds, and what happens in it. */
export class World {
  now = 0;
  #planned: Planned[] = [];
  #order = 0;

  after(ms: number, run: () => void): void {
    this.#planned.push({ at: this.now + Math.max(0, ms), order: this.#order++, run });
  }

  /** Lets so much time pass. @param seen is called after everything that happens */
  async pass(ms: number, seen: () => void = () => {}): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      // Few are planned at once: no heap is needed.
      let next: Planned | null = null;
      for (const each of this.#planned) {
        if (
          each.at <= end && (next === null || each.at < next.at || (each.at === next.at && each.order < next.order))
        ) {
          next = each;
        }
      }
      if (next === null) break;
      this.#planned.splice(this.#planned.indexOf(next), 1);
      this.now = next.at;
      next.run();
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
      seen();
    }
    this.now = end;
    seen();
  }
}

/** The servers, as one: what a majority holds. */
export class Keys {
  revision = 0;
  text: string | null = null;
  /** What stood before the newest write: what a server that lags still tells. */
  #before: { readonly revision: number; readonly text: string | null } = { revision: 0, text: null };

  write(text: string, revision: number): number | null {
    if (revision !== (this.text === null ? 0 : this.revision)) return null;
    this.#before = { revision: this.revision, text: this.text };
    this.text = text;
    return ++this.revision;
  }

  read(lagging: boolean): ReadResult {
    const { revision, text } = lagging ? this.#before : this;
    return text === null ? { kind: "none" } : { kind: "found", stored: { revision, text } };
  }

  get record(): LeaseRecord | null {
    return this.text === null ? null : JSON.parse(this.text);
  }
}

/** How the way of one bot to the servers is. */
export interface Way {
  /** One way, milliseconds. */
  delay: () => number;
  /** Whether a request gets lost before the servers have it. */
  losesRequest: () => boolean;
  /** Whether an answer gets lost: what was asked for is done. */
  losesAnswer: () => boolean;
  /** Whether a read is told by a server that lags. */
  lags: () => boolean;
}

export const GOOD_WAY: Way = {
  delay: () => 1,
  losesRequest: () => false,
  losesAnswer: () => false,
  lags: () => false,
};

export interface BotOptions {
  readonly ttlMs: number;
  readonly timeoutMs?: number;
  /** Milliseconds of its clock in one true millisecond. */
  readonly rate?: number;
  readonly name?: string;
  readonly instance?: string;
  readonly venue?: string;
}

export class Bot {
  readonly lease: Lease;
  readonly taken: LeaseRecord[] = [];
  readonly lost: string[] = [];
  way: Way = { ...GOOD_WAY };
  /** By how much its clocks are off. */
  monoOffset = 0;
  wallOffset = 0;
  readonly #world: World;
  readonly #rate: number;
  #stoppedUntil = 0;
  #ended = false;

  constructor(world: World, keys: Keys, n: number, options: BotOptions) {
    this.#world = world;
    this.#rate = options.rate ?? 1;
    const store = this.#store(keys, options.timeoutMs ?? options.ttlMs / 6);
    this.lease = new Lease({
      key: KEY,
      store,
      candidate: {
        holder: `holder-${n}`,
        name: options.name ?? `bot-${n}`,
        instance: options.instance ?? `k0000000${n}`,
        execution: "live",
        venue: options.venue ?? "kalshi",
      },
      ttlMs: options.ttlMs,
      clock: { now: () => this.now() },
      onTaken: (record) => this.taken.push(record),
      onLost: (reason) => this.lost.push(reason),
    });
  }

  now(): Moment {
    const time = this.#world.now * this.#rate;
    return { mono: time + this.monoOffset, wall: time + this.wallOffset };
  }

  get leads(): boolean {
    return this.lease.forbidden() === null;
  }

  /** Begins to want the lease. */
  begin(): void {
    void this.#run();
  }

  /** Its process does nothing for so long, while clocks go on. */
  stop(ms: number): void {
    this.#stoppedUntil = Math.max(this.#stoppedUntil, this.#world.now + ms);
  }

  /** Its process is gone for good. */
  kill(): void {
    this.#ended = true;
    this.#stoppedUntil = Infinity;
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      const wait = await this.lease.step();
      await new Promise<void>((resolve) => this.#later(wait / this.#rate, resolve));
    }
  }

  /** After so much true time, and not while it stands still. */
  #later(ms: number, run: () => void): void {
    this.#world.after(ms, () => {
      const left = this.#stoppedUntil - this.#world.now;
      if (left <= 0) run();
      else if (left !== Infinity) this.#later(left, run);
    });
  }

  #store(keys: Keys, timeoutMs: number): LeaseStore {
    const ask = <T>(perform: () => T, lost: (reason: string) => T): Promise<T> =>
      new Promise((resolve) => {
        const { way } = this;
        this.#later(timeoutMs / this.#rate, () => resolve(lost("no answer in time")));
        if (way.losesRequest()) return;
        // On the way it is nobody's any more: it arrives even where its sender has died.
        this.#world.after(way.delay(), () => {
          const result = perform();
          if (!way.losesAnswer()) this.#later(way.delay(), () => resolve(result));
        });
      });
    return {
      read: () => ask<ReadResult>(() => keys.read(this.way.lags()), (reason) => ({ kind: "unclear", reason })),
      write: (_key, text, revision) =>
        ask<WriteResult>(() => {
          const written = keys.write(text, revision);
          return written === null ? { kind: "conflict" } : { kind: "written", revision: written };
        }, (reason) => ({ kind: "unclear", reason })),
    };
  }
}
