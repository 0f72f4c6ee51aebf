/**
 * Asks a source the same questions again and again: every so often while it answers, less and less often while it does
 * not, and never before the time it asked for.
 * @module
 */

import type { Micros } from "../core/units.ts";
import { Backoff, inSeconds } from "../ops/backoff.ts";
import type { CancelTimer } from "../ops/clock.ts";
import type { FeedContext } from "./feed.ts";
import type { Refusals } from "./refusals.ts";
import type { Rest, RestAnswer, RestFailure } from "./rest.ts";

export interface PollOptions {
  readonly context: FeedContext;
  readonly refusals: Refusals;
  /** Microseconds from the end of one round to the start of the next. */
  readonly every: number;
  /**
   * One round: asks what is to be asked and hands on the answers. The first failure that it returns ends the round;
   * `null` for none.
   */
  readonly round: () => Promise<RestFailure | null>;
  /** It works again, or no longer: told when that changes, and for each failure anew. */
  readonly onChange?: (trouble: string | null) => void;
}

/** Runs rounds until stopped. Whoever owns the {@link Rest} that the rounds use stops that too. */
export class Poll {
  readonly #options: PollOptions;
  readonly #backoff: Backoff;
  readonly #sleepers: (() => void)[] = [];
  #active = false;
  #running = false;
  /** When the next round may begin. */
  #due = -Infinity;
  #trouble: string | null = null;
  #cancelTimer: CancelTimer = () => {};

  constructor(options: PollOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.context.jitter);
  }

  /** Between {@link start} and {@link stop}. */
  get active(): boolean {
    return this.#active;
  }

  /** What went wrong the last time, `null` where it worked. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Starts with a round at once, or where one was due later: after a stop, the wait that it was in still holds. */
  start(): void {
    if (this.#active) return;
    this.#active = true;
    if (!this.#running) this.#schedule();
  }

  /** No further round begins. */
  stop(): void {
    this.#active = false;
    this.#cancelTimer();
  }

  /** Resolves when no round is under way. */
  async idle(): Promise<void> {
    while (this.#running) await new Promise<void>((wake) => this.#sleepers.push(wake));
  }

  #schedule(): void {
    const { clock } = this.#options.context;
    const delay = this.#due - clock.now();
    if (delay <= 0) void this.#run();
    else this.#cancelTimer = clock.after(delay, () => void this.#run());
  }

  async #run(): Promise<void> {
    this.#running = true;
    let delay = this.#options.every;
    try {
      const failed = await this.#options.round();
      delay = failed === null ? this.#worked() : this.#failed(failed);
    } finally {
      // What a round throws goes on to whoever ends the run for it; nobody waits for that round for ever.
      this.#running = false;
      this.#due = this.#options.context.clock.now() + delay;
      if (this.#active) this.#schedule();
      for (const wake of this.#sleepers.splice(0)) wake();
    }
  }

  #worked(): number {
    this.#backoff.reset();
    if (this.#trouble !== null) {
      this.#trouble = null;
      this.#options.onChange?.(null);
    }
    return this.#options.every;
  }

  #failed({ reason, detail, retryAfter }: RestFailure): number {
    const delay = Math.max(this.#backoff.next(), this.#options.every, retryAfter ?? 0);
    if (reason === "stopped") return delay;
    this.#options.refusals.count(reason, detail);
    this.#trouble = `${detail}: retrying in ${inSeconds(delay)}`;
    this.#options.onChange?.(this.#trouble);
    return delay;
  }
}

/** The usual round: each address in turn, the answers handed on as they come. */
export async function askAll<Asked extends { readonly url: string }>(
  rest: Rest,
  questions: readonly Asked[],
  read: (asked: Asked, body: unknown, at: Micros) => void,
): Promise<RestFailure | null> {
  for (const asked of questions) {
    const answer: RestAnswer<unknown> = await rest.json(asked.url);
    if (!answer.ok) return answer;
    read(asked, answer.body, answer.at);
  }
  return null;
}
