import assert from "node:assert/strict";
import type { AccountInput } from "../core/input.ts";
import { money, ONE_DOLLAR } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { CashTransfers } from "./cash_transfers.ts";
import { Rig } from "./engine_fixture.ts";

const dollars = (amount: number) => money(Math.round(amount * ONE_DOLLAR));
const RULE = { floor: dollars(10), most: dollars(100) };

/** An account that trades on shard 2, with dollars by shard. */
const account = (seconds: number, cash: Readonly<Record<number, number>>, traded = [2]): AccountInput => ({
  type: "account",
  at: after(seconds),
  balance: dollars(cash[2] ?? 0),
  positions: [],
  traded,
  shards: Object.entries(cash).map(([shard, amount]) => ({ shard: Number(shard), cash: dollars(amount) })),
});

interface Case {
  readonly name: string;
  readonly cash: Readonly<Record<number, number>>;
  /** Dollars, from which shard; `null` for nothing. */
  readonly moved: readonly [amount: number, from: number] | null;
}

const CASES: readonly Case[] = [
  { name: "all that is allowed, from where enough is", cash: { 0: 500, 2: 0 }, moved: [100, 0] },
  { name: "no more than is there", cash: { 0: 40, 2: 0 }, moved: [40, 0] },
  { name: "from the shard that holds most", cash: { 0: 50, 1: 10, 2: 9.99, 3: 60 }, moved: [60, 3] },
  { name: "nothing at the floor", cash: { 0: 500, 2: 10 }, moved: null },
  { name: "nothing where nothing is elsewhere", cash: { 0: 0, 2: 1 }, moved: null },
  { name: "nothing from an overdrawn shard", cash: { 0: -5, 2: 1 }, moved: null },
  { name: "nothing below a hundredth of a cent", cash: { 0: 0.00009, 2: 1 }, moved: null },
  { name: "no parts of a hundredth of a cent", cash: { 0: 1.00019, 2: 1 }, moved: [1.0001, 0] },
];

for (const { name, cash, moved } of CASES) {
  Deno.test(`cash is moved: ${name}`, () => {
    const action = new CashTransfers(RULE, "bot").after(account(0, cash));
    assert.deepEqual(
      action,
      moved === null ? null : {
        type: "transfer",
        transferId: action?.transferId,
        amount: dollars(moved[0]),
        fromShard: moved[1],
        toShard: 2,
      },
    );
  });
}

Deno.test("of several shards that are traded on the poorest is provided for, and none falls below its floor", () => {
  const moved = (cash: Readonly<Record<number, number>>) => {
    const action = new CashTransfers(RULE, "bot").after(account(0, cash, [0, 2, 3]));
    return action === null ? null : [action.amount / ONE_DOLLAR, action.fromShard, action.toShard];
  };
  assert.deepEqual(moved({ 0: 40, 2: 5, 3: 1 }), [30, 0, 3]);
  assert.deepEqual(moved({ 0: 40, 1: 35, 2: 5, 3: 50 }), [40, 3, 2]);
  assert.deepEqual(moved({ 0: 40, 2: 5 }), [30, 0, 3], "a shard that is not named holds nothing");
  assert.equal(moved({ 0: 10, 2: 9, 3: 10 }), null);
});

Deno.test("a journal of an older version, which names no shards, moves nothing", () => {
  const { at, type, balance, positions } = account(0, { 0: 500, 2: 0 });
  assert.equal(new CashTransfers(RULE, "bot").after({ at, type, balance, positions }), null);
});

Deno.test("one run never moves more than it may, nor again before the last transfer can show, each under its own id", () => {
  const transfers = new CashTransfers(RULE, "bot");
  const moved: string[] = [];
  const ids = new Set<string>();
  for (let seconds = 0; seconds < 1_000; seconds += 30) {
    const action = transfers.after(account(seconds, { 0: 30, 2: 0 }));
    if (action === null) continue;
    moved.push(`${seconds} ${action.amount / ONE_DOLLAR}`);
    ids.add(action.transferId);
    assert.match(action.transferId, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assert.deepEqual(moved, ["0 30", "120 30", "240 30", "360 10"]);
  assert.equal(ids.size, 4);
  assert.ok(!ids.has(new CashTransfers(RULE, "other").after(account(0, { 0: 30, 2: 0 }))?.transferId ?? ""));
});

Deno.test("the engine asks for a transfer and writes it down, live and where it is allowed alone", () => {
  const rule = { transfers: RULE };
  const live = new Rig({ execution: "live", capital: null, ...rule });
  live.step(account(1, { 0: 500, 2: 0 }));
  assert.equal(live.all("transfer").length, 1);
  const [audit] = live.records("audit").filter(({ event }) => event === "transfer");
  assert.match(audit.text, /^100\.00\d* from shard 0 to shard 2, which is traded on$/);
  for (const options of [{ execution: "live", capital: null } as const, { execution: "paper", ...rule } as const]) {
    const rig = new Rig(options);
    rig.step(account(1, { 0: 500, 2: 0 }));
    assert.equal(rig.all("transfer").length, 0);
  }
});
