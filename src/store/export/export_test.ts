import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import type { StateRecord } from "../../core/record.ts";
import { micros } from "../../core/units.ts";
import { openKvStore } from "../kv_store.ts";
import {
  audit,
  budgetDay,
  halt,
  minute,
  order,
  portfolio,
  position,
  settlement,
  strategyRow,
  trade,
} from "../records_test.ts";
import type { StateStore } from "../store.ts";
import { exportTable, exportTape, openToRead } from "./export.ts";
import { EXPORT_TABLE_NAMES, EXPORT_TABLES, type Origin } from "./tables.ts";

const RUN = "20261120T040211Z-0001";
const SIMULATED: Origin = { execution: "paper", venue: "sim", simulated: true };

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-export-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function put(store: StateStore, records: readonly StateRecord[]): Promise<void> {
  assert.deepEqual(store.apply(records, { run: RUN, line: 1 }), { ok: true });
  assert.deepEqual(await store.flush(), { ok: true });
}

const RECORDS: readonly StateRecord[] = [
  trade("t2", 2_000_000),
  trade("t1", 1_000_000),
  order("o1", 1_000_000, { reason: "=cmd|' /C calc'!A0" }),
  position("KXBTC15M-26NOV200715-15", -250),
  settlement("KXBTC15M-26NOV200715-15", 3_000_000),
  portfolio(4_000_000),
  minute("BTC", 60_000_000),
  minute("ETH", 60_000_000),
  budgetDay("latency", "2026-11-19", -1_500_000),
  strategyRow("latency", "stopped", 2),
  { ...halt("feed_stale BRTI", true, false), reason: "6 s old", at: micros(5_000_000) },
  audit(1, 5_000_000, "line one\nline two"),
];

Deno.test("every table comes out in both formats, also while a bot has the state open and writes", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    const opened = await openKvStore(path);
    assert.ok(opened.ok);
    await put(opened.store, RECORDS);
    const read = await openToRead(path);
    assert.ok(read.ok);
    const expected: Record<string, number> = { trades: 2, price_minutes: 2 };
    for (const name of EXPORT_TABLE_NAMES) {
      const csv = join(directory, `${name}.csv`);
      const parquet = join(directory, `${name}.parquet`);
      const rows = expected[name] ?? 1;
      const result = await exportTable(read.kv, name, "csv", csv, SIMULATED);
      assert.ok(result.ok);
      assert.equal(result.rows, rows, name);
      assert.equal((await Deno.stat(csv)).size, result.bytes);
      assert.ok((await exportTable(read.kv, name, "parquet", parquet, SIMULATED)).ok);
      const objects = await parquetReadObjects({ file: (await Deno.readFile(parquet)).buffer });
      assert.equal(objects.length, rows);
      const own = EXPORT_TABLES[name].columns.map((column) => column.name);
      assert.deepEqual(Object.keys(objects[0]), [...own, "execution", "venue", "simulated"]);
      for (const { execution, venue, simulated } of objects) {
        assert.deepEqual({ execution, venue, simulated }, SIMULATED);
      }
      await put(opened.store, [audit(2, 5_000_000, "in between")].slice(name === "audit" ? 0 : 1));
    }
    assert.equal(
      await Deno.readTextFile(join(directory, "settlements.csv")),
      "at,ticker,result,position,payout,pnl,execution,venue,simulated\r\n" +
        "1970-01-01T00:00:03.000000Z,KXBTC15M-26NOV200715-15,yes,1.00,1.000000,0.440000,paper,sim,true\r\n",
    );
    assert.equal(
      await Deno.readTextFile(join(directory, "budget_days.csv")),
      "day,strategy,pnl,budget,at,execution,venue,simulated\r\n" +
        "2026-11-19,latency,-1.500000,0.000100,1970-01-01T00:00:00.000007Z,paper,sim,true\r\n",
    );
    assert.equal(
      await Deno.readTextFile(join(directory, "strategies.csv")),
      "name,phase,reason,enabled,losses,since,updated_at,execution,venue,simulated\r\n" +
        "latency,stopped,by cli,true,2,1970-01-01T00:00:00.000006Z,1970-01-01T00:00:00.000007Z,paper,sim,true\r\n",
    );
    assert.equal(
      await Deno.readTextFile(join(directory, "halts.csv")),
      "at,change,name,kind,scope,subject,level,persistent,by,reason,execution,venue,simulated\r\n" +
        "1970-01-01T00:00:05.000000Z,begun,feed_stale BRTI,feed_stale,index,BRTI,halted,false,,6 s old,paper,sim,true\r\n",
    );
    const trades = (await Deno.readTextFile(join(directory, "trades.csv"))).split("\r\n");
    assert.match(trades[1], /^1970-01-01T00:00:01\.000000Z,,t1,/, "in order of time");
    assert.match(await Deno.readTextFile(join(directory, "orders.csv")), /,'=cmd\|' \/C calc'!A0,/);
    assert.match(await Deno.readTextFile(join(directory, "audit.csv")), /,"line one\nline two",paper,sim,true\r\n/);
    read.kv.close();
    await opened.store.close();
  }));

Deno.test("an empty table is a header, and a Parquet file without rows", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    const opened = await openKvStore(path);
    assert.ok(opened.ok);
    await opened.store.close();
    const read = await openToRead(path);
    assert.ok(read.ok);
    const csv = join(directory, "trades.csv");
    assert.deepEqual((await exportTable(read.kv, "trades", "csv", csv, SIMULATED)).ok, true);
    assert.equal((await Deno.readTextFile(csv)).split("\r\n").length, 2);
    const parquet = join(directory, "trades.parquet");
    assert.deepEqual((await exportTable(read.kv, "trades", "parquet", parquet, SIMULATED)).ok, true);
    assert.deepEqual(await parquetReadObjects({ file: (await Deno.readFile(parquet)).buffer }), []);
    read.kv.close();
  }));

Deno.test("a state that is not there, none at all, or of a newer version is told in words and not made", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "state.kv");
    assert.deepEqual(await openToRead(path), { ok: false, reason: `There is no state at ${path}` });
    assert.deepEqual([...Deno.readDirSync(directory)], []);
    const kv = await Deno.openKv(path);
    await kv.set(["schema"], 99);
    kv.close();
    const newer = await openToRead(path);
    assert.ok(!newer.ok);
    assert.match(newer.reason, /was written by a newer kbot \(schema 99, this one knows \d+\)/);
    const garbage = join(directory, "garbage.kv");
    await Deno.writeTextFile(garbage, "no database ".repeat(100));
    const none = await openToRead(garbage);
    assert.ok(!none.ok);
    assert.match(none.reason, /cannot be opened/);
  }));

Deno.test("an export that fails leaves the file of before alone and nothing unfinished behind", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "trades.csv");
    await Deno.writeTextFile(path, "of before");
    const tape = join(directory, "none");
    const failed = await exportTape(tape, "csv", path, () => {});
    assert.deepEqual(failed, { ok: false, reason: `Export to ${path} failed: No tape at ${tape}: nothing is there` });
    assert.equal(await Deno.readTextFile(path), "of before");
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["trades.csv"]);
  }));

Deno.test("a tape comes out line by line, gaps in their places, and what cannot be read is told", () =>
  withDirectory(async (directory) => {
    await Deno.writeTextFile(
      join(directory, "000001.ndjson"),
      [
        '{"kbot_tape":1,"part":1,"run":"x","version":"t","started":"s","venue":"v","simulated":true}',
        '{"at":1000000,"source":"coinbase","raw":"{\\"a\\":1}"}',
        '{"at":2000000,"gap":{"messages":3,"reason":"The disk was full"}}',
        "nonsense",
        '{"at":3000000,"source":"kalshi","raw":"x"}',
        "",
      ].join("\n"),
    );
    const troubles: string[] = [];
    const csv = join(directory, "tape.csv");
    const result = await exportTape(directory, "csv", csv, (reason) => troubles.push(reason));
    assert.deepEqual(result.ok && result.rows, 3);
    assert.equal(
      await Deno.readTextFile(csv),
      "at,source,raw,missing,reason,venue,simulated\r\n" +
        '1970-01-01T00:00:01.000000Z,coinbase,"{""a"":1}",,,v,true\r\n' +
        "1970-01-01T00:00:02.000000Z,,,3,The disk was full,v,true\r\n" +
        "1970-01-01T00:00:03.000000Z,kalshi,x,,,v,true\r\n",
    );
    assert.deepEqual(troubles, ["000001.ndjson:4: Found nonsense, wanted a line of JSON"]);
    const parquet = join(directory, "tape.parquet");
    assert.ok((await exportTape(directory, "parquet", parquet, () => {})).ok);
    const [first, gap] = await parquetReadObjects({ file: (await Deno.readFile(parquet)).buffer });
    assert.deepEqual([first.raw, gap.missing], ['{"a":1}', 3n]);
  }));
