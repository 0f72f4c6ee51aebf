import assert from "node:assert/strict";
import { join } from "node:path";
import { backtest, type BacktestResult } from "../backtest.ts";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../../config/engine_settings.ts";
import { defaultConfig } from "../../config/schema.ts";
import { formatTime } from "../../core/units.ts";
import { parquetSink } from "../../store/export/parquet.ts";
import { collect, withFiles } from "../recording/recording_fixture.ts";
import { openRecording, type Recording } from "../recording/recording.ts";

const MARKETS =
  "ticker,open_time,close_time,strike_type,floor_strike,price_structure,result,expiration_value,believed_s\n" +
  "KXBTC15M-26MAY110145-45,2026-05-11T05:30:00Z,2026-05-11T05:45:00Z,greater_or_equal,80938.41,tapered_deci_cent,no,80791.61,2\n";
const QUOTES = "time,ticker,yes_bid,yes_ask,yes_bid_size,yes_ask_size\n" +
  "2026-05-11T05:31:00Z,KXBTC15M-26MAY110145-45,0.44,0.46,10,20.5\n" +
  "2026-05-11T05:31:01Z,KXBTC15M-26MAY110145-45,,0.47,,\n";
const TRADES =
  "time,ticker,yes_price,count,taker_side\n2026-05-11T05:31:00.5Z,KXBTC15M-26MAY110145-45,0.4600,3.00,yes\n";
const PRICES = "time,index,value\n2026-05-11T05:30:59Z,BRTI,80900.5\n2026-05-11T05:31:00Z,BRTI,80901\n";
const ALL = { "markets.csv": MARKETS, "quotes.csv": QUOTES, "trades.csv.gz": TRADES, "prices.csv": PRICES };

async function opened(folder: string): Promise<Recording> {
  const recording = await openRecording(folder);
  if ("error" in recording) throw new Error(recording.error);
  return recording;
}

/** What comes of these tables: every input in words, and what was wrong. */
async function read(
  files: Readonly<Record<string, string>>,
): Promise<{ told: string[]; problems: readonly string[]; notes: readonly string[]; refused: number }> {
  let told: string[] = [];
  let problems: readonly string[] = [];
  let notes: readonly string[] = [];
  let refused = 0;
  await withFiles(files, async (folder) => {
    const recording = await opened(folder);
    told = (await collect(recording)).map(({ input }) => `${formatTime(input.at).slice(11, 21)} ${input.type}`);
    ({ problems, notes, refused } = recording.counts);
  });
  return { told, problems, notes, refused };
}

/** Why such tables cannot be read at all. */
async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  let found = "";
  await withFiles(files, async (folder) => {
    const recording = await openRecording(folder);
    found = "error" in recording ? recording.error : "it can be read";
  });
  return found;
}

const WHOLE = [
  "05:30:59.0 index",
  "05:31:00.0 index",
  "05:31:00.0 market",
  "05:31:00.0 book_snapshot",
  "05:31:00.5 trade",
  "05:31:01.0 book_snapshot",
  "05:31:03.0 book_stale",
  "05:45:00.0 clock",
  "05:45:08.0 lifecycle",
  "05:45:08.1 lifecycle",
];

Deno.test("tables of the common layout become inputs in order of time, with sizes, strikes and endings", async () => {
  await withFiles(ALL, async (folder) => {
    const recording = await opened(folder);
    const all = (await collect(recording)).map(({ input }) => input);
    assert.deepEqual(all.map((input) => `${formatTime(input.at).slice(11, 21)} ${input.type}`), WHOLE);
    assert.deepEqual(recording.counts.problems, []);
    const books = all.filter((input) => input.type === "book_snapshot").map(({ yes, no }) => [yes, no]);
    assert.deepEqual(books, [[[[4_400, 1_000]], [[5_400, 2_050]]], [[], [[5_300, 100]]]]);
    assert.deepEqual(recording.settlements.get("KXBTC15M-26MAY110145-45")?.expirationValue, 80_791.61);
  });
});

Deno.test("the same tables as Parquet, times as timestamps and prices as decimals, say the same to the bit", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const micros = (text: string): number => Date.parse(text) * 1_000;
    const text = (name: string) => ({ name, type: "text" }) as const;
    const time = (name: string) => ({ name, type: "time" }) as const;
    const float = (name: string) => ({ name, type: "float" }) as const;
    const ticker = "KXBTC15M-26MAY110145-45";
    const tables = [
      ["markets", [
        text("ticker"),
        time("open_time"),
        time("close_time"),
        text("strike_type"),
        float("floor_strike"),
        text("price_structure"),
        text("result"),
        float("expiration_value"),
        float("believed_s"),
      ], [[
        ...[ticker, micros("2026-05-11T05:30:00Z"), micros("2026-05-11T05:45:00Z"), "greater_or_equal", 80_938.41],
        ...["tapered_deci_cent", "no", 80_791.61, 2],
      ]]],
      ["quotes", [
        time("time"),
        text("ticker"),
        ...["yes_bid", "yes_ask"].map((name) => ({ name, type: "price" }) as const),
        ...["yes_bid_size", "yes_ask_size"].map((name) => ({ name, type: "count" }) as const),
      ], [
        [micros("2026-05-11T05:31:00Z"), ticker, 4_400, 4_600, 1_000, 2_050],
        [micros("2026-05-11T05:31:01Z"), ticker, null, 4_700, null, null],
      ]],
      ["trades", [time("time"), text("ticker"), float("yes_price"), float("count"), text("taker_side")], [
        [micros("2026-05-11T05:31:00.5Z"), ticker, 0.46, 3, "yes"],
      ]],
      ["prices", [time("time"), text("index"), float("value")], [
        [micros("2026-05-11T05:30:59Z"), "BRTI", 80_900.5],
        [micros("2026-05-11T05:31:00Z"), "BRTI", 80_901],
      ]],
    ] as const;
    for (const [name, columns, rows] of tables) {
      using file = await Deno.open(join(folder, `${name}.parquet`), { write: true, create: true });
      const sink = parquetSink(columns, async (bytes) => void await file.write(bytes));
      await sink.write(rows);
      await sink.end();
    }
    const ofParquet = await collect(await opened(folder));
    await withFiles(ALL, async (csv) => {
      const ofText = await collect(await opened(csv));
      const plain = (all: typeof ofText) => all.map(({ input }) => ({ ...input, tradeId: "" }));
      assert.deepEqual(plain(ofParquet), plain(ofText));
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a Parquet file of several row groups gives every row once, and one that is cut off is refused in words", async () => {
  await withFiles({ "markets.csv": MARKETS, "quotes.csv": QUOTES }, async (folder) => {
    const path = join(folder, "prices.parquet");
    const begin = Date.parse("2026-05-11T05:00:00Z") * 1_000;
    const ROWS = 50_000;
    using file = await Deno.open(path, { write: true, create: true });
    const columns = [
      { name: "time", type: "time" },
      { name: "index", type: "text" },
      { name: "value", type: "float" },
    ] as const;
    const sink = parquetSink(columns, async (bytes) => void await file.write(bytes));
    await sink.write(Array.from({ length: ROWS }, (_, k) => [begin + k * 100_000, "BRTI", 80_000 + k / 8]));
    await sink.end();
    const recording = await opened(folder);
    const values = (await collect(recording)).flatMap(({ input }) => input.type === "index" ? [input] : []);
    assert.equal(values.length, ROWS);
    values.forEach(({ at, value }, k) => assert.deepEqual([at, value], [begin + k * 100_000, 80_000 + k / 8]));
    assert.deepEqual(recording.counts.problems, []);
    await Deno.truncate(path, 40_000);
    const cut = await openRecording(folder);
    assert.ok("error" in cut);
    assert.match(
      cut.error,
      /^Recording prices\.parquet, line 0: found .*, wanted a Parquet file that can be read to its end/,
    );
  });
});

Deno.test("a truncated gzip is used up to where it breaks off, and said to", async () => {
  const rows = Array.from({ length: 20_000 }, (_, k) => `${1_778_477_460_000_000 + k * 1_000},BRTI,${80_900 + k / 7}`);
  const zipped = await new Response(
    new Blob([`time,index,value\n${rows.join("\n")}\n`]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  await withFiles({ "markets.csv": MARKETS, "quotes.csv": QUOTES }, async (folder) => {
    await Deno.writeFile(join(folder, "prices.csv.gz"), zipped.subarray(0, zipped.length >> 1));
    const recording = await opened(folder);
    const index = (await collect(recording)).filter(({ input }) => input.type === "index").length;
    assert.ok(index > 1_000 && index < 20_000, `${index} values`);
    assert.equal(recording.counts.refused, 1);
    assert.match(
      recording.counts.problems[0],
      /^Recording prices\.csv\.gz, line \d+: found .*, wanted a file that can be read to its end$/,
    );
  });
});

Deno.test("a wrong column is an error that names the file, what was found and what is wanted", async () => {
  const cases: [string, string, RegExp][] = [
    [
      "quotes.csv",
      QUOTES.replace("yes_ask,", "ask,"),
      /quotes\.csv, line 1: found columns time, ticker, yes_bid, ask, .*, wanted a column yes_ask among them/,
    ],
    [
      "markets.csv",
      MARKETS.replace("close_time", "close"),
      /markets\.csv, line 1: found columns .*, wanted a column close_time among them/,
    ],
    [
      "prices.csv",
      PRICES.replace("index", "time"),
      /prices\.csv, line 1: found columns .* wanted a column index among them/,
    ],
    [
      "trades.csv",
      TRADES.replace("count", "count,count"),
      /trades\.csv, line 1: found column count twice, wanted each column once/,
    ],
  ];
  for (const [name, text, expected] of cases) {
    const { "trades.csv.gz": _, ...rest } = ALL;
    assert.match(await refusal({ ...rest, [name]: text }), expected);
  }
});

Deno.test("a row that holds something else is left out and told with file, line, column, what was found and what is allowed", async () => {
  const cases: [string, RegExp][] = [
    [
      "2026-05-11T05:31:02Z,KXBTC15M-26MAY110145-45,0.44001,0.46,1,1",
      /yes_bid "0\.44001", wanted a price above 0 and below 1/,
    ],
    ["2026-05-11T05:31:02Z,KXBTC15M-26MAY110145-45,44,0.46,1,1", /yes_bid "44", wanted a price above 0 and below 1/],
    ["2026-05-11T05:31:02Z,KXBTC15M-26MAY110145-45,0.44,0.46,-1,1", /yes_bid_size "-1", wanted contracts above 0/],
    ["2026-05-11T05:31:02Z,,0.44,0.46,1,1", /ticker "", wanted a text/],
    ["2026-05-11T05:31:02Z,KXBTC15M-26MAY110145-45,0.44", /found 3 fields, wanted 6 as in the header/],
    [
      "2026-05-11T05:31:02Z,KXETH,0.44,0.46,1,1",
      /found a row about KXETH, wanted one about a market that the recording tells of/,
    ],
  ];
  for (const [row, expected] of cases) {
    const { told, problems, refused } = await read({ ...ALL, "quotes.csv": `${QUOTES}${row}\n` });
    assert.deepEqual([told, refused], [WHOLE, 1], row);
    assert.match(problems[0], /^Recording quotes\.csv, line 4: found /);
    assert.match(problems[0], expected);
  }
});

Deno.test("of mixed time zones each counts as it is written, one without a zone or in another unit is left out", async () => {
  const mixed = await read({
    ...ALL,
    "quotes.csv": QUOTES.replace("2026-05-11T05:31:01Z", "2026-05-11T01:31:01-04:00"),
  });
  assert.deepEqual(mixed.told, WHOLE);
  assert.deepEqual(mixed.notes, [
    "quotes.csv: times in other zones than the first row's: 1; each counts as it is written",
  ]);
  for (const time of ["2026-05-11T05:31:01", "1778477461000000", "1778477461"]) {
    const { problems, refused } = await read({ ...ALL, "quotes.csv": QUOTES.replace("2026-05-11T05:31:01Z", time) });
    assert.equal(refused, 1);
    assert.match(
      problems[0],
      /quotes\.csv, line 3: found time ".*", wanted an ISO 8601 time with its zone, as in the first row/,
    );
  }
  const seconds = await read({
    ...ALL,
    "prices.csv": "time,index,value\n1778477459000000,BRTI,80900.5\n1778477460,BRTI,80901\n",
  });
  assert.match(seconds.problems[0], /found time "1778477460", wanted integer microseconds since 1970 \(16 digits\)/);
});

Deno.test("rows whose times go back are left out and counted, never sorted into a past that was decided about", async () => {
  const late = "2026-05-11T05:30:58Z,BRTI,80899\n";
  const { told, problems, refused } = await read({ ...ALL, "prices.csv": PRICES + late });
  assert.deepEqual([told, refused], [WHOLE, 1]);
  assert.match(
    problems[0],
    /prices\.csv, line 4: found a time 2\.000000 s before that of an earlier row, wanted rows in order of time/,
  );
});

Deno.test("of duplicate markets the first counts, and the others are told", async () => {
  const [, row] = MARKETS.split("\n");
  const { told, problems, refused } = await read({
    ...ALL,
    "markets.csv": `${MARKETS}${row.replace("80938.41", "1")}\n`,
  });
  assert.deepEqual([told, refused], [WHOLE, 1]);
  assert.match(
    problems[0],
    /markets\.csv, line 3: found ticker "KXBTC15M-26MAY110145-45", wanted one row for each market/,
  );
});

Deno.test("missing strikes and outcomes are said, and nothing is made up for them", async () => {
  const bare = MARKETS.split("\n")[1].split(",").slice(0, 3).join();
  const { told, notes } = await read({ ...ALL, "markets.csv": `ticker,open_time,close_time\n${bare}\n` });
  assert.deepEqual(told.at(-1), "05:45:00.0 clock");
  assert.deepEqual(notes, [
    "1 of 1 markets have no recorded strike: no model prices them",
    "1 of 1 markets have no recorded outcome: what is held there stays open",
  ]);
});

Deno.test("an empty file is an error, a header without rows is said, and neither is a silent zero", async () => {
  assert.match(await refusal({ ...ALL, "quotes.csv": "" }), /quotes\.csv, line 1: found an empty file/);
  assert.match(await refusal({ ...ALL, "markets.csv": "" }), /markets\.csv, line 1: found an empty file/);
  const { notes } = await read({ ...ALL, "trades.csv.gz": TRADES.split("\n")[0] + "\n" });
  assert.deepEqual(notes, ["trades.csv.gz: no row"]);
});

Deno.test("a directory of strangers is an error that names what is there and what is wanted", async () => {
  const error = await refusal({
    "notes.txt": "a",
    "photo.png": "b",
    "data.csv": "x,y\n1,2\n",
    "a.json": "{}",
    "z.bin": "",
  });
  assert.match(
    error,
    /^No recording at .*: found a\.json, data\.csv, notes\.txt, photo\.png and 1 more, wanted frames/,
  );
  assert.match(await refusal({}), /found an empty folder, wanted/);
  assert.match(
    await refusal({ "spot.csv": "ts_s,brti_usd_rounded\n1,2\n" }),
    /found prices without markets \(spot\.csv is for --spot\)/,
  );
});

Deno.test("a table from a spreadsheet, with a byte order mark, quotes and line ends of its own, is read", async () => {
  const quoted = QUOTES.split("\n").map((line) => line.split(",").map((field) => `"${field}"`).join()).join("\r\n");
  const { told, problems } = await read({ ...ALL, "quotes.csv": `\uFEFF${quoted.replace(/""$/, "")}` });
  assert.deepEqual([told, problems], [WHOLE, []]);
});

async function run(folder: string): Promise<BacktestResult> {
  const config = defaultConfig();
  const result = await backtest({
    path: folder,
    spot: null,
    capital: config.paper.capital,
    engine: {
      version: "test",
      paper: paperSettings(config),
      index: indexSettings(config),
      risk: riskLimits(config),
      strategies: strategySettings(config),
    },
  }, { seconds: () => 0, rssMb: () => 0 });
  if ("error" in result) throw new Error(result.error);
  return result;
}

Deno.test("what is stale is not traded on: a quote that is not believed any more when the index moves brings no order", async () => {
  const begin = Date.parse("2026-05-11T05:31:00Z") * 1_000;
  const prices = Array.from({ length: 300 }, (_, k) => {
    // Fair until the second 200, when the index moves far above the strike.
    const value = 80_938 + (k % 2 === 0 ? 3 : -3) + (k < 200 ? 0 : 150);
    return `${begin + k * 1_000_000},BRTI,${value}`;
  });
  const quotes = `time,ticker,yes_bid,yes_ask,yes_bid_size,yes_ask_size\n${
    begin + 190_000_500
  },KXBTC15M-26MAY110145-45,0.50,0.51,100,100\n`;
  const orders: number[] = [];
  for (const believed of ["5", "60"]) {
    const markets = MARKETS.replace(/,2\n$/, `,${believed}\n`);
    await withFiles({
      "markets.csv": markets,
      "quotes.csv": quotes,
      "prices.csv": `time,index,value\n${prices.join("\n")}\n`,
    }, async (folder) => {
      orders.push((await run(folder)).orders);
    });
  }
  const [stale, believed] = orders;
  assert.equal(stale, 0);
  assert.ok(believed > 0, "the same quote, believed for a minute, would have been taken");
});

Deno.test("the whole command runs on tables: settled by what they say, problems and all", async () => {
  await withFiles(ALL, async (folder) => {
    const result = await run(folder);
    assert.deepEqual([result.markets, result.settled, result.settlements_agree, result.events], [1, 1, 1, 10]);
  });
});
