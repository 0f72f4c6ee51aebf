import assert from "node:assert/strict";
import { join } from "node:path";
import type { AccountRecord, OrderRecord, StateRecord } from "../../core/record.ts";
import { count, micros, money, price } from "../../core/units.ts";
import { NO_EVIDENCE } from "../../engine/records.ts";
import { openToRead } from "../../store/export/export.ts";
import { openKvStore } from "../../store/kv_store.ts";
import type { TradeOutcome } from "../findings.ts";
import { type DrawnExecution, execution, NOON } from "./figures_fixture.ts";
import { type StoredFigures, type StoredRange, StoredReading } from "./stored_figures.ts";

const MINUTE = 60_000_000;
const DAY = 86_400_000_000;
const ALL: StoredRange = { from: null, to: null, strategy: null };

const fill = (drawn: DrawnExecution): StateRecord => execution(drawn);
const paid = (ticker: string, result: "yes" | "no", position: number, pnl: number, at: number): StateRecord => ({
  kind: "settlement",
  ticker,
  result,
  position: count(position),
  payout: money(0),
  pnl: money(pnl),
  at: micros(at),
});
const worth = (nav: number, at: number): StateRecord => ({
  kind: "portfolio",
  at: micros(at),
  cash: money(nav),
  nav: money(nav),
  exposure: money(nav / 10),
});

/** Two days: won by one strategy, lost by the other, a market over midnight, one that is open. */
const RECORDS: readonly StateRecord[] = [
  {
    kind: "account",
    startingCapital: money(100_000_000),
    cash: money(0),
    realised: money(0),
    fees: money(0),
    orders: 0,
    fills: 0,
    settled: 3,
    wins: 2,
    losses: 1,
    nextIntent: 1,
    day: "2026-10-07",
    dayStartNav: money(0),
    peakNav: money(0),
    updatedAt: micros(NOON + DAY),
  },
  worth(100_000_000, NOON),
  fill({ ticker: "KXBTC15M-A", side: "bid", price: 4_000, count: 1_000, fee: 100_000, mid: 0.41, strategy: "one" }),
  fill({
    ticker: "KXBTC15M-B",
    side: "ask",
    price: 4_000,
    count: 500,
    fee: 0,
    mid: 0.39,
    strategy: "two",
    at: NOON + MINUTE,
  }),
  paid("KXBTC15M-A", "yes", 1_000, 5_900_000, NOON + 15 * MINUTE),
  paid("KXBTC15M-B", "yes", -500, -3_000_000, NOON + 15 * MINUTE),
  worth(102_900_000, NOON + 16 * MINUTE),
  fill({
    ticker: "KXFED-C",
    side: "bid",
    price: 5_000,
    count: 200,
    fee: 0,
    mid: 0.5,
    strategy: "one",
    at: NOON + 11 * 60 * MINUTE,
  }),
  fill({
    ticker: "KXFED-C",
    side: "bid",
    price: 6_000,
    count: 100,
    fee: 0,
    mid: 0.6,
    strategy: "one",
    at: NOON + 13 * 60 * MINUTE,
  }),
  paid("KXFED-C", "no", 300, -1_600_000, NOON + 14 * 60 * MINUTE),
  worth(101_300_000, NOON + 15 * 60 * MINUTE),
];

async function read(
  records: readonly StateRecord[],
  range: StoredRange,
  onTrades?: (trades: readonly TradeOutcome[]) => Promise<void>,
): Promise<StoredFigures> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-figures-" });
  try {
    const path = join(directory, "state.kv");
    const opened = await openKvStore(path);
    assert.ok(opened.ok);
    assert.deepEqual(opened.store.apply(records, { run: "20261006T120000Z-0001", line: 1 }), { ok: true });
    assert.deepEqual(await opened.store.flush(), { ok: true });
    // Read while the store is open: a bot may be running.
    const reading = await openToRead(path);
    assert.ok(reading.ok);
    const figures = await new StoredReading(reading.kv, range, onTrades).read();
    reading.kv.close();
    await opened.store.close();
    return figures;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the whole of a state: what executions came to is what was booked, and what the account moved", async () => {
  const told: TradeOutcome[] = [];
  const { gathered, warnings } = await read(
    RECORDS,
    ALL,
    (trades) => Promise.resolve(void told.push(...trades)),
  );
  const { summary, attribution, by, days } = gathered;
  assert.deepEqual([attribution.total, summary.pnl.value, summary.nav], ["1.300000", "1.300000", "101.300000"]);
  assert.deepEqual([attribution.model, attribution.execution, attribution.fees], ["1.250000", "0.150000", "0.100000"]);
  assert.deepEqual(by.strategy.map(({ name, pnl }) => [name, pnl.value]), [["one", "4.300000"], ["two", "-3.000000"]]);
  assert.deepEqual(days.map(({ day, pnl, fills }) => [day, pnl, fills]), [
    ["2026-10-06", "2.900000", 3],
    ["2026-10-07", "-1.600000", 1],
  ]);
  assert.deepEqual([summary.markets, summary.settled, summary.fills, told.length], [3, 3, 4, 4]);
  assert.ok(Math.abs((summary.win_rate.value ?? NaN) - 1 / 3) < 1e-12);
  assert.equal(summary.exposure_max, 0.1);
  assert.deepEqual(warnings, []);
});

const FIRST_ORDER: OrderRecord = {
  kind: "order",
  clientOrderId: "k1a2b3c4d-1",
  orderId: null,
  ticker: "KXBTC15M-A",
  side: "bid",
  price: price(4_000),
  count: count(1_000),
  filled: count(1_000),
  phase: "filled",
  shard: 2,
  strategy: "one",
  signal: "gap",
  evidence: NO_EVIDENCE,
  sentAt: micros(NOON),
  updatedAt: micros(NOON),
  reason: "",
};

/** When trading began, as it is remembered; whether the first row of the account's value is of that time. */
const BEGINNINGS: readonly (readonly [string, Partial<AccountRecord>, readonly StateRecord[], boolean])[] = [
  ["taken over a minute before", { takenOverAt: micros(NOON - MINUTE) }, [], true],
  ["taken over long before", { takenOverAt: micros(NOON - 2 * MINUTE) }, [FIRST_ORDER], false],
  ["its first order is known", {}, [FIRST_ORDER], true],
  ["its first orders are forgotten", {}, [{ ...FIRST_ORDER, clientOrderId: "k1a2b3c4d-21" }], false],
  ["nothing is known", {}, [], false],
];

for (const [name, taken, orders, counts] of BEGINNINGS) {
  Deno.test(`the minute before the first row of the account's value ${counts ? "counts" : "is not told"}: ${name}`, async () => {
    const [account, , ...rest] = RECORDS;
    assert.ok(account.kind === "account");
    const { gathered } = await read([{ ...account, ...taken }, ...orders, worth(99_000_000, NOON), ...rest], ALL);
    assert.deepEqual(
      [gathered.days[0].pnl, gathered.equity[0].nav],
      counts ? ["2.900000", "100.000000"] : ["3.900000", "99.000000"],
    );
  });
}

Deno.test("a day: its executions count, at what their markets paid even where that was later", async () => {
  const first = await read(RECORDS, { ...ALL, to: micros(NOON + 12 * 60 * MINUTE) });
  const second = await read(RECORDS, { ...ALL, from: micros(NOON + 12 * 60 * MINUTE) });
  assert.deepEqual(
    [first.gathered.attribution.total, second.gathered.attribution.total],
    ["1.900000", "-0.600000"],
    "together the whole",
  );
  assert.deepEqual([first.gathered.summary.fills, second.gathered.summary.fills], [3, 1]);
  assert.equal(first.gathered.trades[2].paid, 0);
  const { summary } = second.gathered;
  assert.deepEqual([summary.starting_capital, summary.pnl.value], ["102.900000", "-1.600000"]);
  assert.match(
    second.warnings[0],
    /^What is held at the ends of this time .* moved by -1\.600000 dollars, -1\.000000 more/,
  );
});

Deno.test("of one strategy alone, its profits follow each other", async () => {
  const { gathered, warnings } = await read(RECORDS, { ...ALL, strategy: "one" });
  assert.deepEqual(gathered.by.strategy.map(({ name }) => name), ["one"]);
  assert.deepEqual([gathered.attribution.total, gathered.summary.pnl.value], ["4.300000", "4.300000"]);
  assert.deepEqual(gathered.equity.map(({ nav }) => nav), ["100.000000", "105.900000", "104.300000"]);
  assert.match(warnings[0], /^Of one alone/);
});

Deno.test("a market that is not paid out counts at cost, and contracts that came in beside executions are told", async () => {
  const open: readonly StateRecord[] = [
    ...RECORDS,
    fill({ ticker: "KXFED-D", side: "ask", price: 3_000, count: 100, fee: 20_000, mid: 0.3, at: NOON + DAY }),
    {
      kind: "position",
      ticker: "KXFED-D",
      position: count(-100),
      cost: money(700_000),
      realised: money(-20_000),
      fees: money(20_000),
      strategy: "one",
      updatedAt: micros(NOON + DAY),
    },
    paid("KXBTC15M-A", "yes", 1_000, 6_000_000, NOON + 15 * MINUTE),
  ];
  const { gathered, warnings } = await read(open, ALL);
  assert.equal(gathered.trades.at(-1)?.pnl, "-0.020000");
  assert.equal(gathered.trades.at(-1)?.paid, null);
  assert.match(
    warnings[0],
    /^1 markets are not paid out yet.*: the account moved by 1\.300000 dollars, 0\.020000 more/,
  );
  assert.match(warnings[1], /^In 1 markets the executions do not come to what was booked/);
});

Deno.test("a state in which nothing was traded has figures that say nothing", async () => {
  const { gathered: { summary, trades } } = await read([], ALL);
  assert.deepEqual([summary.fills, summary.pnl.value, summary.sharpe.value, trades.length], [0, "0.000000", null, 0]);
});
