/**
 * What a run knows of the lease under which it trades, or stands by; and what of its wishes reaches the venue.
 *
 * | what is wanted | as leader | once the lease is over | on standby |
 * | --- | --- | --- | --- |
 * | place, change, order group, transfer | sent | refused in the last moment (venues/kalshi/transport.ts) | left |
 * | cancel of one order | sent | sent: it is our own | left |
 * | cancel of all orders | sent | each of our own that rests, by its id: the others are the new leader's | left |
 * | questions about orders and fills | asked | asked | left: nothing is followed |
 * | a book anew | asked | asked | asked |
 *
 * @module
 */

import type { VenueAction } from "../core/action.ts";
import type { ResumeState, StateRecord } from "../core/record.ts";
import type { Micros } from "../core/units.ts";
import type { ClusterStatus } from "../cluster/leadership.ts";
import type { Engine } from "../engine/engine.ts";
import type { EngineOptions } from "../engine/options.ts";
import type { Opened } from "./opened_state.ts";
import type { RunWatcher } from "./pump.ts";
import type { Venue } from "../venues/venue.ts";

/** Where a run starts, in place of what its own store says. */
export interface LeasedStart {
  readonly resume: ResumeState;
  /** What the own store has to be told for it; none where it knows all. */
  readonly records: readonly StateRecord[];
}

export interface RunLease {
  readonly role: "leader" | "standby";
  /** Of the lease as it stood when the run began. */
  readonly epoch: number;
  /** Why, in words. */
  readonly detail: string;
  /** The words of all bots that trade this account in turn. */
  readonly peers: readonly string[];
  /** Why nothing may leave at this moment, in words; `null` where it may. */
  forbidden(): string | null;
  startFrom(own: Opened, at: Micros): Promise<LeasedStart>;
  /** Whoever tells the others what the run writes down. */
  watch(options: EngineOptions): RunWatcher;
  status(): ClusterStatus;
}

/** Longer than any write that has no trouble. */
const BEHIND_MS_MAX = 5_000;

/** Why this bot stands by, as it is now, or what the others do not know; in words. */
export function clusterReasons(status: ClusterStatus | null): readonly string[] {
  if (status === null) return [];
  const { behindMs, detail, role } = status;
  if (role === "standby") return [`Stands by: ${detail ?? "another bot leads"}`];
  if (behindMs === null || behindMs < BEHIND_MS_MAX) return [];
  return [
    `The bots that stand by do not know the newest for ${Math.round(behindMs / 1_000)} s: ${detail ?? "no answer"}`,
  ];
}

/** Begins the ids of orders: no other epoch's begin alike. */
export const leasedInstance = (instance: string, lease: RunLease | undefined): string =>
  lease?.role === "leader" ? `${instance}e${lease.epoch}` : instance;

/** Hands to the venue what may reach it. */
export function leasedVenue(
  lease: RunLease | undefined,
  venue: Pick<Venue, "perform">,
  engine: () => Engine,
): Pick<Venue, "perform"> {
  if (lease === undefined) return venue;
  if (lease.role === "standby") {
    return { perform: (action) => action.type === "resync" ? venue.perform(action) : undefined };
  }
  return {
    perform(action) {
      if (action.type !== "cancel_all" || lease.forbidden() === null) return venue.perform(action);
      for (const cancel of ownCancels(engine(), action.reason)) venue.perform(cancel);
    },
  };
}

function* ownCancels({ desk }: Engine, reason: string): Generator<VenueAction> {
  for (const { intent: { clientOrderId, ticker, shard }, orderId } of desk.orders.open()) {
    if (orderId === null) continue;
    yield { type: "cancel", execution: "live", clientOrderId, orderId, ticker, shard, reason };
  }
}
