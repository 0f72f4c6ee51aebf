/**
 * All feeds of a run together. In lockstep their inputs wait for the end of the quantum and go on feed by feed, so that
 * which socket or answer happens to be faster changes nothing.
 * @module
 */

import type { Input } from "../core/input.ts";
import type { Feed, FeedContext, FeedStatus } from "./feed.ts";

/** Inputs that one quantum may bring: far above any burst. */
const HELD_MAX = 100_000;

/** Makes one feed of a set; what it is given is its own. */
export type FeedMaker = (context: FeedContext) => Feed;

export class FeedSet {
  readonly feeds: readonly Feed[];
  readonly #held: readonly Input[][];
  readonly #sink: (input: Input) => void;

  /** @param makers in the order in which a quantum's inputs go on */
  constructor(context: FeedContext, makers: readonly FeedMaker[]) {
    this.#sink = context.sink;
    const held = makers.map((): Input[] => []);
    this.#held = held;
    this.feeds = makers.map((make, at) => {
      if (!context.lockstep) return make(context);
      const sink = (input: Input) => {
        if (held[at].length >= HELD_MAX) throw new Error(`More than ${HELD_MAX} inputs of one feed in one quantum`);
        held[at].push(input);
      };
      return make({ ...context, sink });
    });
  }

  start(): void {
    for (const feed of this.feeds) feed.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.feeds.map((feed) => feed.stop()));
  }

  status(): readonly FeedStatus[] {
    return this.feeds.map((feed) => feed.status());
  }

  framesReceived(): number {
    return this.feeds.reduce((sum, feed) => sum + feed.framesReceived(), 0);
  }

  async idle(): Promise<void> {
    await Promise.all(this.feeds.map((feed) => feed.idle()));
  }

  /** Hands on what a quantum in lockstep brought. */
  release(): void {
    for (const inputs of this.#held) {
      for (const input of inputs.splice(0)) this.#sink(input);
    }
  }
}
