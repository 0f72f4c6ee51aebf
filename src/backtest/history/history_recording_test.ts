import assert from "node:assert/strict";
import { join } from "node:path";
import { formatTime, type Micros, parseTime } from "../../core/units.ts";
import { writeHistory } from "../../store/import/history_file.ts";
import {
  CANDLE_COLUMNS,
  coinbasePath,
  kalshiPath,
  MARKET_COLUMNS,
  SPOT_COLUMNS,
  TRADE_COLUMNS,
} from "../../store/import/layout.ts";
import { collect } from "../recording/recording_fixture.ts";
import { openRecording, type Recording } from "../recording/recording.ts";

const TICKER = "KXBTC15M-26MAY110145-45";
const at = (clock: string): Micros => parseTime(`2026-05-11T${clock}Z`) ?? 0 as Micros;

const none = [null, null, null, null];
const run = (close: number): number[] => [close - 100, close - 200, close + 100, close];

/** What an import of two markets leaves, of which one is not settled. */
async function imported(root: string): Promise<void> {
  const day = at("00:00:00");
  const market = (ticker: string, close: string, result: string): (string | number | null)[] => [
    ...[
      ticker,
      ticker.slice(0, -3),
      result === "" ? "closed" : "finalized",
      at("05:30:00"),
      at(close),
      "greater_or_equal",
    ],
    ...[80_938.41, null, 2, result, result === "" ? null : 80_791.61, result === "" ? null : 0, 2],
  ];
  await writeHistory(kalshiPath(root, "KXBTC15M", day, "markets"), MARKET_COLUMNS, async (write) => {
    await write([market(TICKER, "05:45:00", "no"), market("KXBTC15M-26MAY110200-00", "06:00:00", "")]);
    return true;
  });
  // Newest first, as the exchange lists them.
  await writeHistory(kalshiPath(root, "KXBTC15M", day, "trades"), TRADE_COLUMNS, async (write) => {
    await write([
      [at("05:31:02"), TICKER, "c", 4_600, 300, "bid"],
      [at("05:31:01"), TICKER, "b", 4_500, 200, "ask"],
      [at("05:31:01"), TICKER, "a", 4_400, 100, "ask"],
    ]);
    return true;
  });
  await writeHistory(kalshiPath(root, "KXBTC15M", day, "candles"), CANDLE_COLUMNS, async (write) => {
    await write([
      [TICKER, at("05:31:00"), ...run(4_400), ...run(4_600), ...none, null, 100, 100],
      [TICKER, at("05:32:00"), ...run(0), ...run(10_000), ...none, null, 100, 100],
      ["KXBTC15M-26MAY110200-00", at("05:31:00"), ...run(3_000), ...run(3_100), ...none, null, 100, 100],
    ]);
    return false;
  });
  await writeHistory(coinbasePath(root, "BTC", day), SPOT_COLUMNS, async (write) => {
    await write([[at("05:30:00"), 80_900, 80_910, 80_890, 80_905.5, 1.25]]);
    return true;
  });
}

async function opened(path: string): Promise<Recording> {
  const recording = await openRecording(path);
  if ("error" in recording) throw new Error(recording.error);
  return recording;
}

Deno.test("what an import wrote is a recording: quotes at the end of each minute, trades in their order, endings", async () => {
  const root = await Deno.makeTempDir();
  try {
    await imported(root);
    const recording = await opened(root);
    const all = (await collect(recording)).map(({ input }) => input);
    assert.equal(recording.kind, "history");
    const words = all.map((input) => `${formatTime(input.at).slice(11, 19)} ${input.type}`);
    assert.deepEqual(words, [
      ...["05:31:00 index", "05:31:00 market", "05:31:00 book_snapshot", "05:31:00 market", "05:31:00 book_snapshot"],
      ...["05:31:01 trade", "05:31:01 trade", "05:31:02 trade", "05:31:02 book_stale", "05:32:00 book_snapshot"],
      ...["05:32:02 book_stale", "05:45:00 clock", "05:45:08 lifecycle", "05:45:08 lifecycle", "06:00:00 clock"],
    ]);
    const trades = all.filter((input) => input.type === "trade");
    assert.deepEqual(trades.map(({ price, takerSide }) => `${price} ${takerSide}`), [
      "4400 ask",
      "4500 ask",
      "4600 bid",
    ]);
    const books = all.filter((input) => input.type === "book_snapshot");
    assert.deepEqual(books.map(({ yes, no }) => [yes, no]), [
      [[[4_400, 100]], [[5_400, 100]]],
      [[[3_000, 100]], [[6_900, 100]]],
      [[], []],
    ]);
    assert.equal(recording.counts.refused, 0);
    assert.ok(
      recording.counts.notes.includes("1 of 2 markets have no recorded outcome: what is held there stays open"),
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("one series and one day of it can be read by themselves, and a day without markets is no history", async () => {
  const root = await Deno.makeTempDir();
  try {
    await imported(root);
    for (const path of [join(root, "kalshi", "KXBTC15M"), join(root, "kalshi", "KXBTC15M", "2026-05-11")]) {
      const all = await collect(await opened(path));
      assert.equal(all.filter(({ input }) => input.type === "trade").length, 3, path);
      assert.ok(all.every(({ input }) => input.type !== "index"), "prices lie beside the series");
    }
    await Deno.mkdir(join(root, "empty", "kalshi", "KXETH15M", "2026-05-11"), { recursive: true });
    const none = await openRecording(join(root, "empty"));
    assert.ok("error" in none && /no day holds markets with trades or candles/.test(none.error));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
