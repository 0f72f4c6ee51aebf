import assert from "node:assert/strict";
import type { Input } from "../core/input.ts";
import type { SpotBook } from "../core/spot_book.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../core/units.ts";
import { SteppedClock } from "../ops/clock.ts";
import type { TapeMessage } from "../store/tape_lines.ts";
import { readTape } from "../store/tape_reader.ts";
import { TapeWriter } from "../store/tape_writer.ts";
import { DEFAULT_START } from "../venues/exchange/exchange.ts";
import { type RunningExchange, startExchange } from "../venues/exchange/server.ts";
import { DeribitFeed } from "./deribit/deribit_feed.ts";
import type { Feed, FeedContext } from "./feed.ts";
import { ScriptedSource } from "./scripted_source_fixture.ts";
import type { SpotProtocol } from "./spot/protocol.ts";
import { SPOT_PROTOCOLS } from "./spot/registry.ts";
import { SpotFeed } from "./spot/spot_feed.ts";
import { SpotListener } from "./spot/spot_listener.ts";

const ASSETS = ["BTC", "ETH"];
const VWAP_SECONDS = 60;
const SECONDS = 20;
/** Parts of a second that time moves by. */
const STEPS = 4;

interface Stage {
  readonly clock: SteppedClock;
  readonly exchange: RunningExchange;
  readonly context: FeedContext;
  readonly inputs: Input[];
  /** Runs a feed for some simulated time, and gives its tape back as it is read from the disk. */
  record(feed: Feed): Promise<TapeMessage[]>;
}

async function withStage(test: (stage: Stage) => Promise<void>): Promise<void> {
  const exchange = await startExchange({ port: 0, seed: 5, speed: 1, faults: [], mode: "stepped", keyDirectory: null });
  const directory = await Deno.makeTempDir({ prefix: "kbot-tape-replay-" });
  const header = { run: "20261120T040211Z-0001", version: "t", started: "s", venue: "v", simulated: true };
  const writer = new TapeWriter({ directory, header });
  const clock = new SteppedClock(DEFAULT_START);
  const inputs: Input[] = [];
  const context: FeedContext = {
    clock,
    sink: (input) => void inputs.push(input),
    log: () => {},
    jitter: () => 0.5,
    lockstep: true,
    userAgent: "kbot test",
    onRaw: (source, raw, at) => writer.record(source, raw, at),
  };
  const settle = async (feed: Feed) => {
    do {
      await feed.idle();
      await new Promise((resolve) => setTimeout(resolve, 1));
    } while (feed.framesReceived() < exchange.framesSent());
  };
  const record = async (feed: Feed): Promise<TapeMessage[]> => {
    feed.start();
    await settle(feed);
    for (let step = 0; step < SECONDS * STEPS; step++) {
      const to: Micros = micros(clock.now() + MICROS_PER_SECOND / STEPS);
      clock.advanceTo(to);
      await settle(feed);
      await exchange.heardOut();
      exchange.advance(to);
      await settle(feed);
    }
    await feed.stop();
    await writer.close();
    const messages: TapeMessage[] = [];
    for await (const event of readTape(writer.directory)) {
      assert.ok(event.kind === "lines" || event.kind === "header", JSON.stringify(event));
      if (event.kind === "lines") messages.push(...event.lines.filter((line) => line.kind === "message"));
    }
    return messages;
  };
  try {
    await test({ clock, exchange, context, inputs, record });
  } finally {
    await writer.close();
    await exchange.stop();
    await Deno.remove(directory, { recursive: true });
  }
}

/** All that can be read of an exchange at a moment. */
const stateOf = ({ states }: Pick<SpotListener, "states">, asset: string, now: Micros): unknown => {
  const state = states.get(asset);
  const levels = levelsOf(state?.book ?? null);
  return { asset, now, quote: state?.quote, last: state?.last, vwap: state?.vwap(now), bookAt: state?.bookAt, levels };
};

const sideOf = ({ prices, sizes, length }: SpotBook["bids"]): number[][] =>
  Array.from({ length }, (_, at) => [prices[at], sizes[at]]);

/** A whole book, level by level. */
const levelsOf = (book: SpotBook | null): unknown => book === null ? null : [sideOf(book.bids), sideOf(book.asks)];

function listenerOf(protocol: SpotProtocol, now: Micros): SpotListener {
  return new SpotListener({
    protocol,
    assets: ASSETS.filter((asset) => protocol.symbol(asset) !== null),
    window: VWAP_SECONDS * MICROS_PER_SECOND,
    now,
    log: () => {},
    reply: () => {},
    request: () => {},
    drop: () => {},
  });
}

for (const protocol of SPOT_PROTOCOLS) {
  Deno.test(`${protocol.title}'s tape says through its adapter what it said live, change by change`, () =>
    withStage(async ({ exchange, context, clock, record }) => {
      const { [protocol.exchange]: ws, [`${protocol.exchange}_rest`]: rest } = exchange.info.feeds;
      const feed = new SpotFeed(context, { protocol, assets: ASSETS, ws, rest, vwapSeconds: VWAP_SECONDS });
      const live: unknown[] = [];
      feed.onChange((asset) => {
        const now = clock.now();
        const levels = levelsOf(feed.book(asset));
        const [quote, last, vwap] = [feed.quote(asset), feed.last(asset), feed.vwap(asset, now)];
        live.push(structuredClone({ asset, now, quote, last, vwap, bookAt: feed.bookAt(asset), levels }));
      });
      const tape = await record(feed);
      assert.ok(tape.length > 10 && live.length > 10, `${tape.length} messages, ${live.length} changes`);
      assert.ok(tape.every(({ source }) => source === protocol.exchange));

      const listener = listenerOf(protocol, DEFAULT_START);
      const again: unknown[] = [];
      let now = DEFAULT_START;
      listener.onChange((asset) => again.push(structuredClone(stateOf(listener, asset, now))));
      listener.opened(DEFAULT_START);
      for (const { raw, at } of tape) {
        now = at;
        listener.heard(raw, at);
      }
      assert.equal(again.length, live.length);
      assert.deepEqual(again, live);
    }));
}

Deno.test("a tape of answers by REST, given again in their order, makes the same inputs", () =>
  withStage(async ({ exchange, context, inputs, record }) => {
    const settings = { assets: ASSETS, everySeconds: 5 };
    const tape = await record(new DeribitFeed(context, { ...settings, rest: exchange.info.feeds.deribit_rest }));
    assert.ok(inputs.length > 10);
    const source = new ScriptedSource();
    const answer = () => {
      const next = tape.shift();
      assert.ok(next !== undefined, "no more questions than there were");
      return new Response(next.raw);
    };
    for (const name of ["get_volatility_index_data", "get_book_summary_by_currency"]) {
      source.on(`/api/v2/public/${name}`, answer);
    }
    const clock = new SteppedClock(DEFAULT_START);
    const again: Input[] = [];
    const replayed = { ...context, clock, sink: (input: Input) => void again.push(input), onRaw: null };
    const feed = new DeribitFeed(replayed, { ...settings, rest: source.rest });
    feed.start();
    await feed.idle();
    for (let step = 0; step < SECONDS * STEPS; step++) {
      clock.advanceTo(micros(clock.now() + MICROS_PER_SECOND / STEPS) as Micros);
      await feed.idle();
    }
    await feed.stop();
    await source.stop();
    assert.deepEqual(again, inputs);
    assert.equal(tape.length, 0);
  }));
