import assert from "node:assert/strict";
import fc from "fast-check";
import { type Line, widthOfLine } from "../ops/terminal/line.ts";
import { unpainted } from "../ops/terminal/paint.ts";
import { anyText, RUNS } from "../ops/terminal/text_fixture.ts";
import { FakeSources, sampleMarket, sampleTrade } from "../server/fake_sources.ts";
import { momentOf, pictureOf } from "./top_fixture.ts";
import { FIRST_VIEW, modeOf, plainLines, topFrame, type TopMoment } from "./top_frame.ts";
import { NOTHING_KNOWN } from "./top_picture.ts";
import { SORTS } from "./top_sections.ts";

const textOf = (lines: readonly Line[]): string[] => lines.map((line) => unpainted(line, { unicode: true }));
const frame = (moment: TopMoment, columns = 80, rows = 24): string[] =>
  textOf(topFrame(moment, { columns, rows }).lines);
const sample = (): FakeSources => {
  const sources = new FakeSources();
  sources.changeStatus({ simulated: false, venue: "Kalshi", feeds: [], ready: { ok: true, reasons: [] } });
  sources.log("Following 4 markets");
  return sources;
};
const shows = (lines: readonly string[], wanted: RegExp): void => {
  assert.ok(lines.some((line) => wanted.test(line)), `${wanted} in\n${lines.join("\n")}`);
};

Deno.test("80 by 24 show whose money it is, the account, the data, and every table", () => {
  const lines = frame(momentOf(pictureOf(sample())));
  assert.equal(lines.length, 24);
  assert.match(lines[0], /^ PAPER {3}ACTIVE {2}19:00:00 UTC data of Kalshi, no order is sent/);
  assert.match(lines[1], /^NAV \$10,023\.46 {2}today \+\$23\.46 {2}cash \$9,958\.41 {2}at risk \$65\.04/);
  shows(lines, /^venue \d+ ms .*errors 0\.\d% .*BRTI 84,\d{3}\.\d\d/);
  shows(lines, /^MARKETS \d+ {2,}BID {5}ASK +.*CLOSES$/);
  shows(lines, /^KXBTC15M-26SEP251515-15 +54\.0¢ +56\.0¢ .*8:20$/);
  shows(lines, /^POSITIONS \d/);
  shows(lines, /^ORDERS \d/);
  shows(lines, /^FILLS \d/);
  shows(lines, /^LOG .*Following 4 markets/);
  assert.equal(lines[23], "q quit  j k scroll  s sort: by closing  p pause  ? help");
});

Deno.test("no mode can be taken for another one, in words as in colour", () => {
  const modes = (["paper", "live"] as const).flatMap((mode) =>
    [false, true].map((simulated) => modeOf({ mode, simulated, venue: "Kalshi" }))
  );
  assert.deepEqual(modes.map(({ name, tone }) => `${name}: ${tone}`), [
    "PAPER: paper",
    "PAPER, SIMULATED EXCHANGE: simulated",
    "LIVE: live",
    "SIMULATED EXCHANGE: simulated",
  ]);
  // Real money is said where it is, and only there.
  assert.deepEqual(modes.map(({ text }) => text.includes("real money")), [false, false, true, false]);
});

Deno.test("mode and state are the last to go: they stand on the narrowest terminals", () => {
  const sources = sample();
  sources.changeStatus({ mode: "live" });
  sources.change({ state: { state: "halted", reason: "Kill switch" } });
  for (const columns of [17, 40, 80, 250]) {
    assert.match(frame(momentOf(pictureOf(sources)), columns)[0], /^ LIVE {3}HALTED/, `${columns} columns`);
  }
  sources.changeStatus({ mode: "paper", simulated: true });
  assert.match(frame(momentOf(pictureOf(sources)), 36)[0], /^ PAPER, SIMULATED EXCHANGE {3}HALTED/);
  assert.match(frame(momentOf(pictureOf(sources)), 20)[0], /^ PAPER SIM {3}HALTED/);
});

Deno.test("what is wrong stands below, the worst first, and how much more there is", () => {
  const sources = sample();
  const halt = {
    level: "halted",
    persistent: true,
    since: "",
    scope: "whole",
    subject: null,
    ends: "kbot resume",
  } as const;
  const names = ["kill", "daily_loss", "drawdown", "store", "model"];
  sources.change({ halts: names.map((name) => ({ ...halt, name, reason: `Because of ${name}` })) });
  const lines = frame(momentOf(pictureOf(sources)));
  assert.equal(lines[1], "kill: Because of kill. Ends: kbot resume");
  assert.match(lines[3], /^drawdown: .*\(and 2 more\)$/);
  assert.match(lines[4], /^NAV/);
  assert.match(frame(momentOf(pictureOf(sources)), 40, 8)[1], /^kill: .*… \(and 4 more\)$/);
});

Deno.test("a bot that went away is said, its clock stands still, and nothing keeps the colour of what is live", () => {
  const picture = pictureOf(sample());
  const lost = momentOf(picture, {
    connection: { kind: "lost", reason: "No bot runs with /state" },
    silentMs: 12_000,
    nowMs: Date.parse("2026-09-25T19:00:44Z"),
  });
  const lines = frame(lost);
  assert.match(lines[0], /^ PAPER {3}NOT CONNECTED {2}19:00:00 UTC/);
  assert.equal(lines[1], "What is shown is 12 s old. No bot runs with /state");
  const tones = topFrame(lost, { columns: 80, rows: 24 }).lines.slice(2, -1).flat().map(({ tone }) => tone);
  assert.deepEqual([...new Set(tones)].sort(), ["dim"]);
  const silent = topFrame(momentOf(picture, { silentMs: 4_000 }), { columns: 80, rows: 24 }).lines;
  assert.equal(textOf(silent)[1], "The bot has said nothing for 4.0 s");
  assert.deepEqual([...new Set(silent.slice(2, -1).flat().map(({ tone }) => tone))], ["dim"]);
  assert.match(
    frame(momentOf(NOTHING_KNOWN, { connection: { kind: "connecting" }, nowMs: null }))[0],
    /CONNECTING {2}kbot/,
  );
});

Deno.test("markets are sorted as asked, and scrolled no further than there are any", () => {
  const sources = sample();
  const market = (name: string, closes: number, edge: number | null, bid: string | null) =>
    sampleMarket(name, { closeTime: new Date(Date.UTC(2026, 8, 25, 19, closes)).toISOString(), edge, bid });
  const closed = sampleMarket("CLOSED", { status: "closed" });
  sources.change({
    markets: [
      market("LATE", 30, 0.05, "0.1000"),
      closed,
      market("DEAD", 5, null, null),
      market("SOON", 5, 0.01, "0.1000"),
    ],
  });
  const picture = pictureOf(sources);
  const order = (sort: typeof SORTS[number], scroll = 0, rows = 40) => {
    const lines = frame(momentOf(picture, { view: { ...FIRST_VIEW, sort, scroll } }), 80, rows);
    return lines.flatMap((line) => /^(LATE|CLOSED|DEAD|SOON)\b/.exec(line)?.[1] ?? []);
  };
  assert.deepEqual(order("closing"), ["SOON", "DEAD", "LATE", "CLOSED"]);
  assert.deepEqual(order("edge"), ["LATE", "CLOSED", "SOON", "DEAD"]);
  assert.deepEqual(order("ticker"), ["CLOSED", "DEAD", "LATE", "SOON"]);
  const short = momentOf(picture, { view: { ...FIRST_VIEW, scroll: Number.MAX_SAFE_INTEGER } });
  const { scroll, page } = topFrame(short, { columns: 80, rows: 10 });
  assert.equal(scroll, 4 - page);
  assert.equal(order("closing", Number.MAX_SAFE_INTEGER, 10).at(-1), "CLOSED");
});

Deno.test("a wide terminal has the tables beside each other, a narrow one the columns that matter", () => {
  const picture = pictureOf(sample());
  shows(frame(momentOf(picture), 250, 60), /^MARKETS .*STRIKE.* │ POSITIONS/);
  const narrow = frame(momentOf(picture), 40);
  shows(narrow, /^MARKETS \d +BID {5}ASK$/);
  shows(narrow, /^KXBTC15M-26SEP251515-15 +54\.0¢ +56\.0¢$/);
});

Deno.test("help and a pause say how they end", () => {
  const picture = pictureOf(sample());
  const helped = momentOf(picture, { view: { ...FIRST_VIEW, help: true, scroll: 2 } });
  assert.equal(topFrame(helped, { columns: 80, rows: 24 }).scroll, 2, "help loses no place");
  shows(frame(momentOf(picture, { view: { ...FIRST_VIEW, help: true } })), /q, Ctrl-C +leave; the bot goes on/);
  const paused = frame(momentOf(picture, { view: { ...FIRST_VIEW, paused: true } }));
  assert.match(paused[23], /^ PAUSED {2}as of 19:00:00 UTC, p goes on {2}q quit/);
  assert.equal(frame(momentOf(picture, { keys: false })).at(-1), "", "where no keys are heard, none are named");
});

Deno.test("what is absent or no number is a dash or says so, and nothing fails", () => {
  const sources = sample();
  const nothing = { bid: null, ask: null, bidSize: null, askSize: null, spread: null, strike: null };
  const none = { ...nothing, modelProbability: null, edge: null, edgeSide: null };
  sources.change({
    markets: [sampleMarket("EMPTY", none), sampleMarket("NAN", { ...none, modelProbability: NaN, bid: "nonsense" })],
    account: { ...sources.engine.account, nav: "NaN", cash: "1e400" },
  });
  const lines = frame(momentOf(pictureOf(sources)), 100);
  shows(lines, /^EMPTY +- +- +- +- +- /);
  shows(lines, /^NAN +n\/a +- /);
  shows(lines, /^NAV n\/a .*cash n\/a/);
});

Deno.test("no frame is larger than its terminal, whatever the bot says and however small that is", () => {
  const number = fc.option(fc.double(), { nil: null });
  const text = anyText(30);
  const market = fc.record({
    ticker: text,
    whyNot: fc.option(text, { nil: null }),
    edge: number,
    closeTime: text,
    bid: text,
  });
  const moments = fc.record({
    markets: fc.array(market, { maxLength: 8 }),
    fills: fc.array(text, { maxLength: 4 }),
    logs: fc.array(text, { maxLength: 4 }),
    halts: fc.array(text, { maxLength: 4 }),
    venue: text,
    sort: fc.constantFrom(...SORTS),
    scroll: fc.nat(),
    connection: fc.constantFrom("live" as const, "lost" as const),
  });
  const sizes = fc.record({ columns: fc.integer({ min: -1, max: 260 }), rows: fc.integer({ min: -1, max: 80 }) });
  fc.assert(
    fc.property(moments, sizes, ({ markets, fills, logs, halts, venue, sort, scroll, connection }, size) => {
      const sources = new FakeSources();
      for (const log of logs) sources.log(log);
      sources.changeStatus({ venue });
      const halt = { persistent: true, since: "", level: "halted", scope: "whole", subject: null, ends: "" } as const;
      sources.change({
        markets: markets.map(({ ticker, ...rest }) => sampleMarket(ticker, rest)),
        trades: fills.map((ticker, at) => sampleTrade(`t-${at}`, { ticker })),
        halts: halts.map((name) => ({ ...halt, name, reason: name })),
      });
      const moment = momentOf(pictureOf(sources), {
        view: { ...FIRST_VIEW, sort, scroll },
        connection: connection === "live" ? { kind: "live" } : { kind: "lost", reason: venue },
      });
      const { lines } = topFrame(moment, size);
      assert.ok(lines.length <= Math.max(1, size.rows));
      for (const line of [...lines, ...plainLines(moment, Math.max(1, size.columns), 20)]) {
        assert.ok(widthOfLine(line) <= Math.max(1, size.columns));
      }
    }),
    { ...RUNS, numRuns: RUNS.numRuns / 10 },
  );
});

Deno.test("a thousand markets are a matter of what is seen of them", () => {
  const sources = sample();
  sources.change({
    markets: Array.from({ length: 1_000 }, (_, at) => sampleMarket(`KXBTCD-26SEP2516-T${80_000 + at}.99`)),
  });
  const picture = pictureOf(sources);
  for (const [columns, rows] of [[80, 24], [250, 70], [40, 10]]) {
    const { lines } = topFrame(momentOf(picture), { columns, rows });
    assert.equal(lines.length, rows);
    shows(textOf(lines), /^MARKETS 1-\d+ of/);
  }
  assert.ok(plainLines(momentOf(picture), 120, 20).length < 60);
});
