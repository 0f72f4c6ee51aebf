import assert from "node:assert/strict";
import { z } from "zod";
import { count, price } from "../core/units.ts";
import { after, EVIDENCE } from "../execution/order_fixture.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import type { Registration } from "../strategies/registry.ts";
import type { GroupView, Opinion, StrategyView, Target } from "../strategies/strategy.ts";
import { accept, Rig, standingOf } from "./engine_fixture.ts";

const EVENT = "KXHIGHNY-26NOV20";
const BUCKETS = ["B50.5", "B52.5", "T54"].map((strike) => `${EVENT}-${strike}`);
const BOOK = [[[3_000, 10_000]], [[6_000, 10_000]]] as const;

const taking = (change: Partial<Target> = {}): Target => ({
  side: "bid",
  price: price(4_000),
  count: count(1_000),
  timeInForce: "fill_or_kill",
  postOnly: false,
  signal: "test",
  kelly: 0.1,
  depth: count(10_000),
  evidence: { ...EVIDENCE, modelProbability: 0.5 },
  ...change,
});

const wants = (...targets: readonly Target[]): Opinion => ({ targets, refusal: null, edge: 0.05, edgeSide: "yes" });
const still: Opinion = { targets: [], refusal: { code: "idle", text: "Idle" }, edge: null, edgeSide: null };

type Decide = (view: GroupView) => ReadonlyMap<string, Opinion>;

function registration(name: string, decideGroup: Decide, hooks: Partial<typeof STANDARD_HOOKS> = {}): Registration {
  return {
    name,
    title: name,
    parameters: z.unknown(),
    bind: () => ({
      ...STANDARD_HOOKS,
      ...hooks,
      name,
      trades: (series) => series === "KXHIGHNY",
      groupOf: (market) => market.event,
      decideGroup,
    }),
  };
}

function rigOf(...registry: readonly Registration[]): Rig {
  const strategies = registry.map(({ name }) => ({ name, enabled: true, parameters: {} }));
  const rig = new Rig({ execution: "live", capital: null, strategies }, registry);
  rig.account(280, 1_000_000_000);
  for (const ticker of BUCKETS) {
    rig.market(290, { ticker, event: EVENT, series: "KXHIGHNY", floorStrike: 50, capStrike: 51 });
  }
  return rig;
}

const allBooks = (rig: Rig): void => {
  for (const ticker of BUCKETS) rig.book(292, ...BOOK, null, ticker);
};

Deno.test("a group strategy is asked once a step about all open markets of its event", () => {
  const asked: string[][] = [];
  const rig = rigOf(registration("group", ({ markets }) => {
    asked.push(markets.map(({ market }) => market.ticker));
    return new Map();
  }));
  assert.equal(asked.length, 3, "once for each market that was heard of");
  rig.clock(291);
  assert.deepEqual(asked.slice(3), [BUCKETS], "a second reprices all three, and asks once");
  const before = asked.length;
  rig.book(292, ...BOOK, null, BUCKETS[1]);
  const [now] = asked.slice(before);
  assert.deepEqual(now, BUCKETS, "what changed in one market is decided with the others in sight");
  rig.market(293, { ticker: BUCKETS[2], event: EVENT, series: "KXHIGHNY", status: "closed" });
  rig.clock(294);
  assert.deepEqual(asked.at(-1), BUCKETS.slice(0, 2), "a market that is over is not in it any more");
});

Deno.test("a market without prices is named, and the others are decided about", () => {
  const seen: GroupView[] = [];
  const rig = rigOf(registration("group", (view) => {
    seen.push(view);
    return new Map();
  }));
  rig.market(291, { ticker: BUCKETS[0], event: EVENT, series: "KXHIGHNY", priceRanges: [] });
  assert.deepEqual(seen.at(-1)?.unseen, [BUCKETS[0]]);
  assert.equal(seen.at(-1)?.markets.length, 2);
});

Deno.test("what is over is told apart, with what is held there, and when the newest market came", () => {
  const seen: GroupView[] = [];
  const rig = rigOf(registration("group", (view) => {
    seen.push(view);
    return new Map(view.markets.slice(0, 1).map(({ market }) => [market.ticker, wants(taking())]));
  }));
  assert.equal(seen.at(-1)?.joinedAt, after(290));
  allBooks(rig);
  accept(rig, 292.1, 1_000, 0);
  rig.clock(292.2);
  const [first] = seen.at(-1)?.markets ?? [];
  assert.deepEqual([first.ownPosition, first.unheard], [0, 1_000], "counted, and not told of yet");
  rig.fill(292.3, { ticker: BUCKETS[0], price: price(4_000), count: count(1_000) });
  assert.deepEqual([first.ownPosition, first.unheard], [1_000, 0]);
  assert.deepEqual(seen.at(-1)?.over, []);
  rig.market(293, { ticker: BUCKETS[0], event: EVENT, series: "KXHIGHNY", status: "closed" });
  rig.clock(294);
  const { over, markets } = seen.at(-1) ?? assert.fail();
  assert.deepEqual(over.map(({ market, ownPosition }) => [market.ticker, ownPosition]), [[BUCKETS[0], 1_000]]);
  assert.equal(markets.length, 2);
});

Deno.test("a basket goes out whole, in one step", () => {
  const rig = rigOf(registration("group", (view) => basketOf(view)));
  rig.book(292, ...BOOK, null, BUCKETS[0]);
  rig.book(292, ...BOOK, null, BUCKETS[1]);
  assert.equal(rig.placed.length, 0, "a leg whose book is not in sync keeps all of them back");
  assert.match(standingOf(rig, "group", BUCKETS[0]).obstacle ?? "", /^Basket set waits for KXHIGHNY-26NOV20-T54/);
  const actions = rig.book(293, ...BOOK, null, BUCKETS[2]);
  const tickers = actions.flatMap((action) => action.type === "place" ? [action.intent.ticker] : []);
  assert.deepEqual(tickers, BUCKETS);
});

Deno.test("while only what closes may go, no basket leaves, and it says why", () => {
  const rig = rigOf(
    registration("group", () => new Map(BUCKETS.map((ticker) => [ticker, wants(taking({ basket: "set" }))]))),
  );
  rig.operator(291, "reduce");
  allBooks(rig);
  rig.clock(293);
  assert.deepEqual(rig.placed, []);
  assert.match(standingOf(rig, "group", BUCKETS[0]).obstacle ?? "", /^Reducing: Only what closes goes out, by cli/);
  rig.operator(294, "resume");
  assert.equal(rig.placed.length, BUCKETS.length);
});

Deno.test("when a basket left is known, and no other order counts for it", () => {
  const seen: GroupView[] = [];
  let basket = true;
  const rig = rigOf(registration("group", (view) => {
    seen.push(view);
    if (basket) return basketOf(view);
    return new Map(view.markets.slice(0, 1).map(({ market }) => [market.ticker, wants(taking())]));
  }));
  rig.clock(291);
  assert.equal(seen.at(-1)?.lastBasketAt, 0, "one that waits has not left");
  allBooks(rig);
  for (const id of [1, 2, 3]) accept(rig, 292.1, 0, 0, `bot-${id}`);
  basket = false;
  rig.clock(293);
  rig.clock(294);
  const { lastBasketAt, lastOrderAt } = seen.at(-1) ?? assert.fail();
  assert.deepEqual([lastBasketAt, lastOrderAt], [after(292), after(293)]);
});

Deno.test("a basket of which risk refuses one leg does not go at all, and says which", () => {
  const rig = rigOf(
    registration(
      "group",
      (view) =>
        basketOf(
          view,
          ({ market }) => market.ticker === BUCKETS[2] ? { count: count(200_000), depth: count(200_000) } : {},
        ),
    ),
  );
  allBooks(rig);
  assert.equal(rig.placed.length, 0);
  assert.match(
    standingOf(rig, "group", BUCKETS[0]).obstacle ?? "",
    /^Basket set is refused at KXHIGHNY-26NOV20-T54\. One order: /,
  );
});

Deno.test("the legs of a basket are at stake together", () => {
  // Each leg costs 100 and a fee and fits by itself: a fifth of the account may go into the weather.
  const big = { count: count(25_000), depth: count(25_000) };
  const rig = rigOf(registration("group", (view) => basketOf(view, () => big)));
  rig.account(291, 1_000_000_000);
  allBooks(rig);
  assert.equal(rig.placed.length, 0);
  assert.match(standingOf(rig, "group", BUCKETS[0]).obstacle ?? "", /^Basket set is refused at .*-B52\.5\. /);
});

Deno.test("a basket waits while an order of its strategy is open in one of its markets", () => {
  const rig = rigOf(registration("group", (view) => basketOf(view)));
  allBooks(rig);
  assert.equal(rig.placed.length, 3);
  rig.clock(294);
  assert.equal(rig.placed.length, 3);
  assert.match(standingOf(rig, "group", BUCKETS[0]).obstacle ?? "", /order bot-1 is still open/);
});

Deno.test("a strategy that throws is stopped, says where, and leaves the others alone", () => {
  let healthy = true;
  const resting = taking({ timeInForce: "good_till_canceled", postOnly: true, price: price(3_500) });
  const broken = registration("broken", ({ markets }) => {
    if (!healthy) throw new RangeError("Not a number of degrees");
    return new Map(markets.slice(0, 1).map(({ market }) => [market.ticker, wants(resting)]));
  });
  const other = registration("other", ({ markets }) => new Map(markets.map(({ market }) => [market.ticker, still])));
  const rig = rigOf(broken, other);
  allBooks(rig);
  accept(rig, 292.1, 0, 1_000);
  healthy = false;
  rig.clock(293);
  assert.deepEqual(rig.all("cancel").map(({ clientOrderId }) => clientOrderId), ["bot-1"]);
  const { phase, reason } = rig.engine.strategies.of("broken");
  assert.deepEqual([phase, reason], ["failed", `It threw at ${EVENT}: Not a number of degrees`]);
  assert.equal(rig.records("audit").filter(({ event }) => event === "strategy_failed").length, 1);
  rig.clock(294);
  assert.equal(standingOf(rig, "other", BUCKETS[0]).opinion?.refusal?.code, "idle", "the other one is asked still");
  assert.match(standingOf(rig, "broken", BUCKETS[0]).obstacle ?? "", /^Strategy broken failed: It threw/);
  healthy = true;
  rig.operator(295, "start_strategy", "broken");
  assert.equal(rig.engine.strategies.of("broken").phase, "active", "a person starts it again");
});

Deno.test("a strategy that is wound up closes what it holds, opens nothing, and is stopped then", () => {
  const rig = rigOf(
    registration(
      "group",
      ({ markets }) => new Map(markets.slice(0, 1).map(({ market }) => [market.ticker, wants(taking())])),
    ),
  );
  allBooks(rig);
  accept(rig, 292.1, 1_000, 0);
  rig.fill(292.2, { ticker: BUCKETS[0], price: price(4_000), count: count(1_000) });
  rig.operator(293, "wind_up_strategy", "group");
  const exit = rig.placed.at(-1);
  assert.deepEqual(
    [exit?.ticker, exit?.side, exit?.price, exit?.count, exit?.reduceOnly],
    [BUCKETS[0], "ask", price(3_000), count(1_000), true],
  );
  assert.equal(rig.engine.strategies.of("group").phase, "winding_up");
  accept(rig, 293.1, 1_000, 0, "bot-2");
  rig.fill(293.2, {
    tradeId: "t2",
    clientOrderId: "bot-2",
    orderId: "o-bot-2",
    side: "ask",
    ticker: BUCKETS[0],
    price: price(3_000),
    count: count(1_000),
  });
  rig.clock(295);
  assert.equal(rig.engine.strategies.of("group").phase, "stopped");
  assert.equal(rig.placed.length, 2);
});

Deno.test("a strategy hears how a market ended in which it held something", () => {
  const hooks = { settled: () => "as forecast" };
  const rig = rigOf(
    registration(
      "group",
      ({ markets }) => new Map(markets.slice(0, 1).map(({ market }) => [market.ticker, wants(taking())])),
      hooks,
    ),
  );
  allBooks(rig);
  accept(rig, 292.1, 1_000, 0);
  rig.fill(292.2, { ticker: BUCKETS[0], price: price(4_000), count: count(1_000) });
  for (const ticker of BUCKETS) {
    rig.step({ type: "lifecycle", at: after(900), ticker, event: "settled", result: "yes", settlementValue: null });
  }
  const said = rig.records("audit").filter(({ event }) => event === "settled");
  assert.deepEqual(said.map(({ ticker, text }) => [ticker, text]), [[BUCKETS[0], "group: as forecast"]]);
});

function basketOf(view: GroupView, change: (view: StrategyView) => Partial<Target> = () => ({})) {
  return new Map(view.markets.map((each): [string, Opinion] => [
    each.market.ticker,
    wants({ ...taking(change(each)), basket: "set" }),
  ]));
}
