import assert from "node:assert/strict";
import fc from "fast-check";
import { count, micros, money, price } from "../core/units.ts";
import { type Execution, Ledger } from "./ledger.ts";

const fill = (side: "bid" | "ask", at: number, contracts: number, fee = 0): Execution => ({
  ticker: "M",
  side,
  price: price(at),
  count: count(contracts),
  fee: money(fee),
  strategy: "test",
  at: micros(1),
});

Deno.test("buying YES costs the price, and a YES result pays a dollar a contract", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("bid", 5600, 1_000, 175_000));
  assert.equal(ledger.cash, 10_000_000 - 5_600_000 - 175_000);
  const settled = ledger.settle("M", "yes", money(1_000_000));
  assert.deepEqual(settled, { position: 1_000, payout: 10_000_000, pnl: 10_000_000 - 5_600_000 - 175_000 });
  assert.equal(ledger.cash, 10_000_000 + 10_000_000 - 5_600_000 - 175_000);
  assert.equal(ledger.wins, 1);
});

Deno.test("selling YES without a position buys NO at one dollar less the price", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("ask", 7000, 100));
  assert.equal(ledger.position("M")?.position, -100);
  assert.equal(ledger.cash, 10_000_000 - 300_000);
  assert.equal(ledger.settle("M", "no", money(0))?.payout, 1_000_000);
});

Deno.test("an order through zero closes the old side first and opens the rest", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("bid", 4000, 100));
  const realised = ledger.apply(fill("ask", 6000, 250, 10));
  assert.equal(realised, 200_000 - 10);
  assert.equal(ledger.position("M")?.position, -150);
  assert.equal(ledger.position("M")?.cost, 150 * 4000);
  assert.equal(ledger.cash, 10_000_000 - 400_000 + 600_000 - 600_000 - 10);
});

Deno.test("closing in fractional parts releases the whole cost and not a micro-dollar more", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("bid", 3333, 301));
  for (const part of [1, 99, 100, 101]) ledger.apply(fill("ask", 3333, part));
  assert.equal(ledger.position("M")?.position, 0);
  assert.equal(ledger.position("M")?.cost, 0);
  assert.equal(ledger.realised, 0);
  assert.equal(ledger.cash, 10_000_000);
});

Deno.test("cash plus cost equals capital plus realised profit after any fills and any result", () => {
  const fills = fc.array(
    fc.record({
      side: fc.constantFrom<"bid" | "ask">("bid", "ask"),
      at: fc.integer({ min: 1, max: 9_999 }),
      contracts: fc.integer({ min: 1, max: 100_000 }),
      fee: fc.integer({ min: 0, max: 100_000 }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(fills, fc.constantFrom<"yes" | "no">("yes", "no"), (all, result) => {
      const ledger = new Ledger(money(1_000_000_000));
      for (const { side, at, contracts, fee } of all) {
        ledger.apply(fill(side, at, contracts, fee));
        assert.equal(ledger.cash + ledger.exposure(), 1_000_000_000 + ledger.realised);
        assert.ok(ledger.exposure() >= 0);
      }
      ledger.settle("M", result, money(result === "yes" ? 1_000_000 : 0));
      assert.equal(ledger.cash, 1_000_000_000 + ledger.realised);
    }),
    { seed: 11 },
  );
});
