import assert from "node:assert/strict";
import fc from "fast-check";
import { count, micros, money, price } from "../../core/units.ts";
import { Account } from "./account.ts";

const market = { ticker: "T", event: "E", shard: 2 };
const at = micros(1_000_000);

function funded(owner = 1): Account {
  const account = new Account(owner);
  account.deposit(2, money(100_000_000));
  return account;
}

Deno.test("buying YES costs its price and a win pays a dollar a contract", () => {
  const account = funded();
  account.trade(market, "bid", price(6000), count(1000), null, at);
  assert.equal(account.cash(2), 94_000_000);
  const settled = account.settle("T", price(10_000), at);
  assert.equal(settled?.payout, 10_000_000);
  assert.equal(account.cash(2), 104_000_000);
  assert.equal(account.position("T")?.realized, 4_000_000);
});

Deno.test("an ask without a position buys NO at one minus the price", () => {
  const account = funded();
  account.trade(market, "ask", price(6000), count(1000), null, at);
  assert.equal(account.cash(2), 96_000_000);
  assert.equal(account.contracts("T"), -1000);
  assert.equal(account.position("T")?.cost, 4_000_000);
  assert.equal(account.settle("T", price(0), at)?.payout, 10_000_000);
});

Deno.test("the opposite side closes first: NO bought at 0.40 and sold at 0.70 earns 0.30", () => {
  const account = funded();
  account.trade(market, "ask", price(6000), count(1000), null, at);
  account.trade(market, "bid", price(3000), count(1500), null, at);
  const position = account.position("T");
  assert.equal(position?.contracts, 500);
  assert.equal(position?.realized, 3_000_000);
  assert.equal(position?.cost, 1_500_000);
  assert.equal(account.cash(2), 100_000_000 + 3_000_000 - 1_500_000);
});

Deno.test("over all accounts cash and collateral are conserved by trades and by settlement", () => {
  const trades = fc.array(fc.record({
    buyer: fc.nat(3),
    seller: fc.nat(3),
    at: fc.integer({ min: 1, max: 9_999 }),
    size: fc.integer({ min: 1, max: 5_000 }),
  }));
  fc.assert(
    fc.property(trades, fc.boolean(), (list, yes) => {
      const accounts = [0, 1, 2, 3].map(funded);
      const total = () => accounts.reduce((sum, each) => sum + each.totalCash + each.collateral, 0);
      const before = total();
      for (const trade of list) {
        if (trade.buyer === trade.seller) continue;
        accounts[trade.buyer].trade(market, "bid", price(trade.at), count(trade.size), null, at);
        accounts[trade.seller].trade(market, "ask", price(trade.at), count(trade.size), null, at);
        assert.equal(total(), before);
      }
      assert.equal(accounts.reduce((sum, each) => sum + each.contracts("T"), 0), 0);
      const results = accounts.map((each) => ({ start: 100_000_000, each }));
      for (const { each } of results) each.settle("T", price(yes ? 10_000 : 0), at);
      assert.equal(total(), before);
      for (const { each, start } of results) {
        const position = each.position("T");
        if (position !== undefined) assert.equal(each.totalCash, start + position.realized);
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});
