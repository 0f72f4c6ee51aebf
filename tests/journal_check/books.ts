/**
 * Books as the journal tells them, kept in the plainest way: for the marks, and for whether a book could be believed.
 * @module
 */

interface CheckedBook {
  synced: boolean;
  readonly yes: Map<number, number>;
  readonly no: Map<number, number>;
  mark: number | null;
}

export class CheckedBooks {
  readonly #books = new Map<string, CheckedBook>();

  snapshot(
    ticker: string,
    yes: readonly (readonly [number, number])[],
    no: readonly (readonly [number, number])[],
  ): void {
    const mark = this.#books.get(ticker)?.mark ?? null;
    this.#remark(ticker, { synced: true, yes: new Map(yes), no: new Map(no), mark });
  }

  delta(ticker: string, side: "yes" | "no", price: number, delta: number): void {
    const book = this.#books.get(ticker);
    if (book === undefined) return;
    const size = (book[side].get(price) ?? 0) + delta;
    if (size > 0) book[side].set(price, size);
    else book[side].delete(price);
    this.#remark(ticker, book);
  }

  stale(ticker: string): void {
    const book = this.#books.get(ticker);
    if (book !== undefined) book.synced = false;
  }

  isSynced(ticker: string): boolean {
    return this.#books.get(ticker)?.synced === true;
  }

  mark(ticker: string): number | null {
    return this.#books.get(ticker)?.mark ?? null;
  }

  #remark(ticker: string, book: CheckedBook): void {
    this.#books.set(ticker, book);
    const bid = Math.max(0, ...book.yes.keys());
    const ask = 10_000 - Math.max(0, ...book.no.keys());
    if (bid > 0 && ask < 10_000 && bid < ask) book.mark = (bid + ask) / 2;
  }
}
