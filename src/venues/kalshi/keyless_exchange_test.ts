import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { startExchange } from "../exchange/server.ts";
import { KalshiVenue } from "./venue.ts";

/** A client without credentials on the simulated exchange, in lockstep with it. */
interface KeylessRun {
  readonly venue: KalshiVenue;
  readonly clock: SteppedClock;
  readonly logs: readonly string[];
  readonly of: <T extends Input["type"]>(type: T) => Extract<Input, { type: T }>[];
  readonly advance: (seconds: number) => Promise<void>;
}

async function withKeyless(test: (run: KeylessRun) => Promise<void>): Promise<void> {
  const exchange = await startExchange({ port: 0, seed: 7, speed: 1, faults: [], mode: "stepped", keyDirectory: null });
  const clock = new SteppedClock(exchange.now());
  const inputs: Input[] = [];
  const logs: string[] = [];
  const venue = new KalshiVenue({
    name: "sim",
    rest: exchange.info.rest,
    ws: exchange.info.ws,
    signer: null,
    series: ["KXBTC15M", "KXETH15M"],
    simulated: true,
    clock,
    sink: (input) => void inputs.push(input),
    log: (level, text) => void logs.push(`${level} ${text}`),
    lockstep: true,
    trade: false,
  });
  const advance = async (seconds: number): Promise<void> => {
    const end = clock.now() + seconds * MICROS_PER_SECOND;
    while (clock.now() < end) {
      const next = Math.min(end, clock.now() + MICROS_PER_SECOND / 4) as Micros;
      clock.advanceTo(next);
      // Whoever waited for the clock goes on first.
      await new Promise((settle) => setTimeout(settle, 0));
      await venue.idle();
      exchange.advance(next);
      await venue.idle();
    }
  };
  try {
    venue.start();
    await venue.idle();
    const of = <T extends Input["type"]>(type: T) =>
      inputs.filter((input): input is Extract<Input, { type: T }> => input.type === type);
    await test({ venue, clock, logs, of, advance });
  } finally {
    await venue.stop();
    await exchange.stop();
  }
}

Deno.test("without a key: markets, books, trades and settlements over a whole window, from REST alone", () =>
  withKeyless(async ({ venue, clock, logs, of, advance }) => {
    const start = clock.now();
    await advance(20);
    const open = (series: string) =>
      of("market").map(({ market }) => market).findLast((market) =>
        market.series === series && market.status === "active" && market.closeTime > clock.now()
      );
    const first = [open("KXBTC15M"), open("KXETH15M")];
    for (const market of first) {
      assert.ok(market !== undefined, logs.join("\n"));
      const books = of("book_snapshot").filter(({ ticker }) => ticker === market.ticker);
      assert.ok(books.length >= 10, `${books.length} books of ${market.ticker}`);
      assert.ok(books.every(({ sequence }) => sequence === null));
      assert.ok((books.at(-1)?.yes.length ?? 0) > 0, "the book is not empty");
    }
    await advance(150);
    const trades = of("trade");
    assert.ok(trades.length > 10, `${trades.length} trades`);
    assert.equal(new Set(trades.map(({ tradeId }) => tradeId)).size, trades.length, "each once");
    assert.ok(trades.every(({ exchangeTime, at }) => exchangeTime >= start && exchangeTime <= at));
    for (const market of first) {
      const ends = of("lifecycle").filter(({ ticker }) => ticker === market?.ticker);
      assert.equal(ends.at(-1)?.event, "settled", `${market?.ticker}: ${JSON.stringify(ends)}`);
      assert.match(ends.at(-1)?.result ?? "", /^(yes|no)$/);
    }
    assert.notEqual(open("KXBTC15M")?.ticker, first[0]?.ticker, "the next window follows");
    assert.notEqual(open("KXBTC15M")?.floorStrike, null);
    assert.equal(of("index").length, 0);
    const { connected, requests, requestErrors, trouble, lacking } = venue.health();
    assert.deepEqual([connected, requestErrors, trouble], [true, 0, null]);
    assert.ok(requests <= 1 + 170 * 4, `${requests} requests in 170 s`);
    assert.match(lacking ?? "", /^No API key/);
    assert.ok(!of("book_stale").length && !logs.some((line) => line.startsWith("error")), logs.join("\n"));
  }));

Deno.test("without a key, the offset of the exchange's clock is found by the dates of its answers", () =>
  withKeyless(async ({ venue, advance }) => {
    await advance(15);
    const { clockOffsetMs } = venue.health();
    assert.ok(clockOffsetMs !== null && Math.abs(clockOffsetMs) <= 100, `${clockOffsetMs} ms`);
  }));
