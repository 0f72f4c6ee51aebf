/**
 * The workers of a sweep, by what they say of themselves.
 * @module
 */

import { decodeWords } from "./worker_words.ts";

/** A worker that has said nothing for so long is gone. */
const SILENCE_MS = 15_000;
/** More than anybody starts; what names itself anew in every message must not fill the memory. */
const WORKERS_MAX = 1_000;
/** Each refusal is told once, up to so many. */
const TOLD_MAX = 100;

interface Heard {
  readonly threads: number;
  readonly at: number;
}

export class Workers {
  readonly #onTrouble: (text: string) => void;
  readonly #now: () => number;
  readonly #heard = new Map<string, Heard>();
  readonly #everyone = new Set<string>();
  readonly #told = new Set<string>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(onTrouble: (text: string) => void, now: () => number = () => performance.now()) {
    this.#onTrouble = onTrouble;
    this.#now = now;
  }

  /** Takes what one says; the inputs that it took since it said so last. */
  hear(bytes: Uint8Array): number {
    const words = decodeWords(bytes);
    if (!words.ok) {
      this.#tell(words.reason);
      return 0;
    }
    switch (words.value.type) {
      case "working": {
        const { worker, threads, inputs } = words.value;
        if (this.#heard.size < WORKERS_MAX || this.#heard.has(worker)) {
          this.#heard.set(worker, { threads, at: this.#now() });
          if (this.#everyone.size < WORKERS_MAX) this.#everyone.add(worker);
        }
        return inputs;
      }
      case "refused":
        this.#tell(`Worker ${words.value.worker} does not take part: ${words.value.reason}`);
        return 0;
      case "trouble":
        this.#onTrouble(`Worker ${words.value.worker}: ${words.value.text}`);
        return 0;
      case "gone":
        this.#heard.delete(words.value.worker);
        return 0;
    }
  }

  /** Workers that are heard of. */
  get count(): number {
    this.#forget();
    return this.#heard.size;
  }

  /** Their threads together. */
  get threads(): number {
    this.#forget();
    return [...this.#heard.values()].reduce((all, { threads }) => all + threads, 0);
  }

  /** Workers that took part at any time. */
  get everCount(): number {
    return this.#everyone.size;
  }

  #forget(): void {
    const now = this.#now();
    for (const [name, { at }] of this.#heard) {
      if (now - at > SILENCE_MS) this.#heard.delete(name);
    }
  }

  #tell(text: string): void {
    if (this.#told.has(text) || this.#told.size >= TOLD_MAX) return;
    this.#told.add(text);
    this.#onTrouble(text);
  }
}
