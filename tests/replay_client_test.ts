/**
 * Our own client against a recorded tape that is served as fast as it reads: the engine's books at the end are the books
 * that the tape has left, they were the tape's on the way there, and nothing was lost.
 * @module
 */

import assert from "node:assert/strict";
import { seriesOf } from "../src/core/ticker.ts";
import { MICROS_PER_MINUTE, ONE_DOLLAR_PRICE } from "../src/core/units.ts";
import { Engine } from "../src/engine/engine.ts";
import { engineOptions } from "../src/engine/engine_fixture.ts";
import { WallClock } from "../src/ops/clock.ts";
import type { ListedMarket } from "../src/venues/exchange/listed_market.ts";
import { ReplayedMarket, seriesOfTape } from "../src/venues/exchange/replay/replayed_market.ts";
import { type RunningReplay, startReplay } from "../src/venues/exchange/replay/replay_server.ts";
import { Tape } from "../src/venues/exchange/replay/tape.ts";
import type { Frames } from "../src/venues/kalshi/frames.ts";
import { createSigner } from "../src/venues/kalshi/signer.ts";
import { KalshiVenue } from "../src/venues/kalshi/venue.ts";

const DATA = new URL("../../shared/data/", import.meta.url);
const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
/** One session of bitcoin with three markets, and the shortest of gold. */
const ALWAYS = ["kxbtc15m-ws-20260513T1259Z.ndjson.gz", "KXGOLD15M-26AUG101900-00.ndjson.gz"];
/** Changes of a market from one comparison on the way to the next. */
const GLANCE_EVERY = 500;
/** Wall time within which the last frames arrive after the tape has ended: a bound, not a claim, like the next. */
const QUIET_WITHIN_MS = 300_000;
/** A tape that takes longer stands still. */
const TAPE_WITHIN_MS = 600_000;

function tapes(): URL[] {
  const found: URL[] = [];
  for (const folder of ["kxbtc15m_ws/", "kxgold15m_ws/"]) {
    const base = new URL(folder, DATA);
    try {
      for (const { name } of Deno.readDirSync(base)) if (name.endsWith(".ndjson.gz")) found.push(new URL(name, base));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.log(`Skipped: no recorded tapes in ${folder}`);
    }
  }
  const wanted = found.filter(({ pathname }) => FULL || ALWAYS.some((name) => pathname.endsWith(`/${name}`)));
  return wanted.sort((a, b) => a.pathname < b.pathname ? -1 : 1);
}

/** A book in short: best prices (0 for none), then levels and contracts of YES and NO. */
type Glance = readonly [
  yes: number,
  no: number,
  yesLevels: number,
  yesTotal: number,
  noLevels: number,
  noTotal: number,
];

interface Ended {
  readonly engine: Engine;
  readonly resyncs: number;
  readonly seen: ReadonlyMap<string, readonly Glance[]>;
  readonly complaints: readonly string[];
  readonly refused: Readonly<Record<string, number>>;
}

/** Looks now and then until it is so; fails where it does not become so in time. */
async function until(what: string, withinMs: number, isSo: () => boolean): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isSo()) {
    assert.ok(performance.now() < end, `waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * The client's own time: a moment at which it wants the books of all markets of the tape, the last of which opens in a
 * minute. The tape's time runs away from it, and the client has to keep its books whatever the time is.
 */
function clockFor(replay: RunningReplay): WallClock {
  const opens = replay.tickers.map((ticker) => replay.market(ticker)?.terms.openTime ?? 0);
  return new WallClock(Math.max(...opens) - MICROS_PER_MINUTE);
}

async function follow(replay: RunningReplay, frames: Frames): Promise<Ended> {
  const clock = clockFor(replay);
  const engine = new Engine(engineOptions({ startedAt: clock.now(), strategies: [] }));
  const complaints: string[] = [];
  let resyncs = 0;
  const seen = new Map<string, Glance[]>();
  const venue: KalshiVenue = new KalshiVenue({
    name: "replay",
    rest: replay.info.rest,
    ws: replay.info.ws,
    signer: await createSigner(replay.info.key_id, replay.privateKeyPem),
    series: [...new Set(replay.tickers.map(seriesOf))],
    simulated: true,
    clock,
    sink: (input) => {
      for (const action of engine.step(input)) {
        if (action.type !== "resync") continue;
        resyncs++;
        venue.perform(action);
      }
      if (input.type !== "book_delta") return;
      const glances = seen.get(input.ticker) ?? [];
      glances.push(glanceAt(engine, input.ticker));
      seen.set(input.ticker, glances);
    },
    log: (level, text) => {
      if (level === "warn" || level === "error") complaints.push(`${level} ${text}`);
    },
    lockstep: false,
    trade: false,
    frames,
    bookOf: (ticker) => engine.markets.get(ticker)?.book,
  });
  try {
    venue.start();
    let over = false;
    replay.finished.then(() => over = true);
    await until("the tape has ended", TAPE_WITHIN_MS, () => over);
    await until("all frames are there", QUIET_WITHIN_MS, () => venue.framesReceived() === replay.framesSent());
    await venue.idle();
    return { engine, resyncs, seen, complaints, refused: venue.health().refused };
  } finally {
    await venue.stop();
  }
}

function glanceAt(engine: Engine, ticker: string): Glance {
  const { yes, no } = engine.markets.get(ticker)?.book ?? assert.fail(`${ticker} is unknown to the engine`);
  return [yes.best, no.best, yes.levels, yes.total, no.levels, no.total];
}

interface Side {
  readonly levels: readonly (readonly [number, number])[];
  readonly total: number;
}

const sideOf = (levels: readonly (readonly [number, number])[]): Side => ({
  levels,
  total: levels.reduce((sum, [, size]) => sum + size, 0),
});

/** What the tape has left, best first, NO in NO prices. */
function leftBy(replay: RunningReplay, ticker: string): { yes: Side; no: Side } {
  const book = replay.market(ticker)?.book ?? assert.fail(`${ticker} is not on the tape`);
  return {
    yes: sideOf(book.levels("bid").toReversed()),
    no: sideOf(book.levels("ask").toReversed().map(([at, size]) => [ONE_DOLLAR_PRICE - at, size] as const)),
  };
}

/** What the engine has, with the totals that it keeps itself. */
function keptBy(engine: Engine, ticker: string): { yes: Side; no: Side } {
  const { book } = engine.markets.get(ticker) ?? assert.fail(`${ticker} is unknown to the engine`);
  assert.equal(book.phase, "synced", `${ticker}: ${book.staleReason}`);
  const side = (ladder: typeof book.yes): Side => {
    const levels = ladder.top(Infinity);
    assert.equal(ladder.levels, levels.length);
    return { levels, total: ladder.total };
  };
  return { yes: side(book.yes), no: side(book.no) };
}

/**
 * A book is empty when its market ends: so every so often on the way, too. Plays the tape once more without a network; the
 * changes that were seen are the last ones of the tape, as a subscription may have come after its start.
 *
 * @returns how many glances were compared
 */
async function compareOnTheWay(path: string, seen: ReadonlyMap<string, readonly Glance[]>): Promise<number> {
  const tape = await Tape.open(path);
  const series = seriesOfTape(tape.markets);
  const markets = new Map(tape.markets.map((market) => {
    const { ticker } = market;
    const replayed = new ReplayedMarket(market, series.get(seriesOf(ticker)) ?? assert.fail(`${ticker} has no series`));
    return [ticker, { replayed, glances: [] as (Glance | null)[] }];
  }));
  for await (const frames of tape.frames()) {
    for (const frame of frames) {
      const { replayed, glances } = markets.get(frame.ticker) ?? assert.fail(`${frame.ticker} is not on the tape`);
      replayed.take(frame);
      if (frame.type !== "orderbook_delta") continue;
      glances.push(glances.length % GLANCE_EVERY === 0 ? glanceOf(replayed.listed.book) : null);
    }
  }
  let compared = 0;
  for (const [ticker, { glances }] of markets) {
    const own = seen.get(ticker) ?? [];
    const missed = glances.length - own.length;
    assert.ok(missed >= 0 && own.length > 0, `${ticker}: ${own.length} changes of the tape's ${glances.length}`);
    for (const [at, glance] of glances.entries()) {
      if (at < missed || glance === null) continue;
      assert.deepEqual(own[at - missed], glance, `${ticker} after change ${at}`);
      compared++;
    }
  }
  return compared;
}

function glanceOf(book: ListedMarket["book"]): Glance {
  const [yes, no] = [sideOf(book.levels("bid")), sideOf(book.levels("ask"))];
  const [bid, ask] = [yes.levels.at(-1)?.[0] ?? 0, no.levels.at(-1)?.[0] ?? ONE_DOLLAR_PRICE];
  return [bid, ONE_DOLLAR_PRICE - ask, yes.levels.length, yes.total, no.levels.length, no.total];
}

for (const tape of tapes()) {
  for (const frames of ["json", "bytes", "wasm"] as const) {
    const name = tape.pathname.slice(tape.pathname.lastIndexOf("/") + 1).replace(/\.ndjson\.gz$/, "");
    Deno.test(`by ${frames} frames the engine's books after ${name} at full speed are the tape's`, async () => {
      const replay = await startReplay({ path: tape.pathname, port: 0, speed: "max", keyDirectory: null });
      try {
        const { engine, resyncs, seen, complaints, refused } = await follow(replay, frames);
        assert.deepEqual(complaints, []);
        assert.deepEqual({ gaps: engine.gaps, resyncs, refused }, { gaps: 0, resyncs: 0, refused: {} });
        for (const ticker of replay.tickers) assert.deepEqual(keptBy(engine, ticker), leftBy(replay, ticker), ticker);
        assert.ok(await compareOnTheWay(tape.pathname, seen) > 20, "books were compared on the way");
      } finally {
        await replay.stop();
      }
    });
  }
}
