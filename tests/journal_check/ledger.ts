/**
 * What the journal's executions come to, counted afresh: positions with their cost, cash, and what each strategy brought.
 * Counts are hundredths of a contract, prices $0.0001, money micro-dollars, as in the journal.
 * @module
 */

export interface Held {
  /** Positive YES, negative NO. */
  position: number;
  /** What the open contracts cost. */
  cost: number;
  readonly parts: Map<string, number>;
}

const WHOLE_PRICE = 10_000;

export class CheckedLedger {
  readonly held = new Map<string, Held>();
  cash = 0;

  in(ticker: string): Held {
    let held = this.held.get(ticker);
    if (held === undefined) this.held.set(ticker, held = { position: 0, cost: 0, parts: new Map() });
    return held;
  }

  execute(ticker: string, side: "bid" | "ask", price: number, count: number, fee: number, strategy: string): void {
    const held = this.in(ticker);
    const signed = side === "bid" ? count : -count;
    const closes = held.position * signed < 0 ? Math.min(Math.abs(held.position), count) : 0;
    const opens = count - closes;
    if (closes > 0) {
      // What was held is sold at the price, or bought back at it: a NO contract is worth what YES leaves of a dollar.
      this.cash += closes * (held.position > 0 ? price : WHOLE_PRICE - price);
      held.cost -= Number(BigInt(held.cost) * BigInt(closes) / BigInt(Math.abs(held.position)));
    }
    const paid = opens * unitCost(side, price);
    this.cash -= paid + fee;
    held.cost += paid;
    held.position += signed;
    held.parts.set(strategy, (held.parts.get(strategy) ?? 0) + signed);
  }

  /** @param yesValue micro-dollars of one YES contract */
  settle(ticker: string, yesValue: number): void {
    const held = this.held.get(ticker);
    if (held === undefined) return;
    const each = held.position > 0 ? yesValue : 1_000_000 - yesValue;
    this.cash += Math.abs(held.position) * each / 100;
    this.held.delete(ticker);
  }

  /** @param mark YES price of a market; `null` where nothing was quoted on both sides yet */
  nav(mark: (ticker: string) => number | null): number {
    let nav = this.cash;
    for (const [ticker, held] of this.held) nav += worthOf(held, mark(ticker));
    return nav;
  }
}

/** @param mark as of {@link CheckedLedger.nav}: without one, what is held is worth what it cost */
export const worthOf = ({ position, cost }: Held, mark: number | null): number =>
  mark === null ? cost : Math.abs(position) * (position > 0 ? mark : WHOLE_PRICE - mark);

/** What a contract costs that an order opens. */
export const unitCost = (side: "bid" | "ask", price: number): number => side === "bid" ? price : WHOLE_PRICE - price;

/** What of a position's cost is one strategy's, by the contracts that it brought to the side that is held. */
export function shareOf({ position, cost, parts }: Held, strategy: string): number {
  const onSide = (part: number) => Math.max(0, position > 0 ? part : -part);
  let all = 0;
  for (const part of parts.values()) all += onSide(part);
  return all === 0 ? 0 : cost * onSide(parts.get(strategy) ?? 0) / all;
}
