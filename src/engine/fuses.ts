/**
 * A fuse at the exchange for each strategy on each shard: an order group, which the exchange itself trips once more of the
 * strategy's contracts matched within 15 seconds than is allowed (KALSHI.md 3.14). It works where this process does not.
 *
 * | case | what happens |
 * | --- | --- |
 * | a strategy may trade on a shard | its group is asked for; its orders there wait |
 * | the group is made | its orders bear its id |
 * | it could not be made, or nothing was heard for ten seconds | asked for again, later and later; its orders wait |
 * | it is triggered, or an order is refused because it is | the strategy is stopped, everywhere; that is remembered over a restart |
 * | a person starts the strategy | its groups are reset; its orders wait until that is confirmed |
 * | a group could not be reset | another one is asked for |
 * | a person starts it in a later run | that run's groups are new: nothing is to be reset |
 * | on paper, or without a limit | nothing |
 *
 * Groups are made anew in every run; those of earlier runs have no orders and harm nothing (100,000 are allowed).
 * @module
 */

import type { OrderGroupInput } from "../core/input.ts";
import type { HaltRecord } from "../core/record.ts";
import { type Count, formatCount, type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { EngineOptions } from "./options.ts";
import type { Step } from "./step.ts";

/** Nothing was heard of a request for this long: it is made again. */
const ANSWER_PATIENCE = 10 * MICROS_PER_SECOND;
const RETRY_MIN = 5 * MICROS_PER_SECOND;
const RETRY_MAX = 60 * MICROS_PER_SECOND;
/** How the exchange refuses an order of a group that has tripped. */
const REFUSED_BY_GROUP = /order_?group.*trigger/i;
const HALT = "order_group ";

/** Whether a halt that was written down is the fuse of one strategy, and not a halt of everything. */
export const isFuse = ({ name }: HaltRecord): boolean => name.startsWith(HALT);

interface Fuse {
  readonly strategy: string;
  readonly shard: number;
  /** `null` before it was made. */
  groupId: string | null;
  /** What is asked for, and not answered; `null` for nothing. */
  asked: "create" | "reset" | null;
  /** Nothing is asked for before then. */
  askAgainAt: Micros;
  failures: number;
}

export interface Tripped {
  readonly strategy: string;
  readonly reason: string;
}

export class Fuses {
  readonly #step: Step;
  /** 0 for none. */
  readonly #limit: Count | 0;
  readonly #fuses = new Map<string, Map<number, Fuse>>();
  /** Strategies that stand still, with why. */
  readonly #tripped = new Map<string, string>();
  /** Of these, nobody was told yet. */
  #news: Tripped[] = [];

  constructor({ execution, orders, resume }: EngineOptions, step: Step) {
    this.#step = step;
    this.#limit = execution === "live" ? orders?.groupLimit ?? 0 : 0;
    for (const halt of resume.halts) {
      if (!isFuse(halt) || !halt.active) continue;
      const strategy = halt.name.slice(HALT.length);
      this.#tripped.set(strategy, halt.reason);
      this.#news.push({ strategy, reason: halt.reason });
    }
  }

  /** Has a fuse made for a strategy that may trade on a shard. */
  arm(strategy: string, shard: number): void {
    if (this.#limit === 0 || this.#tripped.has(strategy)) return;
    const fuse = this.#fuse(strategy, shard);
    if (fuse.groupId === null || fuse.asked !== null) this.#ask(fuse, fuse.groupId === null ? "create" : "reset");
  }

  /** Why an order of the strategy has to wait, in words; `null` where it need not. */
  obstacle(strategy: string, shard: number): string | null {
    if (this.#limit === 0) return null;
    const reason = this.#tripped.get(strategy);
    if (reason !== undefined) return reason;
    this.arm(strategy, shard);
    const { groupId, asked } = this.#fuse(strategy, shard);
    if (groupId === null) return `Waits: the exchange has no order group for it on shard ${shard} yet`;
    return asked === "reset" ? `Waits: its order group on shard ${shard} is not reset yet` : null;
  }

  /** What its orders on a shard bear; absent for none. */
  groupOf(strategy: string, shard: number): { readonly orderGroupId?: string } {
    const groupId = this.#fuses.get(strategy)?.get(shard)?.groupId ?? null;
    return groupId === null ? {} : { orderGroupId: groupId };
  }

  /** The exchange says what became of a group. */
  take({ strategy, shard, groupId, event, reason, at }: OrderGroupInput): void {
    if (this.#limit === 0) return;
    const fuse = this.#fuse(strategy, shard);
    switch (event) {
      case "created":
      case "reset":
        Object.assign(fuse, { groupId, asked: null, failures: 0 });
        return;
      case "failed":
        this.#step.log("warn", `Order group of ${strategy} on shard ${shard}: ${reason}`);
        fuse.failures++;
        // One that cannot be reset is of no use: another one is.
        Object.assign(fuse, { groupId: null, asked: null });
        fuse.askAgainAt = (at + Math.min(RETRY_MAX, RETRY_MIN * 2 ** Math.min(fuse.failures - 1, 10))) as Micros;
        return;
      case "triggered":
        // Another group than the one that its orders bear now.
        if (groupId !== null && fuse.groupId !== null && groupId !== fuse.groupId) return;
        return this.#trip(strategy, shard);
    }
  }

  /** An order was refused: perhaps because its group has tripped, and nobody heard of that. */
  refused(strategy: string, shard: number, code: string): void {
    if (this.#limit !== 0 && REFUSED_BY_GROUP.test(code)) this.#trip(strategy, shard);
  }

  /** Which strategies have to be stopped since the last call. */
  takeTripped(): readonly Tripped[] {
    if (this.#news.length === 0) return this.#news;
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** A person starts the strategy: it may trade again, once its groups are reset. */
  started(strategy: string): void {
    if (!this.#tripped.delete(strategy)) return;
    this.#news = this.#news.filter((each) => each.strategy !== strategy);
    this.#write(strategy, false, "Started by a person");
    for (const fuse of this.#fuses.get(strategy)?.values() ?? []) {
      Object.assign(fuse, { asked: null, askAgainAt: 0, failures: 0 });
      if (fuse.groupId !== null) this.#ask(fuse, "reset");
    }
  }

  #trip(strategy: string, shard: number): void {
    if (this.#tripped.has(strategy)) return;
    const reason = `The exchange stopped it: more than ${formatCount(this.#limit as Count)} contracts ` +
      `within 15 seconds on shard ${shard}`;
    this.#tripped.set(strategy, reason);
    this.#news.push({ strategy, reason });
    this.#write(strategy, true, reason);
  }

  #write(strategy: string, active: boolean, reason: string): void {
    const { at } = this.#step;
    this.#step.record({ kind: "halt", name: HALT + strategy, active, persistent: true, reason, at });
  }

  #ask(fuse: Fuse, command: "create" | "reset"): void {
    const { at } = this.#step;
    const limit = this.#limit;
    if (limit === 0 || at < fuse.askAgainAt) return;
    fuse.asked = command;
    fuse.askAgainAt = (at + ANSWER_PATIENCE) as Micros;
    const { strategy, shard, groupId } = fuse;
    this.#step.act({ type: "order_group", command, strategy, shard, groupId, limit });
  }

  #fuse(strategy: string, shard: number): Fuse {
    let shards = this.#fuses.get(strategy);
    if (shards === undefined) this.#fuses.set(strategy, shards = new Map());
    let fuse = shards.get(shard);
    if (fuse === undefined) {
      fuse = { strategy, shard, groupId: null, asked: null, askAgainAt: 0 as Micros, failures: 0 };
      shards.set(shard, fuse);
    }
    return fuse;
  }
}
