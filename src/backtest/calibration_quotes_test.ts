import assert from "node:assert/strict";
import fc from "fast-check";
import { micros } from "../core/units.ts";
import { midOf, QuoteTable } from "./calibration_quotes.ts";
import { withFiles } from "./recording/recording_fixture.ts";
import { Refusals } from "./recording/refusals.ts";

const HEADER = "ts_ms,recv_ms,ticker,yes_bid,yes_bid_size,yes_ask,yes_ask_size";
const AT = 1_778_457_600_000;
const row = (seconds: number, ticker: string, bid: string, ask: string) =>
  `${AT + seconds * 1_000},0,${ticker},${bid},1.00,${ask},1.00`;
const moment = (seconds: number) => micros((AT + seconds * 1_000) * 1_000);

async function withTable(
  lines: readonly string[],
  body: (table: QuoteTable, problems: readonly string[]) => void,
): Promise<void> {
  await withFiles({ "x_ticker_1s.csv.gz": [HEADER, ...lines].join("\n") + "\n" }, async (folder) => {
    const refusals = new Refusals();
    const table = await QuoteTable.beside(folder, refusals);
    assert.ok(table !== null);
    body(table, refusals.problems);
  });
}

Deno.test("a quote stands from its stamp until the next one, and at most ten seconds", async () => {
  const lines = [row(0, "A", "0.4", "0.42"), row(3, "B", "0.1", "0.12"), row(5, "A", "0.5", "0.52")];
  await withTable(lines, (table, problems) => {
    assert.deepEqual(problems, []);
    assert.equal(table.at("A", moment(-0.001)), null);
    assert.deepEqual(table.at("A", moment(0)), { bid: 0.4, ask: 0.42 });
    assert.deepEqual(table.at("A", moment(4.999)), { bid: 0.4, ask: 0.42 });
    assert.deepEqual(table.at("A", moment(5)), { bid: 0.5, ask: 0.52 });
    assert.deepEqual(table.at("A", moment(15)), { bid: 0.5, ask: 0.52 });
    assert.equal(table.at("A", moment(15.001)), null);
    assert.equal(table.at("C", moment(5)), null);
  });
});

Deno.test("rows that cannot be used are left out and told", async () => {
  const lines = [
    row(0, "A", "0.4", "0.42"),
    row(1, "A", "-0.1", "0.42"),
    row(2, "A", "0.4", "NaN"),
    row(3, "A", "0.4", "1.5e0"),
    row(4, "", "0.4", "0.42"),
    "soon,0,A,0.4,1,0.42,1",
    "1,2,3",
    row(-9, "A", "0.3", "0.32"),
    row(6, "A", "0.44", "0.46"),
  ];
  await withTable(lines, (table, problems) => {
    assert.equal(problems.length, 7, problems.join("\n"));
    assert.match(problems.join("\n"), /after a later one/);
    assert.ok(problems.every((problem) => /x_ticker_1s\.csv\.gz, line \d+: found .*, wanted /.test(problem)));
    assert.deepEqual(table.at("A", moment(5)), { bid: 0.4, ask: 0.42 });
    assert.deepEqual(table.at("A", moment(7)), { bid: 0.44, ask: 0.46 });
  });
});

Deno.test("without such a table there is none, and one of other columns is told", async () => {
  await withFiles({ "other.csv": "a,b\n" }, async (folder) => {
    assert.equal(await QuoteTable.beside(folder, new Refusals()), null);
  });
  await withFiles({ "x_ticker.csv": "a,b\n1,2\n" }, async (folder) => {
    const refusals = new Refusals();
    const table = await QuoteTable.beside(folder, refusals);
    assert.equal(table?.at("A", moment(0)), null);
    assert.match(refusals.problems[0], /found columns a, b, wanted a column ts_ms among them/);
  });
});

Deno.test("a mid is an opinion only where both sides lie close together", () => {
  const cases: [bid: number, ask: number, mid: number | null][] = [
    [0.44, 0.46, 0.45],
    [0.998, 1, 0.999],
    [0, 0.002, 0.001],
    [0, 1, null],
    [0.3, 0.5, null],
    [0.5, 0.5, null],
    [0.6, 0.5, null],
    [NaN, 0.5, null],
    [0.5, 1.1, null],
  ];
  for (const [bid, ask, mid] of cases) {
    const found = midOf({ bid, ask });
    assert.ok(mid === null ? found === null : Math.abs((found ?? NaN) - mid) < 1e-12, `${bid}, ${ask}: ${found}`);
  }
});

Deno.test("whatever a table holds, its quotes are probabilities in order of time, and the rest is told", async () => {
  const field = fc.oneof(
    fc.constantFrom("0", "1", "0.5", "0.4500", "-0", "1.2", "01", "", " ", "1e-3", "NaN", "A", "B", "__proto__"),
    fc.string({ maxLength: 8 }).map((text) => text.replaceAll(/[\r\n,]/g, "")),
    fc.integer({ min: AT - 1_000, max: AT + 100_000 }).map(String),
  );
  const stamp = fc.oneof(fc.integer({ min: AT, max: AT + 100_000 }).map(String), field);
  const name = fc.oneof(fc.constantFrom("A", "B", "__proto__"), field);
  const line = fc.tuple(stamp, field, name, field, field, field, field).map((fields) => fields.join(","));
  const lines = fc.sample(line, { seed: 61, numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000 });
  await withTable(lines, (table, problems) => {
    assert.ok(problems.length > 0);
    for (const ticker of ["A", "B", "__proto__", "0.5"]) {
      for (let seconds = 0; seconds <= 110; seconds += 0.5) {
        const quote = table.at(ticker, moment(seconds));
        if (quote === null) continue;
        assert.ok(quote.bid >= 0 && quote.bid < 2 && quote.ask >= 0 && quote.ask < 2);
        const mid = midOf(quote);
        assert.ok(mid === null || (mid >= 0 && mid <= 1));
      }
    }
  });
});
