/**
 * The order groups that stop a strategy at the exchange (KALSHI.md 3.14): made and reset on request, and their triggers told.
 * A trigger that falls into a gap of the private channel shows in the refusal of the next order.
 *
 * | answer to a request | told as |
 * | --- | --- |
 * | 201 to a create | created |
 * | success to a reset | reset |
 * | anything else | failed: whoever asked asks again, and a group that was made all the same stays empty |
 * @module
 */

import type { OrderGroupAction } from "../../core/action.ts";
import type { OrderGroupInput } from "../../core/input.ts";
import type { Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { type ApiFailure, describeFailure } from "./failure.ts";
import type { OrderGroupNotice } from "./frames_notices.ts";
import type { Lane } from "./lane.ts";
import type { KalshiRest } from "./rest.ts";

export interface OrderFusesOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
}

/** One for each strategy and shard, and some more where they had to be made anew; beyond that the oldest is forgotten. */
const GROUPS_MAX = 1_000;

type Owner = Pick<OrderGroupInput, "strategy" | "shard">;

export class OrderFuses {
  readonly #options: OrderFusesOptions;
  readonly #owners = new Map<string, Owner>();

  constructor(options: OrderFusesOptions) {
    this.#options = options;
  }

  perform({ command, strategy, shard, groupId, limit }: OrderGroupAction): void {
    const { rest, lane } = this.#options;
    const owner = { strategy, shard };
    lane.run(async () => {
      if (command === "reset" && groupId !== null) {
        const reset = await rest.resetOrderGroup({ id: groupId, shard });
        if (!reset.ok) return this.#failed(owner, "cannot be reset", reset.failure);
        return this.#tell(owner, groupId, "reset", "");
      }
      const created = await rest.createOrderGroup(limit, shard);
      if (!created.ok) return this.#failed(owner, "cannot be made", created.failure);
      this.#own(created.value.id, owner);
      this.#tell(owner, created.value.id, "created", "");
    });
  }

  /** The private channel tells of a group; of others than those made here nothing follows. */
  notice({ change, groupId }: OrderGroupNotice): void {
    const owner = this.#owners.get(groupId);
    if (owner !== undefined && change === "triggered") this.#tell(owner, groupId, "triggered", "Told by the exchange");
  }

  #own(id: string, owner: Owner): void {
    this.#owners.set(id, owner);
    const oldest = this.#owners.keys().next();
    if (this.#owners.size > GROUPS_MAX && !oldest.done) this.#owners.delete(oldest.value);
  }

  #failed(owner: Owner, what: string, failure: ApiFailure): void {
    this.#tell(owner, null, "failed", `It ${what}: ${describeFailure(failure)}`);
  }

  #tell(owner: Owner, groupId: string | null, event: OrderGroupInput["event"], reason: string): void {
    const { sink, clock } = this.#options;
    sink({ type: "order_group", at: clock.now(), ...owner, groupId, event, reason });
  }
}
