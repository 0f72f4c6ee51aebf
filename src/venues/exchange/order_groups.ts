/**
 * Order groups (KALSHI.md 3.14): once a group's orders have matched more than its limit within 15 s, what still rests of
 * them is cancelled, and nothing new is taken until the group is reset. A group lives on one shard.
 *
 * | event | group was active | group was triggered |
 * | --- | --- | --- |
 * | matched above the limit | cancels its orders, triggered | - |
 * | trigger | cancels its orders, triggered | nothing |
 * | reset | counts from zero | active, counts from zero |
 * | limit set below what was matched | cancels its orders, triggered | stays triggered |
 * | limit set otherwise | new limit | new limit, stays triggered |
 * | delete | cancels its orders, gone | gone |
 * @module
 */

import { type Count, type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Emit, GroupEventKind } from "./events.ts";
import type { Random } from "./random.ts";
import { type Refusal, refuse } from "./refusal.ts";

export const GROUP_WINDOW = 15 * MICROS_PER_SECOND;
const GROUPS_MAX = 100_000;
export const GROUP_LIMIT_MAX = 1_000_000;

interface Match {
  readonly at: Micros;
  readonly count: number;
}

export class OrderGroup {
  triggered = false;
  readonly #matches: Match[] = [];
  #sum = 0;

  constructor(
    readonly id: string,
    readonly subaccount: number,
    readonly shard: number,
    /** In 0.01 contracts. */
    public limit: Count,
  ) {}

  /** Contracts matched within the window that ends now. */
  matched(at: Micros): number {
    while (this.#matches.length > 0 && this.#matches[0].at <= at - GROUP_WINDOW) {
      this.#sum -= this.#matches.shift()?.count ?? 0;
    }
    return this.#sum;
  }

  record(count: Count, at: Micros): void {
    this.#matches.push({ at, count });
    this.#sum += count;
  }

  exceeded(at: Micros): boolean {
    return this.matched(at) > this.limit;
  }

  forget(): void {
    this.#matches.length = 0;
    this.#sum = 0;
  }
}

export interface GroupParts {
  readonly ids: Random;
  readonly emit: Emit;
  /** Cancels what rests of a group. */
  readonly cancel: (group: OrderGroup, at: Micros) => void;
}

export class OrderGroups {
  readonly #parts: GroupParts;
  readonly #groups = new Map<string, OrderGroup>();

  constructor(parts: GroupParts) {
    this.#parts = parts;
  }

  /** All groups, or those of one subaccount; oldest first. */
  list(subaccount: number | null): readonly OrderGroup[] {
    return [...this.#groups.values()].filter((group) => subaccount === null || group.subaccount === subaccount);
  }

  get(id: string, subaccount: number | null): OrderGroup | null {
    const group = this.#groups.get(id);
    return group !== undefined && (subaccount === null || group.subaccount === subaccount) ? group : null;
  }

  create(limit: Count, subaccount: number, shard: number, at: Micros): OrderGroup | Refusal {
    if (this.#groups.size >= GROUPS_MAX) return refuse("invalid_parameters", "too many order groups");
    const group = new OrderGroup(this.#parts.ids.uuid(), subaccount, shard, limit);
    this.#groups.set(group.id, group);
    this.#tell("created", group, at);
    return group;
  }

  trigger(group: OrderGroup, at: Micros): void {
    if (group.triggered) return;
    group.triggered = true;
    this.#parts.cancel(group, at);
    this.#tell("triggered", group, at);
  }

  reset(group: OrderGroup, at: Micros): void {
    group.triggered = false;
    group.forget();
    this.#tell("reset", group, at);
  }

  setLimit(group: OrderGroup, limit: Count, at: Micros): void {
    group.limit = limit;
    this.#tell("limit_updated", group, at);
    this.check(group, at);
  }

  delete(group: OrderGroup, at: Micros): void {
    this.#groups.delete(group.id);
    this.#parts.cancel(group, at);
    this.#tell("deleted", group, at);
  }

  /** Counts an execution of one of the group's orders; {@link check} acts on it. */
  record(id: string, count: Count, at: Micros): void {
    this.#groups.get(id)?.record(count, at);
  }

  /** Triggers a group that has matched too much. To be called when no matching is under way. */
  check(group: OrderGroup, at: Micros): void {
    if (!group.triggered && group.exceeded(at)) this.trigger(group, at);
  }

  #tell(kind: GroupEventKind, group: OrderGroup, at: Micros): void {
    this.#parts.emit({ type: "group", kind, group, at });
  }
}
