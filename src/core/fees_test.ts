import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CENT,
  DIRECT_PRECISION,
  FEE_RULES,
  feeRuleAt,
  isFeeKnown,
  modelFeeCeil,
  OrderFees,
  worstCaseFee,
} from "./fees.ts";
import type { FeeRule } from "./fees.ts";
import type { FeeSchedule, FeeType } from "./market.ts";
import {
  count,
  formatMoney,
  type Micros,
  money,
  parseCount,
  parseMoney,
  parsePrice,
  parseTime,
  price,
} from "./units.ts";

const QUADRATIC: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const FIXTURES = new URL("../../../shared/data/rest_fixtures/", import.meta.url);

function ruleNamed(id: string): FeeRule {
  const rule = FEE_RULES.find((rule) => rule.id === id);
  assert.ok(rule, `no rule ${id}`);
  return rule;
}

async function readFixture(name: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(new URL(name, FIXTURES));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`SKIPPED: ${name} is not here`);
    return null;
  }
}

Deno.test("a date finds the fee rule that held then", () => {
  const cases: [string, string][] = [
    ["2026-02-05T00:00:00Z", "2026-02"],
    ["2026-05-07T17:55:25.212272Z", "2026-05"],
    ["2026-06-11T06:29:30Z", "2026-06"],
    ["2026-08-22T00:00:00Z", "2026-06"],
    ["2026-09-18T00:00:00Z", "2026-09"],
    ["2027-01-01T00:00:00Z", "2026-09"],
  ];
  for (const [time, id] of cases) assert.equal(feeRuleAt(parseTime(time) as Micros).id, id, time);
});

Deno.test("the model's fee is exact where products pass 2^53", () => {
  const cases: [FeeSchedule, number, number, "taker" | "maker", number, number][] = [
    [QUADRATIC, 5_000, 10_000, "taker", 1, 1_750_000],
    [QUADRATIC, 5_200, 100, "taker", 100, 17_500],
    [QUADRATIC, 5_200, 100, "taker", 1, 17_472],
    [QUADRATIC, 5_000, 10_000, "maker", 1, 0],
    [{ ...QUADRATIC, type: "quadratic_with_maker_fees" }, 5_000, 10_000, "maker", 1, 437_500],
    [{ ...QUADRATIC, type: "quadratic_with_combo_maker_fees" }, 5_000, 10_000, "maker", 1, 875_000],
    [{ ...QUADRATIC, multiplierMillionths: 500_000 }, 5_000, 10_000, "taker", 1, 875_000],
    [{ ...QUADRATIC, multiplierMillionths: 0 }, 5_000, 10_000, "taker", 1, 0],
    [QUADRATIC, 5_001, 999_999_999, "taker", 1, 174_999_992_826],
  ];
  for (const [schedule, at, contracts, role, step, fee] of cases) {
    const found = modelFeeCeil(schedule, price(at), count(contracts), role, money(step));
    assert.equal(found, fee, JSON.stringify([schedule, at, contracts, role, step]));
  }
});

Deno.test("the fast and the BigInt path of the model's fee agree", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 10_000 }),
    fc.integer({ min: 1, max: 100_000_000 }),
    fc.constantFrom(1, 100, 10_000),
    (at, contracts, step) => {
      const units = BigInt(at) * BigInt(10_000 - at) * BigInt(contracts) * 700n;
      const divisor = 100_000_000n * BigInt(step);
      const expected = (units + divisor - 1n) / divisor * BigInt(step);
      assert.equal(BigInt(modelFeeCeil(QUADRATIC, price(at), count(contracts), "taker", money(step))), expected);
    },
  ));
});

Deno.test("the fee of a flat schedule is not known, and asking for it is refused", () => {
  const known: Record<FeeType, boolean> = {
    quadratic: true,
    quadratic_with_maker_fees: true,
    quadratic_with_combo_maker_fees: true,
    flat: false,
  };
  for (const [type, expected] of Object.entries(known)) {
    assert.equal(isFeeKnown({ type: type as FeeType, multiplierMillionths: 1_000_000 }), expected, type);
  }
  assert.throws(
    () => modelFeeCeil({ type: "flat", multiplierMillionths: 1_000_000 }, price(5_000), count(100), "taker"),
    /No fee is known for fee type flat/,
  );
});

Deno.test("the documentation's example: 1 at 0.055 of a non-direct member, three times", () => {
  const fees = new OrderFees(ruleNamed("2026-09"), QUADRATIC, CENT);
  for (let k = 0; k < 3; k++) {
    const fill = fees.fill({ price: price(550), count: count(100), side: "bid", role: "taker" });
    assert.deepEqual(fill, {
      tradeFee: 3_639,
      roundingFee: 1_361,
      rebate: 0,
      netFee: 5_000,
      balanceChange: -60_000,
    });
  }
});

Deno.test("the demo exchange's fills of June 2026 are charged as they were", () => {
  const cases: [string, number, string][] = [
    ["2026-06", 5_200, "0.017500"],
    ["2026-06", 9_900, "0.000700"],
    ["2026-09", 5_200, "0.017500"],
    ["2026-09", 9_900, "0.000700"],
  ];
  for (const [rule, at, fee] of cases) {
    const fees = new OrderFees(ruleNamed(rule), QUADRATIC);
    const fill = fees.fill({ price: price(at), count: count(100), side: "bid", role: "taker" });
    assert.equal(formatMoney(fill.netFee), fee, `${rule} at ${at}`);
  }
});

Deno.test("every recorded fill of May 2026 is reproduced: trade fee, rounding, rebate and net", async () => {
  const decomposition = await readFixture("fills_fee_decomposition.csv");
  const body = await readFixture("portfolio_fills_kxbtc15m.json");
  if (decomposition === null || body === null) return;
  const times = new Map<string, string>(
    JSON.parse(body).fills.map((fill: Record<string, string>) => [fill.fill_id, fill.created_time]),
  );
  const [header, ...rows] = decomposition.trimEnd().split(/\r?\n/);
  const columns = header.split(",");
  const orders = new Map<string, OrderFees>();
  let checked = 0;
  for (const line of rows) {
    const row = Object.fromEntries(line.split(",").map((value, at) => [columns[at], value]));
    const time = parseTime(times.get(row.fill_id) ?? "");
    assert.ok(time !== null, `no fill ${row.fill_id} in the REST body`);
    const fees = orders.get(row.order_id) ?? new OrderFees(feeRuleAt(time), QUADRATIC);
    orders.set(row.order_id, fees);
    const yes = parsePrice(row.yes_price);
    const contracts = parseCount(row.count);
    assert.ok(yes !== null && contracts !== null);
    // In these legacy bodies `side` names the contract acquired, on sells too: the side bought to close.
    const fill = fees.fill({ price: yes, count: contracts, side: row.side === "yes" ? "bid" : "ask", role: "taker" });
    assert.deepEqual(
      [fill.tradeFee, fill.roundingFee, fill.rebate, fill.netFee, fill.netFee],
      [row.trade_fee, row.rounding_fee, row.rebate, row.net_fee_model, row.fee_cost_actual].map(parseMoney),
      line,
    );
    checked++;
  }
  assert.equal(checked, 190);
});

const fills = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 9_999 }),
    contracts: fc.integer({ min: 1, max: 500 }),
    maker: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

Deno.test("cash stays on the account's precision and no net fee is negative, under every rule", () => {
  fc.assert(fc.property(
    fc.constantFrom(...FEE_RULES),
    fc.constantFrom(DIRECT_PRECISION, CENT),
    fc.constantFrom<"bid" | "ask">("bid", "ask"),
    fills,
    (rule, precision, side, order) => {
      const fees = new OrderFees(rule, QUADRATIC, precision);
      for (const { at, contracts, maker } of order) {
        const fill = fees.fill({ price: price(at), count: count(contracts), side, role: maker ? "maker" : "taker" });
        const revenue = (side === "bid" ? -1 : 1) * at * contracts;
        assert.equal(fill.balanceChange, revenue - fill.netFee);
        assert.equal(Math.abs(fill.balanceChange % precision), 0);
        assert.equal(fill.netFee, fill.tradeFee + fill.roundingFee - fill.rebate);
        assert.ok(fill.netFee >= 0 && fill.roundingFee >= 0 && fill.roundingFee < precision);
      }
    },
  ));
});

Deno.test("an order that opens NO is charged the same as one that is booked at the YES price", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: 5_000 }), (at, contracts) => {
    const ask = new OrderFees(ruleNamed("2026-05"), QUADRATIC)
      .fill({ price: price(at), count: count(contracts), side: "ask", role: "taker" });
    const no = new OrderFees(ruleNamed("2026-05"), QUADRATIC)
      .fill({ price: price(10_000 - at), count: count(contracts), side: "bid", role: "taker" });
    assert.equal(ask.netFee, no.netFee);
    assert.equal(ask.balanceChange - contracts * 10_000, no.balanceChange);
  }));
});

Deno.test("no way of cutting an order into fills costs more than the worst case", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 9_999 }),
    fc.boolean(),
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 }),
    fc.constantFrom<FeeType>("quadratic", "quadratic_with_maker_fees"),
    fc.constantFrom<"taker" | "maker">("taker", "maker"),
    fc.constantFrom<"bid" | "ask">("bid", "ask"),
    (raw, wholeCent, parts, type, role, side) => {
      const at = price(wholeCent ? Math.max(100, raw - raw % 100) : raw);
      const schedule: FeeSchedule = { type, multiplierMillionths: 1_000_000 };
      const fees = new OrderFees(ruleNamed("2026-09"), schedule);
      let total = 0;
      for (const part of parts) total += fees.fill({ price: at, count: count(part), side, role }).netFee;
      const all = count(parts.reduce((sum, part) => sum + part, 0));
      assert.ok(total <= worstCaseFee(schedule, at, all, role));
      assert.ok(total <= worstCaseFee(schedule, at, all, role, parts.length));
    },
  ));
});
