import assert from "node:assert/strict";
import { recordedData } from "../../backtest/recording/recording_fixture.ts";
import { Random } from "../../venues/exchange/random.ts";
import { type ClimateSummary, readClimateReport } from "./climate_report.ts";

type Expected = readonly [
  file: string,
  place: string,
  day: string,
  high: number | null,
  low: number | null,
  state: "final" | "preliminary" | "corrected",
];

/** Read off by hand from each text. */
// deno-fmt-ignore
const REPORTS: readonly Expected[] = [
  ["cli_products/CLIABY.txt", "ALBANY", "2014-09-29", 79, 72, "final"],
  ["cli_products/CLIACT.txt", "WACO", "2014-12-15", 69, 52, "preliminary"],
  ["cli_products/CLIALO.txt", "WATERLOO IA", "2014-01-03", 19, -21, "preliminary"],
  ["cli_products/CLIANN.txt", "ANNETTE WSO AP", "2015-03-02", 53, 33, "final"],
  ["cli_products/CLIBET.txt", "BETHEL AP", "2014-01-01", 17, 11, "final"],
  ["cli_products/CLIBGR.txt", "BANGOR ME", "2014-11-02", 35, 31, "final"],
  ["cli_products/CLIBOI.txt", "BOISE ID", "2014-12-29", 28, 23, "preliminary"],
  ["cli_products/CLICKV.txt", "CLARKSVILLE", "2014-12-29", 39, 33, "final"],
  ["cli_products/CLICVG.txt", "CINCINNATI OH", "2020-04-22", 69, 35, "final"],
  ["cli_products/CLICVG_colon.txt", "CINCINNATI OH", "2021-02-04", 39, 22, "final"],
  ["cli_products/CLICVG_newer.txt", "CINCINNATI OH", "2020-04-22", 70, 35, "final"],
  ["cli_products/CLICVG_older.txt", "CINCINNATI OH", "2020-04-22", 68, 35, "final"],
  ["cli_products/CLIDCA.txt", "WASHINGTON NATIONAL DC", "2026-06-28", 76, 72, "final"],
  ["cli_products/CLIDMH.txt", "BALTIMORE INNER HARBOR MD", "2019-05-09", 74, 61, "final"],
  ["cli_products/CLIDRT.txt", "DEL RIO", "2014-12-29", 42, 37, "preliminary"],
  ["cli_products/CLIDSM2.txt", "DES MOINES IA", "2014-10-12", 56, 43, "preliminary"],
  ["cli_products/CLIEAR.txt", "KEARNEY", "2014-11-13", 25, 5, "preliminary"],
  ["cli_products/CLIECP.txt", "PANAMA CITY NW", "2014-12-29", 70, 62, "preliminary"],
  ["cli_products/CLIEST.txt", "ESTHERVILLE IA", "2014-10-12", 62, 33, "final"],
  ["cli_products/CLIEWN.txt", "NEW BERN NC", "2014-09-28", 83, 62, "corrected"],
  ["cli_products/CLIFFC.txt", "PEACHTREE CITY", "2014-10-03", 79, 67, "preliminary"],
  ["cli_products/CLIICT.txt", "WICHITA MID CONTINENT", "2014-12-29", null, 22, "preliminary"],
  ["cli_products/CLIJNU.txt", "JUNEAU", "2013-06-30", 75, 52, "preliminary"],
  ["cli_products/CLIMAI.txt", "MARIANNA", "2014-12-29", 69, 61, "preliminary"],
  ["cli_products/CLIMBS.txt", "TRI CITIES MI", "2014-12-29", 29, 18, "final"],
  ["cli_products/CLIMSO.txt", "MISSOULA MT", "2014-12-29", null, 12, "preliminary"],
  ["cli_products/CLIMUO.txt", "MOUNTAIN HOME AFB", "2021-06-23", 92, 58, "final"],
  ["cli_products/CLIMYV.txt", "MARYSVILLE", "2022-11-12", 60, 41, "final"],
  ["cli_products/CLINYC.txt", "CENTRAL PARK NY", "2013-01-02", 33, 22, "final"],
  ["cli_products/CLIOME.txt", "NOME WSO AP", "2014-10-23", 33, 19, "final"],
  ["cli_products/CLIOME_2.txt", "NOME AIRPORT", "2006-11-08", 29, 19, "final"],
  ["cli_products/CLIPPG.txt", "PAGO PAGO AIRPORT", "2020-12-28", 89, 77, "preliminary"],
  ["cli_products/CLIPPG3.txt", "PAGO PAGO AIRPORT", "2022-02-06", 89, 82, "preliminary"],
  ["cli_products/CLIPPG4.txt", "PAGO PAGO AIRPORT", "2023-03-30", 86, 77, "final"],
  ["cli_products/CLIRDU.txt", "RALEIGH-DURHAM INTL AIRPORT NC", "2021-03-19", 57, 37, "final"],
  ["cli_products/CLISAD.txt", "SAFFORD AZ AIRPORT", "2021-08-06", null, 76, "preliminary"],
  ["cli_products/CLISEW.txt", "SEATTLE WA WFO", "2014-12-29", 44, 34, "final"],
  ["cli_products/CLITCS.txt", "TRUTH OR CONSEQUENCES", "2014-12-29", 60, 22, "final"],
  ["cli_products_2026/CLINYC_final_2026-08-21.txt", "CENTRAL PARK NY", "2026-08-21", 79, 63, "final"],
  ["cli_products_2026/CLINYC_preliminary_2026-08-21.txt", "CENTRAL PARK NY", "2026-08-21", 79, 63, "preliminary"],
];

function summary([, place, day, highF, lowF, state]: Expected): ClimateSummary {
  return { place, day, highF, lowF, final: state !== "preliminary", corrected: state === "corrected" };
}

Deno.test("recorded climate reports of forty layouts say what a person reads in them", async () => {
  const folder = await recordedData("nws");
  if (folder === null) return;
  for (const expected of REPORTS) {
    const read = readClimateReport(await Deno.readTextFile(`${folder}/${expected[0]}`));
    assert.deepEqual(read, { ok: true, value: [summary(expected)] }, expected[0]);
  }
});

Deno.test("every recorded climate report is in the table, but the one of two places", async () => {
  const folder = await recordedData("nws");
  if (folder === null) return;
  const files: string[] = [];
  for (const name of ["cli_products", "cli_products_2026"]) {
    for await (const file of Deno.readDir(`${folder}/${name}`)) files.push(`${name}/${file.name}`);
  }
  const known = [...REPORTS.map(([file]) => file), "cli_products/CLIHOU.txt"];
  assert.deepEqual(files.sort(), known.sort());
});

Deno.test("a product of two places has a summary of each", async () => {
  const folder = await recordedData("nws");
  if (folder === null) return;
  const read = readClimateReport(await Deno.readTextFile(`${folder}/cli_products/CLIHOU.txt`));
  const of = (place: string, highF: number, lowF: number): ClimateSummary => (
    { place, day: "2014-11-30", highF, lowF, final: true, corrected: false }
  );
  const value = [of("HOUSTON INTERCONTINENTAL", 80, 61), of("HOUSTON/HOBBY AIRPORT", 79, 62)];
  assert.deepEqual(read, { ok: true, value });
});

const text = (lines: string, headline = "...THE CENTRAL PARK NY CLIMATE SUMMARY FOR JUNE 30 2026...") =>
  `CLIMATE REPORT\n226 AM EDT WED JUL 1 2026\n\n${headline}\n\nTEMPERATURE (F)\n${lines}\n\nPRECIPITATION (IN)\n  YESTERDAY  0.00\n`;

type Written = readonly [claim: string, text: string, expected: readonly [number | null, number | null] | string];

const WRITTEN: readonly Written[] = [
  [
    "the month's maximum further down is not the day's",
    text(" YESTERDAY\n  MAXIMUM  87  1226 PM\n  MINIMUM  73  522 AM\n MONTH TO DATE\n  MAXIMUM  99\n  MINIMUM  41"),
    [87, 73],
  ],
  [
    "a month's block that comes first is not taken for the day's",
    text(" MONTH TO DATE\n  MAXIMUM  99\n  MINIMUM  41\n YESTERDAY\n  MAXIMUM  87  1226 PM"),
    "climate report on neither today nor yesterday",
  ],
  ["MM is missing", text(" YESTERDAY\n  MAXIMUM  MM\n  MINIMUM  73  522 AM"), [null, 73]],
  ["both may be missing", text(" YESTERDAY\n  MAXIMUM  MM\n  MINIMUM  MM"), [null, null]],
  ["records and estimates are marked", text(" YESTERDAY\n  MAXIMUM  101R  301 PM\n  MINIMUM  -4(E) 522 AM"), [101, -4]],
  ["zero degrees is a temperature", text(" YESTERDAY\n  MAXIMUM  0  301 PM\n  MINIMUM  -12  522 AM"), [0, -12]],
  [
    "a time where the value should stand is refused",
    text(" YESTERDAY\n  MAXIMUM   301 PM  96\n  MINIMUM  63  424 AM"),
    "temperature of a climate report",
  ],
  [
    "a maximum below the minimum is refused",
    text(" YESTERDAY\n  MAXIMUM  60  301 PM\n  MINIMUM  63  424 AM"),
    "climate report with its maximum below its minimum",
  ],
  [
    "a temperature that the earth does not have is refused",
    text(" YESTERDAY\n  MAXIMUM  179  301 PM\n  MINIMUM  63  424 AM"),
    "temperature of a climate report out of range",
  ],
  ["a block without values is refused", text(" YESTERDAY\n"), "climate report without a maximum and a minimum"],
  ["a text without a headline is refused", "CLIMATE REPORT\nTEMPERATURE (F)\n", "climate report without a headline"],
  [
    "a day that no calendar has is refused",
    text(" YESTERDAY\n  MAXIMUM  87", "...THE CENTRAL PARK NY CLIMATE SUMMARY FOR JUNE 31 2026..."),
    "day of a climate report",
  ],
  [
    "a headline over two lines is read",
    text(" YESTERDAY\n  MAXIMUM  87\n  MINIMUM  63", "...THE ST. LOUIS MO\nCLIMATE SUMMARY FOR JUNE 30 2026..."),
    [87, 63],
  ],
  [
    "a report in mixed case is read",
    text(" Yesterday\n  Maximum  87\n  Minimum  63", "...The Central Park NY Climate Summary for June 30 2026..."),
    [87, 63],
  ],
];

for (const [claim, report, expected] of WRITTEN) {
  Deno.test(`climate report: ${claim}`, () => {
    const read = readClimateReport(report);
    if (typeof expected === "string") return assert.deepEqual(read, { ok: false, reason: expected });
    assert.ok(read.ok, JSON.stringify(read));
    assert.deepEqual(read.value.map(({ highF, lowF }) => [highF, lowF]), [expected]);
    assert.equal(read.value[0].day, "2026-06-30");
  });
}

Deno.test("a report that is valid as of some hour is not final, whatever day it names", () => {
  const report = text(" YESTERDAY\n  MAXIMUM  87\n  MINIMUM  73");
  const finals = ["", "VALID AS OF 0700 AM LOCAL TIME.\n", "VALID TODAY AS OF 0400 PM LOCAL TIME.\n"].map((line) => {
    const read = readClimateReport(report.replace("TEMPERATURE (F)", `${line}TEMPERATURE (F)`));
    return read.ok && read.value[0].final;
  });
  assert.deepEqual(finals, [true, false, false]);
});

Deno.test("line ends of Windows change nothing", () => {
  const report = text(" YESTERDAY\n  MAXIMUM  87  1226 PM\n  MINIMUM  73  522 AM");
  assert.deepEqual(readClimateReport(report.replaceAll("\n", "\r\n")), readClimateReport(report));
});

Deno.test("spoiled reports are read or refused, and never say what no thermometer shows", () => {
  const seed = 20_260_821;
  const random = Random.named(seed, "climate reports");
  const report = text(" TODAY\n  MAXIMUM  87R 1226 PM  99\n              1916\n  MINIMUM  73  522 AM\n  AVERAGE  80");
  const alphabet = "0123456789 -RME()AMPTODAYXIUN.\n";
  for (let round = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000; round > 0; round--) {
    let spoiled = report;
    for (let cuts = random.integer(1, 6); cuts > 0; cuts--) {
      const at = random.integer(0, spoiled.length - 1);
      const letter = alphabet[random.integer(0, alphabet.length - 1)];
      const removed = random.integer(0, 3);
      spoiled = spoiled.slice(0, at) + letter.repeat(random.integer(0, 2)) + spoiled.slice(at + removed);
    }
    const read = readClimateReport(spoiled);
    if (!read.ok) continue;
    for (const { highF, lowF, day } of read.value) {
      const whole = (degrees: number | null) =>
        degrees === null || (Number.isInteger(degrees) && Math.abs(degrees) <= 135);
      assert.ok(whole(highF) && whole(lowF), `seed ${seed}: ${JSON.stringify(spoiled)}`);
      assert.match(day, /^\d{4}-\d\d-\d\d$/, `seed ${seed}: ${JSON.stringify(spoiled)}`);
    }
  }
});
