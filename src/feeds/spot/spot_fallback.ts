/**
 * Asks an exchange's REST interface for prices while its socket does not give any.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { FeedContext } from "../feed.ts";
import { Poll } from "../poll.ts";
import type { Refusals } from "../refusals.ts";
import { Rest, type RestFailure } from "../rest.ts";
import type { SpotProtocol } from "./protocol.ts";

export interface SpotFallbackOptions {
  readonly context: FeedContext;
  readonly protocol: SpotProtocol;
  readonly refusals: Refusals;
  readonly assets: readonly string[];
  readonly rest: string;
  /** Microseconds from one round to the next. */
  readonly every: number;
  readonly onAnswer: (asset: string, body: unknown, at: Micros) => void;
}

/** A ticker has a few hundred bytes. */
const BODY_BYTES_MAX = 1024 * 1024;

export class SpotFallback {
  readonly #options: SpotFallbackOptions;
  readonly #rest: Rest;
  readonly #poll: Poll;
  #answered = false;

  constructor(options: SpotFallbackOptions) {
    const { context, protocol, refusals, every } = options;
    this.#options = options;
    this.#rest = new Rest({ name: protocol.exchange, context, bodyBytesMax: BODY_BYTES_MAX });
    this.#poll = new Poll({ context, refusals, every, round: () => this.#round() });
  }

  /** It is asking now. */
  get active(): boolean {
    return this.#poll.active;
  }

  /** It is asking, and the newest round brought a price. */
  get answers(): boolean {
    return this.#poll.active && this.#answered;
  }

  get bodies(): number {
    return this.#rest.bodies;
  }

  get trouble(): string | null {
    return this.#poll.active ? this.#poll.trouble : null;
  }

  start(): void {
    if (this.#poll.active) return;
    this.#answered = false;
    this.#poll.start();
  }

  pause(): void {
    this.#poll.stop();
  }

  async stop(): Promise<void> {
    this.#poll.stop();
    this.#rest.stop();
    await this.idle();
  }

  async idle(): Promise<void> {
    await this.#poll.idle();
  }

  /** One coin that is not to be had must not keep the others from being asked for. */
  async #round(): Promise<RestFailure | null> {
    const { protocol, assets, rest, onAnswer } = this.#options;
    let failed: RestFailure | null = null;
    let answered = false;
    for (const asset of assets) {
      const answer = await this.#rest.json(rest + protocol.fallback.path(asset));
      if (!this.#poll.active) return null;
      if (answer.ok) {
        answered = true;
        onAnswer(asset, answer.body, answer.at);
      } else {
        failed ??= answer;
        // The same would be said of the others.
        if (!answer.reason.startsWith("status 4") || answer.retryAfter !== null) break;
      }
    }
    this.#answered = answered;
    return failed;
  }
}
