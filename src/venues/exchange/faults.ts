/**
 * The switches that make the exchange misbehave as the real one has been seen to (KALSHI.md 12, item 10).
 * @module
 */

export const FAULTS = {
  "cash-on-shard-0": "the account's cash lies on shard 0: crypto orders fail until it is transferred",
  "seq-gap": "now and then one order book delta is not sent: a hole in seq",
  "socket-drop": "every connection is dropped each 20 simulated seconds",
  "accept-then-timeout": "every fifth order is accepted, and the connection breaks before its answer is through",
  "rate-429": "every seventh request is answered 429",
  "slow-strike": "the strike of a new window is named 20 s after the open instead of 0.6 s",
  "no-index-history": "the account lacks the entitlement to read past index values: those requests are answered 403",
  "stale-get": "reads of orders lag by 400 ms, of positions and fills by 1 s",
} as const;

export type FaultName = keyof typeof FAULTS;

/** Every name that `--fault` takes. */
export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS) as FaultName[];

const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);

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
