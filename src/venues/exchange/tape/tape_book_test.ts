import assert from "node:assert/strict";
import { count, micros, type Price, price } from "../../../core/units.ts";
import type { Side } from "../../../core/order.ts";
import { Account } from "../account.ts";
import type { ExchangeEvent } from "../events.ts";
import { TradingFloor } from "../floor.ts";
import { ListedMarket } from "../listed_market.ts";
import type { BookOrder } from "../order.ts";
import { Random } from "../random.ts";
import { LISTED_SERIES } from "../series.ts";
import { TapeBook } from "./tape_book.ts";

const AT = micros(1_778_500_000_000_000);
const NONE = count(0);

/** A market with nothing in it, its tape, and what is said of it. Sizes are whole contracts, prices cents. */
function stage() {
  const events: ExchangeEvent[] = [];
  const floor = new TradingFloor((event) => events.push(event), Random.named(1, "trades"));
  const market = new ListedMarket(
    {
      series: LISTED_SERIES[0],
      ticker: "KXBTC15M-26MAY110830-30",
      event: "KXBTC15M-26MAY110830",
      openTime: AT,
      closeTime: micros(AT + 900_000_000),
      strikeType: "greater_or_equal",
      floorStrike: 81_000,
      capStrike: null,
    },
    AT,
    "",
  );
  const book = new TapeBook(market, floor, { resting: new Account(1_000), taking: new Account(1_001) });
  const member = new Account(1);
  const at = (cents: number): Price => price(cents * 100);
  return {
    market,
    grow: (side: Side, cents: number, by: number) => book.change({ side, price: at(cents) }, by * 100, NONE, AT),
    shrink: (side: Side, cents: number, by: number, traded = 0) =>
      book.change({ side, price: at(cents) }, -by * 100, count(traded * 100), AT),
    traded: (side: Side, cents: number, size: number) => book.traded({ side, price: at(cents) }, count(size * 100), AT),
    show: (levels: readonly (readonly [Side, number, number])[]) =>
      book.replace(levels.map(([side, cents, size]) => ({ side, price: at(cents), size: count(size * 100) })), AT),
    /** An order of ours, as far as the book knows one. */
    ours(side: Side, cents: number, size: number): BookOrder {
      const order: BookOrder = {
        owner: 1,
        account: member,
        // What the floor does with a member's order beside matching it is not looked at here.
        member: null,
        side,
        price: at(cents),
        remaining: count(size * 100),
      };
      floor.place(market, order, "taker_at_cross", true, AT);
      return order;
    },
    held: () => member.contracts(market.ticker) / 100,
    /** `[cents, contracts]`, best first. */
    levels: (side: Side) => market.book.levels(side).map(([p, size]) => [p / 100, size / 100]).reverse(),
    trades: () =>
      events.flatMap((event) => event.type === "trade" ? [[event.trade.price / 100, event.trade.count / 100]] : []),
  };
}

Deno.test("without orders of ours the book is what the tape shows, and nobody trades but on the tape", () => {
  const { grow, shrink, traded, show, levels, trades } = stage();
  show([["bid", 48, 10], ["bid", 47, 20], ["ask", 52, 5]]);
  grow("bid", 48, 7);
  shrink("bid", 47, 20);
  shrink("ask", 52, 3, 2);
  traded("bid", 48, 4);
  assert.deepEqual(levels("bid"), [[48, 17]]);
  assert.deepEqual(levels("ask"), [[52, 2]]);
  assert.deepEqual(trades(), [[52, 2], [48, 4]]);
  show([["ask", 60, 1]]);
  assert.deepEqual([levels("bid"), levels("ask")], [[], [[60, 1]]]);
});

Deno.test("ours fill once those before us have traded, and what cancels stood behind us", () => {
  const { show, ours, grow, shrink, held, levels } = stage();
  show([["bid", 48, 10]]);
  ours("bid", 48, 5);
  grow("bid", 48, 20);
  shrink("bid", 48, 20);
  shrink("bid", 48, 6, 6);
  assert.equal(held(), 0, "four stand before us");
  shrink("bid", 48, 4, 4);
  assert.equal(held(), 0, "none stands before us");
  grow("bid", 48, 8);
  shrink("bid", 48, 3, 3);
  assert.equal(held(), 3, "we stand before the eight");
  assert.deepEqual(levels("bid"), [[48, 5 + 2]], "the tape shows five, and two of ours are left");
});

Deno.test("a trade at a worse price meets ours first", () => {
  const { show, ours, shrink, held, levels } = stage();
  show([["bid", 47, 10]]);
  ours("bid", 48, 5);
  shrink("bid", 47, 8, 8);
  assert.equal(held(), 5);
  assert.deepEqual(levels("bid"), [[47, 2]], "others have what the tape shows");
});

Deno.test("a quote that crosses ours meets it, once", () => {
  const { show, ours, grow, held, levels } = stage();
  show([["bid", 45, 10], ["ask", 55, 10]]);
  ours("bid", 48, 30);
  grow("ask", 48, 4);
  assert.equal(held(), 4);
  assert.deepEqual(levels("ask"), [[55, 10]]);
  grow("ask", 48, 3);
  assert.equal(held(), 7, "the four that the tape goes on showing are gone");
});

Deno.test("what we took is gone until the tape says anything of that level", () => {
  const { show, ours, grow, levels } = stage();
  show([["ask", 52, 10], ["ask", 53, 10]]);
  ours("bid", 52, 6);
  assert.deepEqual(levels("ask"), [[52, 4], [53, 10]]);
  grow("ask", 53, 1);
  assert.deepEqual(levels("ask"), [[52, 4], [53, 11]]);
  grow("ask", 52, 1);
  assert.deepEqual(levels("ask"), [[52, 11], [53, 11]]);
});

Deno.test("recorded sides that cross stand beside each other, and ours trades when it comes to the front", () => {
  const { show, ours, grow, shrink, held, levels, trades } = stage();
  show([["bid", 50, 10]]);
  ours("bid", 49, 2);
  grow("ask", 49, 5);
  assert.deepEqual([levels("bid"), levels("ask")], [[[50, 10], [49, 2]], [[49, 5]]]);
  assert.deepEqual(trades(), []);
  shrink("bid", 50, 10);
  assert.equal(held(), 2);
  assert.deepEqual([levels("bid"), levels("ask")], [[], [[49, 3]]]);
});
