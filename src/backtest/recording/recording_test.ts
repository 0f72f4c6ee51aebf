import assert from "node:assert/strict";
import { join } from "node:path";
import { Book } from "../../core/book.ts";
import type { Input } from "../../core/input.ts";
import { parseTime } from "../../core/units.ts";
import { FrameRecording } from "./frame_recording.ts";
import { openRecording, ruleAgrees } from "./recording.ts";
import { collect, recordedData, withFiles } from "./recording_fixture.ts";

const TICKER = "KXBTC15M-26MAY110145-45";
const CLOSE = 1_778_478_300_000;

const capture = (body: unknown, at = CLOSE) => JSON.stringify({ recv_ns: at * 1e6, ...body as object });
const watch = (ticker = TICKER, strike: unknown = 80938.41) =>
  capture({
    control: "watch_market",
    market_ticker: ticker,
    info: { close_time: "2026-05-11T05:45:00Z", market_ticker: ticker, status: "active", strike },
  });
const connected = capture({ control: "ws_connected", market_ticker: TICKER, info: {} });
const snapshot = (seq: number, ticker = TICKER) =>
  capture({
    frame: {
      type: "orderbook_snapshot",
      sid: 2,
      seq,
      msg: { market_ticker: ticker, yes_dollars_fp: [["0.4500", "10.00"]], no_dollars_fp: [["0.5400", "20.00"]] },
    },
  });
const delta = (seq: number, ts: number, change = "5.00") =>
  capture({
    frame: {
      type: "orderbook_delta",
      sid: 2,
      seq,
      msg: { market_ticker: TICKER, price_dollars: "0.4500", delta_fp: change, side: "yes", ts_ms: ts },
    },
  });
const SETTLEMENTS =
  "ticker,open_time_utc,close_time_utc,floor_strike,expiration_value,expiration_value_source,result\n" +
  `${TICKER},2026-05-11T05:30:00Z,2026-05-11T05:45:00Z,80938.41,80791.61,next_market_strike,no\n`;

async function opened(path: string, options = {}): Promise<FrameRecording> {
  const recording = await openRecording(path, options);
  assert.ok(recording instanceof FrameRecording, "error" in recording ? recording.error : "");
  return recording;
}

const brief = ({ input, line }: { input: Input; line: number }) => `${line} ${input.type} ${input.at / 1_000 - CLOSE}`;

Deno.test("a capture becomes inputs in order of the exchange's time, with the line that each came from", async () => {
  const lines = [
    watch(),
    connected,
    snapshot(1),
    delta(2, CLOSE - 5_000),
    delta(3, CLOSE - 6_000),
    delta(4, CLOSE - 4_000),
  ];
  await withFiles({ "a.ndjson.gz": lines.join("\n") + "\n", "settlements_x.csv": SETTLEMENTS }, async (folder) => {
    const recording = await opened(folder);
    assert.equal(recording.kind, "capture");
    const all = await collect(recording);
    assert.deepEqual(all.map(brief), [
      "1 market -5000",
      "2 link -5000",
      "3 book_snapshot -5000",
      "4 book_delta -5000",
      "5 book_delta -5000",
      "6 book_delta -4000",
      "0 book_stale -4000",
      "0 link -4000",
      "0 lifecycle 8000",
      "0 lifecycle 8100",
    ]);
    const [first] = all;
    assert.ok(first.input.type === "market");
    const { market } = first.input;
    assert.deepEqual(
      [market.series, market.event, market.floorStrike, market.strikeType, market.result, market.openTime],
      ["KXBTC15M", "KXBTC15M-26MAY110145", 80938.41, "greater_or_equal", "", parseTime("2026-05-11T05:30:00Z")],
    );
    const last = all[all.length - 1].input;
    assert.ok(last.type === "lifecycle");
    assert.deepEqual([last.event, last.result, last.settlementValue], ["settled", "no", 0]);
  });
});

Deno.test("a new connection makes every book stale and counts on, and its snapshot is not known early", async () => {
  const lines = [
    watch(),
    connected,
    snapshot(1),
    delta(2, CLOSE - 50_000),
    connected,
    snapshot(1),
    delta(2, CLOSE - 10_000),
  ];
  await withFiles({ "a.ndjson": lines.join("\n") }, async (folder) => {
    const all = await collect(await opened(join(folder, "a.ndjson")));
    assert.deepEqual(all.slice(4).map(brief), [
      "5 book_stale -10000",
      "5 link -10000",
      "6 book_snapshot -10000",
      "7 book_delta -10000",
      "0 book_stale -10000",
      "0 link -10000",
    ]);
    const connections = all.flatMap(({ input }) => input.type === "book_delta" ? [input.sequence?.connection] : []);
    assert.deepEqual(connections, [1, 2]);
  });
});

Deno.test("files are read in the order in which they were received, whatever their names", async () => {
  const early = [watch(), connected, snapshot(1), delta(2, CLOSE - 50_000)].map((line) =>
    line.replace(/^\{"recv_ns":\d+/, `{"recv_ns":${(CLOSE - 60_000) * 1e6}`)
  );
  const late = [watch(), connected, snapshot(1), delta(2, CLOSE - 10_000)];
  await withFiles({ "a.ndjson": late.join("\n"), "b.ndjson": early.join("\n") }, async (folder) => {
    const recording = await opened(folder);
    assert.deepEqual(recording.files, ["b.ndjson", "a.ndjson"]);
    const times = (await collect(recording)).map(({ input }) => input.at);
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
  });
});

Deno.test("recorded trades become one index value a second, merged in order of time", async () => {
  const second = CLOSE / 1_000 - 20;
  const spot = "exchange_ts_us,recv_ns,price_usd,trade_id\n" +
    [[-0.5, "100.5"], [0, "101.25"], [0.25, "102"], [3, "103"], [16, "104"]]
      .map(([after, price]) => `${Math.round((second + Number(after)) * 1e6)},0,${price},1`).join("\n");
  const lines = [watch(), connected, snapshot(1), delta(2, CLOSE - 18_500), delta(3, CLOSE - 1_000)];
  await withFiles({ "a.ndjson": lines.join("\n"), "spot.csv": spot }, async (folder) => {
    const recording = await opened(join(folder, "a.ndjson"), { spot: join(folder, "spot.csv"), index: "BRTI" });
    const all = await collect(recording);
    const values = all.flatMap(({ input }) => input.type === "index" ? [[input.at / 1e6 - second, input.value]] : []);
    // Second 1 knows the trade at 0.25 s; 103 is carried for ten seconds, then the index is missing until 104.
    const carried = Array.from({ length: 11 }, (_, k) => [3 + k, 103]);
    assert.deepEqual(values, [[0, 101.25], [1, 102], [2, 102], ...carried, [16, 104], [17, 104], [18, 104], [19, 104]]);
    const times = all.map(({ input }) => input.at);
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
  });
});

Deno.test("a long history of prices comes in pieces, whole and in order, around frames far apart", async () => {
  const second = CLOSE / 1_000 - 20_000;
  const rows = Array.from({ length: 19_900 }, (_, k) => `${second + k},${80_000 + k % 100}`);
  const lines = [watch(), connected, snapshot(1), delta(2, CLOSE - 15_000_500), delta(3, CLOSE - 500)];
  const files = { "a.ndjson": lines.join("\n"), "spot.csv": ["ts_s,brti_usd_rounded", ...rows].join("\n") };
  await withFiles(files, async (folder) => {
    const recording = await opened(join(folder, "a.ndjson"), { spot: join(folder, "spot.csv") });
    let [previous, values, largest] = [0, 0, 0];
    for await (const { inputs } of recording.batches()) {
      largest = Math.max(largest, inputs.length);
      for (const input of inputs) {
        assert.ok(input.at >= previous);
        previous = input.at;
        if (input.type === "index") values++;
      }
    }
    // The last value is carried for ten seconds.
    assert.equal(values, 19_910);
    assert.ok(largest < 5_000, `a batch of ${largest}`);
    await assert.rejects(recording.batches().next(), /read once/);
  });
});

Deno.test("a market seen twice settles once, one without a known result not at all", async () => {
  const other = "KXBTC15M-26MAY110200-00";
  const settlements = `${SETTLEMENTS}${other},2026-05-11T05:45:00Z,2026-05-11T06:00:00Z,80791.61,,,\n`;
  const lines = [
    watch(),
    connected,
    snapshot(1),
    delta(2, CLOSE - 50_000),
    watch(),
    watch(other),
    delta(3, CLOSE - 9_000),
  ];
  await withFiles({ "a.ndjson": lines.join("\n"), "settlements_x.csv": settlements }, async (folder) => {
    const all = (await collect(await opened(folder))).map(({ input }) => input);
    const endings = all.flatMap((input) => input.type === "lifecycle" ? [`${input.ticker} ${input.event}`] : []);
    assert.deepEqual(endings, [`${TICKER} determined`, `${TICKER} settled`]);
  });
});

Deno.test("a filtered tape loses its sequence numbers and tells its market from the table beside it", async () => {
  const ticker = "KXGOLD15M-26AUG051300-00";
  const table = "window,event_ticker,open_time,close_time,strike_type,floor_strike,status,result,expiration_value," +
    "settlement_value_dollars,settlement_ts,price_level_structure,volume_fp,open_interest_fp\n" +
    `${ticker},KXGOLD15M-26AUG051300,2026-08-05T16:45:00Z,2026-08-05T17:00:00Z,greater_or_equal,4244.85,finalized,yes,` +
    "4245.00,1.0000,2026-08-05T17:00:10.881505Z,linear_cent,1.00,1.00\n";
  const event = (type: string, seq: number, msg: object) =>
    JSON.stringify({
      recv_ms: 1_785_948_391_669,
      event: { type, sid: 1, seq, msg: { market_ticker: ticker, ...msg } },
    });
  const trade = { trade_id: "t", yes_price_dollars: "0.3300", no_price_dollars: "0.6700", count_fp: "29.04" };
  const lines = [
    event("orderbook_snapshot", 452_674, {}),
    event("orderbook_delta", 452_700, {
      price_dollars: "0.1500",
      delta_fp: "20.00",
      side: "no",
      ts_ms: 1_785_948_391_713,
    }),
    event("trade", 7, { ...trade, taker_side: "no", taker_book_side: "ask", ts_ms: 1_785_948_392_000 }),
  ];
  await withFiles({ "t.ndjson": lines.join("\n"), "markets.csv": table }, async (folder) => {
    const recording = await opened(folder);
    const all = (await collect(recording)).map(({ input }) => input);
    assert.deepEqual(all.map(({ type }) => type), [
      "market",
      "link",
      "book_snapshot",
      "book_delta",
      "trade",
      "book_stale",
      "link",
      "lifecycle",
      "lifecycle",
    ]);
    for (const input of all) if ("sequence" in input) assert.equal(input.sequence, null);
    const [market] = all;
    assert.ok(market.type === "market");
    assert.deepEqual([market.market.result, market.market.expirationValue], ["", null]);
    assert.equal(market.market.priceRanges.length, 1);
    assert.equal(all[8].at, parseTime("2026-08-05T17:00:10.881505Z"));
  });
});

Deno.test("a frame that cannot be read makes its book stale and is told with file and line", async () => {
  const bad = delta(3, CLOSE - 4_000).replace('"0.4500"', '"0.45005"');
  await withFiles(
    { "a.ndjson": [watch(), connected, snapshot(1), delta(2, CLOSE - 5_000), bad].join("\n") },
    async (folder) => {
      const recording = await opened(folder);
      const told = (await collect(recording)).filter(({ line }) => line === 5).map(({ input }) => input);
      // Its number is used up all the same.
      assert.deepEqual(told.map(({ type }) => type), ["sequence", "book_stale"]);
      assert.ok(told[1].type === "book_stale");
      assert.deepEqual(told[1].tickers, [TICKER]);
      assert.equal(recording.counts.refused, 1);
      assert.match(recording.counts.problems[0], /^a\.ndjson, line 5: msg\.price_dollars: found "0\.45005"/);
    },
  );
});

Deno.test("what is no recording is refused with file, line and what was found", async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ "x.csv": "a" }, /found x\.csv, wanted frames \(\.ndjson\)/],
    [{ "a.ndjson": "" }, /a\.ndjson, line 1: found an empty file/],
    [{ "a.ndjson": "hello\n" }, /a\.ndjson, line 1: found hello, wanted a line that starts with/],
    [{ "a.ndjson": good[0], "b.ndjson": '{"recv_ms":1785948391669,"event":{}}' }, /mixes two kinds of lines/],
    [{ "a.ndjson": good.join("\n"), "settlements_a.csv": "ticker,x\n" }, /settlements_a\.csv, line 1: found columns/],
    [
      { "a.ndjson": good.join("\n"), "settlements_a.csv": SETTLEMENTS.replace("80791.61", "many") },
      /settlements_a\.csv, line 2: found expiration_value "many", wanted a decimal number/,
    ],
    [
      { "a.ndjson": good.join("\n"), "expected_book_checkpoints.csv": "file\n" },
      /checkpoints\.csv, line 1: found columns file/,
    ],
  ];
  for (const [files, expected] of cases) {
    await withFiles(files, async (folder) => {
      const recording = await openRecording(folder);
      assert.ok("error" in recording, JSON.stringify(Object.keys(files)));
      assert.match(recording.error, expected);
    });
  }
  const missing = await openRecording("/nowhere/at/all");
  assert.ok("error" in missing);
  assert.match(missing.error, /nothing is there/);
});

const good = [watch(), connected, snapshot(1), delta(2, CLOSE - 5_000)];
const tail = [delta(4, CLOSE - 3_000), snapshot(5), delta(6, CLOSE - 2_000)];

Deno.test("a line that cannot be used is left out, makes every book stale, and the rest is read", async () => {
  const cases: [line: string, expected: RegExp][] = [
    ['{"recv_ns":17784778', /a\.ndjson, line 5: found a text that is no JSON/],
    ["", /a\.ndjson, line 5: found a text that is no JSON/],
    ['{"recv_ns":1}', /line 5: found \{"recv_ns":1\}, wanted a JSON object with frame or control/],
    [capture({ control: "sing" }), /line 5: found control "sing", wanted watch_market/],
    [watch(TICKER, "high"), /line 5: found info\.strike "high", wanted a number/],
    ["\uFFFD" + delta(3, CLOSE - 4_000), /line 5: found bytes that are no UTF-8/],
  ];
  for (const [line, expected] of cases) {
    await withFiles({ "a.ndjson": [...good, line, ...tail].join("\n") }, async (folder) => {
      const recording = await opened(folder);
      const all = await collect(recording);
      const types = all.map(({ input, line }) => `${line} ${input.type}`);
      assert.deepEqual(types.slice(0, 4), ["1 market", "2 link", "3 book_snapshot", "4 book_delta"]);
      assert.deepEqual(types.slice(-6, -2), ["5 book_stale", "6 book_delta", "7 book_snapshot", "8 book_delta"]);
      const stale = all.find((each) => each.line === 5)?.input;
      assert.ok(stale?.type === "book_stale" && stale.tickers === "all");
      assert.match(stale.reason, expected);
      assert.deepEqual([recording.counts.refused, recording.counts.problems], [1, [stale.reason]]);
    });
  }
});

Deno.test("a bad line before a connection's first stamp spoils nothing that comes after it", async () => {
  const lines = ["hello", good[0], connected, "{", snapshot(1), delta(2, CLOSE - 5_000)];
  await withFiles({ "a.ndjson": lines.join("\n") }, async (folder) => {
    const recording = await opened(folder);
    const types = (await collect(recording)).map(({ input, line }) => `${line} ${input.type}`);
    assert.deepEqual(types.slice(0, 5), ["2 market", "3 link", "4 book_stale", "5 book_snapshot", "6 book_delta"]);
    assert.equal(recording.counts.refused, 2);
  });
});

Deno.test("too many lines without a stamp are left out, and their books are not trusted", async () => {
  const lines = [good[0], connected, ...Array.from({ length: 1_100 }, () => snapshot(1)), delta(2, CLOSE - 5_000)];
  await withFiles({ "a.ndjson": lines.join("\n") }, async (folder) => {
    const recording = await opened(folder);
    const types = (await collect(recording)).map(({ input }) => input.type);
    assert.deepEqual(types.slice(999, 1_003), ["book_snapshot", "book_stale", "book_delta", "book_stale"]);
    assert.equal(recording.counts.refused, 102);
    assert.equal(recording.counts.problems.length, 51);
    assert.equal(recording.counts.problems[50], "52 more were left out for such reasons");
    assert.match(recording.counts.problems[0], /line 1001: found 1000 lines without ts_ms/);
  });
});

Deno.test("what of a torn compressed file can be read is used, and the files after it too", async () => {
  const lines = Array.from({ length: 2_000 }, (_, k) => delta(k + 2, CLOSE - 5_000 + k));
  const files = {
    "a.ndjson.gz": [watch(), connected, snapshot(1), ...lines].join("\n"),
    "b.ndjson": good.join("\n"),
  };
  await withFiles(files, async (folder) => {
    const path = join(folder, "a.ndjson.gz");
    const whole = await Deno.readFile(path);
    await Deno.writeFile(path, whole.slice(0, whole.length - 40));
    const recording = await opened(folder);
    const all = await collect(recording);
    const first = all.filter(({ file, line }) => file === "a.ndjson.gz" && line > 0);
    assert.ok(first.length > 1_500 && first.length < 2_003, `${first.length} inputs`);
    assert.deepEqual(first.map(({ line }) => line), first.map((_, at) => at + 1));
    const end = all.findIndex(({ file }) => file === "b.ndjson");
    assert.deepEqual(all.slice(end - 2, end).map(({ input }) => input.type), ["book_stale", "link"]);
    assert.ok(all.slice(end).some(({ input }) => input.type === "book_snapshot"));
    assert.equal(recording.counts.refused, 1);
    assert.match(
      recording.counts.problems[0],
      new RegExp(`a\\.ndjson\\.gz, line ${first.length + 1}: found .*wanted a file that can be read to its end`),
    );
  });
});

Deno.test("files that cannot be read at all are told and left out, and a recording of only such files is none", async () => {
  await withFiles({ "a.ndjson": "", "b.ndjson": "hello\n", "c.ndjson": good.join("\n") }, async (folder) => {
    const recording = await opened(folder);
    assert.deepEqual(recording.files, ["c.ndjson"]);
    assert.ok((await collect(recording)).length > 4);
    assert.equal(recording.counts.refused, 2);
    assert.match(recording.counts.problems.join("\n"), /a\.ndjson.* empty file[^]*b\.ndjson.* found hello/);
    await Deno.remove(join(folder, "c.ndjson"));
    const none = await openRecording(folder);
    assert.ok("error" in none && /a\.ndjson, line 1: found an empty file/.test(none.error));
  });
});

Deno.test("a linked file is read, and a link that leads nowhere is told", async () => {
  await withFiles({ "kept.txt": good.join("\n"), "table.txt": SETTLEMENTS }, async (base) => {
    await withFiles({}, async (folder) => {
      await Deno.symlink(join(base, "kept.txt"), join(folder, "a.ndjson"));
      await Deno.symlink(join(base, "gone.txt"), join(folder, "b.ndjson"));
      await Deno.symlink(join(base, "table.txt"), join(folder, "settlements_x.csv"));
      await Deno.symlink(base, join(folder, "c.ndjson"));
      const recording = await opened(folder);
      assert.deepEqual(recording.files, ["a.ndjson"]);
      assert.equal(recording.settlements.size, 1);
      assert.match(recording.counts.problems.join("\n"), /^Recording b\.ndjson, line 1: found No such file[^\n]*$/);
    });
  });
});

Deno.test("a bad row of prices is left out, and a torn table of prices ends where it is torn", async () => {
  const second = CLOSE / 1_000 - 900;
  const rows = Array.from({ length: 600 }, (_, k) => `${second + k},${80_000 + k * 7 % 1_000}.${k * 7_919 % 1_000}`);
  rows.splice(10, 0, "x,1", `${second + 9},-1`, "1,2,3");
  const files = {
    "a.ndjson": [...good.slice(0, 3), delta(2, CLOSE - 890_000), delta(3, CLOSE)].join("\n"),
    "spot.csv.gz": ["ts_s,brti_usd_rounded", ...rows].join("\n"),
  };
  await withFiles(files, async (folder) => {
    const spot = join(folder, "spot.csv.gz");
    const values = async (): Promise<[number, readonly string[]]> => {
      const recording = await opened(join(folder, "a.ndjson"), { spot });
      const count = (await collect(recording)).filter(({ input }) => input.type === "index").length;
      return [count, recording.counts.problems];
    };
    const [whole, problems] = await values();
    assert.equal(whole, 610);
    assert.deepEqual(problems.map((each) => /line \d+: found [^,]*/.exec(each)?.[0]), [
      "line 14: found 3 fields",
      'line 12: found time "x"',
      'line 13: found price "-1"',
    ]);
    const bytes = await Deno.readFile(spot);
    await Deno.writeFile(spot, bytes.slice(0, bytes.length - 60));
    const [part, told] = await values();
    assert.ok(part > 300 && part < 610, `${part} values`);
    assert.match(told[3], /spot\.csv\.gz, line \d+: found .*wanted a file that can be read to its end/);
  });
});

Deno.test("the books of the recorded captures equal every recorded checkpoint", async () => {
  const path = await recordedData("kxbtc15m_ws");
  const spot = await recordedData("spot/coinbase_btcusd_trades.csv.gz");
  if (path === null || spot === null) return;
  const recording = await opened(path, { spot, index: "BRTI" });
  const books = new Map<string, Book>();
  let [previous, checked, inputs, settled, index] = [0, 0, 0, 0, 0];
  for await (const batch of recording.batches()) {
    const checkpoints = recording.checkpoints.get(batch.file);
    for (let k = 0; k < batch.inputs.length; k++) {
      const input = batch.inputs[k];
      inputs++;
      assert.ok(input.at >= previous, `${batch.file} line ${batch.lines[k]} goes back in time`);
      previous = input.at;
      if (input.type === "index") index++;
      if (input.type === "lifecycle" && input.event === "settled") settled++;
      if (input.type !== "book_snapshot" && input.type !== "book_delta") continue;
      const book = books.get(input.ticker) ?? new Book();
      books.set(input.ticker, book);
      if (input.type === "book_snapshot") book.replace(input.yes, input.no, input.at);
      else assert.equal(book.change(input.side, input.price, input.delta, input.at), "applied");
      const expected = checkpoints?.get(batch.lines[k]);
      if (expected === undefined) continue;
      checked++;
      const noBid = book.ask === null ? null : 10_000 - book.ask;
      assert.deepEqual(
        [input.sequence?.seq, input.ticker, book.bid, noBid],
        [expected.seq, expected.ticker, expected.yesBid, expected.noBid],
      );
      assert.deepEqual(
        [book.yes.levels, book.no.levels, book.yes.total, book.no.total],
        [expected.yesLevels, expected.noLevels, expected.yesTotal, expected.noTotal],
      );
      if (expected.yesBid !== null) assert.equal(book.bidSize, expected.yesBidSize);
      if (expected.noBid !== null) assert.equal(book.askSize, expected.noBidSize);
    }
  }
  assert.deepEqual([checked, settled, recording.counts.refused], [279, 17, 0]);
  assert.ok(inputs > 567_000 && index > 19_000, `${inputs} inputs, ${index} index values`);
});

Deno.test("the recorded gold tapes are read whole, and every recorded result follows from the rule", async () => {
  const path = await recordedData("kxgold15m_ws");
  if (path === null) return;
  const recording = await opened(path);
  let [trades, settled, previous] = [0, 0, 0];
  for await (const { inputs } of recording.batches()) {
    for (const input of inputs) {
      assert.ok(input.at >= previous);
      previous = input.at;
      if (input.type === "trade") trades++;
      if (input.type === "lifecycle" && input.event === "settled") settled++;
    }
  }
  assert.deepEqual([trades, settled, recording.counts.refused], [4_349, 4, 0]);
  assert.deepEqual([...recording.settlements.values()].map(ruleAgrees), [true, true, true, true]);
});

Deno.test("the exchange's rule agrees with all 207 complete rows of the recorded settlements", async () => {
  const path = await recordedData("kxbtc15m_ws");
  if (path === null) return;
  const { settlements } = await opened(path);
  const verdicts = [...settlements.values()].map(ruleAgrees);
  assert.equal(settlements.size, 212);
  assert.deepEqual([verdicts.filter((v) => v === true).length, verdicts.filter((v) => v === false).length], [207, 0]);
});
