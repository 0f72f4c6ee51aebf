import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Findings, GroupFigures, TradeOutcome } from "../findings.ts";
import { simulatedFindings } from "./findings_fixture.ts";
import { reportHtml } from "./report.ts";
import { WORLD } from "./trading_fixture.ts";

const FIXTURE = simulatedFindings();
const WHOLE = reportHtml(FIXTURE);
const NOTHING: Findings = simulatedFindings({ ...WORLD, markets: 0, search: false });
const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(2)>\u202e`;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
/** Without the project's own script and styles: what the findings made. */
const drawn = (text: string): string => text.replace(/<style.*?<\/style>/gs, "").replace(/<script>.*?<\/script>/gs, "");
/** Hints may quote what the data said, whatever that was. */
const withoutTitles = (text: string): string => text.replace(/ title="[^"]*"/g, "");
/** What stands between tags. */
const wordsOf = (text: string): string => drawn(text).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

/** Every text of a value replaced. */
function everyText(value: unknown, text: string): unknown {
  if (typeof value === "string") return text;
  if (Array.isArray(value)) return value.map((each) => everyText(each, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, everyText(each, text)]));
}

function withNames(findings: Findings, text: string): Findings {
  const trade = (each: TradeOutcome): TradeOutcome => ({ ...each, ticker: text, strategy: text, signal: text });
  const group = (each: GroupFigures): GroupFigures => ({ ...each, name: text });
  return {
    ...findings,
    title: text,
    provenance: {
      version: text,
      command: [text, text],
      data: [{ path: text, bytes: 1, sha256: text }],
      settings: { [text]: text },
      decision_hash: text,
    },
    by: {
      strategy: findings.by.strategy.map(group),
      series: findings.by.series.map(group),
      market: findings.by.market.map(group),
      hour: findings.by.hour.map(group),
      weekday: findings.by.weekday.map(group),
      signal: findings.by.signal.map(group),
    },
    trades: findings.trades.map(trade),
    charts: findings.charts.map((each) => ({
      ...each,
      ticker: text,
      title: text,
      result: text,
      trades: each.trades.map(trade),
    })),
    fill_models: findings.fill_models === null ? null : { ...findings.fill_models, model: text },
    search: findings.search === null ? null : {
      ...findings.search,
      method: text,
      objective: text,
      trials: findings.search.trials.map((each) => ({ ...each, parameters: { [text]: text, x: each.number } })),
      walk_forward: findings.search.walk_forward.map((each) => ({ ...each, parameters: { [text]: text } })),
    },
    warnings: [text],
    problems: [text],
    notes: [text],
  };
}

/** Elements that a text opens, without the project's own script. */
const elementsOf = (text: string): Set<string> =>
  new Set([...drawn(text).matchAll(/<([a-z][\w-]*)/gi)].map(([, name]) => name));

Deno.test("the same findings give the same file, and a thousand trades stay below 400 kB", () => {
  assert.equal(reportHtml(simulatedFindings()), WHOLE);
  assert.equal(FIXTURE.trades.length, 960);
  assert.ok(bytesOf(WHOLE) < 400_000, `${bytesOf(WHOLE)} bytes`);
});

Deno.test("the policy lets nothing in but the script and the styles with these hashes", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(WHOLE)?.[1] ?? "";
  const directives = new Map(
    policy.split("; ").map((each) => {
      const [name, ...sources] = each.split(" ");
      return [name, sources];
    }),
  );
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const [script, ...others] = [...WHOLE.matchAll(/<script>(.*?)<\/script>/gs)];
  assert.equal(others.length, 0);
  const styles = [...WHOLE.matchAll(/<style[^>]*>(.*?)<\/style>/gs)].map(([, text]) => hash(text));
  assert.deepEqual(Object.fromEntries(directives), {
    "default-src": ["'none'"],
    "script-src": [hash(script[1])],
    "style-src": styles,
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
  });
  assert.ok(
    WHOLE.indexOf("Content-Security-Policy") < WHOLE.indexOf("<style"),
    "the policy stands before what it rules",
  );
  assert.doesNotMatch(drawn(WHOLE), /\sstyle=|\son[a-z]+=/, "inline styles and handlers would be refused");
});

Deno.test("nothing is referred to outside the file", () => {
  for (
    const [, name, target] of drawn(WHOLE).matchAll(/\s(src|href|srcset|action|data|poster|xlink:href)="([^"]*)"/g)
  ) {
    assert.match(target, /^#[\w-]+$/, `${name}="${target}"`);
  }
  assert.equal(
    /https?:|\/\/[a-z]|@import|url\(|@font-face|<link|<iframe|<object|<embed|<base/i.exec(WHOLE)?.[0],
    undefined,
  );
  assert.equal(
    /localStorage|sessionStorage|indexedDB|document\.cookie|fetch\(|XMLHttpRequest|WebSocket/.exec(WHOLE)?.[0],
    undefined,
  );
});

Deno.test("names of the data stay text wherever they stand", () => {
  const text = reportHtml(withNames(FIXTURE, HOSTILE));
  assert.deepEqual([...elementsOf(text)].sort(), [...elementsOf(WHOLE)].sort());
  assert.equal(/<script>|<img|\u202e|alert\(2\)>/.exec(drawn(text)), null);
  assert.equal([...text.matchAll(/<script/g)].length, [...WHOLE.matchAll(/<script/g)].length);
});

Deno.test("findings whose every text is hostile or empty are drawn, and amounts that are none are not", () => {
  for (const value of [HOSTILE, "", "-", "NaN"]) {
    const broken = { ...everyText(FIXTURE, value) as Findings, kind: FIXTURE.kind };
    const text = reportHtml(broken);
    assert.equal(/<script>|<img|="[^"]*(NaN|Infinity|undefined)/.exec(withoutTitles(drawn(text)))?.[0], undefined);
  }
});

Deno.test("ids are told once, and whatever is referred to is there", () => {
  for (const text of [WHOLE, reportHtml(NOTHING)]) {
    const ids = [...drawn(text).matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    assert.deepEqual(ids.filter((id, k) => ids.indexOf(id) !== k), []);
    for (const [, list] of drawn(text).matchAll(/\s(?:aria-labelledby|href)="#?([^"]*)"/g)) {
      for (const id of list.split(" ")) assert.ok(ids.includes(id), id);
    }
  }
});

Deno.test("headings go down one step at a time, tables have captions, charts have names", () => {
  const levels = [...drawn(WHOLE).matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
  assert.equal(levels[0], 1);
  assert.equal(levels.filter((level) => level === 1).length, 1);
  levels.forEach((level, k) => assert.ok(k === 0 || level <= levels[k - 1] + 1, `heading ${k}`));
  const count = (pattern: RegExp) => [...drawn(WHOLE).matchAll(pattern)].length;
  assert.equal(count(/<table/g), count(/<caption/g));
  assert.equal(count(/<th(?=[\s>])/g), count(/<th scope="(col|row)"/g));
  assert.equal(count(/<svg class="chart" role="img"/g), count(/<desc id=/g));
});

for (
  const [market, fills, mark, wanted] of [
    [true, true, "SIMULATED MARKET AND FILLS", /A simulator made the prices.*No order reached an exchange/],
    [true, false, "SIMULATED MARKET", /A simulator made the prices/],
    [false, true, "SIMULATED FILLS", /No order reached an exchange/],
    [false, false, null, /Fills of the exchange/],
  ] as const
) {
  Deno.test(`a simulated market (${market}) and simulated fills (${fills}) are marked on screen, paper and title`, () => {
    const text = reportHtml({ ...NOTHING, title: "A title", simulated_market: market, simulated_fills: fills });
    const front = wordsOf(text.slice(text.indexOf("<body"), text.indexOf("<main")));
    assert.match(front, wanted);
    assert.ok(text.includes(`<title>${mark === null ? "" : `${mark}: `}A title</title>`));
    if (mark !== null) assert.ok(front.trimStart().startsWith(`Skip to the figures ${mark} `), front);
    else assert.equal(/simulat/i.exec(front)?.[0], undefined);
    const page = /data-simulated="([^"]*)"/.exec(text)?.[1];
    const printed = new RegExp(`@page ${page}\\s*\\{\\s*@top-center\\s*\\{\\s*content:\\s*"([^"]*)"`).exec(text)?.[1] ??
      null;
    assert.equal(printed, mark, "on every printed page");
  });
}

Deno.test("findings without any trade say so in every part, and nothing is drawn as zero", () => {
  const words = wordsOf(reportHtml(NOTHING));
  assert.match(words, /Nothing was traded, so nothing can be said of profit/);
  for (
    const part of [
      /n\/a: no day was traded/,
      /n\/a: no two moments/,
      /Where the P&L comes from n\/a: nothing was traded/,
      /Sharpe ratio n\/a less than a week of hourly values/,
    ]
  ) {
    assert.match(words, part);
  }
  assert.equal(/Search over parameters/.exec(words)?.[0], undefined);
  assert.equal(/="[^"]*(NaN|Infinity)/.exec(reportHtml(NOTHING))?.[0], undefined);
});

Deno.test("one day, one market and one trade are drawn", () => {
  const text = reportHtml(simulatedFindings({ ...WORLD, markets: 1, tradesPerMarket: 1, search: false }));
  assert.equal(/="[^"]*(NaN|Infinity)/.exec(text)?.[0], undefined);
  assert.match(wordsOf(text), /1 market \(1 settled\), 2 orders, 1 fill /);
  assert.match(text, /id="days-chart"|id="days-chart-title"/);
});

Deno.test("what is not known reads n/a with a reason, and never as zero", () => {
  const unknown = { value: null, interval: null };
  const { summary } = FIXTURE;
  const text = reportHtml({
    ...FIXTURE,
    summary: { ...summary, roi: unknown, sharpe: unknown, brier: unknown, turnover: null, exposure_mean: null },
    provenance: { ...FIXTURE.provenance, decision_hash: null, command: [] },
    fill_models: null,
  });
  const tile = (name: string) =>
    new RegExp(`<dt>${name}</dt><dd[^>]*><abbr title="([^"]+)">n/a</abbr></dd><dd[^>]*>([^<]+)<`);
  for (const name of ["Return on capital", "Sharpe ratio", "Brier score, model", "Turnover", "Exposure, mean"]) {
    const [, hover, beside] = tile(name).exec(text) ?? assert.fail(name);
    assert.equal(hover, beside);
  }
  const words = wordsOf(text);
  assert.match(words, /Decision hash n\/a: /);
  assert.match(words, /Command n\/a: /);
  assert.match(words, /Fill model bounds n\/a: no other fill model/);
});

Deno.test("findings without end make a bounded file that says what it leaves out", () => {
  const many = <Item>(items: readonly Item[], count: number): Item[] =>
    Array.from({ length: count }, (_, k) => items[k % items.length]);
  const long = "x".repeat(100_000);
  const [chart] = FIXTURE.charts;
  const [trade] = FIXTURE.trades;
  const search = FIXTURE.search ?? assert.fail();
  const huge: Findings = {
    ...FIXTURE,
    trades: many([trade, { ...trade, ticker: long, signal: long }], 21_000),
    trades_left_out: 7,
    equity: many(FIXTURE.equity, 20_000),
    days: many(FIXTURE.days, 3_000),
    charts: many([{ ...chart, points: many(chart.points, 5_000), trades: many(chart.trades, 2_000) }], 300),
    by: { ...FIXTURE.by, market: many(FIXTURE.by.market, 5_000), hour: many(FIXTURE.by.hour, 5_000) },
    edge: many(FIXTURE.edge, 5_000),
    calibration: many(FIXTURE.calibration, 5_000),
    search: { ...search, trials: many(search.trials, 20_000), walk_forward: many(search.walk_forward, 5_000) },
    warnings: many([long], 500),
    problems: many(["a line"], 5_000),
    notes: many([long], 500),
    provenance: {
      ...FIXTURE.provenance,
      data: many(FIXTURE.provenance.data, 5_000),
      settings: Object.fromEntries(Array.from({ length: 5_000 }, (_, k) => [`key_${k}`, k])),
    },
  };
  const text = reportHtml(huge);
  assert.ok(bytesOf(text) < 6_000_000, `${bytesOf(text)} bytes`);
  const words = wordsOf(text);
  for (
    const told of [
      /20,000 executions; 1,007 others left out/,
      /280 other markets left out/,
      /4,900 others left out/,
      /and 400 others/,
      /19,950 others left out/,
      /Each bar is 25 days/,
    ]
  ) assert.match(words, told);
});
