import assert from "node:assert/strict";
import { FEE_RULES, OrderFees } from "../core/fees.ts";
import type { Side } from "../core/order.ts";
import { count } from "../core/units.ts";
import { after, aMarket, QUADRATIC } from "./order_fixture.ts";
import { ARRIVAL, resting, Stage } from "./paper_fixture.ts";

/** Each story is told for a bid and, mirrored, for an ask (which buys NO). */
function both(claim: string, story: (side: Side) => void): void {
  for (const side of ["bid", "ask"] as const) Deno.test(`paper ${side}: ${claim}`, () => story(side));
}

both("an order is not answered before its latency is over", (side) => {
  const stage = new Stage(side);
  stage.show([[4_900, 1_000]], [[5_100, 1_000]]);
  stage.place({}, 5_000);
  assert.deepEqual(stage.venue.advance(after(1.0499)), []);
  const [answer] = stage.venue.advance(after(3));
  assert.equal(answer.at, ARRIVAL, "it is matched at its arrival, whatever time the next input brings");
  assert.deepEqual(stage.tell([answer]), ["accepted 0 filled 1000 rests"]);
});

both("a taking order walks the levels best first and stops at its limit", (side) => {
  const stage = new Stage(side);
  stage.show([[4_000, 1]], [[5_000, 300], [5_100, 300], [5_300, 900]]);
  stage.place({ timeInForce: "immediate_or_cancel" }, 5_200);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))), [
    "accepted 600 filled 0 rests",
    "took 300 at 5000",
    "took 300 at 5100",
  ]);
});

both("slippage worsens every taking fill and never passes the limit", (side) => {
  const stage = new Stage(side, 50);
  stage.show([[4_000, 1]], [[5_000, 300], [5_180, 300]]);
  stage.place({ timeInForce: "immediate_or_cancel" }, 5_200);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))).slice(1), ["took 300 at 5050", "took 300 at 5200"]);
});

both("the same displayed contracts are not taken twice, whatever others add to their level or take off it", (side) => {
  const stage = new Stage(side);
  stage.show([[4_000, 1]], [[5_000, 300]]);
  const take = (id: string, at: number, size: number) => {
    stage.place({ clientOrderId: id, timeInForce: "immediate_or_cancel", count: count(size) }, 5_000, after(at));
    return stage.tell(stage.venue.advance(after(at + 0.5)));
  };
  assert.deepEqual(take("a", 1, 200), ["accepted 200 filled 0 rests", "took 200 at 5000"]);
  assert.deepEqual(take("b", 2, 200), ["accepted 100 filled 0 rests", "took 100 at 5000"]);
  assert.deepEqual(take("c", 3, 200), ["accepted 0 filled 0 rests"]);
  stage.venue.onSnapshot(stage.ticker, after(3.6));
  assert.deepEqual(take("d", 4, 200), ["accepted 0 filled 0 rests"], "a snapshot that shows the same changes nothing");
  stage.change("other", 5_000, 50, after(4.6));
  assert.deepEqual(take("e", 5, 400), ["accepted 50 filled 0 rests", "took 50 at 5000"]);
  stage.show([[4_000, 1]], [[5_000, 20]]);
  stage.venue.onSnapshot(stage.ticker, after(5.6));
  assert.deepEqual(take("f", 6, 400), ["accepted 0 filled 0 rests"], "nobody says that these are others");
  stage.show([[4_000, 1]], []);
  stage.venue.onSnapshot(stage.ticker, after(6.6));
  stage.change("other", 5_000, 30, after(6.7));
  assert.deepEqual(
    take("g", 7, 400),
    ["accepted 30 filled 0 rests", "took 30 at 5000"],
    "the level was gone, and is new",
  );
});

both("a post-only order that would cross is rejected", (side) => {
  const stage = new Stage(side);
  stage.show([[4_900, 1_000]], [[5_000, 1_000]]);
  stage.place({ postOnly: true }, 5_000);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))), ["rejected invalid_order"]);
});

both("fill or kill fills whole or not at all", (side) => {
  const stage = new Stage(side);
  stage.show([[4_000, 1]], [[5_000, 600], [5_100, 399]]);
  stage.place({ timeInForce: "fill_or_kill" }, 5_100);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))), ["rejected fill_or_kill_insufficient_resting_volume"]);
  stage.change("other", 5_100, 1, after(2));
  stage.place({ timeInForce: "fill_or_kill" }, 5_100, after(3));
  assert.deepEqual(stage.tell(stage.venue.advance(after(4))), [
    "accepted 1000 filled 0 rests",
    "took 600 at 5000",
    "took 400 at 5100",
  ]);
});

both("the rest of an immediate-or-cancel order is dropped, that of a good-till-cancelled one rests", (side) => {
  const stage = new Stage(side);
  stage.show([[4_000, 1]], [[5_000, 300]]);
  stage.place({ timeInForce: "immediate_or_cancel" }, 5_000);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))), ["accepted 300 filled 0 rests", "took 300 at 5000"]);
  assert.deepEqual(stage.change("other", 5_000, 500, after(3)), [], "nothing of it is left to meet this");
  stage.place({ clientOrderId: "bot-2" }, 5_000, after(4));
  assert.deepEqual(stage.tell(stage.venue.advance(after(5))), ["accepted 500 filled 500 rests", "took 500 at 5000"]);
  assert.deepEqual(stage.tell(stage.change("other", 5_000, 150, after(6))), ["made 150 at 5000"]);
});

both("trades at our price move the queue up, and what goes beyond it fills us", (side) => {
  const stage = resting(side);
  assert.deepEqual(stage.trade(5_000, 200, after(3)), []);
  assert.deepEqual(stage.tell(stage.trade(5_000, 150, after(4))), ["made 50 at 5000"]);
  assert.deepEqual(stage.tell(stage.trade(5_000, 2_000, after(5))), ["made 950 at 5000"]);
  assert.deepEqual(stage.trade(5_000, 100, after(6)), [], "it is filled");
});

both("a trade of a taker on our own side is none of ours", (side) => {
  const stage = resting(side, 0);
  assert.deepEqual(stage.trade(5_000, 500, after(3), side), []);
});

both("a change and the trade it belongs to count once, in either order", (side) => {
  for (const changeFirst of [true, false]) {
    const stage = resting(side);
    const change = () => stage.change("own", 5_000, -100, after(3));
    if (changeFirst) change();
    stage.trade(5_000, 100, after(3));
    if (!changeFirst) change();
    // 200 are left before us: 199 do not reach us, two more do.
    stage.change("own", 5_000, -199, after(6));
    assert.deepEqual(stage.trade(5_000, 199, after(6)), []);
    assert.deepEqual(stage.tell(stage.trade(5_000, 2, after(7))), ["made 1 at 5000"]);
  }
});

both("a sweep that shows all its changes before its trades counts once", (side) => {
  const stage = resting(side);
  stage.change("own", 5_000, -100, after(3));
  stage.change("own", 5_000, -100, after(3));
  assert.deepEqual(stage.trade(5_000, 100, after(3)), []);
  assert.deepEqual(stage.trade(5_000, 100, after(3)), []);
  assert.deepEqual(stage.trade(5_000, 100, after(9)), [], "100 were left before us");
  assert.deepEqual(stage.tell(stage.trade(5_000, 1, after(9))), ["made 1 at 5000"]);
});

both("others who cancel are taken to have stood behind us", (side) => {
  const stage = resting(side);
  stage.change("own", 5_000, 500, after(3));
  stage.change("own", 5_000, -500, after(4));
  assert.deepEqual(stage.trade(5_000, 300, after(10)), []);
});

both("a level that shrinks below our place moves us up", (side) => {
  const stage = resting(side);
  stage.change("own", 5_000, -290, after(3));
  stage.change("own", 5_000, -5, after(10));
  assert.deepEqual(stage.trade(5_000, 5, after(10)), []);
  assert.deepEqual(stage.trade(5_000, 5, after(11)), []);
  assert.deepEqual(stage.tell(stage.trade(5_000, 1, after(12))), ["made 1 at 5000"]);
});

both("a trade through our price fills us at our price, whatever stood before us", (side) => {
  const stage = resting(side);
  assert.deepEqual(stage.tell(stage.trade(4_900, 70, after(3))), ["made 70 at 5000"]);
});

both("a trade at a better price than ours is not ours", (side) => {
  const stage = resting(side);
  assert.deepEqual(stage.trade(5_100, 900, after(3)), []);
});

both("an opposite quote at or through our price fills us with what it shows", (side) => {
  const stage = resting(side, 0);
  assert.deepEqual(stage.change("other", 5_001, 40, after(3)), [], "not there yet");
  assert.deepEqual(stage.tell(stage.change("other", 5_000, 40, after(4))), ["made 40 at 5000"]);
  assert.deepEqual(stage.tell(stage.change("other", 4_950, 60, after(5))), ["made 60 at 5000"]);
  assert.deepEqual(stage.change("other", 4_950, -60, after(6)), [], "leaving fills nobody");
});

both("a snapshot shows what met us meanwhile, and each of its contracts meets us once", (side) => {
  const stage = resting(side);
  stage.show([[4_900, 10]], [[5_000, 30], [4_980, 20], [5_500, 100]]);
  assert.deepEqual(stage.tell(stage.venue.onSnapshot(stage.ticker, after(3))), ["made 20 at 5000", "made 30 at 5000"]);
  assert.deepEqual(stage.venue.onSnapshot(stage.ticker, after(4)), []);
});

both("after a snapshot no more can stand before us than it shows", (side) => {
  const stage = resting(side);
  stage.show([[5_000, 10]], [[5_500, 100]]);
  stage.venue.onSnapshot(stage.ticker, after(3));
  assert.deepEqual(stage.tell(stage.trade(5_000, 15, after(4))), ["made 5 at 5000"]);
});

both("the close cancels what rests and refuses what is still on its way", (side) => {
  const stage = resting(side);
  stage.place({ clientOrderId: "bot-2" }, 4_900, after(2));
  assert.deepEqual(stage.tell(stage.venue.onClose(stage.ticker, after(2.01))), [
    "cancelled 1000",
    "rejected MARKET_INACTIVE",
  ]);
  assert.deepEqual(stage.venue.advance(after(9)), []);
});

both("an order leaves the book at its expiry, and an expiry that has passed is refused", (side) => {
  const stage = new Stage(side);
  stage.show([[4_900, 100]], [[5_500, 100]]);
  stage.place({ expiresAt: after(5) }, 5_000);
  stage.venue.advance(after(2));
  assert.deepEqual(stage.tell(stage.venue.advance(after(6))), ["cancelled 1000"]);
  stage.place({ expiresAt: after(7) }, 5_000, after(7));
  assert.deepEqual(stage.tell(stage.venue.advance(after(8))), ["rejected invalid_order"]);
});

both("a cancel takes its latency, and fills come through until then", (side) => {
  const stage = resting(side, 0);
  stage.venue.cancel("bot-1", after(3));
  stage.venue.cancel("bot-1", after(3.04));
  assert.deepEqual(stage.venue.advance(after(3.04)), []);
  assert.deepEqual(stage.tell(stage.trade(5_000, 300, after(3.04))), ["made 300 at 5000"]);
  assert.deepEqual(stage.tell(stage.venue.advance(after(4))), ["cancelled 700"]);
  assert.deepEqual(stage.venue.advance(after(5)), []);
});

both("a cancel that overtakes nothing ends an order right after its arrival", (side) => {
  const stage = new Stage(side);
  stage.show([[4_900, 100]], [[5_500, 100]]);
  stage.place({}, 5_000);
  stage.venue.cancel("bot-1", after(1.01));
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))), ["accepted 0 filled 1000 rests", "cancelled 1000"]);
});

both("sub-cent prices and fractional counts match exactly", (side) => {
  const stage = new Stage(side);
  stage.show([[11, 1]], [[37, 3], [38, 7]]);
  stage.place({ count: count(9), timeInForce: "immediate_or_cancel" }, 38);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))).slice(1), ["took 3 at 37", "took 6 at 38"]);
});

both("fees are those of the exchange, with one accumulator an order", (side) => {
  const stage = new Stage(side);
  stage.show([[4_000, 1]], [[5_537, 123], [5_600, 77]]);
  stage.place({ count: count(500) }, 5_600);
  const answers = [
    ...stage.venue.advance(after(2)),
    ...stage.change("other", 5_600, 33, after(3)),
  ];
  const fees = new OrderFees(FEE_RULES[3], QUADRATIC);
  const expected = [
    { price: stage.yes(5_537), count: count(123), side, role: "taker" as const },
    { price: stage.yes(5_600), count: count(77), side, role: "taker" as const },
    { price: stage.yes(5_600), count: count(33), side, role: "maker" as const },
  ].map((fill) => fees.fill(fill).netFee);
  assert.deepEqual(answers.filter((answer) => answer.type === "fill").map((answer) => answer.fill.fee), expected);
  assert.ok(expected[0] > 0);
});

const REFUSALS: readonly (readonly [why: string, code: string, stage: () => Stage])[] = [
  ["an unknown market", "not_found", () => {
    const stage = new Stage("bid");
    stage.place({ ticker: "KXBTC15M-26NOV200730-30" }, 5_000);
    return stage;
  }],
  ["a market that is not open yet", "MARKET_INACTIVE", () => new Stage("bid", 0, aMarket({ openTime: after(60) }))],
  ["a market that has closed", "MARKET_INACTIVE", () => new Stage("bid", 0, aMarket({ closeTime: ARRIVAL }))],
  ["a paused market", "MARKET_INACTIVE", () => new Stage("bid", 0, aMarket({ status: "inactive" }))],
  ["a stale book", "book_not_in_sync", () => {
    const stage = new Stage("bid");
    stage.show([[4_000, 1]], [[5_000, 1]]);
    stage.book.markStale("Sequence gap");
    return stage;
  }],
  ["a crossed book", "book_not_in_sync", () => {
    const stage = new Stage("bid");
    stage.show([[5_000, 1]], [[5_000, 1]]);
    return stage;
  }],
];

for (const [why, code, make] of REFUSALS) {
  Deno.test(`paper: ${why} refuses an order`, () => {
    const stage = make();
    if (why !== "an unknown market") stage.place({}, 5_000);
    assert.deepEqual(stage.tell(stage.venue.advance(after(2))), [`rejected ${code}`]);
  });
}
