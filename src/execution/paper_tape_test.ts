import assert from "node:assert/strict";
import fc from "fast-check";
import { Book } from "../core/book.ts";
import type { OrderIntent, OrderTerms, Side } from "../core/order.ts";
import { complement, count, type Micros, micros, money, type Price, price } from "../core/units.ts";
import { aMarket, anIntent, NOON } from "./order_fixture.ts";
import { PaperVenue } from "./paper.ts";
import type { PaperAnswer } from "./paper_answers.ts";
import { DEFAULT_FILLS, type FillSettings } from "./queue_models.ts";

export const TICKER = aMarket().ticker;
/** Bids, and asks of which the first meets them: it shows for a moment only, as in a real book. */
const BIDS = [4_800, 4_900, 4_950, 5_000].map(price);
const ASKS = [4_950, 5_050, 5_100, 5_200].map(price);
export const CAPITAL = money(10_000_000_000);

export const happening = fc.record({
  kind: fc.constantFrom(
    "change",
    "change",
    "change",
    "execution",
    "execution",
    "snapshot",
    "place",
    "place",
    "place",
    "cancel",
    "amend",
    "decrease",
  ),
  milliseconds: fc.constantFrom(0, 1, 40, 60, 400, 1_100),
  yes: fc.boolean(),
  level: fc.nat({ max: 3 }),
  size: fc.integer({ min: 1, max: 200 }),
  removes: fc.boolean(),
  /** Of an execution: whether its change is heard before its trade. */
  changeFirst: fc.boolean(),
  rests: fc.boolean(),
  which: fc.nat({ max: 29 }),
});
export type Happening = typeof happening extends fc.Arbitrary<infer Each> ? Each : never;

/** Who sends the orders of a tape, and hears what becomes of them. */
export interface Sender {
  sent(intent: OrderIntent, at: Micros): void;
  /** Whether it would ask for this now. */
  mayChange(clientOrderId: string, kind: "amend" | "decrease", terms: OrderTerms, at: Micros): boolean;
  mayCancel(clientOrderId: string, at: Micros): boolean;
  heard(answer: PaperAnswer): void;
}

/** Asks for whatever comes to its mind. */
const CARELESS: Sender = { sent: () => {}, mayChange: () => true, mayCancel: () => true, heard: () => {} };

/** A market and our orders in it; nothing here knows of any model. */
export class Tape {
  readonly book = new Book();
  readonly venue: PaperVenue;
  readonly answers: PaperAnswer[] = [];
  /** Filled contracts by client order id, of the model that trades. */
  readonly filled = new Map<string, number>();
  readonly placed: string[] = [];
  #at: Micros = NOON;

  constructor(fills: Partial<FillSettings>, readonly onePerLevel = false, readonly sender: Sender = CARELESS) {
    this.book.replace(
      BIDS.map((at) => [at, count(100)]),
      ASKS.slice(1).map((at) => [complement(at), count(100)]),
      NOON,
    );
    const market = aMarket();
    this.venue = new PaperVenue(
      { latencyMs: 50, slippage: price(0), fills: { ...DEFAULT_FILLS, ...fills } },
      (ticker) => ticker === TICKER ? { market, book: this.book, mark: price(5_000) } : undefined,
      { capital: CAPITAL, account: null, positions: [] },
    );
  }

  play(each: Happening): void {
    this.#at = micros(this.#at + each.milliseconds * 1_000);
    this.#hear(this.venue.advance(this.#at));
    const level = (each.yes ? BIDS : ASKS)[each.level];
    switch (each.kind) {
      case "change":
        this.#change(each.yes, level, each.removes ? -each.size : each.size);
        if (level === ASKS[0] && !each.removes) this.#change(false, level, -each.size);
        return;
      case "execution":
        return this.#execute(each, level);
      case "snapshot":
        return this.#snapshot(each);
      case "place":
        return this.#place(each, level);
      case "cancel":
        if (this.sender.mayCancel(`bot-${each.which}`, this.#at)) this.venue.cancel(`bot-${each.which}`, this.#at);
        return;
      case "amend":
        return this.#amend(each, level);
      case "decrease":
        return this.#decrease(each);
    }
  }

  end(): void {
    this.#at = micros(this.#at + 2_000_000);
    this.#hear(this.venue.advance(this.#at));
    this.#hear(this.venue.onClose(TICKER, this.#at));
  }

  #change(yes: boolean, at: Price, delta: number): void {
    const level = yes ? at : complement(at);
    const shown = (yes ? this.book.yes : this.book.no).sizeAt(level);
    const change = count(Math.max(-shown, delta));
    const side = yes ? "yes" : "no";
    if (change === 0) return;
    assert.equal(this.book.change(side, level, change, this.#at), "applied");
    this.#hear(
      this.venue.onDelta({
        type: "book_delta",
        at: this.#at,
        ticker: TICKER,
        sequence: null,
        side,
        price: level,
        delta: change,
        exchangeTime: this.#at,
      }),
    );
  }

  #execute({ yes, size, changeFirst }: Happening, at: Price): void {
    const shown = (yes ? this.book.yes : this.book.no).sizeAt(yes ? at : complement(at));
    const traded = Math.min(shown, size);
    if (traded === 0) return;
    if (changeFirst) this.#change(yes, at, -traded);
    this.#hear(
      this.venue.onTrade({
        type: "trade",
        at: this.#at,
        ticker: TICKER,
        tradeId: `x-${this.#at}`,
        price: at,
        count: count(traded),
        takerSide: yes ? "ask" : "bid",
        exchangeTime: this.#at,
      }),
    );
    if (!changeFirst) this.#change(yes, at, -traded);
  }

  #snapshot({ size }: Happening): void {
    this.book.replace(
      BIDS.map((at) => [at, count(size)]),
      ASKS.slice(1).map((at) => [complement(at), count(size)]),
      this.#at,
    );
    this.#hear(this.venue.onSnapshot(TICKER, this.#at));
  }

  #place({ yes, size, rests, which }: Happening, at: Price): void {
    const id = `bot-${which}`;
    if (this.placed.includes(id)) return;
    this.placed.push(id);
    const side: Side = yes ? "bid" : "ask";
    const timeInForce = rests ? "good_till_canceled" : "immediate_or_cancel";
    // An own price for each where no two are to stand at one.
    const own = this.onePerLevel ? price(at + (yes ? -which : which)) : at;
    const intent = anIntent({ clientOrderId: id, side, price: own, count: count(size), timeInForce });
    this.sender.sent(intent, this.#at);
    this.venue.place(intent, this.#at);
  }

  #amend({ size, which }: Happening, at: Price): void {
    const id = `bot-${which}`;
    if (!this.placed.includes(id)) return;
    const terms = { price: at, count: count(size), expiresAt: null };
    if (this.sender.mayChange(id, "amend", terms, this.#at)) this.venue.amend(id, terms, this.#at);
  }

  #decrease({ size, which }: Happening): void {
    const id = `bot-${which}`;
    if (!this.placed.includes(id)) return;
    const terms = { price: price(5_000), count: count((this.filled.get(id) ?? 0) + size), expiresAt: null };
    if (this.sender.mayChange(id, "decrease", terms, this.#at)) this.venue.decrease(id, count(size), this.#at);
  }

  #hear(answers: readonly PaperAnswer[]): void {
    for (const answer of answers) {
      this.answers.push(answer);
      this.sender.heard(answer);
      if (answer.type !== "fill") continue;
      const { clientOrderId, count: contracts } = answer.fill;
      if (clientOrderId !== null) this.filled.set(clientOrderId, (this.filled.get(clientOrderId) ?? 0) + contracts);
    }
  }
}

export const tapes = fc.array(happening, { minLength: 40, maxLength: 200, size: "max" });
