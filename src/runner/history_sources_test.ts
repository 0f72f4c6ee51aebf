import assert from "node:assert/strict";
import type { AuditRecord, HaltRecord, StateRecord } from "../core/record.ts";
import { type Micros, micros, parseTime } from "../core/units.ts";
import { execution } from "../backtest/figures/figures_fixture.ts";
import { openKvStore } from "../store/kv_store.ts";
import type { StateStore } from "../store/store.ts";
import { historySources } from "./history_sources.ts";
import type { HistorySources } from "../server/history.ts";

const HOUR = 3_600_000_000;
const START = parseTime("2026-11-18T00:00:00Z") ?? micros(0);
const hour = (hours: number): Micros => micros(START + hours * HOUR);

const NO_FIGURES = { ask: () => Promise.reject(new Error("not asked")) };

async function withHistory(records: readonly StateRecord[], body: (history: HistorySources) => Promise<void>) {
  const opened = await openKvStore(":memory:");
  if (!opened.ok) assert.fail(opened.reason);
  const store: StateStore = opened.store;
  try {
    assert.deepEqual(store.apply(records, { run: "r", line: 1 }), { ok: true });
    assert.deepEqual(await store.flush(), { ok: true });
    await body(historySources(store, NO_FIGURES));
  } finally {
    await store.close();
  }
}

/** One an hour, by turns of two strategies, in markets that change each third hour. */
const TRADES: readonly StateRecord[] = Array.from({ length: 72 }, (_, k) => {
  const strategy = k % 2 === 0 ? "even" : "odd";
  const ticker = `KXBTC15M-${Math.floor(k / 3)}`;
  return {
    ...execution({ ticker, side: "bid", price: 4_000, count: 100, fee: 0, mid: 0.4, strategy, at: hour(k) }),
    tradeId: `t${k}`,
  };
});

/** Every page, one behind the other. */
async function all(history: HistorySources, query: Omit<Parameters<HistorySources["trades"]>[0], "before">) {
  const ids: string[] = [];
  let before: string | undefined;
  for (let pages = 0; pages < 100; pages++) {
    const { trades, next } = await history.trades({ ...query, ...(before === undefined ? {} : { before }) });
    assert.ok(trades.length <= query.limit);
    ids.push(...trades.map(({ tradeId }) => tradeId));
    if (next === null) return ids;
    before = next;
  }
  return assert.fail("The pages never end");
}

const ids = (...numbers: readonly number[]): string[] => numbers.map((number) => `t${number}`);
const downFrom = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((from - to) / step) + 1 }, (_, k) => from - k * step);

for (
  const [claim, query, wanted] of [
    ["without a filter", {}, downFrom(71, 0)],
    ["of a strategy", { strategy: "odd" }, downFrom(71, 1, 2)],
    ["of a market", { market: "KXBTC15M-7" }, [23, 22, 21]],
    ["of a day, its first moment included and the next day's not", { day: "2026-11-19" }, downFrom(47, 24)],
    ["of a day and a strategy", { day: "2026-11-18", strategy: "even" }, downFrom(22, 0, 2)],
    ["of a day without trades", { day: "2026-11-21" }, []],
  ] as const
) {
  Deno.test(`pages of trades ${claim} hold each once, whatever their size`, () =>
    withHistory(TRADES, async (history) => {
      for (const limit of [1, 7, 1_000]) {
        assert.deepEqual(await all(history, { ...query, limit }), ids(...wanted), `${limit}`);
      }
    }));
}

Deno.test("trades behind one that nobody knows are none", () =>
  withHistory(TRADES, async (history) => {
    assert.deepEqual(await history.trades({ limit: 5, before: "nonsense" }), { trades: [], next: null });
  }));

const audit = (number: number, at: Micros, event: string): AuditRecord => ({
  kind: "audit",
  at,
  number,
  event,
  ticker: null,
  text: `${number}`,
});

Deno.test("entries of one moment stay on one page, and none is lost between two", () =>
  withHistory(
    [audit(1, hour(1), "halted"), ...[2, 3, 4].map((n) => audit(n, hour(2), "refused")), audit(5, hour(3), "resumed")],
    async (history) => {
      const first = await history.audit({ limit: 2 });
      assert.deepEqual(first.entries.map(({ text }) => text), ["5", "4", "3", "2"]);
      const second = await history.audit({ limit: 2, before: parseTime(first.next ?? "") ?? 0 });
      assert.deepEqual([second.entries.map(({ text }) => text), second.next], [["1"], null]);
      const halts = await history.audit({ limit: 10, events: ["halted", "resumed"] });
      assert.deepEqual(halts.entries.map(({ event }) => event), ["resumed", "halted"]);
    },
  ));

Deno.test("halts are told that stand and that stood, one without a level as halting all", () =>
  withHistory(
    (["kill", "reduce"] as const).map((name): HaltRecord => ({
      kind: "halt",
      name,
      active: name === "kill",
      persistent: true,
      ...(name === "reduce" ? { level: "reducing" } : {}),
      reason: name,
      at: hour(1),
    })),
    async (history) => {
      assert.deepEqual((await history.halts()).map(({ name, active, level }) => [name, active, level]), [
        ["kill", true, "halted"],
        ["reduce", false, "reducing"],
      ]);
    },
  ));

Deno.test("the history of halts is told page by page, newest first, with what each was of and who said so", () => {
  const change = (hours: number, name: string, active: boolean, reason: string): HaltRecord => ({
    kind: "halt",
    name,
    active,
    persistent: name === "kill",
    reason,
    at: hour(hours),
  });
  const records = [
    change(1, "kill", true, "Kill switch, by cli"),
    change(2, "kill", false, "Lifted by page"),
    change(3, "feed_stale BRTI", true, "6 s old"),
    change(3, "kill", true, "Kill switch, by telegram"),
    change(4, "feed_stale BRTI", false, "Heard again"),
  ];
  return withHistory(records, async (history) => {
    const told: string[] = [];
    let before: Micros | undefined;
    for (let page = 0; page < 9; page++) {
      const { changes, next } = await history.haltChanges({ limit: 2, ...(before === undefined ? {} : { before }) });
      told.push(changes.map(({ kind, subject, change, by }) => `${kind} of ${subject} ${change} by ${by}`).join("; "));
      if (next === null) break;
      before = parseTime(next) ?? micros(0);
    }
    assert.deepEqual(told, [
      "feed_stale of BRTI lifted by null; kill of null begun by telegram; feed_stale of BRTI begun by null",
      "kill of null lifted by page; kill of null begun by cli",
    ]);
  });
});

Deno.test("a filter that nothing fits ends each request after a bounded number of rows, and leads on to the end", async () => {
  const first = TRADES[0];
  assert.ok(first.kind === "trade");
  const total = 25_000;
  let read = 0;
  const history = historySources({
    listTrades({ limit, before }) {
      const from = before === undefined ? total : Number(String(before).slice(1));
      const rows = Array.from({ length: Math.min(limit, from) }, (_, k) => ({ ...first, tradeId: `t${from - 1 - k}` }));
      read += rows.length;
      return Promise.resolve(rows);
    },
    listAudit: () => Promise.resolve([]),
    halts: () => Promise.resolve([]),
    listHaltChanges: () => Promise.resolve([]),
  }, NO_FIGURES);
  const pages: number[] = [];
  let before: string | undefined;
  for (let page = 0; page < 10; page++) {
    read = 0;
    const { trades, next } = await history.trades({
      limit: 5,
      strategy: "nobody",
      ...(before === undefined ? {} : { before }),
    });
    assert.deepEqual(trades, []);
    pages.push(read);
    if (next === null) break;
    before = next;
  }
  assert.equal(pages.length, 3);
  assert.ok(pages.every((rows) => rows < 10_500), pages.join());
  assert.equal(pages.reduce((sum, rows) => sum + rows), total);
});
