import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { StateRecord } from "../core/record.ts";
import { type Micros, MICROS_PER_DAY } from "../core/units.ts";
import { SCHEMA_VERSION } from "./kv_schema.ts";
import { type KvStoreOptions, openKvStore } from "./kv_store.ts";
import {
  account,
  audit,
  budget,
  budgetDay,
  halt,
  minute,
  order,
  portfolio,
  position,
  settlement,
  strategyRow,
  trade,
} from "./records_test.ts";
import type { StateStore } from "./store.ts";

const RUN = "20261120T040211Z-0001";
const at = (micros: number): Micros => micros as Micros;

async function open(path = ":memory:", options: KvStoreOptions = {}): Promise<StateStore> {
  const opened = await openKvStore(path, options);
  assert.ok(opened.ok, JSON.stringify(opened));
  return opened.store;
}

async function withStore(test: (store: StateStore) => Promise<void>, options: KvStoreOptions = {}): Promise<void> {
  const store = await open(":memory:", options);
  try {
    await test(store);
  } finally {
    await store.close();
  }
}

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-store-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function put(store: StateStore, records: readonly StateRecord[], line = 1): Promise<void> {
  assert.deepEqual(store.apply(records, { run: RUN, line }), { ok: true });
  assert.deepEqual(await store.flush(), { ok: true });
}

Deno.test("what was written since a moment is told newest last, and minutes of a day leave room for it", () =>
  withStore(async (store) => {
    const day = MICROS_PER_DAY;
    await put(store, [
      ...Array.from({ length: 30 }, (_, k) => minute("BTC", day + k * 60_000_000)),
      order("o1", 2 * day - 5),
      trade("t1", 2 * day - 4),
      order("o0", day),
    ]);
    const kinds = (await store.writtenSince(at(2 * day - 10), 4)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["price_minute", "price_minute", "order", "trade"]);
  }));

Deno.test("an empty store has nothing, and a run can start from it", () =>
  withStore(async (store) => {
    assert.equal(await store.mark(), null);
    assert.deepEqual(await store.loadResumeState(), {
      account: null,
      positions: [],
      openOrders: [],
      halts: [],
      recentTradeIds: [],
      lastFillAt: null,
      budgets: [],
      budgetDays: [],
      strategies: [],
    });
    assert.deepEqual(await store.flush(), { ok: true });
    assert.deepEqual(store.health(), { healthy: true, detail: "", queued: 0 });
  }));

Deno.test("what was written is there after closing and opening again, with its mark", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    const store = await open(path);
    const records = [
      ...[order("o1", 10), trade("t1", 20), position("T", 100), account(1), halt("kill", true)],
      ...[budgetDay("latency", "2026-11-19"), budget("latency", "2026-11-20"), strategyRow("latency", "stopped", 3)],
    ];
    store.apply(records, { run: RUN, line: 42 });
    assert.deepEqual(await store.close(), { ok: true });
    const again = await open(path);
    assert.deepEqual(await again.mark(), { run: RUN, line: 42 });
    assert.deepEqual(await again.loadResumeState(), {
      account: account(1),
      positions: [position("T", 100)],
      openOrders: [order("o1", 10)],
      halts: [halt("kill", true)],
      recentTradeIds: ["t1"],
      lastFillAt: 20,
      budgets: [budget("latency", "2026-11-20")],
      budgetDays: [budgetDay("latency", "2026-11-19")],
      strategies: [strategyRow("latency", "stopped", 3)],
    });
    await again.close();
  }));

Deno.test("fills are read again from the newest execution, not from when the newest one was heard of", () =>
  withStore(async (store) => {
    await put(store, [trade("t1", 100, { executedAt: 90 }), trade("t2", 200, { executedAt: 40 })]);
    assert.equal((await store.loadResumeState()).lastFillAt, 90);
    await put(store, [trade("old", 120)]);
    assert.equal(
      (await store.loadResumeState()).lastFillAt,
      120,
      "a row from before this was kept tells when it was heard",
    );
  }));

Deno.test("an order is open while it is sent, unknown or resting, and is found by its id ever after", () =>
  withStore(async (store) => {
    const phases = ["sent", "unknown", "resting", "filled", "cancelled", "rejected"] as const;
    for (const phase of phases) {
      await put(store, [order("o1", 10, { phase })]);
      const open = (await store.openOrders()).map((one) => one.phase);
      assert.deepEqual(open, ["sent", "unknown", "resting"].includes(phase) ? [phase] : []);
      assert.deepEqual(await store.order("o1"), order("o1", 10, { phase }));
      assert.equal((await store.listOrders({ limit: 10 })).length, 1);
    }
    assert.equal(await store.order("o2"), null);
  }));

Deno.test("an order sent and ended within one batch is not left open", () =>
  withStore(async (store) => {
    await put(store, [order("o1", 10), order("o1", 10, { phase: "resting" }), order("o1", 10, { phase: "filled" })]);
    assert.deepEqual(await store.openOrders(), []);
    assert.equal((await store.order("o1"))?.phase, "filled");
  }));

Deno.test("a row whose time changes moves, and is not there twice", () =>
  withStore(async (store) => {
    await put(store, [trade("t1", 10), order("o1", 10), settlement("T", 10)]);
    await put(store, [trade("t1", 30), order("o1", 30), settlement("T", 30), trade("t2", 20), trade("t2", 25)], 2);
    assert.deepEqual((await store.listTrades({ limit: 9 })).map((one) => [one.tradeId, one.at]), [["t1", 30], [
      "t2",
      25,
    ]]);
    assert.deepEqual((await store.listOrders({ limit: 9 })).map((one) => one.sentAt), [30]);
    assert.deepEqual((await store.listSettlements({ limit: 9 })).map((one) => one.at), [30]);
  }));

Deno.test("a position stays until it is zero and its market settled, in whichever order that is told", () =>
  withStore(async (store) => {
    await put(store, [position("A", 100), position("B", -100), position("C", 100)]);
    await put(store, [position("A", 0), settlement("B", 5), position("B", 0), position("C", 0), settlement("C", 6)]);
    assert.deepEqual((await store.positions()).map((one) => one.ticker), ["A"]);
    await put(store, [settlement("A", 9)]);
    assert.deepEqual(await store.positions(), []);
  }));

Deno.test("only halts that are active and persistent are resumed, all of them are listed", () =>
  withStore(async (store) => {
    await put(store, [halt("kill", true), halt("daily_loss", true), halt("store", true, false)]);
    await put(store, [halt("daily_loss", false)]);
    assert.deepEqual((await store.loadResumeState()).halts, [halt("kill", true)]);
    assert.equal((await store.halts()).length, 3);
  }));

Deno.test("pages run from the newest back, by time and by id, and rows of one time are not lost between two", () =>
  withStore(async (store) => {
    const times = [10, 20, 20, 20, 30];
    await put(store, times.map((time, k) => trade(`t${k}`, time)));
    const ids = async (limit: number, before?: Micros | string) =>
      (await store.listTrades({ limit, before })).map((one) => one.tradeId).join();
    assert.equal(await ids(1), "t4");
    assert.equal(await ids(2), "t4,t3,t2,t1");
    assert.equal(await ids(2, at(30)), "t3,t2,t1");
    assert.equal(await ids(5, at(20)), "t0");
    assert.equal(await ids(5, "t2"), "t1,t0");
    assert.equal(await ids(5, "t0"), "");
    assert.equal(await ids(5, "unknown"), "");
  }));

Deno.test("the portfolio's series is oldest first, and the newest points of it", () =>
  withStore(async (store) => {
    await put(store, [1, 2, 3, 4].map(portfolio));
    const times = async (limit: number, since?: number) =>
      (await store.portfolio({ limit, since: since === undefined ? undefined : at(since) })).map((one) => one.at);
    assert.deepEqual(await times(10), [1, 2, 3, 4]);
    assert.deepEqual(await times(2), [3, 4]);
    assert.deepEqual(await times(10, 3), [3, 4]);
  }));

Deno.test("the audit trail keeps entries of the same number from different runs", () =>
  withStore(async (store) => {
    store.apply([audit(1, 10, "first")], { run: "a", line: 1 });
    store.apply([audit(1, 10, "second")], { run: "b", line: 1 });
    await store.flush();
    assert.deepEqual((await store.listAudit({ limit: 5 })).map((one) => one.text).sort(), ["first", "second"]);
    assert.deepEqual(await store.listAudit({ limit: 5, before: at(10) }), []);
  }));

Deno.test("a text larger than the database takes is shortened there, not refused", () =>
  withStore(async (store) => {
    await put(store, [audit(1, 10, "\u{1f600}".repeat(100_000))]);
    const [entry] = await store.listAudit({ limit: 1 });
    assert.ok(entry.text.length > 1_000 && entry.text.length < 10_000);
    assert.equal(entry.number, 1);
  }));

Deno.test("more records than one commit takes are written, with the mark at the end", () =>
  withStore(async (store) => {
    const records: StateRecord[] = [];
    for (let k = 0; k < 3_000; k++) records.push(order(`o${k}`, k), trade(`t${k}`, k, { signal: "s".repeat(900) }));
    await put(store, records, 77);
    assert.deepEqual(await store.mark(), { run: RUN, line: 77 });
    assert.equal((await store.openOrders()).length, 3_000);
    assert.equal((await store.listTrades({ limit: 5_000 })).length, 3_000);
  }));

Deno.test("applying any records a second time changes nothing", async () => {
  const id = fc.constantFrom("x", "y", "z");
  const time = fc.integer({ min: 0, max: 5 });
  const phase = fc.constantFrom("sent", "resting", "filled", "cancelled");
  const record: fc.Arbitrary<StateRecord> = fc.oneof(
    fc.tuple(id, time, phase).map(([name, when, to]) => order(name, when, { phase: to })),
    fc.tuple(id, time).map(([name, when]) => trade(name, when)),
    fc.tuple(id, fc.integer({ min: -1, max: 1 })).map(([name, held]) => position(name, held)),
    fc.tuple(id, time).map(([name, when]) => settlement(name, when)),
    time.map(account),
    time.map(portfolio),
    fc.tuple(id, fc.boolean()).map(([name, active]) => halt(name, active)),
    fc.tuple(time, time).map(([number, when]) => audit(number, when)),
  );
  const picture = async (store: StateStore) => ({
    resume: await store.loadResumeState(),
    orders: await store.listOrders({ limit: 100 }),
    trades: await store.listTrades({ limit: 100 }),
    settlements: await store.listSettlements({ limit: 100 }),
    audit: await store.listAudit({ limit: 100 }),
    portfolio: await store.portfolio({ limit: 100 }),
    halts: await store.halts(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 30 }), async (records) => {
      await withStore(async (store) => {
        await put(store, records);
        const once = await picture(store);
        // As after a crash in the middle: from the beginning again, one by one.
        for (const one of records) store.apply([one], { run: RUN, line: 2 });
        await store.flush();
        assert.deepEqual(await picture(store), once);
      });
    }),
    { seed: 13, numRuns: 60 },
  );
});

/** A database whose commits fail while told so, and which can die after a number of commits. */
function failing(): { fail: boolean; commitsLeft: number; openKv: (path: string) => Promise<Deno.Kv> } {
  const state = {
    fail: false,
    commitsLeft: Infinity,
    async openKv(path: string): Promise<Deno.Kv> {
      const kv = await Deno.openKv(path);
      const atomic = kv.atomic.bind(kv);
      kv.atomic = () => {
        if (state.fail || state.commitsLeft-- <= 0) throw new Error("disk I/O error");
        return atomic();
      };
      return kv;
    },
  };
  return state;
}

Deno.test("a database that refuses keeps the records waiting, and gets them when it can again", () => {
  const database = failing();
  return withStore(async (store) => {
    database.fail = true;
    store.apply([order("o1", 10)], { run: RUN, line: 1 });
    const result = await store.flush();
    assert.deepEqual(result, { ok: false, reason: "Store cannot be written: disk I/O error" });
    assert.deepEqual(store.health(), { healthy: false, detail: "Store cannot be written: disk I/O error", queued: 1 });
    assert.equal(await store.mark(), null);
    store.apply([order("o1", 10, { phase: "filled" })], { run: RUN, line: 2 });
    database.fail = false;
    assert.deepEqual(await store.flush(), { ok: true });
    assert.deepEqual(store.health(), { healthy: true, detail: "", queued: 0 });
    assert.equal((await store.order("o1"))?.phase, "filled");
    assert.deepEqual(await store.mark(), { run: RUN, line: 2 });
  }, { openKv: database.openKv });
});

Deno.test("a database that dies between two commits leaves its mark behind the data, never before it", () => {
  const database = failing();
  return withStore(async (store) => {
    await put(store, [account(1)], 5);
    database.commitsLeft = 1;
    const records: StateRecord[] = Array.from({ length: 400 }, (_, k) => order(`o${k}`, k));
    store.apply(records, { run: RUN, line: 405 });
    assert.ok(!(await store.flush()).ok);
    assert.deepEqual(await store.mark(), { run: RUN, line: 5 });
    const written = (await store.openOrders()).length;
    assert.ok(written > 0 && written < 400, `${written}`);
    database.commitsLeft = Infinity;
    assert.deepEqual(await store.flush(), { ok: true });
    assert.equal((await store.openOrders()).length, 400);
    assert.deepEqual(await store.mark(), { run: RUN, line: 405 });
  }, { openKv: database.openKv });
});

Deno.test("a full queue refuses aloud, and its mark does not pass what was refused", () =>
  withStore(async (store) => {
    assert.ok(store.apply([account(1)], { run: RUN, line: 1 }).ok);
    const refused = store.apply([account(2), account(3)], { run: RUN, line: 2 });
    assert.ok(!refused.ok);
    assert.match(refused.reason, /^Store's queue is full \(2 records\); the next start catches up from the journal/);
    assert.equal(store.health().healthy, false);
    assert.ok(!(await store.flush()).ok);
    // Room again, but what comes now must wait for the next start as well.
    assert.ok(!store.apply([account(4)], { run: RUN, line: 3 }).ok);
    assert.deepEqual(await store.mark(), { run: RUN, line: 1 });
    assert.equal((await store.account())?.fills, 1);
  }, { queueMax: 2, gatherMs: 60_000 }));

Deno.test("records are written in the background without anyone asking", () =>
  withStore(async (store) => {
    store.apply([account(1)], { run: RUN, line: 1 });
    for (let k = 0; k < 6_000 && (await store.mark()) === null; k++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(await store.mark(), { run: RUN, line: 1 });
  }, { gatherMs: 1 }));

Deno.test("compaction removes what is older than its table's retention, and only that", () =>
  withStore(async (store) => {
    const day = MICROS_PER_DAY;
    const now = at(4_000 * day);
    const records: StateRecord[] = [];
    for (const age of [1, 91, 366, 3_651]) {
      const when = now - age * day;
      records.push(trade(`t${age}`, when), order(`o${age}`, when, { phase: "filled" }), settlement(`M${age}`, when));
      records.push(portfolio(when), audit(age, when));
    }
    for (const asset of ["BTC", "ETH"]) records.push(minute(asset, now - 8 * day), minute(asset, now - 6 * day));
    records.push(position("held", 100, now - 3_651 * day), position("forgotten", 0, now - 31 * day));
    records.push(position("fresh", 0, now - 29 * day));
    records.push(budget("latency", "1971-01-01"));
    // Day 4,000 since 1970 is 14 December 1980; 3,650 days before it is 17 December 1970.
    for (const date of ["1970-12-16", "1970-12-17", "1980-12-13"]) records.push(budgetDay("latency", date));
    for (const age of [364, 366, 800]) records.push({ ...halt("kill", age % 2 === 0), at: at(now - age * day) });
    await put(store, records);
    const { removed } = await store.compact(now);
    assert.equal(removed, 3 + 3 + 2 + 2 + 1 + 2 + 1);
    assert.deepEqual((await store.listHaltChanges({ limit: 9 })).map((one) => one.at), [now - 364 * day]);
    assert.equal((await store.halts()).length, 1, "how a halt stands is never forgotten");
    assert.deepEqual((await store.budgetDays({ limit: 9 })).map(({ day }) => day), ["1970-12-17", "1980-12-13"]);
    assert.equal((await store.budgets()).length, 1);
    assert.deepEqual((await store.listTrades({ limit: 9 })).map((one) => one.tradeId), ["t1", "t91", "t366"]);
    assert.equal(await store.order("o3651"), null);
    assert.equal((await store.listOrders({ limit: 9 })).length, 3);
    assert.equal((await store.listSettlements({ limit: 9 })).length, 3);
    assert.equal((await store.portfolio({ limit: 9 })).length, 1);
    assert.equal((await store.listAudit({ limit: 9 })).length, 2);
    assert.deepEqual((await store.positions()).map((one) => one.ticker), ["fresh", "held"]);
    for (const asset of ["BTC", "ETH"]) assert.equal((await store.priceMinutes({ asset, limit: 9 })).length, 1);
    assert.deepEqual(await store.compact(now), { removed: 0 });
  }));

Deno.test("minutes are told by asset, oldest first, page by page from the newest", () =>
  withStore(async (store) => {
    const minutes = Array.from({ length: 5 }, (_, k) => minute("BTC", k * 60e6));
    await put(store, [...minutes, minute("ETH", 60e6), minute("BTC", 60e6)]);
    const starts = async (limit: number, before?: number) => {
      const query = before === undefined ? { asset: "BTC", limit } : { asset: "BTC", limit, before: at(before) };
      return (await store.priceMinutes(query)).map(({ start }) => start / 60e6);
    };
    assert.deepEqual(await starts(9), [0, 1, 2, 3, 4], "the one recorded twice is there once");
    assert.deepEqual(await starts(2), [3, 4]);
    assert.deepEqual(await starts(2, 3 * 60e6), [1, 2]);
    assert.deepEqual(await store.priceMinutes({ asset: "SOL", limit: 9 }), []);
  }));

Deno.test("a strategy's budget stands as last written, its days are told oldest first, the newest of them", () =>
  withStore(async (store) => {
    const days = ["2026-11-18", "2026-11-20", "2026-11-19"];
    await put(store, days.flatMap((day) => [budgetDay("maker", day), budgetDay("latency", day), budget("maker", day)]));
    await put(store, [budget("latency", "2026-11-20", 7), budgetDay("maker", "2026-11-20", 9)]);
    assert.deepEqual(await store.budgets(), [budget("latency", "2026-11-20", 7), budget("maker", "2026-11-19")]);
    const told = async (limit: number) =>
      (await store.budgetDays({ limit })).map(({ strategy, day, pnl }) => `${strategy} ${day.slice(-2)} ${pnl}`);
    assert.deepEqual(
      await told(3),
      ["maker 19 5", "latency 20 5", "maker 20 9"],
      "the one written twice is there once",
    );
    assert.equal((await told(99)).length, 6);
  }));

Deno.test("a state of a newer version is refused in words and left untouched", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    const newer = { version: 99, migrations: new Map() };
    await (await open(path, { schema: newer, writer: "7.1.0" })).close();
    const opened = await openKvStore(path);
    assert.deepEqual(opened, {
      ok: false,
      reason: `State in ${path} was written by a newer kbot, version 7.1.0 (schema 99, this one knows ` +
        `${SCHEMA_VERSION}); use that kbot, or another directory with --state`,
    });
    const after = await Deno.openKv(path);
    assert.equal((await after.get(["schema"])).value, 99);
    after.close();
  }));

Deno.test("the version that opens a database to write is written down in it, that of one who looks is not", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    const writer = async (): Promise<unknown> => {
      const kv = await Deno.openKv(path);
      const { value } = await kv.get(["writer"]);
      kv.close();
      return value;
    };
    await (await open(path, { writer: "1.0.0" })).close();
    assert.equal(await writer(), "1.0.0");
    await (await open(path, { writer: "1.0.1" })).close();
    await (await open(path, { writer: "1.0.2", looksOnly: true })).close();
    await (await open(path)).close();
    assert.equal(await writer(), "1.0.1");
  }));

Deno.test("a file that is no database, and a directory that is none, are refused with the path", () =>
  withDirectory(async (directory) => {
    const garbage = join(directory, "garbage.kv");
    await Deno.writeTextFile(garbage, "not a database at all ".repeat(100));
    for (const path of [garbage, join(garbage, "state.kv")]) {
      const opened = await openKvStore(path);
      assert.ok(!opened.ok);
      assert.ok(opened.reason.startsWith(`State in ${path} cannot be `), opened.reason);
    }
  }));

Deno.test("after the close nothing is taken, and closing again is harmless", async () => {
  const store = await open();
  assert.deepEqual(await store.close(), { ok: true });
  assert.deepEqual(await store.close(), { ok: true });
  assert.deepEqual(store.apply([account(1)], { run: RUN, line: 1 }), { ok: false, reason: "Store is closed" });
});
