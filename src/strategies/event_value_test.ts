import assert from "node:assert/strict";
import fc from "fast-check";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { count, money, type Price, price } from "../core/units.ts";
import { BUCKETS, buckets, holding, ordersOf, type Quoted, viewOfQuoted } from "./arbitrage_fixture.ts";
import { decide, outlookOn, reasonAt } from "./event_fixture.ts";
import { no } from "./obstacles.ts";
import type { OwnOrder, StrategyView } from "./view.ts";
import { after } from "./view_fixture.ts";

/** Fair and two cents wide. */
const FAIR = [[9, 11], [39, 41], [29, 31], [19, 21]] as const;
const OUTLOOK = outlookOn([0.1, 0.4, 0.3, 0.2]);
const QUIET = buckets(FAIR);
/** The second bucket is offered at 30 cents, and worth 40. */
const CHEAP = buckets([FAIR[0], [28, 30], FAIR[2], FAIR[3]]);
/** For the second bucket 50 cents are bid, and it is worth 40: NO costs 50 and is worth 60. */
const DEAR = buckets([FAIR[0], [50, 52], FAIR[2], FAIR[3]]);

const changed = (of: readonly Quoted[], at: number, change: Partial<Quoted>): Quoted[] =>
  of.map((each, k) => k === at ? { ...each, ...change } : each);
const seen = (of: readonly Quoted[], at: number, view: Partial<StrategyView>): Quoted[] =>
  changed(of, at, { scene: { ...of[at].scene, view: { ...of[at].scene?.view, ...view } } });

const targetAt = (opinions: ReturnType<typeof decide>, at: number) => {
  const [target] = opinions.get(BUCKETS[at].ticker)?.targets ?? [];
  assert.ok(target !== undefined, `No target in ${BUCKETS[at].ticker}`);
  return target;
};

Deno.test("YES that costs too little is bought, and NO where YES is dear; nothing else is", () => {
  assert.deepEqual(ordersOf(decide(CHEAP, OUTLOOK)), [["B50.5", "bid", 30, 50, "value"]]);
  // An edge of 0.0775, of which 0.08 would have been bought whole.
  assert.deepEqual(ordersOf(decide(DEAR, OUTLOOK)), [["B50.5", "ask", 50, 47, "value"]]);
  const quiet = decide(QUIET, OUTLOOK);
  assert.deepEqual(ordersOf(quiet), []);
  for (const { refusal } of quiet.values()) assert.equal(refusal?.code, "no_edge");
});

Deno.test("the evidence of an order, worked out by hand", () => {
  const opinions = decide(CHEAP, OUTLOOK, { kelly_fraction: 0.01 });
  const { evidence, kelly, timeInForce, postOnly, depth } = targetAt(opinions, 1);
  assert.deepEqual([timeInForce, postOnly, depth], ["immediate_or_cancel", false, 10_000]);
  // The fee of 0.07 x 0.3 x 0.7 is 0.0147; the buffer 0.005.
  assert.equal(evidence.edge?.toFixed(6), "0.080300");
  assert.deepEqual([evidence.modelProbability, evidence.marketProbability, evidence.spot], [0.4, 0.29, 51]);
  // Kelly of 0.4 at 0.3147 is (0.4 - 0.3147) / 0.6853 = 0.12447; of 100 dollars 12.447, which buys 39.55.
  assert.equal(targetAt(opinions, 1).count, 3_900);
  assert.ok(Math.abs(kelly - 39 * 0.3148 / 10_000) < 1e-7, `${kelly}`);
  assert.equal(evidence.expectedValue?.toFixed(4), (39 * 0.0803).toFixed(4));
  // An hour to the close.
  assert.ok(Math.abs((evidence.aroc ?? NaN) / (0.0803 / 0.3147 * 31_557_600 / 3_600) - 1) < 1e-9);
});

Deno.test("the size: in proportion to the edge between the least and the target, a tenth at least", () => {
  // 200 contracts by depth, and far more by Kelly: the edge is 0.0803.
  const wide = changed(CHEAP, 1, { ask: [30, 400] });
  const cases: readonly (readonly [min: number, target: number, contracts: number])[] = [
    [0.03, 0.08, 200],
    [0.0403, 0.1203, 100],
    [0.0803, 0.5, 20],
    [0.0403, 0.2403, 40],
  ];
  for (const [min_edge, target_edge, contracts] of cases) {
    const opinions = decide(wide, OUTLOOK, { min_edge, target_edge, max_contracts: 500, event_budget: 1_000 });
    assert.deepEqual(ordersOf(opinions), [["B50.5", "bid", 30, contracts, "value"]], `${min_edge} to ${target_edge}`);
  }
});

Deno.test("what bounds a size says so where nothing is left", () => {
  const cases: readonly (readonly [string, readonly Quoted[], Parameters<typeof decide>[2], number, RegExp])[] = [
    ["the share of what is displayed", CHEAP, { depth_share: 0.2, max_contracts: 500 }, 20, /./],
    [
      "a level of a fraction of a contract",
      changed(CHEAP, 1, { ask: [30, 0.5] }),
      { min_depth: 0.01 },
      0,
      /depth_share/,
    ],
    ["the largest position", CHEAP, { max_contracts: 7.9 }, 7, /./],
    ["what is held of it", holding(CHEAP, [0, 45, 0, 0]), {}, 5, /./],
    ["a position that is full", holding(CHEAP, [0, 50, 0, 0]), {}, 0, /max_contracts/],
    ["what risk leaves: 10 dollars", seen(CHEAP, 1, { headroom: money(10_000_000) }), {}, 31, /./],
    ["what risk leaves: nothing", seen(CHEAP, 1, { headroom: money(-1) }), {}, 0, /what risk leaves/],
    ["the budget of the event: 10 dollars", CHEAP, { event_budget: 10 }, 31, /./],
    ["the same, of which what is held binds its worth", holding(CHEAP, [0, 20, 0, 0]), { event_budget: 14 }, 19, /./],
    ["no budget", CHEAP, { event_budget: 0 }, 0, /^Other bets on the event earn more with the \$0\.00 left for it$/],
    ["Kelly", CHEAP, { kelly_fraction: 0.0001 }, 0, /Kelly/],
  ];
  for (const [name, quoted, parameters, contracts, reason] of cases) {
    const opinions = decide(quoted, OUTLOOK, { cooldown: 0, ...parameters });
    const orders = contracts === 0 ? [] : [["B50.5", "bid", 30, contracts, "value"]];
    assert.deepEqual(ordersOf(opinions), orders, name);
    if (contracts === 0) assert.match(opinions.get(BUCKETS[1].ticker)?.refusal?.text ?? "", reason, name);
  }
});

Deno.test("full Kelly that was bought is not bought again, also where the price fell to half", () => {
  // Kelly buys 39.55 at 30 cents; what is held counts as if it had cost that.
  const parameters = { kelly_fraction: 0.01, cooldown: 0 };
  assert.deepEqual(ordersOf(decide(holding(CHEAP, [0, 39, 0, 0]), OUTLOOK, parameters)), []);
  assert.deepEqual(ordersOf(decide(holding(CHEAP, [0, 20, 0, 0]), OUTLOOK, parameters)), [
    ["B50.5", "bid", 30, 19, "value"],
  ]);
});

Deno.test("two bets on one event are sized together: each insures the other, so that more of each is taken", () => {
  const both = buckets([FAIR[0], [28, 30], [20, 22], FAIR[3]]);
  const parameters = { kelly_fraction: 0.01, depth_share: 1, max_contracts: 500, target_edge: 0.06 };
  const alone = targetAt(decide(CHEAP, OUTLOOK, parameters), 1).count;
  const together = decide(both, OUTLOOK, parameters);
  // Each pays where the other loses. The reserve rate r = (1 - 0.7) / (1 - 0.3147 - 0.2321), and each is staked p - r c.
  const reserve = 0.3 / (1 - 0.3147 - 0.2321);
  const staked = (p: number, cost: number) => Math.floor(100 * (p - reserve * cost) / cost + 1e-6);
  assert.deepEqual(ordersOf(together), [
    ["B50.5", "bid", 30, staked(0.4, 0.3147), "value"],
    ["B52.5", "bid", 22, staked(0.3, 0.2321), "value"],
  ]);
  assert.ok(targetAt(together, 1).count > alone, "more than of one alone");
});

Deno.test("where capital is short, what earns most for its time and can be had comes first", () => {
  const both = buckets([FAIR[0], [28, 30], [20, 22], FAIR[3]]);
  // Edges of 0.0803 for 0.3147 and 0.0629 for 0.2321: the second earns more of its capital.
  const opinions = decide(both, OUTLOOK, { event_budget: 12, target_edge: 0.06 });
  assert.deepEqual(ordersOf(opinions), [["B50.5", "bid", 30, 1, "value"], ["B52.5", "bid", 22, 50, "value"]]);
  const none = decide(both, OUTLOOK, { event_budget: 11.7, target_edge: 0.06 });
  assert.deepEqual(ordersOf(none), [["B52.5", "bid", 22, 50, "value"]]);
  assert.equal(reasonAt(none, 1), "no_capital");
});

Deno.test("doubt asks for more edge, on the side that it is about", () => {
  // By the other supposition YES of the second bucket is worth 6 cents less.
  const doubted = outlookOn([0.1, 0.4, 0.3, 0.2], [[0.1, 0.34, 0.36, 0.2]]);
  const asked = decide(CHEAP, doubted);
  assert.deepEqual([reasonAt(asked, 1), ordersOf(asked)], ["no_edge", []]);
  assert.match(asked.get(BUCKETS[1].ticker)?.refusal?.text ?? "", /0\.09/);
  assert.equal(ordersOf(decide(CHEAP, doubted, { doubt_weight: 0.8 })).length, 1);
  assert.equal(ordersOf(decide(DEAR, doubted)).length, 1, "NO of it is worth more by that supposition");
});

Deno.test("an edge that is too good, a price out of range, a thin book and a poor return are left alone", () => {
  const cases: readonly (readonly [string, readonly Quoted[], Parameters<typeof decide>[2]])[] = [
    ["edge_not_believed", CHEAP, { max_edge: 0.08 }],
    ["price_out_of_range", CHEAP, { min_price: 0.31 }],
    ["price_out_of_range", CHEAP, { max_price: 0.29 }],
    ["thin_book", CHEAP, { min_depth: 101 }],
    ["aroc_small", seen(CHEAP, 1, { secondsToClose: 2 * 31_557_600 }), { min_aroc: 0.13 }],
  ];
  for (const [code, quoted, parameters] of cases) {
    const opinions = decide(quoted, OUTLOOK, parameters);
    assert.deepEqual([reasonAt(opinions, 1), ordersOf(opinions)], [code, []]);
    const shown = opinions.get(BUCKETS[1].ticker);
    assert.deepEqual([shown?.edge?.toFixed(4), shown?.edgeSide], ["0.0803", "yes"], code);
  }
});

Deno.test("a sniper's limit lies behind the best price as far as slippage and edge allow, and counts what is displayed", () => {
  const deep = (ranges: keyof typeof NAMED_PRICE_RANGES): Quoted[] =>
    changed(CHEAP, 1, {
      ask: undefined,
      market: { ...BUCKETS[1], priceRanges: NAMED_PRICE_RANGES[ranges] },
      scene: {
        prepare(book) {
          book.change("no", price(7_000), count(1_000), after(1));
          book.change("no", price(6_950), count(2_050), after(1));
          book.change("no", price(6_900), count(4_000), after(1));
        },
      },
    });
  const cases: readonly (readonly [keyof typeof NAMED_PRICE_RANGES, number, number, number, number])[] = [
    ["linear_cent", 0, 0.03, 30, 1_000],
    ["linear_cent", 0.01, 0.03, 31, 5_000],
    ["deci_cent", 0.005, 0.03, 30.5, 3_050],
    ["center_centi_edge_centi_cent", 0.0099, 0.03, 30.99, 3_050],
    // At 30.5 cents the fee is 1.49 cents and the edge 7.51 cents; at 30.6 cents it is 7.4.
    ["deci_cent", 0.01, 0.0751, 30.5, 3_050],
  ];
  for (const [ranges, slippage, min_edge, cents, depth] of cases) {
    const target = targetAt(decide(deep(ranges), OUTLOOK, { slippage, min_edge, depth_share: 1 }), 1);
    assert.deepEqual([target.price, target.depth], [Math.round(cents * 100), depth], `${ranges} ${slippage}`);
    assert.ok(target.count <= depth);
  }
  // The same on the other side: NO is bought down to 49 cents of YES.
  const target = targetAt(decide(DEAR, OUTLOOK, { slippage: 0.01 }), 1);
  assert.deepEqual([target.side, target.price], ["ask", 4_900]);
});

Deno.test("empty sides: what can be bought is, and the rest says so", () => {
  const cases: readonly (readonly [bid: number | null, ask: number | null, unknown[], string])[] = [
    [null, 30, [["B50.5", "bid", 30, 50, "value"]], ""],
    [50, null, [["B50.5", "ask", 50, 47, "value"]], ""],
    [null, null, [], "one_sided"],
    [null, 41, [], "no_edge"],
  ];
  for (const [bid, ask, orders, reason] of cases) {
    const quoted = buckets([FAIR[0], [bid, ask], FAIR[2], FAIR[3]]);
    const opinions = decide(quoted, OUTLOOK);
    assert.deepEqual([ordersOf(opinions), reasonAt(opinions, 1)], [orders, reason], `${bid} ${ask}`);
  }
});

Deno.test("what is held is closed when the model turned against it, as far as anybody takes it, and only closed", () => {
  // YES is worth 40 cents and 50 are bid: 50 - 1.75 - 0.5 - 40 = 7.75 cents to be had.
  const held = holding(DEAR, [0, 12.34, 0, 0]);
  const target = targetAt(decide(held, OUTLOOK), 1);
  assert.deepEqual([target.side, target.price, target.count], ["ask", 5_000, 1_234], "fractions of a contract, too");
  assert.deepEqual([target.reduceOnly, target.signal, target.timeInForce], [true, "exit", "immediate_or_cancel"]);
  assert.equal(ordersOf(decide(held, OUTLOOK, { exit_edge: 0.0776 })).length, 0);
  assert.equal(targetAt(decide(changed(held, 1, { bid: [50, 3.1] }), OUTLOOK), 1).count, 310);
  const short = targetAt(decide(holding(CHEAP, [0, -5, 0, 0]), OUTLOOK), 1);
  assert.deepEqual([short.side, short.count, short.reduceOnly], ["bid", 500, true]);
  const others = seen(held, 1, { position: count(-300), ownPosition: count(500) });
  assert.deepEqual(reasonAt(decide(others, OUTLOOK), 1), "held_otherwise");
  const closed = decide(held, OUTLOOK, {}, {}, () => no("between_runs", "Not now"));
  assert.equal(ordersOf(closed).length, 1, "an exit waits for no run");
});

Deno.test("what an exit binds while it is open is not given to others", () => {
  const both = holding(buckets([FAIR[0], [50, 52], [20, 22], FAIR[3]]), [0, 50, 0, 0], null);
  const some = seen(both, 2, { headroom: money(30_000_000) });
  // 50 contracts of NO at 50 cents and 1.75 cents of fee, each rounded up by a hundredth of a cent: 25.8801 dollars.
  assert.deepEqual(ordersOf(decide(some, OUTLOOK, { target_edge: 0.06 })), [
    ["B50.5", "ask", 50, 50, "exit"],
    ["B52.5", "bid", 22, 17, "value"],
  ]);
});

Deno.test("nothing is bought against what is held, not even where that would pay", () => {
  const opinions = decide(holding(DEAR, [0, 10, 0, 0]), OUTLOOK, { exit_edge: 0.5, cooldown: 0 });
  assert.deepEqual([ordersOf(opinions), reasonAt(opinions, 1)], [[], "no_edge"]);
});

Deno.test("what keeps the whole event from being bought into, and what keeps back new orders", () => {
  const [order]: OwnOrder[] = [{
    clientOrderId: "bot-7",
    side: "bid",
    price: price(1_000),
    left: count(100),
    phase: "sent",
    sentAt: after(599),
  }];
  const cases: readonly (readonly [string, readonly Quoted[], Parameters<typeof decide>[3]])[] = [
    ["not_whole", CHEAP, { unseen: ["KXHIGHNY-26NOV20-B54.5"] }],
    ["joining", CHEAP, { joinedAt: after(591) }],
    ["fills_unheard", seen(CHEAP, 3, { unheard: count(100) }), {}],
    ["in_flight", seen(CHEAP, 3, { orders: [order] }), {}],
    ["cooldown", seen(CHEAP, 3, { lastOrderAt: after(596) }), {}],
  ];
  for (const [code, quoted, change] of cases) {
    const opinions = decide(quoted, OUTLOOK, {}, change);
    assert.deepEqual([reasonAt(opinions, 1), ordersOf(opinions)], [code, []]);
  }
  assert.equal(ordersOf(decide(seen(CHEAP, 3, { lastOrderAt: after(595) }), OUTLOOK)).length, 1);
});

Deno.test("a book or a market that cannot be traded keeps still by itself, and the others go on", () => {
  const cases: readonly (readonly [string, Partial<Quoted>])[] = [
    ["not_active", { market: { ...BUCKETS[0], status: "inactive" } }],
    ["fee_unknown", { market: { ...BUCKETS[0], fees: { type: "flat", multiplierMillionths: 1_000_000 } } }],
    ["book_not_in_sync", { scene: { prepare: (book) => book.markStale("a gap") } }],
    ["book_crossed", { scene: { prepare: (book) => void book.change("yes", price(9_000), count(100), after(1)) } }],
    ["no_strike", { market: { ...BUCKETS[0], strikeType: null } }],
  ];
  for (const [code, change] of cases) {
    for (const position of [0, 10]) {
      const opinions = decide(changed(holding(CHEAP, [position, 0, 0, 0], null), 0, change), OUTLOOK);
      assert.deepEqual([reasonAt(opinions, 0), ordersOf(opinions)], [code, [["B50.5", "bid", 30, 50, "value"]]]);
    }
  }
});

Deno.test("a bucket that is missing changes nothing for the others: its outcome is still reckoned with", () => {
  const parameters = { kelly_fraction: 0.01, depth_share: 1 };
  const whole = targetAt(decide(CHEAP, OUTLOOK, parameters), 1);
  for (const missing of [0, 2, 3]) {
    const target = targetAt(decide(CHEAP.filter((_, at) => at !== missing), OUTLOOK, parameters), 1);
    assert.deepEqual([target.count, target.evidence], [whole.count, whole.evidence], `${missing}`);
  }
  assert.equal(targetAt(decide([CHEAP[1]], OUTLOOK, parameters), 1).count, whole.count);
});

Deno.test("what is held in a market that is over, or whose strike nobody knows, counts against the rest", () => {
  const parameters = { kelly_fraction: 0.01, cooldown: 0, depth_share: 1 };
  const alone = targetAt(decide([CHEAP[1]], OUTLOOK, parameters), 1).count;
  const { market } = viewOfQuoted(CHEAP[0]);
  // 600 contracts of the first bucket, worth 60 of the 100 dollars that play.
  const over = [{ market, ownPosition: count(60_000) }];
  const less = targetAt(decide([CHEAP[1]], OUTLOOK, parameters, { over }), 1).count;
  assert.ok(less < alone, `${less} of ${alone}`);
  const lost = holding(changed(CHEAP, 0, { market: { ...BUCKETS[0], strikeType: null } }), [100, 0, 0, 0]);
  assert.deepEqual(
    ordersOf(decide(lost, OUTLOOK, parameters)),
    [],
    "a hundred dollars are lost as far as anybody knows",
  );
});

Deno.test("a maker betters others by one tick of the market's grid, post-only, and never crosses", () => {
  const cases: readonly (readonly [string, readonly Quoted[], Partial<StrategyView>, unknown[], string])[] = [
    ["YES worth more", buckets([FAIR[0], [30, 36], FAIR[2], FAIR[3]]), {}, [["B50.5", "bid", 30.1, 50, "value"]], ""],
    ["NO worth more", buckets([FAIR[0], [44, 50], FAIR[2], FAIR[3]]), {}, [["B50.5", "ask", 49.9, 50, "value"]], ""],
    ["our own bid is not bettered", CHEAP, { rivalBid: price(2_500) }, [["B50.5", "bid", 25.1, 50, "value"]], ""],
    ["no room", buckets([FAIR[0], [29.9, 30], FAIR[2], FAIR[3]]), {}, [], "no_room"],
    ["nobody else", CHEAP, { rivalBid: null, rivalAsk: null }, [], "one_sided"],
  ];
  for (const [name, quoted, view, orders, reason] of cases) {
    const opinions = decide(seen(quoted, 1, view), OUTLOOK, { execution: "maker" });
    assert.deepEqual([ordersOf(opinions), reasonAt(opinions, 1)], [orders, reason], name);
    for (const { targets } of opinions.values()) {
      for (const target of targets) {
        assert.deepEqual([target.postOnly, target.timeInForce], [true, "good_till_canceled"]);
      }
    }
  }
});

Deno.test("a maker's order: stays while it pays, moves after the cooldown, is taken back when the edge is gone", () => {
  const resting = (at: number, left: number, rivalBid: number, secondsAgo: number): Quoted[] => {
    const order: OwnOrder = {
      clientOrderId: "bot-7",
      side: "bid",
      price: price(at),
      left: count(left),
      phase: "resting",
      sentAt: after(600 - secondsAgo),
    };
    return seen(buckets([FAIR[0], [28, 42], FAIR[2], FAIR[3]]), 1, {
      orders: [order],
      restingBid: price(at),
      restingBidLeft: count(left),
      rivalBid: price(rivalBid),
      lastOrderAt: after(600 - secondsAgo),
    });
  };
  const cases: readonly (readonly [string, readonly Quoted[], number | null, string])[] = [
    ["stays where it betters others", resting(3_010, 5_000, 3_000, 1), 3_010, ""],
    ["waits where others bettered it a moment ago", resting(3_010, 5_000, 3_100, 1), 3_010, ""],
    ["moves after that", resting(3_010, 5_000, 3_100, 6), 3_110, ""],
    ["does not pay any more, within the cooldown, too", resting(3_710, 5_000, 3_800, 1), null, "no_edge"],
    ["others bid more than it is worth", resting(3_010, 5_000, 3_700, 6), null, "no_edge"],
    ["half of it is left", resting(3_010, 2_500, 3_000, 6), 3_010, ""],
    ["far more rests than is wanted: the size follows", resting(3_010, 7_600, 3_000, 6), 3_010, ""],
  ];
  for (const [name, quoted, wanted, reason] of cases) {
    const opinions = decide(quoted, OUTLOOK, { execution: "maker" });
    const [target] = opinions.get(BUCKETS[1].ticker)?.targets ?? [];
    assert.deepEqual([target?.price ?? null, reasonAt(opinions, 1)], [wanted as Price | null, reason], name);
  }
  const sizes = [[1, 25], [6, 50]] as const;
  for (const [secondsAgo, contracts] of sizes) {
    const opinions = decide(resting(3_010, 2_500, 3_000, secondsAgo), OUTLOOK, { execution: "maker" });
    assert.equal(targetAt(opinions, 1).count, contracts * 100, "nothing is added within the cooldown");
  }
  const turned = decide(resting(3_010, 5_000, 3_000, 6), outlookOn([0.2, 0.3, 0.3, 0.2]), { execution: "maker" });
  assert.equal(targetAt(turned, 1).side, "ask", "the model turned: no bid is wanted any more");
  const over = decide(resting(3_010, 5_000, 3_000, 6), OUTLOOK, { execution: "maker" }, {}, () => no("over", "Over"));
  assert.equal(reasonAt(over, 1), "over", "the run is over");
});

Deno.test("what a maker's own orders bind elsewhere in the event is not missing where it is decided about again", () => {
  const both = buckets([FAIR[0], [28, 36], [20, 28], FAIR[3]]);
  const parameters = { execution: "maker", event_budget: 1_000, cooldown: 0 } as const;
  const order = (at: number): OwnOrder => ({
    clientOrderId: `bot-${at}`,
    side: "bid",
    price: price(at),
    left: count(5_000),
    phase: "resting",
    sentAt: after(500),
  });
  // 26 dollars are free in all. Two orders of 50 bind 14.05 and 10.05 of them.
  const free = [0, 1, 2, 3].reduce((of, at) => seen(of, at, { headroom: money(26_000_000) }), both);
  const wanted = ordersOf(decide(free, OUTLOOK, parameters));
  assert.deepEqual(wanted, [["B50.5", "bid", 28.1, 50, "value"], ["B52.5", "bid", 20.1, 50, "value"]]);
  const bound = seen(
    seen(both, 1, {
      orders: [order(2_810)],
      restingBid: price(2_810),
      restingBidLeft: count(5_000),
      rivalBid: price(2_800),
      headroom: money(26_000_000 - 10_060_000),
    }),
    2,
    {
      orders: [order(2_010)],
      restingBid: price(2_010),
      restingBidLeft: count(5_000),
      rivalBid: price(2_000),
      headroom: money(26_000_000 - 14_060_000),
    },
  );
  assert.deepEqual(ordersOf(decide(bound, OUTLOOK, parameters)), wanted);
});

Deno.test("an account without money buys nothing, and says so", () => {
  const opinions = decide(CHEAP, OUTLOOK, {}, { nav: money(0) });
  assert.deepEqual([ordersOf(opinions), reasonAt(opinions, 1)], [[], "not_sized"]);
  assert.match(
    opinions.get(BUCKETS[1].ticker)?.refusal?.text ?? "",
    /^Wealth must be a micro-dollar or more, found 0$/,
  );
});

const someMarket = fc.record({
  bid: fc.integer({ min: 1, max: 97 }),
  width: fc.integer({ min: 1, max: 30 }),
  size: fc.integer({ min: 1, max: 90_000 }),
  headroom: fc.integer({ min: -5_000_000, max: 400_000_000 }),
  held: fc.integer({ min: -60, max: 60 }),
});

Deno.test("all orders of a decision together stake no more than the least that risk leaves where one goes, nor the budget", () => {
  let most = 0;
  fc.assert(
    fc.property(
      fc.array(someMarket, { minLength: 4, maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 4 }),
      fc.record({
        execution: fc.constantFrom("sniper" as const, "maker" as const),
        kelly_mode: fc.constantFrom("scale" as const, "cap" as const),
        kelly_fraction: fc.constantFrom(0.05, 0.5, 1),
        event_budget: fc.integer({ min: 0, max: 500 }),
        max_contracts: fc.double({ min: 0.5, max: 300, noNaN: true }),
        slippage: fc.constantFrom(0, 0.013, 0.05),
      }),
      (markets, weights, parameters) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0) + 4;
        const outlook = outlookOn(weights.map((weight) => (weight + 1) / total));
        const quoted = markets.map(({ bid, width, size, headroom, held }, at): Quoted => ({
          ...QUIET[at],
          bid: [bid, size / 100],
          ask: [Math.min(99, bid + width), size / 100],
          scene: { view: { headroom: money(headroom), position: count(held * 100), ownPosition: count(held * 100) } },
        }));
        const opinions = decide(quoted, outlook, { max_edge: 1, cooldown: 0, ...parameters });
        assert.equal(opinions.size, 4);
        let staked = 0;
        let leaves = parameters.event_budget * 1_000_000;
        for (const [at, { headroom, held, size }] of markets.entries()) {
          const { targets, refusal } = opinions.get(BUCKETS[at].ticker) ?? assert.fail();
          assert.equal(targets.length === 0, refusal !== null, "an order, or a reason");
          for (const target of targets) {
            assert.ok(target.count > 0 && target.price % 10 === 0 && target.price > 0 && target.price < 10_000);
            if (target.reduceOnly === true) {
              assert.ok(target.count <= Math.abs(held) * 100 && (target.side === "ask") === held > 0);
              continue;
            }
            const side = target.side === "bid" ? 1 : -1;
            assert.ok(held * side * 100 + target.count <= parameters.max_contracts * 100);
            if (parameters.execution === "sniper") assert.ok(target.count <= size * 0.5 && target.depth === size);
            staked += (side === 1 ? target.price : 10_000 - target.price) * target.count;
            leaves = Math.min(leaves, headroom);
          }
        }
        assert.ok(staked <= leaves || staked === 0, `${staked} of ${leaves}`);
        most = Math.max(most, staked);
      },
    ),
    { seed: 41, numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 20_000 : 500 },
  );
  assert.ok(most > 50_000_000, `${most}`);
});
