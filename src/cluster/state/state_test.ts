import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import type {
  AccountRecord,
  BudgetDayRecord,
  BudgetRecord,
  HaltRecord,
  OrderRecord,
  PositionRecord,
  ResumeState,
  StateRecord,
  StrategyRecord,
  TradeRecord,
} from "../../core/record.ts";
import { count, type Micros, micros, money, price } from "../../core/units.ts";
import { FRESH } from "../../engine/options.ts";
import { openKvStore } from "../../store/kv_store.ts";
import { Keys } from "../lease/lease_fixture.ts";
import type { LeaseStore } from "../lease/lease_store.ts";
import { adopt, knowsAll } from "./adoption.ts";
import { ResumeFold } from "./resume_fold.ts";
import { parseDays, parseKill, parseShared, type SharedState } from "./shared_state.ts";
import { StateShare } from "./state_share.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";

const at = (second: number): Micros => micros(second * 1_000_000);
const EVIDENCE = {
  ...{ spot: null, strike: null, modelProbability: 0.5, marketProbability: null, edge: 0.01 },
  ...{ kellyFraction: null, expectedValue: null, aroc: null },
};

const orderOf = (n: number, phase: OrderRecord["phase"], second = n): OrderRecord => ({
  ...{ kind: "order", clientOrderId: `k00000001e1-${n}`, orderId: `o${n}`, ticker: `T${n % 3}`, side: "bid" },
  ...{ price: price(4_000), count: count(100), expiresAt: null, postOnly: false, reduceOnly: false, changing: null },
  ...{ filled: count(0), phase, shard: 2, strategy: "s", signal: "x", evidence: EVIDENCE },
  ...{ sentAt: at(n), updatedAt: at(second), reason: "" },
});

const tradeOf = (n: number, second = n): TradeRecord => ({
  ...{ kind: "trade", tradeId: `t${n}`, clientOrderId: `k00000001e1-${n}`, ticker: `T${n % 3}`, side: "bid" },
  ...{ price: price(4_000), count: count(100), fee: money(1), isTaker: true, at: at(second), executedAt: at(second) },
  ...{ strategy: "s", signal: "x", evidence: EVIDENCE, realised: money(0) },
});

const positionOf = (n: number, size: number): PositionRecord => ({
  ...{ kind: "position", ticker: `T${n % 3}`, position: count(size), cost: money(size * 40), realised: money(0) },
  ...{ fees: money(1), strategy: "s", parts: { s: count(size) }, flows: { s: money(-1) }, updatedAt: at(n) },
});

const haltOf = (name: string, active: boolean, persistent = true): HaltRecord => ({
  ...{ kind: "halt", name, active, persistent, reason: "because", at: at(1) },
});

const accountOf = (n: number): AccountRecord => ({
  ...{ kind: "account", startingCapital: money(1_000_000), cash: money(1_000_000 - n), realised: money(0) },
  ...{ fees: money(n), orders: n, fills: n, settled: 0, wins: 0, losses: 0, nextIntent: n + 1 },
  ...{ day: "2026-11-20", dayStartNav: money(1_100_000), peakNav: money(1_200_000), updatedAt: at(n) },
  fillsReadTo: at(n),
});

const budgetOf = (n: number): BudgetRecord => ({
  ...{ kind: "budget", strategy: `s${n % 2}`, day: "2026-11-20", budget: money(n), weight: 0.5, active: true },
  ...{ realised: money(0), opening: money(0), updatedAt: at(n) },
});

const dayOf = (n: number): BudgetDayRecord => ({
  ...{ kind: "budget_day", strategy: `s${n % 2}`, day: `2026-11-${10 + n % 9}`, pnl: money(n), budget: money(1) },
  at: at(n),
});

const strategyOf = (n: number): StrategyRecord => ({
  ...{ kind: "strategy", name: `s${n % 2}`, phase: n % 3 === 0 ? "stopped" : "active", reason: "", enabled: true },
  ...{ losses: n % 4, since: at(n), updatedAt: at(n) },
});

/** A life of a few markets: what an engine writes, in any order. */
const anyRecord: fc.Arbitrary<StateRecord> = fc.nat(30).chain((n) =>
  fc.constantFrom<StateRecord>(
    orderOf(n, "resting"),
    orderOf(n, "unknown"),
    orderOf(n, "filled"),
    orderOf(n, "cancelled"),
    tradeOf(n),
    positionOf(n, n % 5 * 10),
    {
      kind: "settlement",
      ticker: `T${n % 3}`,
      result: "yes",
      position: count(0),
      payout: money(0),
      pnl: money(0),
      at: at(n),
    },
    accountOf(n),
    haltOf("kill", n % 2 === 0),
    haltOf("daily_loss", n % 3 === 0),
    haltOf("store", true, false),
    budgetOf(n),
    dayOf(n),
    strategyOf(n),
  )
);

const sorted = <T>(rows: readonly T[]): readonly T[] =>
  rows.toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** With lists in an order of their own. */
const comparable = ({ recentTradeIds, ...resume }: ResumeState): unknown => ({
  ...resume,
  positions: sorted(resume.positions),
  openOrders: sorted(resume.openOrders),
  halts: sorted(resume.halts),
  budgets: sorted(resume.budgets ?? []),
  strategies: sorted(resume.strategies ?? []),
  budgetDays: sorted(resume.budgetDays ?? []),
  trades: recentTradeIds.toSorted(),
});

async function withStore(work: (store: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const store = await open(join(directory, "kbot.db"));
  try {
    await work(store);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

async function open(path: string) {
  const opened = await openKvStore(path);
  assert.ok(opened.ok, opened.ok ? "" : opened.reason);
  return opened.store;
}

const anyRecords = fc.array(anyRecord, { maxLength: 40 });

Deno.test("what is told to the others is what a restart would go on from, whatever was written down before and since", async () => {
  await fc.assert(
    fc.asyncProperty(anyRecords, anyRecords, async (before, since) => {
      await withStore(async (store) => {
        const write = async (records: readonly StateRecord[], run: string) => {
          assert.ok(store.apply(records, { run, line: records.length }).ok);
          assert.ok((await store.flush()).ok);
        };
        await write(before, "20261120T000000Z-0001");
        const fold = new ResumeFold(await store.loadResumeState());
        for (const record of since) fold.take(record);
        await write(since, "20261120T010000Z-0002");
        const { resume } = fold.state;
        // Which markets were settled in a run before is not resumed: of these a position of nothing may be told.
        const settled = new Set(before.map((record) => record.kind === "settlement" ? record.ticker : null));
        const positions = resume.positions.filter(({ ticker, position }) => position !== 0 || !settled.has(ticker));
        assert.deepEqual(
          comparable({ ...resume, positions, budgetDays: fold.days }),
          comparable(await store.loadResumeState()),
        );
      });
    }),
    { numRuns: FULL ? 1_000 : 30, seed: 20_261_120 },
  );
});

const SHARED: SharedState = {
  ...{ epoch: 4, name: "a", instance: "k00000001", run: "20261120T000000Z-0001", heard: "n1" },
  resume: {
    account: accountOf(7),
    positions: [positionOf(1, 50)],
    openOrders: [orderOf(5, "resting")],
    halts: [haltOf("daily_loss", true)],
    recentTradeIds: ["t5"],
    lastFillAt: at(5),
    budgets: [budgetOf(1)],
    strategies: [strategyOf(3)],
  },
  trades: [tradeOf(5)],
};

Deno.test("a state comes back from its text, and half of one is none", () => {
  const text = JSON.stringify(SHARED);
  assert.deepEqual(parseShared(text), SHARED);
  assert.deepEqual(parseDays(JSON.stringify({ days: [dayOf(1)] })), [dayOf(1)]);
  const bad: readonly Readonly<Record<string, unknown>>[] = [
    { epoch: "4" },
    { heard: 4 },
    { trades: [haltOf("kill", true)] },
    { trades: [{ ...tradeOf(1), price: 0.5 }] },
    { resume: { ...SHARED.resume, account: { ...accountOf(1), cash: "1" } } },
    { resume: { ...SHARED.resume, halts: undefined } },
    { resume: { ...SHARED.resume, positions: {} } },
    { resume: { ...SHARED.resume, recentTradeIds: [1] } },
    { resume: { ...SHARED.resume, lastFillAt: 1.5 } },
  ];
  for (const change of bad) assert.equal(parseShared(JSON.stringify({ ...SHARED, ...change })), null);
  for (const text of ["", "null", "[]", "{", '{"id":"1"}']) {
    assert.deepEqual([parseShared(text), parseDays(text), parseKill(text)], [null, null, null]);
  }
});

const RUNS = FULL ? 1_000_000 : 10_000;

Deno.test("whatever was left, it is read as a whole state or as none", () => {
  const text = JSON.stringify(SHARED);
  const broken = fc.tuple(fc.nat(text.length), fc.nat(6), fc.string({ maxLength: 6 })).map(([from, length, put]) =>
    text.slice(0, from) + put + text.slice(from + length)
  );
  fc.assert(
    fc.property(fc.oneof(broken, fc.string()), (found) => {
      const shared = parseShared(found);
      if (shared !== null) assert.deepEqual(parseShared(JSON.stringify(shared)), shared);
      parseDays(found);
      parseKill(found);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("a new leader's store says what the leader before told, and nothing of its own from before", async () => {
  await withStore(async (store) => {
    const before = [
      accountOf(20),
      positionOf(2, 30),
      positionOf(1, 10),
      orderOf(2, "unknown"),
      haltOf("kill", true),
      strategyOf(1),
      tradeOf(2),
    ];
    store.apply(before, { run: "20261119T000000Z-0001", line: 9 });
    await store.flush();
    const own = await store.loadResumeState();
    const { resume, records } = adopt(own, SHARED, [dayOf(1)], at(30));
    assert.equal(resume.account?.nextIntent, 21, "numbers of orders are never used twice");
    store.apply(records, { run: "20261120T000000Z-0002", line: 1 });
    await store.flush();
    const now = await store.loadResumeState();
    assert.deepEqual(now.halts, SHARED.resume.halts, "the day's loss, and the kill was lifted meanwhile");
    assert.deepEqual(now.openOrders, SHARED.resume.openOrders);
    assert.deepEqual(now.account, { ...SHARED.resume.account, nextIntent: 21 });
    assert.deepEqual(now.positions.filter(({ position }) => position !== 0), SHARED.resume.positions);
    assert.deepEqual(now.budgetDays, [dayOf(1)]);
    assert.equal(now.strategies?.find(({ name }) => name === "s1")?.phase, "stopped");
    assert.deepEqual(now.recentTradeIds, ["t5", "t2"], "what it read again would count twice");
    assert.equal(now.lastFillAt, SHARED.resume.lastFillAt);
  });
});

Deno.test("a store from before what was told does not know all, though it is of the same bot", () => {
  const told = { ...FRESH, account: accountOf(20) };
  const since = (account: typeof told.account | null) => knowsAll({ ...FRESH, account }, told);
  assert.equal(since(told.account), true);
  assert.equal(since({ ...told.account, updatedAt: at(100) }), true);
  assert.equal(since({ ...told.account, updatedAt: at(0) }), false);
  assert.equal(since(null), false);
  assert.equal(knowsAll(FRESH, FRESH), true);
});

/** Keys that fail as they are told to. */
class FailingStore implements LeaseStore {
  readonly keys = new Map<string, Keys>();
  writes = 0;
  /** Of the writes from now on: how many get lost before, how many after they are done. */
  lost = 0;
  unanswered = 0;

  of(key: string): Keys {
    const found = this.keys.get(key) ?? new Keys();
    this.keys.set(key, found);
    return found;
  }

  read(key: string) {
    return Promise.resolve(this.of(key).read(false));
  }

  write(key: string, text: string, revision: number) {
    this.writes++;
    const unclear = { kind: "unclear", reason: "no answer" } as const;
    if (this.lost > 0) {
      this.lost--;
      return Promise.resolve(unclear);
    }
    const written = this.of(key).write(text, revision);
    if (this.unanswered > 0) {
      this.unanswered--;
      return Promise.resolve(unclear);
    }
    return Promise.resolve(
      written === null ? { kind: "conflict" } as const : { kind: "written", revision: written } as const,
    );
  }

  get told(): SharedState | null {
    return parseShared(this.of("state").text ?? "");
  }
}

function shareOf(store: LeaseStore, epoch = 4, revision = 0): StateShare {
  const share = new StateShare({
    store,
    keys: { state: "state", days: "days" },
    of: { epoch, name: "a", instance: "k00000001", run: "r" },
    heard: null,
    resume: FRESH,
    trades: [],
    revisions: { state: revision, days: 0 },
  });
  share.begin();
  return share;
}

async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 6_000; turn++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(what);
}

Deno.test("what changes is told, many changes together, and the last of it at the end", async () => {
  const store = new FailingStore();
  const share = shareOf(store);
  for (let n = 0; n < 200; n++) share.record(orderOf(n, "resting"));
  await eventually(() => share.behind === null, "it was told");
  assert.equal(store.told?.resume.openOrders.length, 200);
  assert.ok(store.writes < 10, `${store.writes} writes`);
  share.record(haltOf("kill", true));
  share.record(dayOf(1));
  await share.close();
  assert.deepEqual(store.told?.resume.halts.map(({ name }) => name), ["kill"]);
  assert.deepEqual(parseDays(store.of("days").text ?? ""), [dayOf(1)]);
});

Deno.test("a write that was lost, or whose answer was, is made again", async () => {
  const store = new FailingStore();
  const share = shareOf(store);
  await eventually(() => share.behind === null, "it was told");
  [store.lost, store.unanswered] = [2, 2];
  share.record(haltOf("kill", true));
  await eventually(() => share.behind === null, "it was told at last");
  assert.equal(store.told?.resume.halts.length, 1);
  store.lost = Infinity;
  share.record(haltOf("daily_loss", true));
  await share.close();
  assert.match(share.behind?.reason ?? "", /no answer/, "what could not be told is known");
});

Deno.test("halts that the others were not told are known, until they were", async () => {
  const store = new FailingStore();
  const share = shareOf(store);
  await eventually(() => share.behind === null, "it was told");
  share.record(haltOf("daily_loss", true));
  share.record({ ...haltOf("strategy_loss s", true), strategy: "s" });
  share.record(haltOf("store", true, false));
  assert.deepEqual(share.untold.map(({ name }) => name), ["daily_loss"]);
  await eventually(() => share.untold.length === 0, "it was told");
  store.lost = Infinity;
  share.record(haltOf("kill", true));
  share.record(haltOf("drawdown", true));
  share.record(haltOf("drawdown", false));
  await share.close();
  assert.deepEqual(share.untold.map(({ name }) => name), ["kill"]);
});

Deno.test("a leader that is none any more changes nothing of what its successor told", async () => {
  const store = new FailingStore();
  const former = shareOf(store);
  await eventually(() => former.behind === null, "it was told");
  const successor = shareOf(store, 5, store.of("state").revision);
  await eventually(() => successor.behind === null, "the next one told");
  former.record(haltOf("kill", true));
  await former.close();
  assert.equal(store.told?.epoch, 5);
  assert.deepEqual(store.told?.resume.halts, []);
  assert.deepEqual(former.untold.map(({ name }) => name), ["kill"], "it has to be told in another way");
});
