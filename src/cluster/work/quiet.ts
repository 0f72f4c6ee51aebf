/**
 * Lets many work side by side, or one alone: what may take its process down with it must not take others with it.
 * @module
 */

export class Quiet {
  #working = 0;
  #isAlone = false;
  #wantAlone = 0;
  readonly #waiting: (() => void)[] = [];

  /** Does the work as soon as nobody works, where it must be alone, and else as soon as nobody has to be. */
  async run<Result>(alone: boolean, work: () => Promise<Result>): Promise<Result> {
    await this.#enter(alone);
    try {
      return await work();
    } finally {
      this.#working--;
      if (alone) this.#isAlone = false;
      for (const look of this.#waiting.splice(0)) look();
    }
  }

  async #enter(alone: boolean): Promise<void> {
    if (alone) this.#wantAlone++;
    while (alone ? this.#working > 0 : this.#isAlone || this.#wantAlone > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#working++;
    if (!alone) return;
    this.#wantAlone--;
    this.#isAlone = true;
  }
}
