/** A live run's orders on paper: a run on the simulated exchange, whose books show its own orders as the real one's do. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { price } from "../src/core/units.ts";
import { parityOf, type ParityReport } from "../src/backtest/parity/parity.ts";
import { WithoutOwn } from "../src/backtest/parity/without_own.ts";
import { DEFAULT_FILLS } from "../src/execution/queue_models.ts";
import { runKbot, temporaryDirectory } from "./process.ts";

const SETTINGS = { latencyMs: 50, slippage: price(0), fills: { ...DEFAULT_FILLS, model: "power" } } as const;
/** Resting and taking, in two series. */
const ENV = { KBOT_VENUE__SERIES: "KXBTC15M,KXETH15M" };

async function reportOf(journal: string): Promise<ParityReport> {
  const report = await parityOf(journal, SETTINGS);
  if ("error" in report) assert.fail(report.error);
  return report;
}

const apart = ({ models }: ParityReport): number => models.find(({ model }) => model === "power")?.distance ?? NaN;

Deno.test("a live run's orders fill on paper as they did, each difference has its cause, and our own quotes matter", async () => {
  await using directory = await temporaryDirectory();
  const state = join(directory.path, "state");
  const ran = await runKbot(
    ["demo", "--for", "6s", "--speed", "100", "--seed", "7", "--port", "0", "--json", "--state", state],
    ENV,
  );
  assert.equal(ran.code, 0, ran.stderr);
  const { journal, orders, fills } = JSON.parse(ran.stdout);
  assert.ok(fills > 10, `${fills} fills would prove little`);
  const report = await reportOf(journal);
  assert.equal(report.orders, orders);
  assert.equal(Object.values(report.causes).reduce((sum, count) => sum + count, 0), orders);
  assert.ok(report.causes.same >= orders * 0.85, JSON.stringify(report.causes));
  assert.ok(apart(report) < 0.02, `${apart(report)} of the contracts filled on one side only`);
  assert.equal(report.differing.length, orders - report.causes.same);
  const { take } = WithoutOwn.prototype;
  WithoutOwn.prototype.take = (input) => [input];
  try {
    const naive = await reportOf(journal);
    assert.ok(apart(naive) > 2 * apart(report), `${apart(naive)} with our own quotes, ${apart(report)} without`);
  } finally {
    WithoutOwn.prototype.take = take;
  }
  const told = await runKbot(["parity", journal]);
  assert.equal(told.code, 0, told.stderr);
  assert.match(told.stdout, new RegExp(`${orders} orders for .* contracts, filled again on paper`));
});

Deno.test("a journal that is none, or of a run on paper, is refused in words", async () => {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(
    join(directory.path, "000001.ndjson"),
    '{"kbot_journal":1,"version":"t","run":"20261120T040211Z-0001","started":"2026-11-20T04:02:11Z","config":{"execution":"paper"}}\n',
  );
  const refused = await parityOf(directory.path, SETTINGS);
  assert.match("error" in refused ? refused.error : "", /is of a run on paper: its fills are the model's own$/);
  const none = await parityOf(join(directory.path, "none"), SETTINGS).catch((error: Error) => ({
    error: error.message,
  }));
  assert.match("error" in none ? none.error : "", /none/);
});
