import assert from "node:assert/strict";
import { join } from "node:path";
import { recordedData } from "../backtest/recording/recording_fixture.ts";
import type { FeeSchedule, StrikeType } from "../core/market.ts";
import { type Count, count, formatMoney, parseCount, price } from "../core/units.ts";
import { type Arbitrage, ArbitrageScanner, SCAN, type ScannedGroup, type ScanSettings } from "./arbitrage.ts";
import type { Quotes } from "./arbitrage_fixture.ts";

const FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const FREE: FeeSchedule = { type: "quadratic", multiplierMillionths: 0 };

/** One market as the recordings have it; prices in dollars. */
interface RecordedMarket {
  readonly ticker: string;
  readonly strike_type: StrikeType;
  readonly floor_strike: number | null;
  readonly yes_bid: number | null;
  readonly yes_ask: number | null;
  readonly bidSize: Count;
  readonly askSize: Count;
}

/** The markets of one event at one time. */
interface Capture {
  readonly id: string;
  readonly event: string;
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

/** $0.41 is 4,100; a missing bid is told as 0, a missing ask as 1. */
const toPrice = (dollars: number | null) =>
  dollars === null || dollars <= 0 || dollars >= 1 ? null : price(Math.round(dollars * 10_000));

async function hourlyCaptures(folder: string): Promise<Capture[]> {
  const captures: Capture[] = [];
  for await (const line of lines(folder, "crypto_hourly_")) {
    const { current, captured_at } = line as {
      current: { event_ticker: string; outcomes?: Omit<RecordedMarket, "bidSize" | "askSize">[] } | null;
      captured_at: string;
    };
    // Now and then there was no event to record.
    if (current?.outcomes === undefined) continue;
    // Sizes were not recorded: a hundred contracts.
    const markets = current.outcomes.map((one) => ({ ...one, bidSize: count(10_000), askSize: count(10_000) }));
    captures.push({ id: captured_at, event: current.event_ticker, markets });
  }
  return captures;
}

interface BookLine {
  readonly capture_id: string;
  readonly ticker: string;
  readonly strike_type: StrikeType;
  readonly floor_strike: number | null;
  readonly best_yes_bid: number | null;
  readonly best_yes_ask: number | null;
  readonly raw_orderbook: Record<"yes_dollars" | "no_dollars", [string, string][] | null>;
}

/** Levels are in order of price, the best last. */
const bestSize = (levels: [string, string][] | null): Count => parseCount(levels?.at(-1)?.[1] ?? "0") ?? count(0);

async function weatherCaptures(folder: string, prefix: string): Promise<Capture[]> {
  const byEvent = new Map<string, { id: string; event: string; markets: RecordedMarket[] }>();
  for await (const line of lines(folder, prefix)) {
    const { capture_id, ticker, raw_orderbook, ...rest } = line as unknown as BookLine;
    const event = ticker.slice(0, ticker.lastIndexOf("-"));
    const key = `${capture_id} ${event}`;
    const capture = byEvent.get(key) ?? { id: capture_id, event, markets: [] };
    byEvent.set(key, capture);
    capture.markets.push({
      ticker,
      strike_type: rest.strike_type,
      floor_strike: rest.floor_strike,
      yes_bid: rest.best_yes_bid,
      yes_ask: rest.best_yes_ask,
      bidSize: bestSize(raw_orderbook.yes_dollars),
      askSize: bestSize(raw_orderbook.no_dollars),
    });
  }
  return [...byEvent.values()];
}

const quotesOf = ({ yes_bid, yes_ask, bidSize, askSize }: RecordedMarket): Quotes => ({
  bid: toPrice(yes_bid),
  bidSize,
  ask: toPrice(yes_ask),
  askSize,
});

function scanned(
  capture: Capture,
  kind: "event" | "ladder",
  fees: FeeSchedule,
  settings: Partial<ScanSettings> = {},
): Arbitrage[] {
  const markets = capture.markets.map(({ ticker }) => ({ ticker, fees }));
  const group: ScannedGroup = kind === "event"
    ? { kind, name: capture.event, confidence: 1, markets, exclusive: true, exhaustive: true }
    : { kind, name: capture.event, confidence: 1, markets };
  const made = ArbitrageScanner.from([group], settings);
  assert.ok(made.ok);
  using scanner = made.scanner;
  for (const market of capture.markets) {
    const slot = scanner.slotOf(market.ticker);
    assert.ok(slot !== null);
    const { bid, bidSize, ask, askSize } = quotesOf(market);
    scanner.setQuote(slot, bid, bidSize, ask, askSize);
  }
  scanner.scan(kind === "event" ? SCAN.sums : SCAN.strikes);
  return scanner.results();
}

interface Candidate {
  readonly key: string;
  readonly unrounded: number;
}

/** The list of what there is to find: a key of capture, event, kind and gross edge. */
function candidates(folder: string): Candidate[] {
  const [, ...rows] = Deno.readTextFileSync(join(folder, "gross_dutch_book_candidates.csv")).trim().split("\n");
  return rows.map((row) => {
    const [id, event, , type, gross, net] = row.split(",");
    return { key: `${id} ${event} ${type.replace("buy_", "")} ${Number(gross).toFixed(2)}`, unrounded: Number(net) };
  });
}

/** Dollars for a set of one contract a leg. */
const perSet = (amount: number, { count: contracts }: Arbitrage): number => amount / contracts / 10_000;

function compare(captures: readonly Capture[], listed: readonly Candidate[], settings: Partial<ScanSettings>): void {
  const found = new Map<string, Capture>();
  for (const capture of captures) {
    for (const hit of scanned(capture, "event", FREE, settings)) {
      assert.equal(hit.fees, 0);
      found.set(`${capture.id} ${capture.event} ${hit.kind} ${perSet(hit.gross, hit).toFixed(2)}`, capture);
    }
  }
  assert.deepEqual([...found.keys()].sort(), listed.map(({ key }) => key).sort());
  const survivors: string[] = [];
  for (const { key, unrounded } of listed) {
    const capture = found.get(key);
    assert.ok(capture !== undefined);
    const [hit] = scanned(capture, "event", FEES, settings);
    // Fees are rounded up: what fees without rounding eat never survives.
    if (hit === undefined) continue;
    assert.ok(unrounded > 0 && perSet(hit.net, hit) <= unrounded + 5e-5, key);
    survivors.push(
      `${key}: ${formatMoney(hit.net)} net on ${hit.count / 100} sets, ${unrounded} a set without rounding`,
    );
  }
  console.log(`${listed.length} found without fees; with fees ${survivors.length} left:\n${survivors.join("\n")}`);
  const positive = listed.filter(({ unrounded }) => unrounded > 0).length;
  assert.ok(survivors.length <= positive, `${survivors.length} of ${positive}`);
}

Deno.test("recorded hourly events: exactly the listed sets are found, and fees decide which are left", async () => {
  const folder = await recordedData("kxbtc_kxeth_hourly_ladder");
  if (folder === null) return;
  const captures = await hourlyCaptures(folder);
  assert.ok(captures.length > 100);
  const settings = { missingBid: "leave_out" } as const;
  compare(captures, candidates(folder), settings);
});

Deno.test("recorded weather events: exactly the listed sets are found, and fees decide which are left", async () => {
  const folder = await recordedData("weather");
  if (folder === null) return;
  const captures = await weatherCaptures(folder, "kalshi_weather_books_");
  assert.ok(captures.length > 100);
  compare(captures, candidates(folder), { missingBid: "refuse" });
});

Deno.test("recorded hourly temperature ladders: no strike is out of order", async () => {
  const folder = await recordedData("weather");
  if (folder === null) return;
  const listed = Deno.readTextFileSync(join(folder, "monotonicity_violations_kxtemp.csv")).trim().split("\n").length -
    1;
  const captures = await weatherCaptures(folder, "kalshi_hourly_temp_ladders");
  assert.ok(captures.length >= 10);
  let found = 0;
  for (const { id, event, markets } of captures) {
    assert.ok(markets.every(({ strike_type }) => strike_type === "greater"));
    const ordered = [...markets].sort((a, b) => (a.floor_strike ?? NaN) - (b.floor_strike ?? NaN));
    found += scanned({ id, event, markets: ordered }, "ladder", FREE).length;
    // The same ladder upside down is nothing but violations, so that the search is seen to look.
    assert.ok(scanned({ id, event, markets: ordered.reverse() }, "ladder", FREE).length > 0, `${id} ${event}`);
  }
  assert.equal(found, listed);
  assert.equal(found, 0);
});

interface PairLine {
  readonly kalshi: { readonly ticker: string; readonly yes_bid: number | null; readonly yes_ask: number | null };
  readonly polymarket: { readonly best_bid: number | null; readonly best_ask: number | null };
}

/** YES bought for less than it is sold for, in units of $0.0001; 0 where it is not. */
const gap = (ask: number | null, bid: number | null): number =>
  ask === null || bid === null || ask >= bid ? 0 : bid - ask;

Deno.test("recorded pairs with Polymarket: every gap is found as the quotes change, and fees take some of them", async () => {
  const folder = await recordedData("polymarket");
  if (folder === null) return;
  const quoted: PairLine[] = [];
  for (const prefix of ["kalshi_polymarket_pairs_", "kalshi_polymarket_macro_pairs_"]) {
    for await (const line of lines(folder, prefix)) quoted.push(line as unknown as PairLine);
  }
  const tickers = [...new Set(quoted.map(({ kalshi }) => kalshi.ticker))];
  const scanners = [FREE, FEES].map((fees) => {
    const made = ArbitrageScanner.from(tickers.map((ticker): ScannedGroup => ({
      kind: "single",
      name: ticker,
      confidence: 1,
      markets: [{ ticker, fees, peer: { fees: "free", confidence: 1 } }],
    })));
    assert.ok(made.ok);
    return made.scanner;
  });
  let [gaps, left] = [0, 0];
  // Sizes were not recorded: a hundred contracts.
  const size = count(10_000);
  for (const { kalshi, polymarket } of quoted) {
    const [bid, ask] = [toPrice(kalshi.yes_bid), toPrice(kalshi.yes_ask)];
    const [peerBid, peerAsk] = [toPrice(polymarket.best_bid), toPrice(polymarket.best_ask)];
    const wanted = [gap(ask, peerBid), gap(peerAsk, bid)].filter((one) => one > 0);
    const [free, charged] = scanners.map((scanner) => {
      const slot = scanner.slotOf(kalshi.ticker);
      assert.ok(slot !== null);
      scanner.setQuote(slot, bid, size, ask, size);
      scanner.setPeer(slot, peerBid, size, peerAsk, size);
      scanner.scan(SCAN.venues);
      const found = scanner.results();
      // What was found is told of here once: its quotes stand until they change.
      scanner.clear(slot);
      return found;
    });
    assert.deepEqual(free.map(({ gross }) => gross / 10_000), wanted, kalshi.ticker);
    gaps += free.length;
    left += charged.length;
    for (const { net, gross, fees } of charged) assert.ok(net > 0 && net === gross - fees && fees > 0);
  }
  console.log(`${quoted.length} recorded pairs of ${tickers.length} markets: ${gaps} gaps, after fees ${left}`);
  assert.ok(gaps > 0 && left < gaps);
  for (const scanner of scanners) scanner[Symbol.dispose]();
});
