/**
 * Our account against the exchange's. Reads lag fills by up to a second and settlements by more (KALSHI.md 3.1), so a
 * difference counts only when two reads in a row show the same one and nothing is under way.
 *
 * | the exchange says | we believe | action |
 * | --- | --- | --- |
 * | another position, twice alike | a position | the exchange's is taken over, and said |
 * | a position in a market unknown here | nothing | left alone: it is not this bot's |
 * | other cash, twice alike, no open orders, positions agree | cash | a deposit or withdrawal: cash and capital move, profit does not |
 * @module
 */

import type { AccountInput } from "../core/input.ts";
import { type Count, formatCount, formatMoney, type Money, money } from "../core/units.ts";
import type { Ledger } from "../execution/ledger.ts";

export type AccountFinding =
  | { readonly kind: "cash"; readonly amount: Money; readonly text: string }
  | { readonly kind: "position"; readonly ticker: string; readonly position: Count; readonly text: string };

export class AccountCheck {
  #before = new Map<string, string>();

  /** What two reads in a row agree on against us. */
  compare(
    input: AccountInput,
    ledger: Ledger,
    quiet: boolean,
    isKnown: (ticker: string) => boolean,
  ): AccountFinding[] {
    const findings: AccountFinding[] = [];
    const seen = new Map<string, string>();
    const confirmed = (key: string, difference: string): boolean => {
      seen.set(key, difference);
      return this.#before.get(key) === difference;
    };
    const theirs = new Map(input.positions.map(({ ticker, position }) => [ticker, position]));
    for (const position of ledger.positions()) {
      const other = theirs.get(position.ticker) ?? (0 as Count);
      if (other === position.position) continue;
      if (!quiet || !confirmed(position.ticker, `${position.position} ${other}`)) continue;
      const text = `Position in ${position.ticker}: ${formatCount(position.position)} here, ${
        formatCount(other)
      } at the exchange; the exchange's is taken over`;
      findings.push({ kind: "position", ticker: position.ticker, position: other, text });
    }
    for (const [ticker, position] of theirs) {
      if (position === 0 || ledger.position(ticker) !== undefined || !isKnown(ticker)) continue;
      if (!quiet || !confirmed(ticker, `none ${position}`)) continue;
      const text = `Position in ${ticker}: none here, ${formatCount(position)} at the exchange; taken over at no cost`;
      findings.push({ kind: "position", ticker, position, text });
    }
    const difference = money(input.balance - ledger.cash);
    if (quiet && seen.size === 0 && difference !== 0 && confirmed("cash", `${ledger.cash} ${difference}`)) {
      const text = `Cash: ${formatMoney(ledger.cash)} here, ${
        formatMoney(input.balance)
      } at the exchange; counted as a ${difference > 0 ? "deposit" : "withdrawal"}, not as profit or loss`;
      findings.push({ kind: "cash", amount: difference, text });
    }
    this.#before = findings.length > 0 ? new Map() : seen;
    return findings;
  }
}
