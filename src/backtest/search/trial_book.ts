/**
 * Answers for trials, from the store where they are known and from the Workers where they are not. Whichever it was, the answer is
 * the same: what is kept is used only where the trial would have come out just so.
 * @module
 */

import { createHash } from "node:crypto";
import type { TrialRan } from "./sweep_pool.ts";
import { isBelow, type PassAsked, type TrialAsked, type TrialResult, type TrialSettings } from "./trial.ts";

/** What keeps results: {@link TrialStore}. */
export interface Results {
  get(parameters: string, scope: string): Promise<TrialResult | null>;
  put(parameters: string, scope: string, result: TrialResult): Promise<void>;
}

export interface TrialRunner {
  run(pass: PassAsked, onRan: (trial: TrialAsked, ran: TrialRan) => void): Promise<readonly TrialRan[]>;
}

export interface TrialBookOptions {
  readonly settings: TrialSettings;
  /** The strategy's parameters as they are configured: a trial replaces some of them. */
  readonly configured: Readonly<Record<string, unknown>>;
  readonly results: Results;
  readonly runner: TrialRunner;
  /** Told of each trial as soon as it is known, of the pass that it was asked for in, and whether it was known before. */
  onTrial(trial: TrialAsked, ran: TrialRan, pass: PassAsked, known: boolean): void;
}

const WHOLE = "whole";

export class TrialBook {
  readonly #options: TrialBookOptions;

  constructor(options: TrialBookOptions) {
    this.#options = options;
  }

  /**
   * Answers in the order of the trials.
   *
   * @throws what keeps the results says, where it cannot be read or written
   */
  async ask(pass: PassAsked): Promise<readonly TrialRan[]> {
    const { runner, results, onTrial } = this.#options;
    const answers = new Map<number, TrialRan>();
    const open: TrialAsked[] = [];
    for (const trial of pass.trials) {
      const known = await this.#recall(trial, pass);
      if (known === null) open.push(trial);
      else {
        answers.set(trial.number, { ok: true, result: known });
        onTrial(trial, { ok: true, result: known }, pass, true);
      }
    }
    const kept: Promise<void>[] = [];
    /** What the first of them said that failed: nobody waits for it before all trials ran. */
    let trouble: { readonly error: unknown } | null = null;
    await runner.run({ ...pass, trials: open }, (trial, ran) => {
      answers.set(trial.number, ran);
      if (ran.ok) {
        const put = results.put(this.#keyOf(trial), scopeOf(pass, ran.result), ran.result);
        kept.push(put.catch((error) => {
          trouble ??= { error };
        }));
      }
      onTrial(trial, ran, pass, false);
    });
    await Promise.all(kept);
    throwAny(trouble);
    return pass.trials.flatMap(({ number }) => answers.get(number) ?? []);
  }

  #keyOf({ parameters }: TrialAsked): string {
    return hashOfJson({ ...this.#options.configured, ...parameters });
  }

  async #recall(trial: TrialAsked, pass: PassAsked): Promise<TrialResult | null> {
    const { results, settings } = this.#options;
    const key = this.#keyOf(trial);
    if (pass.tickers === null) {
      // Its beginning is that of every shorter run.
      const whole = await results.get(key, WHOLE);
      if (whole !== null && !pass.borders.some((border) => isBelow(border, whole.profits, settings))) return whole;
    }
    for (const [k, border] of pass.borders.entries()) {
      const stopped = await results.get(key, stoppedAt(border.at));
      if (stopped === null || !isBelow(border, stopped.profits, settings)) continue;
      return pass.borders.slice(0, k).some((each) => isBelow(each, stopped.profits, settings)) ? null : stopped;
    }
    return pass.borders.length > 0 ? null : await results.get(key, scopeOf(pass, null));
  }
}

function throwAny(trouble: { readonly error: unknown } | null): void {
  if (trouble !== null) throw trouble.error;
}

const stoppedAt = (at: number): string => `stopped ${at}`;

/** Which part of the data a result is of. */
function scopeOf({ until, tickers }: PassAsked, result: TrialResult | null): string {
  if (result?.stoppedEarly === true && result.through !== null) return stoppedAt(result.through);
  if (tickers !== null) return `only ${hashOfJson(tickers)} until ${until}`;
  return until === null ? WHOLE : `until ${until}`;
}

/** SHA-256 of a value as JSON whose keys are in order: equal values have equal hashes. */
export function hashOfJson(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value, inOrder)).digest("hex");
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
