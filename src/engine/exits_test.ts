import assert from "node:assert/strict";
import { z } from "zod";
import { count, money, price } from "../core/units.ts";
import { EVIDENCE } from "../execution/order_fixture.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import type { Registration } from "../strategies/registry.ts";
import type { Target } from "../strategies/strategy.ts";
import { ViewBuilder } from "./view_builder.ts";
import { accept, engineOptions, Rig, standingOf } from "./engine_fixture.ts";

/** A strategy whose wishes a test changes as it goes. */
class Wisher {
  targets: readonly Partial<Target>[] = [];
  readonly registration: Registration;

  constructor(readonly name: string) {
    this.registration = {
      name,
      title: name,
      parameters: z.unknown(),
      bind: () => ({
        ...STANDARD_HOOKS,
        name,
        trades: () => true,
        decide: () => ({
          targets: this.targets.map((target) => ({ ...TAKES, ...target })),
          refusal: null,
          edge: 0.05,
          edgeSide: "yes",
        }),
      }),
    };
  }
}

const TAKES: Target = {
  side: "bid",
  price: price(5_000),
  count: count(1_000),
  timeInForce: "immediate_or_cancel",
  postOnly: false,
  signal: "test",
  kelly: 0.1,
  depth: count(10_000),
  evidence: { ...EVIDENCE, modelProbability: 0.5 },
};
/** No model stands behind it, and it would lose by every measure. */
const EXIT: Partial<Target> = {
  side: "ask",
  price: price(3_000),
  kelly: 0,
  reduceOnly: true,
  evidence: { ...EVIDENCE, modelProbability: null },
};
const RESTS: Partial<Target> = { timeInForce: "good_till_canceled", postOnly: true };

/** One strategy holds ten contracts of YES, the other so many of NO; both want nothing any more. */
function opposed(no: number, market: number | null = null) {
  const long = new Wisher("long");
  const short = new Wisher("short");
  const strategies = [long, short].map(({ name }) => ({ name, enabled: true, parameters: {} }));
  const { risk } = engineOptions();
  const limits = market === null ? risk : { ...risk, market: money(market) };
  const rig = new Rig({ execution: "live", capital: null, strategies, risk: limits }, [
    long.registration,
    short.registration,
  ]);
  rig.account(280, 1_000_000_000);
  rig.market(290);
  let second = 291;
  rig.book(second, [[4_000, 10_000]], [[4_000, 10_000]]);
  const trade = (strategy: Wisher, target: Partial<Target>) => {
    strategy.targets = [target];
    rig.clock(++second);
    strategy.targets = [];
    const { clientOrderId, count: size, side, price: at } = rig.placed[rig.placed.length - 1];
    const orderId = `o-${clientOrderId}`;
    accept(rig, ++second, size, 0, clientOrderId);
    rig.fill(++second, { clientOrderId, orderId, tradeId: `t-${clientOrderId}`, side, price: at, count: size });
  };
  trade(long, {});
  if (no > 0) trade(short, { side: "ask", count: count(no * 100), price: price(5_000) });
  const parts = () => {
    const { ledger } = rig.engine.desk;
    const [{ ticker }] = rig.placed;
    return [ledger.position(ticker)?.position, ledger.partOf(ticker, "long"), ledger.partOf(ticker, "short")];
  };
  assert.deepEqual(parts(), [1_000 - no * 100, 1_000, 0 - no * 100]);
  const before = rig.placed.length;
  const want = (strategy: Wisher, ...targets: readonly Partial<Target>[]) => {
    strategy.targets = targets;
    rig.clock(++second);
  };
  /** The exchange lets the newest order rest. */
  const rest = (size: number) => accept(rig, ++second, 0, size, rig.placed[rig.placed.length - 1].clientOrderId);
  return {
    rig,
    long,
    short,
    want,
    rest,
    sent: () => rig.placed.slice(before).map((one) => [one.strategy, one.count, one.reduceOnly]),
  };
}

for (const no of [0, 4, 10, 15]) {
  Deno.test(`what a strategy holds it may close while another holds ${no} on the other side`, () => {
    const { want, long, sent } = opposed(no);
    want(long, EXIT);
    assert.deepEqual(sent(), [["long", 1_000, no === 0]], "reduce-only where the account has as much to close");
  });
}

Deno.test("no exit closes more than its own strategy holds, where that would open something for the account", () => {
  const { rig, want, long, short, sent } = opposed(15);
  want(long, { ...EXIT, count: count(1_001) });
  assert.deepEqual(sent(), []);
  assert.match(standingOf(rig, "long").obstacle ?? "", /^would_open: .*10\.01 contracts would open$/);
  want(long);
  want(short, EXIT);
  assert.deepEqual(sent(), [], "it holds nothing that this would close");
  assert.match(standingOf(rig, "short").obstacle ?? "", /^would_open: /);
});

Deno.test("what was refused is shown with its rule, what that allows, and what was found", () => {
  const { rig, want, long } = opposed(15);
  want(long, { ...EXIT, count: count(1_001) });
  const [{ at: _, ...newest }, ...others] = new ViewBuilder(rig.engine).build().refused;
  assert.deepEqual(newest, {
    market: rig.placed[0].ticker,
    strategy: "long",
    code: "would_open",
    rule: "What is to close opens nothing",
    limit: "0.00 contracts",
    value: "10.01 contracts",
    text: "Only what closes may go, and 10.01 contracts would open",
  });
  assert.equal(others.length, 0);
  const audited = rig.all("record").map(({ record }) => record).filter((record) => record.kind === "audit");
  assert.deepEqual(audited.filter(({ event }) => event === "refused").map(({ ticker, text }) => [ticker, text]), [
    [newest.market, `would_open: ${newest.text}`],
  ]);
});

Deno.test("two exits may not close the same contracts", () => {
  const { rig, want, rest, long, sent } = opposed(15);
  want(long, { ...EXIT, ...RESTS, price: price(6_000), count: count(700) });
  assert.deepEqual(sent(), [["long", 700, false]]);
  rest(700);
  want(long, { ...EXIT, ...RESTS, price: price(6_000), count: count(700) }, {
    ...{ ...EXIT, ...RESTS, price: price(7_000), count: count(700) },
  });
  assert.deepEqual(sent(), [["long", 700, false]]);
  assert.match(standingOf(rig, "long").obstacle ?? "", /^would_open: /);
});

Deno.test("an exit that opens something for the account lies under its caps", () => {
  // Five contracts of NO cost $2.50, ten more at a price of 30 cents $7 and their fee.
  const within = opposed(15, 10_000_000);
  within.want(within.long, EXIT);
  assert.deepEqual(within.sent(), [["long", 1_000, false]]);
  const beyond = opposed(15, 9_500_000);
  beyond.want(beyond.long, EXIT);
  assert.deepEqual(beyond.sent(), []);
  assert.match(standingOf(beyond.rig, "long").obstacle ?? "", /^market_cap: /);
});

Deno.test("an exit that rests stays where it is, though it is no reduce-only order", () => {
  const { rig, want, rest, long, sent } = opposed(15);
  const exit = { ...EXIT, ...RESTS, price: price(6_000) };
  want(long, exit);
  rest(1_000);
  want(long, exit);
  want(long, exit);
  const open = [...rig.engine.desk.orders.openIn(rig.placed[0].ticker)].map(({ phase }) => phase);
  assert.deepEqual([sent(), open], [[["long", 1_000, false]], ["resting"]]);
  assert.equal(standingOf(rig, "long").obstacle, null);
});

Deno.test("a strategy that is wound up closes its own part, whatever another one holds", () => {
  const { rig, want, long, sent } = opposed(15);
  rig.operator(310, "wind_up_strategy", "long");
  want(long);
  const ordered = sent();
  assert.ok(ordered.length > 0 && ordered.every(([name]) => name === "long"), JSON.stringify(ordered));
});
