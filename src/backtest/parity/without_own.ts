/**
 * Market data of a live run without what its own orders did to the books: the exchange shows them among those of others, and
 * an order on paper must neither meet its double nor miss what that took. What rested is left out; what was taken is told
 * once the same order has arrived on paper, because from then on it is gone there, too. The cautious model, which has what it
 * took gone for as long as the level shows any, counts it twice then: it fills less than it would on a book without us.
 * The numbers of what is left out stay used, so that no gap shows where it was.
 * @module
 */

import type { BookDeltaInput, BookSnapshotInput, Input, Level } from "../../core/input.ts";
import { type Count, count } from "../../core/units.ts";
import type { OwnMark } from "./live_orders.ts";

const keyOf = (ticker: string, ladder: "yes" | "no", price: number): string => `${ticker} ${ladder} ${price}`;

export class WithoutOwn {
  readonly #marks = new Map<string, OwnMark[]>();
  /** What a book shows of ours, by level. */
  readonly #shown = new Map<string, number>();
  readonly #latency: number;
  /** Changes that are held back, and until when. */
  #held: { readonly until: number; readonly input: BookDeltaInput }[] = [];
  #unmatched: number;

  /** @param latency from decision to matching on paper, micros */
  constructor(marks: readonly OwnMark[], latency: number) {
    this.#latency = latency;
    for (const mark of marks) {
      const key = keyOf(mark.ticker, mark.ladder, mark.price);
      const known = this.#marks.get(key);
      if (known === undefined) this.#marks.set(key, [{ ...mark }]);
      else known.push({ ...mark });
    }
    this.#unmatched = marks.length;
  }

  /** Changes of ours that no book showed in their time. */
  get unmatched(): number {
    return this.#unmatched;
  }

  /** The input as it would be without us, behind what was held back until now. */
  take(input: Input): readonly Input[] {
    const due = this.#due(input);
    if (input.type === "book_snapshot") {
      // It shows already what was taken.
      this.#held = this.#held.filter(({ input: { ticker } }) => ticker !== input.ticker);
      return [...due, this.#snapshot(input)];
    }
    const own = input.type === "book_delta" ? this.#delta(input) : input;
    if (own !== null) return [...due, own];
    return input.type === "book_delta" && input.sequence !== null
      ? [...due, { type: "sequence", at: input.at, sequence: input.sequence }]
      : due;
  }

  #due({ at }: Input): Input[] {
    const due = this.#held.filter(({ until }) => until < at).map(({ input }) => ({ ...input, at }));
    if (due.length > 0) this.#held = this.#held.filter(({ until }) => until >= at);
    return due;
  }

  #delta(input: BookDeltaInput): Input | null {
    const key = keyOf(input.ticker, input.side, input.price);
    const marks = this.#marks.get(key);
    if (marks === undefined) return input;
    // Those whose time is over are let go; one that never showed stays unmatched.
    while (marks.length > 0 && (marks[0].delta === 0 || marks[0].until < input.at)) marks.shift();
    let left: number = input.delta;
    for (const mark of marks) {
      if (mark.delta === 0 || Math.sign(mark.delta) !== Math.sign(left)) continue;
      if (input.at < mark.from || input.at > mark.until) continue;
      const ours = Math.sign(left) * Math.min(Math.abs(left), Math.abs(mark.delta));
      left -= ours;
      mark.delta -= ours;
      if (mark.delta === 0) this.#unmatched--;
      if (mark.own) this.#shown.set(key, (this.#shown.get(key) ?? 0) + ours);
      else {this.#held.push({
          until: mark.sentAt + this.#latency,
          input: { ...input, delta: count(ours), sequence: null },
        });}
      if (left === 0) return null;
    }
    return left === input.delta ? input : { ...input, delta: count(left) };
  }

  #snapshot(input: BookSnapshotInput): Input {
    const others = (ladder: "yes" | "no", levels: readonly Level[]): Level[] =>
      levels.flatMap(([price, size]): Level[] => {
        const left = size - (this.#shown.get(keyOf(input.ticker, ladder, price)) ?? 0);
        return left <= 0 ? [] : [[price, left as Count]];
      });
    return { ...input, yes: others("yes", input.yes), no: others("no", input.no) };
  }
}
