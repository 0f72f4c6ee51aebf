/**
 * What the signing Worker signs next: the pair whose signature is oldest, and never more than a share of a core.
 * @module
 */

/** One method and path, at one place of the board. */
export interface Pair {
  readonly place: number;
  readonly pair: number;
  /** Method and path in one, as they are signed. */
  readonly text: string;
}

interface Turn extends Pair {
  signedAt: number;
}

/** Signed anew when so much of its allowed age is over. */
const RENEW_AT = 0.4;
/** Of one core, at most. */
const SHARE_MAX = 0.25;
/** What each signing is followed by, at most: a slow machine still gets round. */
const REST_MAX_MS = 20;

export class Rota {
  readonly #maxAgeMs: number;
  readonly #turns = new Map<number, Turn>();

  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs;
  }

  /** A pair to be signed from now on, in place of what stood at its place. */
  add(pair: Pair): void {
    this.#turns.set(pair.place, { ...pair, signedAt: -Infinity });
  }

  remove(place: number): void {
    this.#turns.delete(place);
  }

  /** True while this very pair is wanted: it may have gone while it was being signed. */
  wants({ place, pair }: Pair): boolean {
    return this.#turns.get(place)?.pair === pair;
  }

  /** The pair that is due, or how long none will be; `Infinity` where there are none. */
  next(nowMs: number): Pair | number {
    let oldest: Turn | null = null;
    for (const turn of this.#turns.values()) if (oldest === null || turn.signedAt < oldest.signedAt) oldest = turn;
    if (oldest === null) return Infinity;
    // A clock that was set back would otherwise leave a pair alone for as long.
    const age = Math.abs(nowMs - oldest.signedAt);
    const renewal = this.#maxAgeMs * RENEW_AT;
    return age >= renewal ? oldest : Math.ceil(renewal - age);
  }

  /** Notes that a pair was signed for this time; gives how long to rest after work that took so long. */
  signed({ place, pair }: Pair, forMs: number, tookMs: number): number {
    const turn = this.#turns.get(place);
    if (turn !== undefined && turn.pair === pair) turn.signedAt = forMs;
    return Math.min(REST_MAX_MS, Math.max(0, tookMs) * (1 / SHARE_MAX - 1));
  }
}
