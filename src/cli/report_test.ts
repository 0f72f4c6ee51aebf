import assert from "node:assert/strict";
import { join } from "node:path";
import { execution, NOON } from "../backtest/figures/figures_fixture.ts";
import type { Findings } from "../backtest/findings.ts";
import { count, micros, money } from "../core/units.ts";
import { openKvStore } from "../store/kv_store.ts";
import type { ReportCommand } from "./command.ts";
import { report } from "./report.ts";

const COMMAND: ReportCommand = {
  kind: "report",
  config: undefined,
  state: undefined,
  json: false,
  from: undefined,
  to: undefined,
  strategy: undefined,
  report: undefined,
  csv: undefined,
  parquet: undefined,
};

/** A state of a few days, in which every market but the last is paid. */
async function withState(venue: string, mode: string, body: (state: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "kbot-report-" });
  try {
    await Deno.writeTextFile(
      join(state, "identity.json"),
      JSON.stringify({ venue, execution: mode, instance: "k0000000a" }),
    );
    const opened = await openKvStore(join(state, "state.kv"));
    assert.ok(opened.ok);
    const records = Array.from({ length: 40 }, (_, k) => {
      const at = micros(NOON + k * 3_600_000_000);
      const ticker = `KXBTC15M-26OCT06A-RATHER-LONG-NAME-OF-A-MARKET-${k}`;
      const won = k % 3 !== 0;
      const bought = { ticker, side: "bid", price: 4_000, count: 1_000, fee: 20_000, mid: 0.41, edge: 0.03 } as const;
      const pnl = money(won ? 5_980_000 : -4_020_000);
      const settlement = { ticker, result: won ? "yes" : "no", position: count(1_000), payout: money(0), pnl } as const;
      return [
        execution({ ...bought, at, strategy: `strategy_${k % 2}` }),
        ...(k === 39 ? [] : [{ kind: "settlement" as const, at: micros(at + 900_000_000), ...settlement }]),
      ];
    }).flat();
    assert.deepEqual(opened.store.apply(records, { run: "20261006T120000Z-0001", line: 1 }), { ok: true });
    assert.deepEqual(await opened.store.flush(), { ok: true });
    await opened.store.close();
    await body(state);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

const run = (change: Partial<ReportCommand>) => report({ ...COMMAND, ...change }, {}, ["report"]);

Deno.test("a report fits a terminal of 80 columns, says what it is of, and paper is never taken for live", () =>
  withState("kalshi", "paper", async (state) => {
    const { exitCode, text, json } = await run({ state });
    assert.equal(exitCode, 0);
    const lines = (text ?? "").split("\n");
    assert.equal(lines[0], "Paper trading, simulated fills: paper at kalshi");
    for (const line of lines) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
    for (const word of ["Sharpe", "Sortino", "Calmar", "win rate", "drawdown", "Strategy", "Signal", "Hour (UTC)"]) {
      assert.ok(text?.includes(word), word);
    }
    assert.match(text ?? "", /\(28 between them are left out\)/);
    const findings = json as Findings;
    assert.deepEqual([findings.kind, findings.simulated_fills, findings.simulated_market], ["paper", true, false]);
    assert.equal(findings.summary.settled, 39);
    assert.deepEqual(findings.provenance.command, ["kbot", "report"]);
  }));

Deno.test("live trading on the built-in exchange, or on one that nobody knows, is marked as simulated", async () => {
  for (const venue of ["sim", "http://127.0.0.1:1/trade-api/v2"]) {
    await withState(venue, "live", async (state) => {
      const { text, json } = await run({ state });
      assert.match(text ?? "", /^Live trading, SIMULATED EXCHANGE: live at /);
      assert.equal((json as Findings).simulated_market, true);
    });
  }
});

Deno.test("a day, a strategy, and every file that is asked for", () =>
  withState("kalshi", "live", async (state) => {
    const day = micros(Date.UTC(2026, 9, 7) * 1_000);
    const files = { report: join(state, "r.html"), csv: join(state, "csv"), parquet: join(state, "parquet") };
    const { exitCode, text, json } = await run({ state, from: day, to: day, strategy: "strategy_1", ...files });
    assert.equal(exitCode, 0);
    assert.equal(text?.split("\n")[0], "Live trading: live at kalshi, strategy_1, from 2026-10-07, to 2026-10-07");
    const findings = json as Findings;
    assert.deepEqual([findings.summary.fills, findings.by.strategy.length], [12, 1]);
    const trades = await Deno.readTextFile(join(files.csv, "trades.csv"));
    assert.equal(trades.trimEnd().split("\r\n").length, 13);
    for (const name of ["trades", "days", "equity", "groups"]) {
      assert.ok((await Deno.stat(join(files.parquet, `${name}.parquet`))).size > 100, name);
    }
    assert.match(await Deno.readTextFile(files.report), /^<!doctype html>/);
    assert.deepEqual([...Deno.readDirSync(state)].filter(({ name }) => name.endsWith(".tmp")), []);
  }));

Deno.test("what cannot be read or written is told in words, and nothing is made", async () => {
  const none = await run({ state: "/nowhere/at/all" });
  assert.deepEqual([none.exitCode, none.problems], [1, [
    "No run is known at /nowhere/at/all: nothing was traded there",
  ]]);
  await withState("kalshi", "paper", async (state) => {
    const taken = await run({ state, report: state });
    assert.deepEqual([taken.exitCode, taken.problems], [1, [`Report ${state} is a directory: name a file`]]);
    const file = join(state, "identity.json");
    const blocked = await run({ state, csv: file });
    assert.match(blocked.problems[0], /^Tables cannot be written to .*identity\.json: /);
    await Deno.writeTextFile(file, "{}");
    const unsaid = await run({ state });
    assert.match(unsaid.problems[0], /does not say whether it is of paper or live trading$/);
  });
});
