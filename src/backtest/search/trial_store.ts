/**
 * Results of trials in Deno KV, so that a sweep that was stopped goes on where it was, and one with another seed or another range
 * does not run again what is known.
 *
 * | key | value |
 * | --- | --- |
 * | `used`, basis | when it was asked last, micros |
 * | `trial`, basis, parameters, scope | {@link Head} |
 * | `trial`, basis, parameters, scope, number | a piece of the profits |
 *
 * `basis` is the hash of all that a result depends on besides the parameters: the data, the settings, the version of kbot.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { TrialResult } from "./trial.ts";

/** Bases that are kept, those asked last: a trial of a week of quarter-hours takes about 10 kB. */
const BASES_MAX = 50;
/** Deno KV takes 64 KiB a value. */
const PIECE_PERIODS = 4_096;
const DELETED_AT_ONCE = 500;

interface Head extends Omit<TrialResult, "profits"> {
  readonly pieces: number;
}

export class TrialStore {
  readonly #kv: Deno.Kv;
  readonly #basis: string;

  private constructor(kv: Deno.Kv, basis: string) {
    this.#kv = kv;
    this.#basis = basis;
  }

  /**
   * @param path of the database; `:memory:` keeps nothing
   * @throws what the database says
   */
  static async open(path: string, basis: string, now: Micros): Promise<TrialStore> {
    const kv = await Deno.openKv(path);
    const store = new TrialStore(kv, basis);
    await kv.set(["used", basis], now);
    await store.#prune();
    return store;
  }

  close(): void {
    this.#kv.close();
  }

  /** @param scope which part of the data it ran over */
  async get(parameters: string, scope: string): Promise<TrialResult | null> {
    const key = ["trial", this.#basis, parameters, scope];
    const { value } = await this.#kv.get<Head>(key);
    if (value === null) return null;
    const { pieces, ...head } = value;
    const parts: number[] = [];
    for (let k = 0; k < pieces; k++) {
      const piece = (await this.#kv.get<Float64Array>([...key, k])).value;
      // Written with its head in one commit, so that one without the other is not one of ours.
      if (piece === null) return null;
      parts.push(...piece);
    }
    return { ...head, profits: Float64Array.from(parts) };
  }

  /** @throws what the database says, a full disk among it */
  async put(parameters: string, scope: string, { profits, ...head }: TrialResult): Promise<void> {
    const key = ["trial", this.#basis, parameters, scope];
    const pieces = Math.ceil(profits.length / PIECE_PERIODS);
    const value: Head = { ...head, pieces };
    let commit = this.#kv.atomic().set(key, value);
    for (let k = 0; k < pieces; k++) {
      commit = commit.set([...key, k], profits.slice(k * PIECE_PERIODS, (k + 1) * PIECE_PERIODS));
    }
    const { ok } = await commit.commit();
    if (!ok) throw new Error("The database refused the commit");
  }

  /** Lets go of all that is kept under this basis. */
  async forget(): Promise<void> {
    await this.#delete(["trial", this.#basis]);
  }

  async #prune(): Promise<void> {
    const used: { readonly basis: string; readonly at: number }[] = [];
    for await (const { key, value } of this.#kv.list<number>({ prefix: ["used"] })) {
      used.push({ basis: String(key[1]), at: value });
    }
    for (const { basis } of used.sort((a, b) => b.at - a.at).slice(BASES_MAX)) {
      await this.#delete(["trial", basis]);
      await this.#kv.delete(["used", basis]);
    }
  }

  async #delete(prefix: Deno.KvKey): Promise<void> {
    let commit = this.#kv.atomic();
    let count = 0;
    for await (const { key } of this.#kv.list({ prefix })) {
      commit = commit.delete(key);
      if (++count % DELETED_AT_ONCE !== 0) continue;
      await commit.commit();
      commit = this.#kv.atomic();
    }
    await commit.commit();
  }
}
