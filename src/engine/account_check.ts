/**
 * Our account against the exchange's. Reads lag fills by up to a second and settlements by more (KALSHI.md 3.1), and cash
 * and positions are read one after the other; so a difference counts only when it stood unchanged for
 * {@link DIFFERENCE_PATIENCE} while nothing was under way.
 *
 * | the exchange says | we believe | action |
 * | --- | --- | --- |
 * | another position, for long | a position | the exchange's is taken over, and said |
 * | a position in a market that is traded here, for long | nothing | taken over, and said |
 * | a position in a market unknown here | nothing | left alone: it is not this bot's |
 * | anything | a position in a market that has closed, or was not told of yet | left alone until it is settled here too |
 * | other cash, for long, no open orders, all positions agree | cash | a deposit or withdrawal: cash and capital move, profit does not |
 *
 * Resting orders bind cash by a rule that the exchange does not publish (KALSHI.md 4.5), so nothing is compared while any
 * order is open.
 * @module
 */

import type { AccountInput } from "../core/input.ts";
import {
  type Count,
  formatCount,
  formatMoney,
  type Micros,
  MICROS_PER_SECOND,
  type Money,
  money,
} from "../core/units.ts";
import type { Ledger } from "../execution/ledger.ts";

/** Two reads may follow each other closely after a reconnect: what counts is the time between them. */
export const DIFFERENCE_PATIENCE = 30 * MICROS_PER_SECOND;

export type AccountFinding =
  | { readonly kind: "cash"; readonly amount: Money; readonly text: string }
  | { readonly kind: "position"; readonly ticker: string; readonly position: Count; readonly text: string };

/** How far along a market is, as far as its position is concerned. */
export type MarketPhase = "unknown" | "open" | "closed";

interface Seen {
  readonly difference: string;
  readonly since: Micros;
}

export class AccountCheck {
  #before = new Map<string, Seen>();

  /**
   * What has differed for long enough.
   *
   * @param quiet no order is open, and no fill is known of that was not heard yet
   */
  compare(
    input: AccountInput,
    ledger: Ledger,
    quiet: boolean,
    phaseOf: (ticker: string) => MarketPhase,
  ): AccountFinding[] {
    if (!quiet) {
      this.#before.clear();
      return [];
    }
    const seen = new Map<string, Seen>();
    const confirmed = (key: string, difference: string): boolean => {
      const before = this.#before.get(key);
      const since = before?.difference === difference ? before.since : input.at;
      seen.set(key, { difference, since });
      return input.at - since >= DIFFERENCE_PATIENCE;
    };
    const { findings, pending } = comparePositions(input, ledger, phaseOf, confirmed);
    const difference = money(input.balance - ledger.cash);
    if (!pending && difference !== 0 && confirmed("cash", `${ledger.cash} ${difference}`)) {
      const text = `Cash: ${formatMoney(ledger.cash)} here, ${
        formatMoney(input.balance)
      } at the exchange; counted as a ${difference > 0 ? "deposit" : "withdrawal"}, not as profit or loss`;
      findings.push({ kind: "cash", amount: difference, text });
    }
    this.#before = findings.length > 0 ? new Map() : seen;
    return findings;
  }
}

/** `pending` while positions differ or wait for their settlement: then cash cannot agree. */
function comparePositions(
  input: AccountInput,
  ledger: Ledger,
  phaseOf: (ticker: string) => MarketPhase,
  confirmed: (key: string, difference: string) => boolean,
): { findings: AccountFinding[]; pending: boolean } {
  const findings: AccountFinding[] = [];
  let pending = false;
  const differs = (ticker: string, ours: Count, theirs: Count): void => {
    pending = true;
    if (!confirmed(ticker, `${ours} ${theirs}`)) return;
    const text = `Position in ${ticker}: ${formatCount(ours)} here, ${
      formatCount(theirs)
    } at the exchange; the exchange's is taken over`;
    findings.push({ kind: "position", ticker, position: theirs, text });
  };
  const theirs = new Map(input.positions.map(({ ticker, position }) => [ticker, position]));
  for (const { ticker, position } of ledger.positions()) {
    const other = theirs.get(ticker) ?? (0 as Count);
    const open = phaseOf(ticker) === "open";
    if (!open && position !== 0) pending = true;
    if (open && other !== position) differs(ticker, position, other);
  }
  for (const [ticker, position] of theirs) {
    if (position === 0 || ledger.position(ticker) !== undefined || phaseOf(ticker) !== "open") continue;
    differs(ticker, 0 as Count, position);
  }
  return { findings, pending };
}
