import assert from "node:assert/strict";
import { join } from "node:path";
import { recordedData } from "../backtest/recording/recording_fixture.ts";
import type { Input, Level } from "../core/input.ts";
import type { FeeSchedule, Market, StrikeType } from "../core/market.ts";
import { aMarket } from "../core/market_fixture.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import {
  complement,
  type Count,
  count,
  type Micros,
  micros,
  money,
  parseCount,
  parseTime,
  price,
} from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { engineOptions } from "../engine/engine_fixture.ts";
import { FRESH } from "../engine/options.ts";
import type { Opinion } from "./strategy.ts";

const FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const FREE: FeeSchedule = { type: "quadratic", multiplierMillionths: 0 };
/** Whatever pays more than it costs is a set. */
const ANYTHING = {
  min_edge: 0,
  min_aroc: 0,
  min_seconds: 0,
  max_price: 1,
  max_leg_loss: 100_000,
  max_contracts: 100_000,
  nav_share: 1,
  cooldown: 0,
};

/** One market as the recordings have it. */
interface RecordedMarket {
  readonly ticker: string;
  readonly strike_type: StrikeType;
  readonly floor_strike: number | null;
  readonly cap_strike: number | null;
  /** Bids of YES and of NO. */
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
}

/** The markets of one event at one time. */
interface Capture {
  readonly id: string;
  readonly at: Micros;
  readonly event: string;
  readonly closeTime: Micros;
  readonly markets: readonly RecordedMarket[];
}

async function* lines(folder: string, prefix: string): AsyncGenerator<Record<string, unknown>> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith(prefix)).sort();
  for (const name of names) {
    const file = await Deno.open(join(folder, name));
    const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
    for (const line of text.split("\n")) if (line !== "") yield JSON.parse(line);
  }
}

const timeOf = (text: string): Micros => parseTime(text.replace("+00:00", "Z")) ?? assert.fail(text);
const toPrice = (dollars: number) => price(Math.round(dollars * 10_000));
/** A missing bid is told as 0, a missing ask as 1. */
const levelsOf = (dollars: number | null, size: Count): Level[] =>
  dollars === null || dollars <= 0 || dollars >= 1 ? [] : [[toPrice(dollars), size]];

async function hourlyCaptures(folder: string): Promise<Capture[]> {
  interface Outcome extends Omit<RecordedMarket, "yes" | "no"> {
    readonly yes_bid: number | null;
    readonly yes_ask: number | null;
  }
  interface Line {
    readonly current: { event_ticker: string; close_time: string; outcomes?: Outcome[] } | null;
    readonly captured_at: string;
  }
  const captures: Capture[] = [];
  // Sizes were not recorded: a hundred contracts.
  const size = count(10_000);
  for await (const line of lines(folder, "crypto_hourly_")) {
    const { current, captured_at } = line as unknown as Line;
    if (current?.outcomes === undefined) continue;
    const markets = current.outcomes.map((one) => ({
      ...one,
      yes: levelsOf(one.yes_bid, size),
      no: levelsOf(one.yes_ask, size).map(([at, contracts]): Level => [complement(at), contracts]),
    }));
    const at = timeOf(captured_at);
    captures.push({ id: captured_at, at, event: current.event_ticker, closeTime: timeOf(current.close_time), markets });
  }
  return captures.sort((a, b) => a.at - b.at);
}

async function weatherCaptures(folder: string): Promise<Capture[]> {
  interface Line extends Omit<RecordedMarket, "yes" | "no"> {
    readonly capture_id: string;
    readonly captured_at: string;
    readonly close_time: string;
    readonly raw_orderbook: Record<"yes_dollars" | "no_dollars", [string, string][] | null>;
  }
  const byEvent = new Map<string, Capture & { markets: RecordedMarket[] }>();
  for await (const line of lines(folder, "kalshi_weather_books_")) {
    const { capture_id, captured_at, close_time, raw_orderbook, ...rest } = line as unknown as Line;
    const event = rest.ticker.slice(0, rest.ticker.lastIndexOf("-"));
    const key = `${capture_id} ${event}`;
    const capture = byEvent.get(key) ??
      { id: capture_id, at: timeOf(captured_at), event, closeTime: timeOf(close_time), markets: [] };
    byEvent.set(key, capture);
    const side = (levels: [string, string][] | null): Level[] =>
      (levels ?? []).map(([at, size]) => [toPrice(Number(at)), parseCount(size) ?? count(0)]);
    capture.markets.push({ ...rest, yes: side(raw_orderbook.yes_dollars), no: side(raw_orderbook.no_dollars) });
  }
  return [...byEvent.values()].sort((a, b) => a.at - b.at);
}

/** An engine on paper with arbitrage alone, which sends nothing before it is let. */
class Stage {
  readonly #engine: Engine;
  readonly #fees: FeeSchedule;
  readonly #priceRanges: Market["priceRanges"] = NAMED_PRICE_RANGES.deci_cent;
  #at: Micros;
  orders = 0;

  constructor(startedAt: Micros, fees: FeeSchedule, parameters: Readonly<Record<string, unknown>>) {
    const { risk } = engineOptions();
    const great = money(1_000_000_000_000);
    this.#fees = fees;
    this.#at = startedAt;
    this.#engine = new Engine(engineOptions({
      startedAt,
      capital: great,
      risk: { ...risk, openExposure: great, market: great, trade: great, priceCeiling: price(10_000) },
      strategies: [{ name: "arbitrage", enabled: true, parameters }],
      resume: FRESH,
    }));
  }

  get engine(): Engine {
    return this.#engine;
  }

  step(input: Input): void {
    for (const action of this.#engine.step(input)) if (action.type === "place") this.orders++;
  }

  market(at: Micros, event: string, closeTime: Micros, market: Partial<Market> & Pick<Market, "ticker">): void {
    const [series] = event.split("-");
    const common = { event, series, openTime: micros(at - 1), closeTime, fees: this.#fees, shard: 0 };
    this.step({ type: "market", at, market: aMarket({ ...common, priceRanges: this.#priceRanges, ...market }) });
  }

  /** What the strategy makes of an event as it was captured. */
  show({ at, event, closeTime, markets }: Capture): Opinion[] {
    const now = this.#advance(at);
    this.#operate("stop_strategy");
    const tickers = markets.map(({ ticker }) => ticker);
    for (const { ticker, strike_type, floor_strike, cap_strike } of markets) {
      if (this.#engine.markets.has(ticker)) continue;
      const strike = { strikeType: strike_type, floorStrike: floor_strike, capStrike: cap_strike };
      this.market(now, event, closeTime, { ticker, ...strike });
    }
    this.step({ type: "book_stale", at: now, tickers, reason: "Of an earlier capture" });
    for (const { ticker, yes, no } of markets) {
      this.step({ type: "book_snapshot", at: now, ticker, sequence: null, yes, no, exchangeTime: null });
    }
    return this.opinions(tickers);
  }

  /** Trades there for two minutes in which no book changes. Whether anything was sent. */
  trade(): boolean {
    const before = this.orders;
    this.#operate("start_strategy");
    if (this.orders === before) return false;
    const begin = this.#at;
    for (let tick = 1; tick <= 240; tick++) {
      this.#at = micros(begin + tick * 500_000);
      this.step({ type: "clock", at: this.#at });
    }
    return true;
  }

  #operate(command: "stop_strategy" | "start_strategy"): void {
    this.step({ type: "operator", at: this.#at, command, subject: "arbitrage", via: "cli" });
  }

  #advance(at: Micros): Micros {
    return this.#at = micros(Math.max(this.#at + 1, at));
  }

  opinions(tickers: readonly string[]): Opinion[] {
    return tickers.flatMap((ticker) => this.#engine.markets.get(ticker)?.standings[0]?.opinion ?? []);
  }
}

interface FoundSet {
  readonly kind: string;
  /** What it earns a contract. */
  readonly edge: number;
  readonly legs: number;
  /** Why it is not bought. */
  readonly refusal: string | null;
}

/** The set that was found in an event; `null` where none was. */
function setOf(opinions: readonly Opinion[]): FoundSet | null {
  const found = opinions.filter(({ edge }) => edge !== null);
  const [first] = found;
  if (first === undefined || first.edge === null) return null;
  const kind = first.targets[0]?.signal ?? /^(\w+) of/.exec(first.refusal?.text ?? "")?.[1] ?? assert.fail();
  return { kind, edge: first.edge, legs: found.length, refusal: first.refusal?.code ?? null };
}

interface Candidate {
  readonly key: string;
  readonly unrounded: number;
}

function candidates(folder: string): Candidate[] {
  const [, ...rows] = Deno.readTextFileSync(join(folder, "gross_dutch_book_candidates.csv")).trim().split("\n");
  return rows.map((row) => {
    const [id, event, , type, gross, net] = row.split(",");
    return { key: `${id} ${event} ${type.replace("buy_", "")} ${Number(gross).toFixed(2)}`, unrounded: Number(net) };
  });
}

/** Looks at all captures without fees and with them, and trades nowhere. */
function compare(captures: readonly Capture[], listed: readonly Candidate[], unquotedLegs: string): void {
  const parameters = { ...ANYTHING, unquoted_legs: unquotedLegs };
  const [free, charged] = [FREE, FEES].map((fees) => new Stage(micros(captures[0].at - 1), fees, parameters));
  const found: string[] = [];
  const left: string[] = [];
  const byKey = new Map(listed.map(({ key, unrounded }) => [key, unrounded]));
  for (const capture of captures) {
    const gross = setOf(free.show(capture));
    const net = setOf(charged.show(capture));
    if (gross === null) {
      assert.equal(net, null);
      continue;
    }
    const key = `${capture.id} ${capture.event} ${gross.kind} ${gross.edge.toFixed(2)}`;
    found.push(key);
    if (net === null) continue;
    const unrounded = byKey.get(key) ?? NaN;
    assert.ok(unrounded > 0 && net.edge <= unrounded + 5e-5, `${key}: ${net.edge} net of ${unrounded}`);
    left.push(`${key}: ${net.edge.toFixed(4)} net a set, ${net.legs} legs, ${net.refusal ?? "to be bought"}`);
  }
  assert.deepEqual(found.sort(), listed.map(({ key }) => key).sort());
  const positive = listed.filter(({ unrounded }) => unrounded > 0).length;
  assert.ok(left.length <= positive);
  assert.equal(free.orders + charged.orders, 0);
  console.log(`${listed.length} sets found without fees, ${positive} of them earn something with unrounded fees`);
  console.log(`${left.length} are left with the worst fees:\n${left.join("\n")}`);
}

/** Some of the captures, all that are listed among them; every one in the full test. */
function sample(captures: readonly Capture[], listed: readonly Candidate[]): readonly Capture[] {
  if (Deno.env.get("KBOT_TEST_FULL") === "1") return captures;
  const wanted = new Set(listed.map(({ key }) => key.split(" ").slice(0, 2).join(" ")));
  return captures.filter(({ id, event }, at) => at % 10 === 0 || wanted.has(`${id} ${event}`));
}

Deno.test("recorded hourly events, through the engine: exactly the listed sets are found, and fees decide which are left", async () => {
  const folder = await recordedData("kxbtc_kxeth_hourly_ladder");
  if (folder === null) return;
  const captures = await hourlyCaptures(folder);
  assert.ok(captures.length > 100);
  const listed = candidates(folder);
  compare(sample(captures, listed), listed, "leave_out");
});

Deno.test("recorded weather events, through the engine: exactly the listed sets are found, and fees decide which are left", async () => {
  const folder = await recordedData("weather");
  if (folder === null) return;
  const captures = await weatherCaptures(folder);
  assert.ok(captures.length > 100);
  compare(captures, candidates(folder), "refuse");
});

/** YES and NO alike in every market of an event, or nothing. */
const isWhole = (positions: readonly number[]): boolean => new Set(positions).size === 1;

Deno.test("recorded weather events, traded on paper: what is held is whole, or its event says why it is not", async () => {
  const folder = await recordedData("weather");
  if (folder === null) return;
  const captures = await weatherCaptures(folder);
  for (const [name, fees] of [["without fees", FREE], ["with fees", FEES]] as const) {
    const stage = new Stage(micros(captures[0].at - 1), fees, ANYTHING);
    const { ledger } = stage.engine.desk;
    let [sets, broken] = [0, 0];
    for (const capture of captures) {
      stage.show(capture);
      if (!stage.trade()) continue;
      sets++;
      const tickers = capture.markets.map(({ ticker }) => ticker);
      if (isWhole(tickers.map((ticker) => ledger.partOf(ticker, "arbitrage")))) continue;
      broken++;
      const codes = stage.opinions(tickers).map(({ refusal }) => refusal?.code);
      assert.ok(codes.includes("not_whole"), `${capture.id} ${capture.event}: ${codes}`);
    }
    assert.ok(sets > 0);
    console.log(`${name}: ${sets} events traded, ${stage.orders} orders, ${broken} not whole two minutes later`);
  }
});

/** YES bought for less than it is sold for, dollars; 0 where it is not. */
const gap = (ask: number | null, bid: number | null): number => {
  const [bought, sold] = [ask, bid].map((at) => at === null || at <= 0 || at >= 1 ? null : Math.round(at * 10_000));
  return bought === null || sold === null || bought >= sold ? 0 : (sold - bought) / 10_000;
};

Deno.test("recorded pairs with Polymarket, through the engine: every gap is shown, and none where there is none", async () => {
  const folder = await recordedData("polymarket");
  if (folder === null) return;
  interface Line {
    readonly captured_at: string;
    readonly kalshi: { readonly ticker: string; readonly yes_bid: number | null; readonly yes_ask: number | null };
    readonly polymarket: { readonly best_bid: number | null; readonly best_ask: number | null };
  }
  const pairs: Line[] = [];
  for (const prefix of ["kalshi_polymarket_pairs_", "kalshi_polymarket_macro_pairs_"]) {
    for await (const line of lines(folder, prefix)) pairs.push(line as unknown as Line);
  }
  pairs.sort((a, b) => timeOf(a.captured_at) - timeOf(b.captured_at));
  const begin = timeOf(pairs[0].captured_at);
  // Sizes were not recorded: a hundred contracts.
  const size = count(10_000);
  const counts: number[] = [];
  for (const fees of [FREE, FEES]) {
    const stage = new Stage(micros(begin - 1), fees, { ...ANYTHING, peer_buffer: 0 });
    let shown = 0;
    for (const [k, { captured_at, kalshi, polymarket }] of pairs.entries()) {
      const { ticker, yes_bid, yes_ask } = kalshi;
      const at = micros(Math.max(timeOf(captured_at), begin) + k);
      const event = ticker.slice(0, ticker.lastIndexOf("-"));
      if (!stage.engine.markets.has(ticker)) {
        stage.market(at, event, micros(begin + 365 * 86_400_000_000), {
          ticker,
          strikeType: "custom",
          floorStrike: null,
        });
      }
      const yes = levelsOf(yes_bid, size);
      const no = levelsOf(yes_ask, size).map(([ask, contracts]): Level => [complement(ask), contracts]);
      stage.step({ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null });
      const [bid] = levelsOf(polymarket.best_bid, size)[0] ?? [null];
      const [ask] = levelsOf(polymarket.best_ask, size)[0] ?? [null];
      const quote = { venue: "polymarket", ticker, bid, bidSize: size, ask, askSize: size } as const;
      stage.step({ type: "peer_quote", at, sourceTime: at, ...quote });
      const [{ refusal, edge }] = stage.opinions([ticker]);
      const isShown = refusal?.code === "peer_leg";
      if (isShown) shown++;
      if (fees === FEES) continue;
      const wanted = Math.max(gap(yes_ask, polymarket.best_bid), gap(polymarket.best_ask, yes_bid));
      assert.equal(isShown, wanted > 0, `${captured_at} ${ticker}: ${refusal?.text}`);
      if (isShown) assert.ok(Math.abs((edge ?? NaN) - wanted) < 1e-9, `${captured_at} ${ticker}`);
    }
    assert.equal(stage.orders, 0);
    counts.push(shown);
  }
  const [free, charged] = counts;
  assert.ok(free > charged && charged > 0);
  console.log(`${pairs.length} recorded pairs: ${free} gaps shown without fees, ${charged} with them`);
});
