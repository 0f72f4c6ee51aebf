import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { Hono } from "hono";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_SECOND, parseTime } from "../../core/units.ts";
import { WallClock } from "../../ops/clock.ts";
import { type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import { HistoryPages } from "../../venues/kalshi/history_pages.ts";
import { CoinbaseImport } from "./coinbase_import.ts";
import { type ImportContext, KalshiImport } from "./kalshi_import.ts";
import { ImportStopped } from "./patience.ts";

/** Half an hour before a day ends, so that a whole day is short. */
const START = parseTime("2026-10-06T23:28:00Z") ?? micros(0);
/** When that day may be whole: an hour after its end, and some. */
const LATER = parseTime("2026-10-07T01:02:00Z") ?? micros(0);
const DAY = parseTime("2026-10-06T00:00:00Z") ?? micros(0);
const NEXT_DAY = micros(DAY + MICROS_PER_DAY);
/** Of the client's clock, which so never waits for the exchange's limits. */
const SPEED = 1_500;
const SERIES = "KXBTC15M";

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-import-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

interface Exchange {
  readonly running: RunningExchange;
  readonly rest: string;
  readonly now: () => Micros;
  /** Moves its time, which otherwise stands still. */
  until(time: Micros): void;
  wait(seconds: number): Promise<void>;
}

async function withExchange(faults: readonly string[], test: (exchange: Exchange) => Promise<void>): Promise<void> {
  const running = await startExchange({
    port: 0,
    seed: 3,
    speed: 1,
    faults,
    mode: "stepped",
    startAt: START,
    keyDirectory: null,
  });
  try {
    await test({
      running,
      rest: running.info.rest,
      now: () => running.now(),
      until: (time) => running.advance(time),
      wait(seconds) {
        running.advance(micros(running.now() + seconds * MICROS_PER_SECOND));
        return Promise.resolve();
      },
    });
  } finally {
    await running.stop();
  }
}

interface Imported {
  readonly problems: string[];
  readonly rows: Record<string, number>;
  readonly retries: string[];
  /** Why it ended early. */
  stopped: string | null;
}

/** Imports as the command does; where it waits the exchange's time goes on. @param stopAfter steps of progress */
async function imported(
  exchange: Exchange,
  root: string,
  days: readonly Micros[],
  stopAfter = Infinity,
): Promise<Imported> {
  const result: Imported = { problems: [], rows: {}, retries: [], stopped: null };
  const stop = new AbortController();
  let steps = 0;
  const context: ImportContext = {
    root,
    patience: {
      stop: stop.signal,
      wait: exchange.wait,
      onRetry: (text) => result.retries.push(text),
    },
    now: exchange.now,
    onProgress: () => {
      if (++steps >= stopAfter) stop.abort();
    },
    onProblem: (text) => result.problems.push(text),
    onRows: (kind, rows) => result.rows[kind] = (result.rows[kind] ?? 0) + rows,
  };
  const rest = new HistoryPages({ base: exchange.rest, signer: null, clock: new WallClock(0, SPEED) });
  try {
    await new KalshiImport(rest, context, SERIES, days).run();
  } catch (error) {
    assert.ok(error instanceof ImportStopped, String(error));
    result.stopped = error.message;
  } finally {
    rest.stop();
  }
  return result;
}

/** Every file below a directory, by its path. */
async function filesBelow(directory: string, root = directory): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (!isDirectory) files.set(relative(root, path), await Deno.readTextFile(path));
    else for (const [inner, text] of await filesBelow(path, root)) files.set(inner, text);
  }
  return files;
}

const rowsOf = (text: string | undefined): string[][] =>
  (text ?? "").split("\r\n").slice(1).filter((line) => line !== "").map((line) => line.split(","));

/** The trades of a market as the exchange itself has them, on either side of the cutoff. */
async function tradesAt({ rest, wait }: Exchange, ticker: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const path of ["/markets/trades", "/historical/trades"]) {
    let cursor = "";
    for (let tries = 0; tries < 200; tries++) {
      const response = await fetch(`${rest}${path}?ticker=${ticker}&limit=1000&cursor=${cursor}`);
      const body = await response.json();
      if (!response.ok) {
        await wait(1);
        continue;
      }
      for (const trade of body.trades) ids.add(trade.trade_id);
      cursor = body.cursor;
      if (cursor === "") break;
    }
  }
  return ids;
}

for (const faults of [[], ["short-history"]]) {
  const where = faults.length === 0 ? "on one side of the cutoff" : "across the cutoff";
  Deno.test(`a day that is over is imported whole, one that is not as partial, ${where}`, () =>
    withDirectory((root) =>
      withExchange(faults, async (exchange) => {
        exchange.until(LATER);
        const { problems, stopped } = await imported(exchange, root, [DAY, NEXT_DAY]);
        assert.deepEqual([problems, stopped], [[], null]);
        const files = await filesBelow(root);
        assert.deepEqual([...files.keys()].sort(), [
          ...["candles", "markets", "trades"].map((name) => `kalshi/${SERIES}/2026-10-06/${name}.csv`),
          ...["candles", "markets", "trades"].map((name) => `kalshi/${SERIES}/2026-10-07/${name}.partial.csv`),
        ]);
        const markets = rowsOf(files.get(`kalshi/${SERIES}/2026-10-06/markets.csv`));
        assert.deepEqual(markets.slice(-2).map(([ticker]) => ticker), [
          "KXBTC15M-26OCT061930-30",
          "KXBTC15M-26OCT061945-45",
        ]);
        assert.ok(markets.every((row) => row[2] === "finalized" && (row[9] === "yes" || row[9] === "no")));
        const trades = rowsOf(files.get(`kalshi/${SERIES}/2026-10-06/trades.csv`));
        for (const [ticker] of markets.slice(-2)) {
          const kept = trades.filter((row) => row[1] === ticker).map((row) => row[2]);
          assert.ok(kept.length > 20, `${ticker}: ${kept.length} trades`);
          assert.deepEqual(new Set(kept), await tradesAt(exchange, ticker));
          assert.equal(new Set(kept).size, kept.length, "none twice");
        }
        const candles = rowsOf(files.get(`kalshi/${SERIES}/2026-10-06/candles.csv`));
        const second = candles.filter(([ticker]) => ticker === "KXBTC15M-26OCT061945-45");
        assert.equal(second.length, 15);
        assert.ok(second.every(([, end], k) => k === 0 || end > second[k - 1][1]));
      })
    ));
}

Deno.test("an import stopped again and again ends with the very files of one that was not", () =>
  withDirectory((root) =>
    withExchange(["short-history"], async (exchange) => {
      exchange.until(LATER);
      const [one, other] = [join(root, "one"), join(root, "other")];
      assert.equal((await imported(exchange, one, [DAY])).stopped, null);
      await Deno.mkdir(other);
      let stops = 0;
      for (let stopAfter = 1;; stopAfter++) {
        const { stopped } = await imported(exchange, other, [DAY], stopAfter);
        assert.ok(![...(await filesBelow(other)).keys()].some((path) => path.endsWith(".tmp")));
        if (stopped === null) break;
        assert.match(stopped, /the same command goes on from here/);
        stops++;
        assert.ok(stops < 100);
      }
      assert.ok(stops >= 3, `${stops} stops`);
      assert.deepEqual(await filesBelow(other), await filesBelow(one));
    })
  ));

Deno.test("what is there is not fetched again, what a kill left unfinished is", () =>
  withDirectory((root) =>
    withExchange([], async (exchange) => {
      exchange.until(LATER);
      const first = await imported(exchange, root, [DAY]);
      assert.ok(first.rows.trades > 40);
      const day = join(root, "kalshi", SERIES, "2026-10-06");
      assert.deepEqual((await imported(exchange, root, [DAY])).rows, {});
      const before = await Deno.readTextFile(join(day, "trades.csv"));
      await Deno.rename(join(day, "trades.csv"), join(day, "trades.tmp"));
      await Deno.truncate(join(day, "trades.tmp"), 500);
      const again = await imported(exchange, root, [DAY]);
      assert.deepEqual(again.rows, { trades: first.rows.trades });
      assert.equal(await Deno.readTextFile(join(day, "trades.csv")), before);
    })
  ));

Deno.test("a partial day is fetched anew and becomes whole once it is over", () =>
  withDirectory((root) =>
    withExchange([], async (exchange) => {
      exchange.until(parseTime("2026-10-06T23:40:00Z") ?? START);
      await imported(exchange, root, [DAY]);
      const day = join(root, "kalshi", SERIES, "2026-10-06");
      const names = () => [...Deno.readDirSync(day)].map(({ name }) => name).sort();
      assert.deepEqual(names(), ["candles.partial.csv", "markets.partial.csv", "trades.partial.csv"]);
      exchange.until(LATER);
      await imported(exchange, root, [DAY]);
      assert.deepEqual(names(), ["candles.csv", "markets.csv", "trades.csv"]);
    })
  ));

Deno.test("a list that never ends, and an exchange that is gone, end an import in words", () =>
  withDirectory((root) =>
    withExchange(["cursor-loop"], async (exchange) => {
      exchange.until(parseTime("2026-10-06T23:50:00Z") ?? START);
      const looped = await imported(exchange, root, [DAY]);
      assert.match(looped.stopped ?? "", /repeats itself/);
      await exchange.running.stop();
      const gone = await imported(exchange, root, [DAY]);
      assert.match(gone.stopped ?? "", /the same command goes on from here/);
      assert.equal(gone.retries.length, 7, "it was patient before");
    })
  ));

/** Of an import that waits for nothing and in which nothing may be left out. */
const untroubled = (root: string, now: () => Micros, retries: string[] = []): ImportContext => ({
  root,
  patience: {
    stop: new AbortController().signal,
    wait: () => Promise.resolve(),
    onRetry: (text) => retries.push(text),
  },
  now,
  onProgress: () => {},
  onProblem: (text) => assert.fail(text),
  onRows: () => {},
});

Deno.test("an answer of Coinbase that does not end is not read to its end", () =>
  withDirectory(async (root) => {
    let sent = 0;
    const endless = () =>
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(stream) {
          sent += 65_536;
          // Far beyond what is to be read, and what the connection holds in between.
          if (sent > 256_000_000) stream.close();
          else stream.enqueue(new Uint8Array(65_536).fill(0x20));
        },
      });
    const listening = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
    const server = Deno.serve(listening, () => new Response(endless()));
    const context = untroubled(root, () => NEXT_DAY);
    const coinbase = new CoinbaseImport(`http://127.0.0.1:${server.addr.port}`, context, "BTC", [DAY]);
    await assert.rejects(coinbase.run(), (error: Error) => {
      assert.ok(error instanceof ImportStopped);
      assert.equal(error.message, "Coinbase's candles of BTC: An answer of more than 1000000 bytes");
      return true;
    });
    assert.ok(sent < 256_000_000, `${sent} bytes were sent`);
    await server.shutdown();
  }));

Deno.test("a day of Coinbase's candles: every minute once, in order, gaps left out, patient with refusals", () =>
  withDirectory(async (root) => {
    let asked = 0;
    const missing = new Set([5, 700, 1_439]);
    const app = new Hono().get("/products/:product/candles", (context) => {
      asked++;
      if (asked % 3 === 0) return context.json({ message: "slow down" }, 429);
      const [first, last] = ["start", "end"].map((name) => (parseTime(context.req.query(name) ?? "") ?? 0) / 60e6);
      assert.ok(last - first < 300);
      const minutes = Array.from({ length: last - first + 1 }, (_, k) => last - k);
      const rows = minutes.filter((minute) => !missing.has(minute - DAY / 60e6));
      return context.json(rows.map((minute) => [minute * 60, 99, 102, 100, 101, 1.5]));
    });
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
    const retries: string[] = [];
    let now = micros(DAY + MICROS_PER_DAY / 2 + 30_000_000);
    const context = untroubled(root, () => now, retries);
    const run = () => new CoinbaseImport(`http://127.0.0.1:${server.addr.port}`, context, "BTC", [DAY]).run();
    await run();
    const partial = join(root, "coinbase", "BTC-USD", "2026-10-06.partial.csv");
    assert.equal(rowsOf(await Deno.readTextFile(partial)).length, 720 - 2);
    now = micros(DAY + MICROS_PER_DAY + 3_600_000_000);
    await run();
    const rows = rowsOf(await Deno.readTextFile(join(root, "coinbase", "BTC-USD", "2026-10-06.csv")));
    const minutes = Array.from({ length: 1_440 }, (_, k) => k).filter((minute) => !missing.has(minute));
    assert.deepEqual(rows.map(([start]) => ((parseTime(start) ?? 0) - DAY) / 60e6), minutes);
    assert.deepEqual(rows[0].slice(1), ["100", "102", "99", "101", "1.5"]);
    await assert.rejects(Deno.stat(partial), Deno.errors.NotFound);
    assert.ok(retries.length > 0 && retries.every((text) => /HTTP 429/.test(text)));
    const before = asked;
    await run();
    assert.equal(asked, before, "what is whole is not asked for again");
    await server.shutdown();
  }));
