import assert from "node:assert/strict";
import { parseTime } from "../../core/units.ts";
import { Random } from "../../venues/exchange/random.ts";
import { readCsv } from "./csv_futures.ts";
import { readEffectiveRate } from "./effective_rate.ts";
import { contractMonth, readFutures } from "./futures.ts";
import { readJson } from "./json_futures.ts";

function time(text: string) {
  const at = parseTime(text);
  assert.ok(at !== null, text);
  return at;
}

const NOW = time("2026-11-20T12:00:00Z");

const NAMES: readonly (readonly [name: string, month: string | null])[] = [
  ["ZQZ26", "2026-12"],
  ["ZQZ6", "2026-12"],
  ["ZQZ2026", "2026-12"],
  ["zqf27", "2027-01"],
  ["ZQF5", "2025-01"],
  ["ZQG4", "2034-02"],
  ["/ZQZ26:XCBT", "2026-12"],
  ["ZQM27.CBT", "2027-06"],
  ["2026-12", "2026-12"],
  ["2026-12-31", "2026-12"],
  ["DEC 26", "2026-12"],
  ["Dec '26", "2026-12"],
  ["December 2026", "2026-12"],
  [" JAN-27 ", "2027-01"],
  ["ZQI26", null],
  ["ZQZ", null],
  ["ZQZ266", null],
  ["SQZ26", null],
  ["XZQZ26", null],
  ["2026-13", null],
  ["FOO 26", null],
  ["", null],
  ["ZQZ26".padEnd(50, "6"), null],
];

for (const [name, month] of NAMES) {
  Deno.test(`contract "${name.slice(0, 20)}" is ${month ?? "none"}`, () =>
    assert.equal(contractMonth(name, NOW), month));
}

const COLUMNS = { contract: "contract", price: "price" };

Deno.test("a table is read by its columns, whatever their order, case and quotes", () => {
  const text =
    '\ufeffDate,"Price",CONTRACT,Note\r\n2026-11-19,96.3775,ZQZ26,"a, b"\r\n\r\n2026-11-19,"96.52",ZQG27,"say ""x"""\r\n';
  const table = readCsv(text, COLUMNS);
  assert.ok(table.ok);
  const read = readFutures(table.value, NOW);
  assert.ok(read.ok);
  assert.deepEqual(read.value, {
    contracts: [{ month: "2026-12", price: 96.3775 }, { month: "2027-02", price: 96.52 }],
    refused: [],
  });
});

Deno.test("rows that are wrong are left out and named", () => {
  const rows = [
    { contract: "ZQZ26", price: "96.3775" },
    { contract: "ZQZ26", price: "96.4" },
    { contract: "soon", price: "96.4" },
    { contract: "ZQF27", price: "9638" },
    { contract: "ZQG27", price: "" },
    { contract: "ZQH27", price: NaN },
    { contract: "ZQJ27", price: "1e2" },
    { contract: "ZQK27", price: 96.5 },
  ];
  const read = readFutures({ rows, time: null }, NOW);
  assert.ok(read.ok);
  assert.deepEqual(read.value.contracts, [{ month: "2026-12", price: 96.3775 }, { month: "2027-05", price: 96.5 }]);
  assert.deepEqual(read.value.refused, [
    "repeated contract",
    "name of a contract",
    ...Array(4).fill("price of a contract"),
  ]);
});

Deno.test("tables without columns, rows or bounds are refused whole", () => {
  assert.deepEqual(readCsv("a,b\n1,2\n", COLUMNS), {
    ok: false,
    reason: "futures without the columns that settings name",
  });
  assert.deepEqual(readCsv("", COLUMNS), { ok: false, reason: "futures without the columns that settings name" });
  assert.deepEqual(readCsv("\n".repeat(10_001), COLUMNS), { ok: false, reason: "too many lines" });
  const long = "contract,price\n" + "ZQZ26,96\n".repeat(121);
  assert.deepEqual(readCsv(long, COLUMNS), { ok: false, reason: "too many contracts" });
  assert.deepEqual(readFutures({ rows: [], time: null }, NOW), { ok: false, reason: "no contracts" });
  const wrong = readFutures({ rows: [{ contract: "x", price: 96 }], time: null }, NOW);
  assert.deepEqual(wrong, { ok: false, reason: "name of a contract" });
});

const FIELDS = { list: "data.quotes", contract: "symbol", price: "last.value", time: "t" };

Deno.test("rows stand where settings say in a JSON answer, and the newest is the table's time", () => {
  const quotes = [
    { symbol: "ZQZ26", last: { value: 96.3775 }, t: "2026-11-20T11:00:00Z" },
    { symbol: "ZQF27", last: { value: "96.42" }, t: 1_795_175_100_000 },
    { symbol: "ZQG27", last: null, t: "soon" },
  ];
  const table = readJson({ data: { quotes } }, FIELDS);
  assert.ok(table.ok);
  assert.equal(table.value.time, 1_795_175_100_000_000);
  const read = readFutures(table.value, NOW);
  assert.ok(read.ok);
  assert.deepEqual(read.value.contracts.map(({ price }) => price), [96.3775, 96.42]);
  assert.deepEqual(read.value.refused, ["price of a contract"]);
  const plain = readJson([{ symbol: "ZQZ26", last: { value: 96 } }], { ...FIELDS, list: "", time: "" });
  assert.deepEqual(plain, { ok: true, value: { rows: [{ contract: "ZQZ26", price: 96 }], time: null } });
});

Deno.test("JSON of another shape is refused", () => {
  const list = { ok: false, reason: "futures without the list that settings name" };
  for (const body of [null, [], {}, { data: [] }, { data: { quotes: {} } }, "x"]) {
    assert.deepEqual(readJson(body, FIELDS), list);
  }
  assert.deepEqual(readJson({}, { ...FIELDS, list: "constructor" }), list);
  const fields = { ok: false, reason: "futures without the fields that settings name" };
  assert.deepEqual(readJson({ data: { quotes: [{ ticker: "ZQZ26" }] } }, FIELDS), fields);
  assert.deepEqual(readJson({ data: { quotes: [null] } }, FIELDS), fields);
});

const rate = (change: Record<string, unknown> = {}) => ({
  effectiveDate: "2026-11-19",
  type: "EFFR",
  percentRate: 3.63,
  targetRateFrom: 3.5,
  targetRateTo: 3.75,
  ...change,
});

Deno.test("the newest effective rate comes with its target range", () => {
  const rows = [
    rate({ effectiveDate: "2026-11-18", percentRate: 3.62 }),
    rate(),
    rate({ type: "OBFR", percentRate: "x" }),
  ];
  assert.deepEqual(readEffectiveRate({ refRates: rows }), {
    ok: true,
    value: { effective: { day: "2026-11-19", rate: 3.63 }, target: { lower: 3.5, upper: 3.75 } },
  });
  const without = readEffectiveRate({ refRates: [rate({ targetRateFrom: undefined, targetRateTo: undefined })] });
  assert.ok(without.ok);
  assert.equal(without.value.target, null);
});

const RATES: readonly (readonly [claim: string, body: unknown, reason: string])[] = [
  ["no object", null, "answer without rates"],
  ["no list", { refRates: {} }, "answer without rates"],
  ["an empty list", { refRates: [] }, "no effective rate"],
  ["only other rates", { refRates: [rate({ type: "SOFR" })] }, "no effective rate"],
  ["too many", { refRates: Array(1_001).fill(rate()) }, "too many rates"],
  ["a row that is no object", { refRates: [3.63] }, "rate that is no object"],
  ["a text for a rate", { refRates: [rate({ percentRate: "3.63" })] }, "rate out of range"],
  ["a rate in hundredths", { refRates: [rate({ percentRate: 363 })] }, "rate out of range"],
  ["a day that is none", { refRates: [rate({ effectiveDate: "2026-02-30" })] }, "day of a rate"],
  ["a range upside down", { refRates: [rate({ targetRateFrom: 3.75, targetRateTo: 3.5 })] }, "target range"],
  ["half a range", { refRates: [rate({ targetRateTo: null })] }, "target range"],
];

for (const [claim, body, reason] of RATES) {
  Deno.test(`effective rate refused: ${claim}`, () => assert.deepEqual(readEffectiveRate(body), { ok: false, reason }));
}

Deno.test("spoiled tables are read or refused, and never give a price that no rate has", () => {
  const seed = 20_261_120;
  const random = Random.named(seed, "futures");
  const text = 'contract,price\nZQZ26,96.3775\n"ZQF27",96.42\nDEC 27,96.5\n';
  const alphabet = '0123456789.,"\nZQFXDEC -';
  for (let round = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000; round > 0; round--) {
    let spoiled = text;
    for (let changes = random.integer(1, 5); changes > 0; changes--) {
      const at = random.integer(15, spoiled.length - 1);
      spoiled = spoiled.slice(0, at) + alphabet[random.integer(0, alphabet.length - 1)] +
        spoiled.slice(at + random.integer(0, 2));
    }
    const table = readCsv(spoiled, COLUMNS);
    const read = table.ok ? readFutures(table.value, NOW) : table;
    if (!read.ok || !("contracts" in read.value)) continue;
    for (const { month, price } of read.value.contracts) {
      assert.match(month, /^2\d{3}-(0[1-9]|1[0-2])$/, `seed ${seed}: ${JSON.stringify(spoiled)}`);
      assert.ok(price >= 85 && price <= 101, `seed ${seed}: ${JSON.stringify(spoiled)}`);
    }
  }
});
