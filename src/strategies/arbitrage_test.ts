import assert from "node:assert/strict";
import fc from "fast-check";
import type { Book } from "../core/book.ts";
import { FEE_RULES, OrderFees } from "../core/fees.ts";
import { count, money, price } from "../core/units.ts";
import {
  bound,
  buckets,
  EVENT,
  groupOf,
  holding,
  ladder,
  ordersOf,
  type Quoted,
  reasonsOf,
  viewOfQuoted,
} from "./arbitrage_fixture.ts";
import type { GroupView, PeerReading } from "./strategy.ts";
import { after } from "./view_fixture.ts";

/** Asks sum to 88 cents, bids to 80. */
const CHEAP = buckets([[20, 22], [20, 22], [20, 22], [20, 22]]);
/** Bids sum to 112 cents, asks to 120. */
const DEAR = buckets([[28, 30], [28, 30], [28, 30], [28, 30]]);
/** Nothing to find. */
const FAIR = buckets([[24, 26], [24, 26], [24, 26], [24, 26]]);
/** YES of the first strike costs 41, and of the second 45 is bid. */
const CROSSED = ladder([[39, 41], [45, 47], [30, 32]]);

const changed = (of: readonly Quoted[], at: number, change: Partial<Quoted>): Quoted[] =>
  of.map((each, k) => k === at ? { ...each, ...change } : each);
const market = (of: readonly Quoted[], at: number, change: Quoted["market"]): Quoted[] =>
  changed(of, at, { market: { ...of[at].market, ...change } });

Deno.test("a set is bought whole: each kind with its legs, as one basket of orders that fill whole or not", () => {
  const cases: readonly (readonly [string, readonly Quoted[], readonly unknown[]])[] = [
    ["all_yes", CHEAP, ["T50", "B50.5", "B52.5", "T53"].map((leg) => [leg, "bid", 22, 100, "all_yes"])],
    ["all_no", DEAR, ["T50", "B50.5", "B52.5", "T53"].map((leg) => [leg, "ask", 28, 100, "all_no"])],
    ["strikes", CROSSED, [["T84000", "bid", 41, 100, "strikes"], ["T84250", "ask", 45, 100, "strikes"]]],
  ];
  for (const [kind, quoted, wanted] of cases) {
    const opinions = bound({}).decideGroup(groupOf(quoted));
    assert.deepEqual(ordersOf(opinions), wanted);
    for (const { targets: [target] } of opinions.values()) {
      if (target === undefined) continue;
      assert.deepEqual([target.basket, target.timeInForce, target.postOnly], [kind, "fill_or_kill", false]);
    }
  }
});

Deno.test("an order says what it believes, earns its part of the set, and tells the worst", () => {
  const opinions = bound({}).decideGroup(groupOf(CHEAP));
  const targets = [...opinions.values()].flatMap(({ targets }) => targets);
  const evidence = targets.map((target) => target.evidence);
  const believed = evidence.map(({ modelProbability }) => modelProbability ?? NaN);
  assert.ok(Math.abs(believed.reduce((sum, one) => sum + one, 0) - 1) < 1e-12, "probabilities of all outcomes");
  for (const each of targets) assert.ok((each.evidence.modelProbability ?? 0) > each.price / 10_000);
  // 12 cents a contract, less four fees of 1.2012 cents and their rounding.
  const net = evidence.reduce((sum, { expectedValue }) => sum + (expectedValue ?? NaN), 0);
  assert.ok(Math.abs(net - (12 - 4 * (1.2012 + 0.00011))) < 1e-9, `${net}`);
  // All but one closed at 17 cents: 5 cents lost, and both fees.
  const lost = 3 * (5 + 1.2012 + 0.07 * 17 * 0.83 + 2 * 0.00011);
  assert.ok(Math.abs((evidence[0].worstLoss ?? NaN) - lost) < 1e-9, `${evidence[0].worstLoss}`);
  const [{ aroc, kellyFraction }] = evidence;
  assert.ok(kellyFraction !== null && Math.abs(kellyFraction - (88 + 4 * 1.20131) / 10_000) < 1e-9);
  assert.ok(aroc !== null && aroc > 100, "seven per cent in an hour");
});

Deno.test("however a set's legs come in fills, it earns what its orders expect, and more than nothing", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 0, maxLength: 9 });
  const made = fc.record({
    kind: fc.constantFrom("all_yes", "all_no"),
    at: fc.array(fc.integer({ min: 130, max: 245 }), { minLength: 4, maxLength: 4 }),
    sizes: fc.array(fc.integer({ min: 100, max: 10_000 }), { minLength: 4, maxLength: 4 }),
    cuts: fc.array(cuts, { minLength: 4, maxLength: 4 }),
  });
  let seen = 0;
  fc.assert(
    fc.property(made, ({ kind, at, sizes, cuts }) => {
      const quoted = buckets(
        at.map((tenths) => kind === "all_yes" ? [tenths / 10 - 2, tenths / 10] : [tenths / 10 + 12, 99]),
      )
        .map((each, k): Quoted => {
          const [level, hundredths] = [kind === "all_yes" ? each.ask : each.bid, sizes[k] / 100];
          assert.ok(level !== undefined);
          return kind === "all_yes"
            ? { ...each, ask: [level[0], hundredths] }
            : { ...each, bid: [level[0], hundredths] };
        });
      const strategy = bound({ min_edge: 0, max_leg_loss: 100_000, nav_share: 1 });
      const targets = [...strategy.decideGroup(groupOf(quoted)).values()].flatMap((opinion) => opinion.targets);
      if (targets.length === 0) return;
      seen++;
      let cash = 0;
      for (const [leg, { side, price: limit, count: size }] of targets.entries()) {
        const order = new OrderFees(FEE_RULES[FEE_RULES.length - 1], viewOfQuoted(quoted[leg]).market.fees);
        let left: number = size;
        for (const cut of [...cuts[leg], Infinity]) {
          const filled = Math.min(cut, left);
          if (filled === 0) break;
          left -= filled;
          cash += order.fill({ price: limit, count: count(filled), side, role: "taker" }).balanceChange;
        }
      }
      // NO is YES that is owed: one of them is paid.
      const [{ count: size, side }] = targets;
      const earned = cash + (side === "bid" ? size : -size) * 10_000;
      const expected = targets.reduce((sum, { evidence }) => sum + (evidence.expectedValue ?? NaN), 0) * 1e6;
      assert.ok(expected > 0 && earned >= expected - 1, `${earned} earned, ${expected} expected`);
    }),
    { seed: 82, numRuns: 1_000 },
  );
  assert.ok(seen > 300, `${seen}`);
});

Deno.test("no set where something is missing, doubtful, or not to be traded", () => {
  const without = CHEAP.filter((_, at) => at !== 1);
  const cases: readonly (readonly [string, readonly Quoted[], Partial<GroupView>, readonly string[]])[] = [
    ["fair prices", FAIR, {}, ["no_arbitrage"]],
    ["a bucket is missing", without, {}, ["no_arbitrage"]],
    ["a bucket is over", without, { over: [{ market: viewOfQuoted(CHEAP[1]).market, ownPosition: count(0) }] }, [
      "no_arbitrage",
    ]],
    ["a market cannot be seen", CHEAP, { unseen: [`${EVENT}-B99.5`] }, ["not_whole"]],
    ["a strike is not known", market(CHEAP, 1, { strikeType: null, floorStrike: null, capStrike: null }), {}, [
      "no_arbitrage",
    ]],
    ["a gap between buckets", market(CHEAP, 2, { floorStrike: 53, capStrike: 53 }), {}, ["no_arbitrage"]],
    ["a market is inactive", market(CHEAP, 1, { status: "inactive" }), {}, ["no_arbitrage", "not_active"]],
    ["a leg is not offered", changed(CHEAP, 1, { ask: undefined }), {}, ["no_arbitrage"]],
    ["a leg closes later", market(CHEAP, 1, { closeTime: after(9_000) }), {}, ["closes_differ"]],
    ["a fee is not known", market(CHEAP, 1, { fees: { type: "flat", multiplierMillionths: 1 } }), {}, [
      "no_arbitrage",
      "fee_unknown",
    ]],
    ["a book is stale", changed(CHEAP, 1, { scene: { prepare: (book) => book.markStale("Lost") } }), {}, [
      "no_arbitrage",
      "book_not_in_sync",
    ]],
    ["a book is crossed", changed(CHEAP, 1, { bid: [30, 100] }), {}, ["no_arbitrage", "book_crossed"]],
    ["an order has just left", CHEAP, { lastOrderAt: after(599.5) }, ["cooldown"]],
  ];
  for (const [what, quoted, change, wanted] of cases) {
    const opinions = bound({}).decideGroup(groupOf(quoted, change));
    assert.deepEqual(ordersOf(opinions), [], what);
    assert.deepEqual(reasonsOf(opinions).sort(), [...wanted].sort(), what);
    assert.equal(opinions.size, quoted.length, what);
  }
});

Deno.test("degrees are whole: the same buckets of another number leave a gap", () => {
  const dollars = CHEAP.map((each) => ({ ...each, market: { ...each.market, series: "KXOTHER" } }));
  assert.deepEqual(ordersOf(bound({}).decideGroup(groupOf(dollars))), []);
  assert.equal(ordersOf(bound({}).decideGroup(groupOf(CHEAP))).length, 4);
});

Deno.test("strikes of different numbers are no ladder, however they are quoted", () => {
  const players = CROSSED.map((each, at) => ({ ...each, ticker: `KXBTCD-26NOV2013-PLAYER${at}-20` }));
  assert.equal(ordersOf(bound({}).decideGroup(groupOf(CROSSED))).length, 2);
  assert.deepEqual(reasonsOf(bound({}).decideGroup(groupOf(players))), ["no_arbitrage"]);
});

Deno.test("NO without a leg that is not offered, or too dear, is a setting of its own", () => {
  const unquoted = buckets([[40, 42], [40, 42], [32, 34], [null, 1]]);
  const penny = buckets([[40, 42], [40, 42], [32, 34], [1, 2]]);
  for (const quoted of [unquoted, penny]) {
    assert.deepEqual(ordersOf(bound({}).decideGroup(groupOf(quoted))), []);
    const legs = ordersOf(bound({ unquoted_legs: "leave_out" }).decideGroup(groupOf(quoted)));
    assert.deepEqual(legs.map(([leg]) => leg), ["T50", "B50.5", "B52.5"]);
  }
  const all = bound({ max_price: 1 }).decideGroup(groupOf(penny));
  assert.equal(ordersOf(all).length, 4);
});

Deno.test("a size is the least of what every bound allows, in whole contracts, and none of them is passed", () => {
  const depth = changed(CHEAP, 2, { ask: [22, 7] });
  const sizeOf = (parameters: Record<string, unknown>, quoted = CHEAP, change: Partial<GroupView> = {}) =>
    ordersOf(bound(parameters).decideGroup(groupOf(quoted, change))).map(([, , , contracts]) => contracts);
  const four = (contracts: number) => [contracts, contracts, contracts, contracts];
  assert.deepEqual(sizeOf({}, depth), four(7));
  assert.deepEqual(sizeOf({ depth_share: 0.5 }, depth), four(3));
  assert.deepEqual(sizeOf({ max_contracts: 12.5 }), four(12));
  // 92.8 cents a contract with fees.
  assert.deepEqual(sizeOf({ nav_share: 0.001 }), four(10));
  assert.deepEqual(sizeOf({}, CHEAP, { nav: money(100_000_000) }), four(10));
  // 21.63 cents a contract if three legs fill and are closed at 17 cents.
  assert.deepEqual(sizeOf({ max_leg_loss: 5 }), four(23));
  const poor = CHEAP.map((each) => ({ ...each, scene: { view: { headroom: money(5_000_000) } } }));
  assert.deepEqual(sizeOf({}, poor), four(5));
  // What is held of a whole set counts.
  assert.deepEqual(sizeOf({ max_contracts: 30 }, holding(CHEAP, [25, 25, 25, 25], null)), four(5));
});

Deno.test("a set that is found and not worth it says why, and what it would earn", () => {
  const cases: readonly (readonly [Record<string, unknown>, string, RegExp])[] = [
    [{ min_edge: 0.08 }, "set_edge_small", /all_yes of 4 legs earns 0\.0719 a contract, wanted 0\.08/],
    [{ min_aroc: 1_000 }, "set_aroc_small", /of its capital a year, wanted 1000/],
    [{ max_leg_loss: 0.1 }, "set_too_small", /less than one contract by max_leg_loss; one may lose 0\.2163/],
    [{ min_seconds: 4_000 }, "too_near_settlement", /3600 s/],
    [{ max_seconds: 1_000 }, "too_far_from_settlement", /3600 s/],
  ];
  for (const [parameters, code, text] of cases) {
    const opinions = bound(parameters).decideGroup(groupOf(CHEAP));
    for (const { targets, refusal, edge, edgeSide } of opinions.values()) {
      assert.deepEqual([targets, refusal?.code, edgeSide], [[], code, "yes"]);
      assert.match(refusal?.text ?? "", text);
      assert.ok(edge !== null && edge > 0.07);
    }
  }
});

Deno.test("what an order may have taken is not bought again before the book has changed", () => {
  const whole = holding(CHEAP, [10, 10, 10, 10], 300);
  const before = bound({}).decideGroup(groupOf(whole));
  assert.deepEqual([ordersOf(before), reasonsOf(before)], [[], ["book_of_before"]]);
  const since = whole.map((each) => ({
    ...each,
    scene: { ...each.scene, prepare: (book: Book) => void book.change("yes", price(100), count(100), after(400)) },
  }));
  assert.equal(ordersOf(bound({}).decideGroup(groupOf(since))).length, 4);
  assert.deepEqual(ordersOf(bound({}).decideGroup(groupOf([...since.slice(1), whole[0]]))), [], "in every leg");
});

Deno.test("of several sets the best score goes first, and one a decision", () => {
  const two = ladder([[39, 41], [45, 47], [52, 54]]);
  const opinions = bound({}).decideGroup(groupOf(two));
  assert.deepEqual(ordersOf(opinions).map(([leg, side]) => [leg, side]), [["T84000", "bid"], ["T84500", "ask"]]);
  // Where the best is not worth it by a bound of its own, the next one is.
  const thin = changed(two, 2, { bid: [52, 0.5] });
  const next = ordersOf(bound({}).decideGroup(groupOf(thin)));
  assert.deepEqual(next.map(([leg, side]) => [leg, side]), [["T84000", "bid"], ["T84250", "ask"]]);
});

Deno.test("a kind that is switched off is not looked for", () => {
  assert.deepEqual(ordersOf(bound({ outcomes: false }).decideGroup(groupOf(CHEAP))), []);
  assert.deepEqual(ordersOf(bound({ strikes: false }).decideGroup(groupOf(CROSSED))), []);
  assert.equal(ordersOf(bound({ strikes: false }).decideGroup(groupOf(CHEAP))).length, 4);
});

Deno.test("a market by itself, and what changes from one decision to the next, is told from the view alone", () => {
  const strategy = bound({});
  const alone = strategy.decideGroup(groupOf([CHEAP[0]]));
  assert.deepEqual(reasonsOf(alone), ["alone"]);
  // Another grid, another strike, one market more: each time as a fresh strategy would decide.
  const scenes = [CHEAP, FAIR, CHEAP, CHEAP.slice(1), market(CHEAP, 2, { capStrike: 54 }), DEAR, CHEAP];
  for (const quoted of scenes) {
    const again = strategy.decideGroup(groupOf(quoted));
    assert.deepEqual(again, bound({}).decideGroup(groupOf(quoted)));
  }
});

Deno.test("more events and engines than the kernel has room for take turns", () => {
  const strategies = Array.from({ length: 4 }, () => bound({}));
  for (let round = 0; round < 2; round++) {
    for (let event = 0; event < 100; event++) {
      for (const strategy of strategies) {
        const name = `KXBTCD-26NOV${event}`;
        const found = strategy.decideGroup(groupOf(ladder([[39, 41], [45 + event % 3, 49]], name)));
        assert.deepEqual(ordersOf(found).map(([, , at]) => at), [41, 45 + event % 3]);
      }
    }
  }
});

// --- sets that are not whole ------------------------------------------------------------------------------------------

const repaired = (quoted: readonly Quoted[], change: Partial<GroupView> = {}, parameters = {}) =>
  bound({ repair_max_loss: 0.05, ...parameters }).decideGroup(groupOf(quoted, change));

Deno.test("whole sets are held to the end, whatever their markets are quoted", () => {
  for (const contracts of [[50, 50, 50, 50], [-50, -50, -50, -50]]) {
    const opinions = repaired(holding(FAIR, contracts, 500));
    assert.deepEqual([ordersOf(opinions), reasonsOf(opinions)], [[], ["no_arbitrage"]]);
  }
  const pair = repaired(holding(ladder([[50, 52], [40, 42], [30, 32]]), [10, 0, -10], 500));
  assert.deepEqual([ordersOf(pair), reasonsOf(pair)], [[], ["no_arbitrage"]]);
});

Deno.test("a leg that failed is bought where that is worth it, else the others are closed", () => {
  const missing = repaired(holding(CHEAP, [50, 50, 50, 0]));
  assert.deepEqual(ordersOf(missing), [["T53", "bid", 22, 50, "complete"]]);
  const moved = holding(buckets([[20, 22], [20, 22], [20, 22], [45, 47]]), [50, 50, 50, 0]);
  assert.deepEqual(ordersOf(repaired(moved)), [
    ["T50", "ask", 20, 50, "close"],
    ["B50.5", "ask", 20, 50, "close"],
    ["B52.5", "ask", 20, 50, "close"],
  ]);
  const closing = [...repaired(moved).values()].flatMap(({ targets }) => targets);
  assert.ok(
    closing.every(({ reduceOnly, timeInForce }) => reduceOnly === true && timeInForce === "immediate_or_cancel"),
  );
  const strikes = holding(ladder([[39, 41], [45, 47]]), [50, 0]);
  assert.deepEqual(ordersOf(repaired(strikes)), [["T84250", "ask", 45, 50, "complete"]]);
});

Deno.test("patience first, then the touch, and never beyond the worst that may be lost", () => {
  const wide = (secondsAgo: number | null) => holding(ladder([[30, 50], [20, 30]]), [50, 0], secondsAgo);
  const waits = repaired(wide(5));
  assert.deepEqual([ordersOf(waits), reasonsOf(waits).sort()], [[], ["not_whole", "repair_dear"]]);
  assert.match([...waits.values()][0].refusal?.text ?? "", /costs 0\.1147 a contract, allowed 0\.05/);
  assert.deepEqual(ordersOf(repaired(wide(21))), [["T84000", "ask", 30, 50, "close"]]);
  assert.deepEqual(ordersOf(repaired(wide(null))), [["T84000", "ask", 30, 50, "close"]], "of an earlier run");
  const hopeless = repaired(wide(21), {}, { worst_loss: 0.1 });
  assert.deepEqual([ordersOf(hopeless), reasonsOf(hopeless).sort()], [[], ["not_whole", "repair_dear"]]);
  const unquoted = holding(ladder([[30, 50], [20, 30]]).map((each) => ({ ...each, bid: undefined })), [50, 0], 21);
  assert.deepEqual(reasonsOf(repaired(unquoted)).sort(), ["not_whole", "repair_unquoted"]);
});

Deno.test("after twice the patience only what closes is sent", () => {
  const missing = (secondsAgo: number | null) => ordersOf(repaired(holding(CHEAP, [50, 50, 50, 0], secondsAgo)));
  assert.deepEqual(missing(39), [["T53", "bid", 22, 50, "complete"]]);
  const closing = ["T50", "B50.5", "B52.5"].map((leg) => [leg, "ask", 20, 50, "close"]);
  for (const secondsAgo of [41, 500, null]) assert.deepEqual(missing(secondsAgo), closing);
});

Deno.test("nothing is judged before every order was answered, every fill heard, and every market known", () => {
  const missing = holding(CHEAP, [50, 50, 50, 0]);
  const busy = (view: object) => changed(missing, 3, { scene: { view: { ...missing[3].scene?.view, ...view } } });
  const order = {
    clientOrderId: "bot-1",
    side: "bid",
    price: price(2_200),
    left: count(5_000),
    phase: "unknown",
    sentAt: after(595),
  } as const;
  const cases: readonly (readonly [readonly Quoted[], Partial<GroupView>, string])[] = [
    [busy({ orders: [order] }), {}, "waits_for_answer"],
    [busy({ unheard: count(100) }), {}, "waits_for_answer"],
    [missing, { joinedAt: after(595) }, "group_is_new"],
    [missing, { unseen: ["X"] }, "not_seen"],
    [missing, { lastOrderAt: after(599.7) }, "repair_waits"],
  ];
  for (const [quoted, change, reason] of cases) {
    const opinions = repaired(quoted, change);
    assert.deepEqual([ordersOf(opinions), reasonsOf(opinions)], [[], [reason]]);
  }
});

Deno.test("what is held in a market that is over covers what is open", () => {
  const [first, second] = holding(ladder([[50, 52], [40, 42], [30, 32]]), [10, -10, 0], 500);
  const past = { market: viewOfQuoted(first).market, ownPosition: count(1_000) };
  assert.deepEqual(ordersOf(repaired([second], { over: [past] })), []);
  const uncovered = repaired([second], { over: [{ ...past, ownPosition: count(0) }] });
  assert.deepEqual(ordersOf(uncovered), [["T84250", "bid", 42, 10, "close"]]);
});

Deno.test("while a set is not whole no other is bought", () => {
  const both = [...CROSSED, ...ladder([[20, 22]])].map((each, at) => ({
    ...each,
    ticker: `KXBTCD-26NOV2013-T${84_000 + 250 * at}`,
    market: { ...each.market, floorStrike: 84_000 + 250 * at },
  }));
  const opinions = repaired(holding(both, [0, 0, 0, 10]));
  assert.deepEqual(ordersOf(opinions).map(([leg]) => leg), ["T84750"]);
});

// --- the other venue --------------------------------------------------------------------------------------------------

const peer = (bid: number | null, ask: number | null, change: Partial<PeerReading> = {}): PeerReading => ({
  bid: bid === null ? null : price(bid * 100),
  bidSize: count(5_000),
  ask: ask === null ? null : price(ask * 100),
  askSize: count(5_000),
  age: 0,
  ...change,
});

const paired = (reading: PeerReading | null, view: object = {}): Quoted[] => [{
  ticker: "KXFEDDECISION-26OCT-H26",
  bid: [48, 100],
  ask: [50, 100],
  market: { event: "KXFEDDECISION-26OCT", series: "KXFEDDECISION", strikeType: "custom", floorStrike: null },
  scene: { view: { peer: reading, ...view } },
}];

Deno.test("a gap to the other venue is shown, and says that the other leg cannot be sent", () => {
  const [shown] = bound({}).decideGroup(groupOf(paired(peer(58, 60)))).values();
  assert.deepEqual([shown.targets, shown.refusal?.code, shown.edgeSide], [[], "peer_leg", "yes"]);
  assert.match(
    shown.refusal?.text ?? "",
    /^YES costs 0\.5000 here and pays 0\.5800 there: 0\.0425 net on 50 contracts/,
  );
  assert.match(shown.refusal?.text ?? "", /the other leg cannot be sent from here$/);
  const [back] = bound({}).decideGroup(groupOf(paired(peer(38, 40)))).values();
  assert.deepEqual([back.refusal?.code, back.edgeSide], ["peer_leg", "no"]);
  const none: readonly (readonly [PeerReading | null, Record<string, unknown>, string])[] = [
    [peer(53, 55), {}, "gap_small"],
    [peer(49, 51), {}, "no_arbitrage"],
    [peer(58, 60, { age: 11_000_000 }), {}, "no_arbitrage"],
    [peer(58, 60), { peers: "off" }, "no_arbitrage"],
    [null, {}, "alone"],
  ];
  for (const [reading, parameters, code] of none) {
    assert.deepEqual(reasonsOf(bound(parameters).decideGroup(groupOf(paired(reading)))), [code]);
  }
});

Deno.test("where it is allowed our own leg is bought, as a bet: by Kelly, within its own bounds, and never repaired", () => {
  const strategy = bound({ peers: "own_leg" });
  const bets = strategy.decideGroup(groupOf(paired(peer(58, 60))));
  // Full Kelly is 0.118 of 10,000 dollars: a tenth of it is 228 contracts, of which 20 are allowed.
  assert.deepEqual(ordersOf(bets), [["H26", "bid", 50, 20, "peer_gap"]]);
  const [{ targets: [target] }] = bets.values();
  assert.deepEqual([target.evidence.modelProbability, target.basket], [0.58, undefined]);
  const held = { position: count(1_500), ownPosition: count(1_500) };
  assert.deepEqual(ordersOf(strategy.decideGroup(groupOf(paired(peer(58, 60), held)))).map(([, , , size]) => size), [
    5,
  ]);
  const recent = strategy.decideGroup(groupOf(paired(peer(58, 60), { lastOrderAt: after(599.5) })));
  assert.deepEqual(reasonsOf(recent), ["cooldown"]);
  assert.deepEqual(ordersOf(strategy.decideGroup(groupOf(CHEAP))), [], "and no sets beside them");
  const kept = strategy.decideGroup(groupOf(holding(CHEAP, [50, 0, 0, 0], 500)));
  assert.deepEqual(ordersOf(kept), []);
});

Deno.test("a wrong setting is refused", () => {
  for (const wrong of [{ peers: "both" }, { fills_per_leg: 1.5 }, { unquoted_legs: true }, { max_leg_loss: -1 }]) {
    assert.throws(() => bound(wrong), { name: "ZodError" });
  }
});
