/**
 * One message to several recipients, one by one: sent again, it goes to those that it has not reached.
 * @module
 */

import { delivered, type Delivery } from "../channel.ts";

type Failure = Delivery & { readonly ok: false };

export class Recipients {
  readonly #all: readonly string[];
  #batch = "";
  /** Of that batch: those that it reached, and those that refused it for good. */
  #reached = new Set<string>();
  #refused = new Map<string, Failure>();

  constructor(all: readonly string[]) {
    this.#all = all;
  }

  /** Sends to each that is left. Where one has to be tried again, so has the whole; one that refuses keeps none from it. */
  async each(batch: string, send: (recipient: string) => Promise<Delivery>): Promise<Delivery> {
    if (this.#batch !== batch) {
      this.#batch = batch;
      this.#reached = new Set();
      this.#refused = new Map();
    }
    for (const recipient of this.#all) {
      if (this.#reached.has(recipient) || this.#refused.has(recipient)) continue;
      const delivery = await send(recipient);
      if (delivery.ok) this.#reached.add(recipient);
      else if (delivery.again) return this.#with(delivery);
      else this.#refused.set(recipient, delivery);
    }
    const [refused] = this.#refused.values();
    return refused === undefined ? delivered(`sent to ${this.#reached.size}`) : this.#with(refused);
  }

  /** How many were reached all the same. */
  #with(failure: Failure): Failure {
    const { size } = this.#reached;
    return size === 0 ? failure : { ...failure, reason: `${failure.reason} (${size} of ${this.#all.length} reached)` };
  }
}
