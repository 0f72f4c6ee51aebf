/**
 * What feeds have in common that only ask: one host, one or more series of questions, and how they fare.
 * @module
 */

import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../core/units.ts";
import type { Feed, FeedContext, FeedKind, FeedStatus } from "./feed.ts";
import { Poll } from "./poll.ts";
import { Refusals } from "./refusals.ts";
import { Rest, type RestFailure } from "./rest.ts";

export interface RestFeedOptions {
  readonly name: string;
  readonly kind: FeedKind;
}

export abstract class RestFeed implements Feed {
  readonly name: string;
  readonly #kind: FeedKind;
  protected readonly context: FeedContext;
  protected readonly refusals: Refusals;
  protected readonly rest: Rest;
  readonly #polls: Poll[] = [];
  #heardAt: Micros | null = null;
  #latency: number | null = null;

  constructor(context: FeedContext, { name, kind }: RestFeedOptions) {
    this.name = name;
    this.#kind = kind;
    this.context = context;
    this.refusals = new Refusals(name, context.log);
    this.rest = new Rest({ name, context });
  }

  /**
   * Adds a series of questions, to be asked from the start on.
   *
   * @param about names it in messages, where there are several
   */
  protected ask(everySeconds: number, round: () => Promise<RestFailure | null>, about?: string): void {
    const who = about === undefined ? this.name : `${this.name}: ${about}`;
    let isDown = false;
    this.#polls.push(
      new Poll({
        context: this.context,
        refusals: this.refusals,
        every: everySeconds * MICROS_PER_SECOND,
        round,
        onChange: (trouble) => {
          // That it still does not answer is no news.
          const level = trouble === null ? "info" : isDown ? "debug" : "warn";
          isDown = trouble !== null;
          this.context.log(level, `${who}: ${trouble ?? "answers again"}`);
        },
      }),
    );
  }

  /** Something came; where it was stamped by its source, so long after that. */
  protected heard(latency: number | null = null): void {
    this.#heardAt = this.context.clock.now();
    if (latency !== null) this.#latency = latency;
  }

  /** Between start and stop. */
  protected get running(): boolean {
    return this.#polls.some((poll) => poll.active);
  }

  /** Something came already. */
  protected get answered(): boolean {
    return this.#heardAt !== null;
  }

  /** Bodies heard since the start. */
  protected get messages(): number {
    return this.rest.bodies;
  }

  /** What is wrong although the host answers; `null` for nothing. */
  protected complaint(): string | null {
    return null;
  }

  start(): void {
    for (const poll of this.#polls) poll.start();
  }

  async stop(): Promise<void> {
    for (const poll of this.#polls) poll.stop();
    this.rest.stop();
    await this.idle();
  }

  status(): FeedStatus {
    const trouble = this.#polls.find((poll) => poll.trouble !== null)?.trouble ?? null;
    const now = this.context.clock.now();
    return {
      name: this.name,
      kind: this.#kind,
      by: trouble === null && this.#heardAt !== null ? "rest" : "none",
      messages: this.messages,
      refused: this.refusals.byReason(),
      reconnects: 0,
      ageMs: this.#heardAt === null ? null : (now - this.#heardAt) / MICROS_PER_MILLISECOND,
      latencyMs: this.#latency === null ? null : this.#latency / MICROS_PER_MILLISECOND,
      trouble: trouble ?? this.complaint(),
    };
  }

  framesReceived(): number {
    return 0;
  }

  async idle(): Promise<void> {
    for (const poll of this.#polls) await poll.idle();
  }
}
