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
 * | more cash, or less than what rests can bind leaves, for long, all positions agree | cash | of the deposit or withdrawal so much as is certain |
 *
 * Resting orders bind cash by a rule that the exchange does not publish (KALSHI.md 4.5): while some rest, cash may be anything
 * between all of it and what is left when they bind the most that they can. What lies outside is certain, the rest is seen once
 * nothing rests; positions wait until then. While an order's fate is not known, nothing is compared.
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

/** Cash that is certainly too much, or too little, here: positive where the exchange has more. */
interface Certain {
  readonly cash: Money;
  readonly amount: number;
  readonly since: Micros;
}

export class AccountCheck {
  #before = new Map<string, Seen>();
  #certain: Certain | null = null;

  /**
   * What has differed for long enough.
   *
   * @param bound the most that resting orders can bind, 0 while none rests; `null` while an order's fate is not known, or a fill
   *   was counted that was not heard of yet
   */
  compare(
    input: AccountInput,
    ledger: Ledger,
    bound: Money | null,
    phaseOf: (ticker: string) => MarketPhase,
  ): AccountFinding[] {
    if (bound !== 0) this.#before.clear();
    if (bound === 0 || bound === null) this.#certain = null;
    if (bound === null) return [];
    return bound === 0 ? this.#compareAll(input, ledger, phaseOf) : this.#compareBound(input, ledger, bound, phaseOf);
  }

  /** While orders rest: of a difference in cash the least that it was since our own cash last moved. */
  #compareBound(
    input: AccountInput,
    ledger: Ledger,
    bound: Money,
    phaseOf: (ticker: string) => MarketPhase,
  ): AccountFinding[] {
    const { at, balance } = input;
    const { cash } = ledger;
    const { pending } = comparePositions(input, ledger, phaseOf, () => false);
    const amount = Math.max(0, balance - cash) + Math.min(0, balance + bound - cash);
    const before = this.#certain;
    this.#certain = null;
    if (pending || amount === 0) return [];
    const same = before !== null && before.cash === cash && Math.sign(before.amount) === Math.sign(amount);
    const least = same && Math.abs(before.amount) < Math.abs(amount) ? before.amount : amount;
    const since = same ? before.since : at;
    if (at - since < DIFFERENCE_PATIENCE) {
      this.#certain = { cash, amount: least, since };
      return [];
    }
    const text = `${describeCash(cash, balance)}, of which resting orders bind ${formatMoney(bound)} at most; ${
      formatMoney(money(least))
    } of it is certain, and ${counted(least)}`;
    return [{ kind: "cash", amount: money(least), text }];
  }

  #compareAll(input: AccountInput, ledger: Ledger, phaseOf: (ticker: string) => MarketPhase): AccountFinding[] {
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
      const text = `${describeCash(ledger.cash, input.balance)}; ${counted(difference)}`;
      findings.push({ kind: "cash", amount: difference, text });
    }
    this.#before = findings.length > 0 ? new Map() : seen;
    return findings;
  }
}

const describeCash = (ours: Money, theirs: Money): string =>
  `Cash: ${formatMoney(ours)} here, ${formatMoney(theirs)} at the exchange`;

const counted = (amount: number): string =>
  `counted as a ${amount > 0 ? "deposit" : "withdrawal"}, not as profit or loss`;

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
