import assert from "node:assert/strict";
import type { VenueAction } from "../core/action.ts";
import { count, micros, price } from "../core/units.ts";
import type { Engine } from "../engine/engine.ts";
import { clusterReasons, leasedInstance, leasedVenue, type RunLease } from "./run_lease.ts";

const place = {
  type: "place",
  execution: "live",
  intent: {
    clientOrderId: "k00000001e3-1",
    ticker: "T",
    side: "bid",
    price: price(4_000),
    count: count(100),
    shard: 2,
  },
} as unknown as VenueAction;
const cancel: VenueAction = {
  ...{ type: "cancel", execution: "live", clientOrderId: "k00000001e3-1", orderId: "o1", ticker: "T", shard: 2 },
  reason: "",
};
const cancelAll: VenueAction = { type: "cancel_all", execution: "live", reason: "halted" };
const find: VenueAction = { type: "find_order", clientOrderId: "k00000001e3-1", orderId: null, ticker: "T" };
const fetchFills: VenueAction = { type: "fetch_fills", since: micros(0) };
const resync: VenueAction = { type: "resync", tickers: ["T"], reason: "gap" };
const EACH = [place, cancel, cancelAll, find, fetchFills, resync];

/** Two orders that rest, and one whose answer is waited for: it has no id yet. */
const ENGINE = {
  desk: {
    orders: {
      open: () =>
        ["o1", null, "o3"].map((orderId, n) => ({
          orderId,
          intent: { clientOrderId: `k00000001e3-${n}`, ticker: `T${n}`, shard: 2 },
        })),
    },
  },
} as unknown as Engine;

function leaseOf(role: RunLease["role"], forbidden: string | null): RunLease {
  return { role, epoch: 3, forbidden: () => forbidden } as unknown as RunLease;
}

function reached(lease: RunLease | undefined, actions: readonly VenueAction[] = EACH): readonly string[] {
  const seen: string[] = [];
  const venue = leasedVenue(lease, {
    perform: (action: VenueAction) => seen.push("orderId" in action ? `${action.type} ${action.orderId}` : action.type),
  }, () => ENGINE);
  for (const action of actions) venue.perform(action);
  return seen;
}

Deno.test("alone, and as leader, everything reaches the venue as it is", () => {
  const all = ["place", "cancel o1", "cancel_all", "find_order null", "fetch_fills", "resync"];
  assert.deepEqual(reached(undefined), all);
  assert.deepEqual(reached(leaseOf("leader", null)), all);
});

Deno.test("once the lease is over, all that is cancelled is what is our own, by its id", () => {
  assert.deepEqual(reached(leaseOf("leader", "b leads"), [cancelAll, cancel]), ["cancel o1", "cancel o3", "cancel o1"]);
});

Deno.test("on standby nothing but the wish for a book anew reaches the venue", () => {
  assert.deepEqual(reached(leaseOf("standby", "a leads")), ["resync"]);
});

Deno.test("the ids of a leader's orders hold the epoch, and no other's do", () => {
  assert.equal(leasedInstance("k00000001", leaseOf("leader", null)), "k00000001e3");
  assert.equal(leasedInstance("k00000001", leaseOf("standby", null)), "k00000001");
  assert.equal(leasedInstance("k00000001", undefined), "k00000001");
});

Deno.test("why a bot stands by is said, and what the others do not know once it lasts", () => {
  const status = {
    ...{ role: "leader" as const, name: "a", account: "main", epoch: 3, leader: "a", connected: true },
    ...{ detail: "no answer", behindMs: 4_000 },
  };
  assert.deepEqual(clusterReasons(null), []);
  assert.deepEqual(clusterReasons(status), []);
  assert.deepEqual(clusterReasons({ ...status, behindMs: null }), []);
  assert.deepEqual(clusterReasons({ ...status, behindMs: 7_000 }), [
    "The bots that stand by do not know the newest for 7 s: no answer",
  ]);
  assert.deepEqual(clusterReasons({ ...status, role: "standby", detail: "b leads main, epoch 4" }), [
    "Stands by: b leads main, epoch 4",
  ]);
});
