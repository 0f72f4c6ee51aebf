/**
 * Whoever looks at a run sees the same, wherever they look: the page in a real browser, the API, `kbot status`, `kbot top`, and
 * the journal. Each of them names the moment of what it says by the number of inputs that the engine had heard, so that every
 * sample is held against the journal at exactly its own moment, to the last digit that it shows; the journal is read by code
 * that shares nothing with the engine.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { status } from "../src/cli/status.ts";
import type { AccountView, HaltView, MarketView, OrderView, PositionView, StateView } from "../src/engine/view.ts";
import { hasChromium, launchChromium } from "./chromium.ts";
import { journalLines } from "./journal_check/journal_files.ts";
import { JournalReading } from "./journal_check/journal_reading.ts";
import { Kbot, temporaryDirectory } from "./process.ts";

/** How long the demo may take until it has traded; a bound, not a claim. */
const PATIENCE_MS = 300_000;
const ROUNDS = 4;

/** What somewhere was said of one moment, as texts by name. Only what is there is compared. */
interface Sample {
  readonly where: string;
  readonly inputs: number;
  readonly facts: Readonly<Record<string, string>>;
  /** Figures are rounded to what people read. */
  readonly rounded: boolean;
}

interface Told {
  readonly account?: AccountView;
  readonly state?: StateView;
  readonly halts?: readonly HaltView[];
  readonly positions?: readonly PositionView[];
  readonly orders?: readonly OrderView[];
  readonly markets?: readonly Omit<MarketView, "secondsToClose">[];
}

/** The facts in an answer of the API, or of what prints it. */
function factsOf({ account, state, halts, positions, orders, markets }: Told): Record<string, string> {
  const facts: Record<string, string> = {};
  if (account !== undefined) {
    const { cash, nav, dailyPnl, fees, fills, orders } = account;
    Object.assign(facts, { cash, nav, dailyPnl, fees, fills: `${fills}`, sent: `${orders}` });
  }
  if (state !== undefined) facts.state = state.state;
  // A book out of sync is told like a halt, and is none of the journal's.
  if (halts !== undefined) {
    facts.halts = sorted(halts.filter(({ scope }) => scope !== "market").map(({ name }) => name));
  }
  if (positions !== undefined) {
    facts.positions = sorted(positions.map((row) => `${row.ticker} ${row.side} ${row.count} ${row.cost} ${row.value}`));
  }
  if (orders !== undefined) facts.open = sorted(orders.map((row) => `${row.clientOrderId} ${row.filled}`));
  for (const { ticker, bookPhase, bid, ask } of markets ?? []) {
    if (bookPhase === "synced") Object.assign(facts, { [`bid ${ticker}`]: `${bid}`, [`ask ${ticker}`]: `${ask}` });
  }
  return facts;
}

/** The same, by the journal. */
function factsInJournal(reading: JournalReading): Record<string, string> {
  const { cash, nav, dayPnl, fees, fills, orders, state, halts, held } = reading;
  const side = (position: number) => position > 0 ? "yes" : "no";
  const positions = [...held].map(([ticker, row]) => {
    const count = (Math.abs(row.position) / 100).toFixed(2);
    return `${ticker} ${side(row.position)} ${count} ${dollars(row.cost)} ${dollars(reading.value(ticker, row))}`;
  });
  return {
    cash: dollars(cash),
    nav: dollars(nav),
    dailyPnl: dollars(dayPnl),
    fees: dollars(fees),
    fills: `${fills}`,
    sent: `${orders}`,
    state,
    halts: sorted([...halts.keys()]),
    positions: sorted(positions),
    open: sorted(reading.openOrders().map(({ id, filled }) => `${id} ${(filled / 100).toFixed(2)}`)),
    held: sorted([...held].map(([ticker, { position }]) => `${ticker} ${side(position)} ${Math.abs(position) / 100}`)),
    openCount: `${reading.openOrders().length}`,
  };
}

const dollars = (micros: number): string => (micros / 1e6).toFixed(6);
const price = (value: number | null): string => value === null ? "null" : (value / 1e4).toFixed(4);
const sorted = (texts: readonly string[]): string => texts.toSorted().join(", ");

/** Two texts, of which the first may be rounded, half away from zero, to as many decimals as it shows. */
function isSame(shown: string, exact: string, rounded: boolean): boolean {
  if (shown === exact) return true;
  if (!rounded || !/^-?\d+(\.\d+)?$/.test(exact) || !/^-?\d+(\.\d+)?$/.test(shown)) return false;
  const decimals = shown.split(".")[1]?.length ?? 0;
  const unit = 10 ** (6 - decimals);
  const micros = Math.round(Number(exact) * 1e6);
  const units = Math.sign(micros) * Math.floor((Math.abs(micros) + unit / 2) / unit);
  return Math.round(Number(shown) * 10 ** decimals) === units;
}

/** Everything that the page shows, read within one turn of its own, so that no update comes between. */
async function pageSample(page: Page): Promise<Sample> {
  const found = await page.evaluate(() => {
    const text = (selector: string, from: ParentNode = document) => from.querySelector(selector)?.textContent ?? "";
    const rows = (selector: string) => [...document.querySelectorAll<HTMLElement>(`${selector} tbody tr`)];
    const cell = (row: ParentNode, label: string) => text(`td[data-label="${label}"] .value`, row);
    const halted = document.querySelector<HTMLElement>("#halted");
    return {
      inputs: Number(document.body.dataset.inputs),
      figures: ["cash", "nav", "daily-pnl", "fees", "fills"].map((id) => text(`#${id}`)),
      state: halted === null || halted.hidden ? "active" : halted.innerText.toLowerCase(),
      held: rows("#positions").map((row) => [text("th .value", row), cell(row, "Side"), cell(row, "Count")]),
      openCount: text("#orders-count"),
      quotes: rows("#markets").map((row) => [text("th .value", row), cell(row, "Bid"), cell(row, "Ask")]),
    };
  });
  const [cash, nav, dailyPnl, fees, fills] = found.figures.map(plain);
  const facts: Record<string, string> = { cash, nav, dailyPnl, fees, fills, state: found.state };
  facts.held = sorted(found.held.map(([ticker, side, count]) => `${ticker} ${side} ${plain(count)}`));
  facts.openCount = found.openCount;
  // A row without a name keeps the place of those that are out of sight.
  for (const [ticker, bid, ask] of found.quotes.filter(([ticker]) => ticker !== "")) {
    Object.assign(facts, { [`bid ${ticker}`]: inCents(bid), [`ask ${ticker}`]: inCents(ask) });
  }
  return { where: "the page", inputs: found.inputs, facts, rounded: true };
}

/** A figure without its decoration. */
const plain = (text: string): string => text.replaceAll(/[$,+¢]/g, "").replaceAll("−", "-");
/** `56.0¢` -> `0.5600`. */
const inCents = (text: string): string => text === "–" ? "null" : (Number(plain(text)) / 100).toFixed(4);

async function read<T>(url: string, path: string): Promise<T & { readonly inputs: number }> {
  return await (await fetch(new URL(`/api/v1/${path}`, url))).json();
}

async function apiSamples(url: string): Promise<Sample[]> {
  const view = await read<Told & { counters: { inputs: number } }>(url, "view");
  const samples: Sample[] = [{
    where: "the API's view",
    inputs: view.counters.inputs,
    facts: factsOf(view),
    rounded: false,
  }];
  for (const path of ["account", "positions", "orders", "markets", "risk"]) {
    const answer = await read<Told>(url, path);
    samples.push({ where: `the API's ${path}`, inputs: answer.inputs, facts: factsOf(answer), rounded: false });
  }
  return samples;
}

/** What `kbot status --json` prints. */
async function statusSamples(state: string): Promise<Sample[]> {
  const { exitCode, json, problems } = await status({ kind: "status", config: undefined, state, json: true });
  assert.equal(exitCode, 0, problems.join());
  const { account, risk } = json as Record<"account" | "risk", Told & { inputs: number }>;
  return [account, risk].map((part) => {
    return { where: "kbot status", inputs: part.inputs, facts: factsOf(part), rounded: false };
  });
}

const topSamples = (stdout: string): Sample[] =>
  stdout.trim().split("\n").map((line): Sample => {
    const told = JSON.parse(line) as Told & { inputs: number; connected: boolean };
    assert.ok(told.connected);
    // Trades may be newer than the rest; they are not compared.
    return { where: "kbot top", inputs: told.inputs, facts: factsOf(told), rounded: false };
  });

async function kill(url: string, state: string): Promise<void> {
  const authorization = `Bearer ${(await Deno.readTextFile(join(state, "token"))).trim()}`;
  const headers = { authorization, "content-type": "application/json" };
  const { ok } = await fetch(new URL("/api/v1/kill", url), { method: "POST", headers, body: '{"via":"cli"}' });
  assert.ok(ok);
}

/** Holds every sample against the journal at its moment. */
async function compare(journal: string, samples: readonly Sample[]): Promise<number> {
  const waiting = samples.toSorted((left, right) => left.inputs - right.inputs);
  const reading = new JournalReading();
  let compared = 0;
  const due = (): void => {
    for (; waiting.length > 0 && waiting[0].inputs === reading.inputs; waiting.shift()) {
      const { where, inputs, facts, rounded } = waiting[0];
      const exact = factsInJournal(reading);
      for (const [name, told] of Object.entries(facts)) {
        const [kind, ticker] = name.split(" ");
        const wanted = ticker === undefined ? exact[name] : price(reading.quote(ticker)[kind as "bid" | "ask"]);
        const says = `After ${inputs} inputs, ${where} says ${name} is ${told}, the journal ${wanted}`;
        assert.ok(isSame(told, wanted, rounded), says);
        compared++;
      }
    }
  };
  for await (const line of journalLines(journal)) {
    // What one input brought about stands behind it: its moment ends where the next one begins.
    if (line.startsWith('{"i":')) due();
    reading.line(line);
  }
  due();
  assert.deepEqual(
    waiting.map(({ where, inputs }) => `${where} ${inputs}`),
    [],
    "moments that the journal does not reach",
  );
  return compared;
}

Deno.test("a figure that is rounded is the exact one rounded to what it shows, and no other", () => {
  for (
    const [shown, exact, same] of [
      ["9977.32", "9977.315000", true],
      ["9977.31", "9977.315000", false],
      ["-0.32", "-0.315000", true],
      ["-0.31", "-0.315000", false],
      ["35", "35", true],
      ["35", "36", false],
      ["halted", "active", false],
    ] as const
  ) assert.equal(isSame(shown, exact, true), same, `${shown} of ${exact}`);
  assert.ok(!isSame("9977.32", "9977.315000", false));
});

Deno.test({
  name: "the page, the API, kbot status, kbot top and the journal agree at every moment that is sampled",
  ignore: !hasChromium,
  async fn() {
    await using state = await temporaryDirectory();
    await using demo = new Kbot(["demo", "--speed", "30", "--seed", "7", "--port", "0", "--state", state.path]);
    await using browser = await launchChromium();
    const [, url] = await demo.until(/Status page: (http\S+)/);
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { account, positions } = await read<Required<Told>>(url, "view");
      if (account.fills > 0 && positions.length > 0) break;
      assert.ok(Date.now() < deadline, `Nothing was traded within ${PATIENCE_MS} ms`);
      await page.waitForTimeout(100);
    }
    await page.goto(url);
    await page.waitForSelector('body[data-fresh="yes"][data-inputs]');
    await using top = new Kbot(["top", "--json", "--state", state.path]);
    await top.until(/"inputs":\d+/);
    const samples: Sample[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const newest = Math.max(0, ...samples.map(({ inputs }) => inputs));
      await page.waitForFunction((before) => Number(document.body.dataset.inputs) > before, newest);
      // At the same time, so that they disturb each other as much as they can.
      const [told, seen, said] = await Promise.all([apiSamples(url), pageSample(page), statusSamples(state.path)]);
      samples.push(...told, seen, ...said);
      if (round === ROUNDS - 2) {
        await kill(url, state.path);
        await page.waitForSelector("#halted:not([hidden])");
      }
    }
    await top.until(/"state":\{"state":"halted"/);
    top.signal("SIGTERM");
    const watched = await top.end();
    assert.equal(watched.code, 0, watched.stderr);
    samples.push(...topSamples(watched.stdout));
    const { journal } = await read<{ journal: string }>(url, "status");
    demo.signal("SIGINT");
    const ended = await demo.end();
    assert.equal(ended.code, 0, ended.stderr);
    const compared = await compare(journal, samples);

    const of = (where: string) => samples.filter((sample) => sample.where === where);
    for (const where of ["the page", "the API's view", "kbot status", "kbot top"]) {
      const states = new Set(of(where).map(({ facts }) => facts.state).filter((each) => each !== undefined));
      assert.deepEqual([...states].sort(), ["active", "halted"], `${where} was sampled before and after the kill`);
      const moments = new Set(of(where).map(({ inputs }) => inputs)).size;
      assert.ok(moments >= (where === "kbot top" ? 2 : ROUNDS), `${moments} moments of ${where}`);
      if (where !== "kbot status") assert.ok(of(where).some(({ facts }) => Number(facts.fills) > 0), where);
    }
    console.log(`${compared} facts of ${samples.length} samples compared`);
  },
});
