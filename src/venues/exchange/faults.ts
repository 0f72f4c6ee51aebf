/**
 * The switches that make the exchange misbehave as the real one has been seen to (KALSHI.md 12, item 10).
 * @module
 */

export const FAULTS = {
  "cash-on-shard-0": "the account's cash lies on shard 0: crypto orders fail until it is transferred",
  "seq-gap": "now and then one order book delta is not sent: a hole in seq",
  "duplicate-delta": "now and then one order book delta is sent twice, with the same seq",
  "reorder-delta": "now and then two order book deltas change places",
  "socket-drop": "every connection is dropped each 20 simulated seconds",
  "buffer-overflow": "each 30 simulated seconds every order book subscription ends with error 25",
  "channel-error": "each 30 simulated seconds every order book subscription ends with error 10",
  "accept-then-timeout": "every fifth order is accepted, and the connection breaks before its answer is through",
  "accept-then-503": "every fifth order is accepted and answered 503: sending it again gives 409",
  "rate-429": "every seventh request is answered 429",
  "burst-429": "for 2 in every 15 simulated seconds every signed request is answered 429",
  "slow-strike": "the strike of a new window is named 20 s after the open instead of 0.6 s",
  "no-index-history": "the account lacks the entitlement to read past index values: those requests are answered 403",
  "no-official-index": "the index channels fall silent, and past index values are answered 503",
  "stale-get": "reads of orders lag by 400 ms, of positions and fills by 1 s",
  "cursor-loop": "lists never end: the cursor of the last page leads to the first",
  "short-history": "what is older than 10 minutes is only at /historical, instead of two months (orders: two weeks)",
  "trading-pause": "trading pauses for 1 minute in every 4, as it does on Thursdays from 3:00 to 5:00 ET",
  "exchange-pause": "the whole exchange pauses for 1 minute in every 4: cancels are refused too",
  "grid-change": "every 90 s the price grid of open markets changes between whole cents and the usual one",
  "slow-settlement": "markets are determined and settled two hours after the close, as Pyth markets have been",
  "feed-down": "feeds: sockets are cut and refused; REST still answers",
  "feed-outage": "feeds: sockets are cut and refused, REST answers 503",
  "feed-silent": "feeds: sockets stay open and say nothing",
  "feed-outlier": "feeds: prices are 6 % too high",
  "feed-crossed": "feeds: the best bid is above the best ask",
  "feed-gap": "feeds: now and then a message is lost, so that sequences and checksums do not hold",
  "feed-garbage": "feeds: every twentieth message is cut off, no JSON, or of the wrong shape",
  "feed-html": "feeds: REST answers with a page for people",
  "feed-403": "feeds: REST answers 403",
  "feed-429": "feeds: REST answers 429",
  "tie": "every window's last minute holds the strike to the cent: an exact tie, which pays YES",
} as const;

export type FaultName = keyof typeof FAULTS;

/** Every name that `--fault` takes. */
export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS) as FaultName[];

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);

/** @throws RangeError for a name that is not a fault, listing those that are */
export function parseFaults(names: readonly string[]): ReadonlySet<FaultName> {
  const faults = new Set<FaultName>();
  for (const name of names) {
    if (!isFaultName(name)) {
      throw new RangeError(`Unknown fault "${name}": the faults are ${FAULT_NAMES.join(", ")}`);
    }
    faults.add(name);
  }
  return faults;
}

/** Which faults are on: set at the start, and by tests while the exchange runs. */
export class FaultSwitches {
  readonly #on: Set<FaultName>;
  readonly #listeners: ((name: FaultName, on: boolean) => void)[] = [];

  constructor(on: Iterable<FaultName>) {
    this.#on = new Set(on);
  }

  has(name: FaultName): boolean {
    return this.#on.has(name);
  }

  /** In order of {@link FAULT_NAMES}. */
  get on(): readonly FaultName[] {
    return FAULT_NAMES.filter((name) => this.#on.has(name));
  }

  set(name: FaultName, on: boolean): void {
    if (on === this.#on.has(name)) return;
    if (on) this.#on.add(name);
    else this.#on.delete(name);
    for (const listener of this.#listeners) listener(name, on);
  }

  /** Hears every change from now on. */
  listen(listener: (name: FaultName, on: boolean) => void): void {
    this.#listeners.push(listener);
  }
}
