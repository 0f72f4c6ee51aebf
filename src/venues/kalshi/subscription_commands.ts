/**
 * Commands on their way to the exchange: one job of the lane each, which lasts until the command is answered, so that in
 * lockstep nothing else happens meanwhile.
 * @module
 */

import type { Clock } from "../../ops/clock.ts";
import type { Lane } from "./lane.ts";
import type { Command } from "./subscriptions.ts";

export interface SubscriptionCommandsOptions {
  readonly lane: Lane;
  /** Times the wait for an answer: wall time, in lockstep too, where the run's own time stands still meanwhile. */
  readonly timers: Clock;
  /** False where there is no connection to send on. */
  readonly send: (text: string) => boolean;
  /** A command that must be answered was not: the connection is broken. */
  readonly onSilence: (reason: string) => void;
}

/** A command that stays unanswered for so long counts as lost. */
const ANSWER_WITHIN = 10_000_000;

export class SubscriptionCommands {
  readonly #options: SubscriptionCommandsOptions;
  /** What ends the wait for an answer, by the command's id. */
  readonly #unanswered = new Map<number, () => void>();

  constructor(options: SubscriptionCommandsOptions) {
    this.#options = options;
  }

  /** @param isWanted asked when its turn comes: the connection that it was meant for may be gone by then */
  send({ id, cmd, params }: Command, isWanted: () => boolean): void {
    this.#options.lane.run(async () => {
      if (!isWanted()) return;
      if (!this.#options.send(JSON.stringify({ id, cmd, params }))) return;
      // A snapshot that does not come is asked for again elsewhere; any other silence means a broken connection.
      await this.#answer(id, params.action !== "get_snapshot");
    });
  }

  /** The command is answered in full. */
  answered(id: number): void {
    this.#unanswered.get(id)?.();
  }

  /** No answers will come any more. */
  forget(): void {
    for (const done of [...this.#unanswered.values()]) done();
  }

  #answer(id: number, mustAnswer: boolean): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.timers.after(ANSWER_WITHIN, () => {
        this.#unanswered.delete(id);
        resolve();
        if (mustAnswer) this.#options.onSilence(`no answer to command ${id}`);
      });
      this.#unanswered.set(id, () => {
        cancel();
        this.#unanswered.delete(id);
        resolve();
      });
    });
  }
}
