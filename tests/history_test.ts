/** Recording, exporting and importing as a user does it: every command in its own process. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { EXPORT_TABLE_NAMES } from "../src/store/export/tables.ts";
import { FEED_NAMES } from "../src/venues/exchange/feeds/feed_names.ts";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";
import { pause, until } from "./trading_stage.ts";

async function filesBelow(directory: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) files.push(...await filesBelow(path));
    else files.push(path);
  }
  return files.sort();
}

const parquetRows = async (path: string): Promise<Record<string, unknown>[]> =>
  await parquetReadObjects({ file: (await Deno.readFile(path)).buffer });

/** Markets of the exchange that are over before anything is imported. */
const MARKETS_LEAST = 4;
/** Short beside what writing a file takes. */
const LOOK_EVERY_MS = 2;

Deno.test("what kbot record heard can be exported, and a backtest runs over it", async () => {
  await using place = await temporaryDirectory();
  const out = join(place.path, "tapes");
  // So slow that a busy machine follows: silence of a few simulated seconds counts as a connection that is lost.
  const recorded = await runKbot(["record", "--venue", "sim", "--speed", "3", "--for", "13s", "--out", out, "--json"]);
  assert.equal(recorded.code, 0, recorded.stderr);
  const summary = JSON.parse(recorded.stdout);
  assert.equal(summary.simulated, true);
  assert.match(recorded.stderr, /SIMULATED/);
  assert.ok(summary.by_source.kalshi > 1_000, recorded.stdout);
  const silent = [...FEED_NAMES, "coinbase_candles", "kalshi/input"].filter((name) => !(summary.by_source[name] > 0));
  assert.deepEqual(silent, [], "every source is on the tape");
  assert.ok(summary.file_bytes < summary.bytes / 3, "compressed");
  assert.deepEqual([summary.lost, summary.gaps], [0, 0]);

  const backtested = await runKbot(["backtest", summary.tape, "--json"]);
  assert.equal(backtested.code, 0, backtested.stderr);
  const result = JSON.parse(backtested.stdout);
  assert.deepEqual([result.gaps, result.problems], [0, []]);
  assert.ok(result.markets >= 2 && result.events > 1_000 && result.orders > 0, backtested.stdout);

  const parquet = join(place.path, "tape.parquet");
  const exported = await runKbot(["export", "--tape", summary.tape, "--format", "parquet", "--out", parquet, "--json"]);
  assert.equal(exported.code, 0, exported.stderr);
  assert.equal(JSON.parse(exported.stdout).files[0].rows, summary.messages);
  assert.equal((await parquetRows(parquet)).length, summary.messages);
});

Deno.test("a running bot serves its volatility, its tables can be exported meanwhile, and it trades on", async () => {
  await using place = await temporaryDirectory();
  await using bot = new Kbot(["demo", "--speed", "20", "--port", "0", "--state", place.path, "--json"]);
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const ask = async () => await (await fetch(new URL("/api/v1/volatility/BTC", url))).json();
  await until("a volatility, and a choice among its models", async () => {
    const { windows, selection } = await ask();
    return windows[0].samples >= 3 && selection !== null;
  });
  const volatility = await ask();
  assert.ok(volatility.windows[0].volatility > 0, JSON.stringify(volatility));
  assert.equal(volatility.latest.source, volatility.source);
  const { chosen, used, scores } = volatility.selection;
  assert.deepEqual([chosen, used], ["ewma", false], "the first candidate, and by default nothing is priced with it");
  assert.ok(scores.length > 5 && scores.every(({ n }: { n: number }) => n > 0), JSON.stringify(scores));
  const unknown = await fetch(new URL("/api/v1/volatility/SPX", url));
  assert.equal(unknown.status, 404);
  assert.match(await unknown.text(), /there are: BTC, ETH/);

  const csv = await runKbot(["export", "--state", place.path, "--table", "price_minutes", "--out", "-"]);
  assert.equal(csv.code, 0, csv.stderr);
  assert.match(
    csv.stdout,
    /^asset,start,open,high,low,close,source,execution,venue,simulated\r?\nBTC,.*,live,sim,true\r?\n/,
  );
  const tables = join(place.path, "tables");
  const all = await runKbot(["export", "--state", place.path, "--format", "parquet", "--out", tables, "--json"]);
  assert.equal(all.code, 0, all.stderr);
  assert.equal(JSON.parse(all.stdout).files.length, EXPORT_TABLE_NAMES.length);
  const minutes = await parquetRows(join(tables, "price_minutes.parquet"));
  assert.ok(minutes.length >= 3 && minutes.every(({ low, high }) => Number(low) <= Number(high)));

  bot.signal("SIGINT");
  const ended = await bot.end();
  assert.equal(ended.code, 0, ended.stderr);
  const { fills, journal_trouble: trouble } = JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "");
  assert.equal(trouble, null);
  const trades = join(place.path, "trades.csv");
  assert.equal((await runKbot(["export", "--state", place.path, "--table", "trades", "--out", trades])).code, 0);
  assert.equal((await Deno.readTextFile(trades)).split("\r\n").length - 2, fills, "every fill of the summary");
});

Deno.test("an import that is killed leaves whole files only, and the same command goes on to the end", async () => {
  await using place = await temporaryDirectory();
  await using exchange = await ExchangeProcess.start("--speed", "300", "--fault", "short-history");
  const state = join(place.path, "state");
  await Deno.mkdir(state, { mode: 0o700 });
  const args = [
    "import",
    "--venue",
    exchange.rest,
    "--state",
    state,
    "--series",
    "KXBTC15M",
    "--source",
    "kalshi",
    "--from",
    "2026-10-06",
    "--json",
  ];
  const settled = async () => (await exchange.ledger<{ readonly markets_settled: number }>()).markets_settled;
  await until("markets that are over", async () => await settled() >= MARKETS_LEAST);
  for (const unfinished of ["trades.tmp", "candles.tmp"]) {
    await using killed = new Kbot(args);
    let isOver = false;
    const over = killed.end().then(() => isOver = true);
    const isWriting = async () => (await filesBelow(state)).some((path) => path.endsWith(unfinished));
    while (!isOver && !await isWriting()) await pause(LOOK_EVERY_MS);
    killed.signal("SIGKILL");
    await over;
    for (const path of await filesBelow(state)) {
      if (path.endsWith(".csv")) assert.ok((await Deno.readTextFile(path)).endsWith("\r\n"), path);
    }
  }
  const done = await runKbot([...args, "--to", "2026-10-06"]);
  assert.equal(done.code, 0, done.stderr);
  const summary = JSON.parse(done.stdout);
  assert.deepEqual([summary.stopped, summary.problems], [null, []]);
  assert.doesNotMatch(done.stderr, /\r|%/, "no progress bar for a program");
  const day = join(state, "history", "kalshi", "KXBTC15M", "2026-10-06");
  const names = [...Deno.readDirSync(day)].map(({ name }) => name).sort();
  assert.deepEqual(names.map((name) => name.replace(".partial", "")), ["candles.csv", "markets.csv", "trades.csv"]);
  const trades = (await Deno.readTextFile(join(day, names[2]))).trim().split("\r\n").slice(1);
  const ids = trades.map((row) => row.split(",")[2]);
  assert.ok(ids.length > 100, `${ids.length} trades`);
  assert.equal(new Set(ids).size, ids.length, "none twice");

  const backtested = await runKbot(["backtest", join(state, "history"), "--json"]);
  assert.equal(backtested.code, 0, backtested.stderr);
  const result = JSON.parse(backtested.stdout);
  assert.equal(result.frames_refused, 0, result.problems.join());
  assert.ok(result.markets > 0 && result.settled > 0 && result.events > ids.length, backtested.stdout);
  assert.equal(result.settlements_agree, result.settlements_checked);
});

Deno.test("wrong uses end with 2 and say what is allowed", async () => {
  await using place = await temporaryDirectory();
  const cases: [string[], RegExp][] = [
    [["export", "--out", "-"], /--out - takes one table: name it with --table/],
    [["export", "--table", "trades", "--format", "parquet", "--out", "-"], /--out - writes text to stdout/],
    [["export", "--table", "trade", "--out", "x"], /Found "trade", allowed: trades, orders, .*; did you mean trades/],
    [["export", "--table", "trades", "--tape", "x", "--out", "y"], /Both --table and --tape/],
    [["import", "--from", "2026-13-01"], /a day that exists/],
    [["import", "--venue", "sim", "--from", "2026-10-01"], /--venue sim has no past/],
    [["import", "--series", "kx!", "--from", "2026-10-01"], /a series' ticker such as KXBTC15M/],
    [["record", "--venue", "kalshi", "--speed", "5"], /--speed is for the embedded exchange/],
  ];
  for (const [args, words] of cases) {
    const ended = await runKbot([...args, "--state", place.path]);
    assert.equal(ended.code, 2, `${args.join(" ")}: ${ended.stderr}`);
    assert.match(ended.stderr, words);
    assert.equal(ended.stdout, "");
  }
  const nothing = await runKbot(["export", "--table", "trades", "--out", join(place.path, "x"), "--state", place.path]);
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, /There is no state at /);
});
