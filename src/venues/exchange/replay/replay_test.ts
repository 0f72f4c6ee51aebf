import assert from "node:assert/strict";
import { RecordingError } from "../../../backtest/recording/recording_error.ts";
import { TestClient } from "../client_fixture.ts";
import { type ReplayOptions, type RunningReplay, startReplay } from "./replay_server.ts";
import { Tape, type TapeFrame } from "./tape.ts";

const DATA = new URL("../../../../../shared/data/", import.meta.url).pathname;
const BITCOIN = `${DATA}kxbtc15m_ws/kxbtc15m-ws-20260513T1259Z.ndjson.gz`;
const GOLD = `${DATA}kxgold15m_ws/KXGOLD15M-26AUG101900-00.ndjson.gz`;

const isThere = (path: string): boolean => {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    console.log(`skipped: no recorded data at ${path.slice(path.lastIndexOf("/") + 1)}`);
    return false;
  }
};

async function withReplay(
  options: Partial<ReplayOptions> & { readonly path: string },
  test: (replay: RunningReplay, client: TestClient) => Promise<void>,
): Promise<void> {
  const replay = await startReplay({ port: 0, speed: "max", keyDirectory: null, ...options });
  const client = new TestClient(replay.info, {
    keyId: replay.info.key_id,
    pem: replay.privateKeyPem,
    kind: "rsa",
  });
  try {
    await test(replay, client);
  } finally {
    client.close();
    await replay.stop();
  }
}

async function framesOf(path: string): Promise<readonly TapeFrame[]> {
  const frames: TapeFrame[] = [];
  for await (const some of (await Tape.open(path)).frames()) frames.push(...some);
  return frames;
}

// deno-lint-ignore no-explicit-any -- frames of every shape
type Frame = any;

/** A subscriber's own book of one market, from nothing but frames. */
function bookFrom(frames: readonly Frame[], ticker: string): Record<string, number> {
  const book: Record<string, number> = {};
  for (const { type, msg } of frames) {
    if (msg?.market_ticker !== ticker) continue;
    if (type === "orderbook_snapshot") {
      for (const key of Object.keys(book)) delete book[key];
      for (const side of ["yes", "no"]) {
        for (const [price, size] of msg[`${side}_dollars_fp`] ?? []) {
          book[`${side} ${price}`] = Math.round(Number(size) * 100);
        }
      }
    } else if (type === "orderbook_delta") {
      const key = `${msg.side} ${msg.price_dollars}`;
      const size = (book[key] ?? 0) + Math.round(Number(msg.delta_fp) * 100);
      if (size === 0) delete book[key];
      else book[key] = size;
    }
  }
  return book;
}

for (const path of [BITCOIN, GOLD]) {
  const name = path.slice(path.lastIndexOf("/") + 1).split(/[-.]/)[0];
  Deno.test(`a ${name} tape arrives whole, in order, renumbered, and leaves the same books`, async () => {
    if (!isThere(path)) return;
    const recorded = await framesOf(path);
    await withReplay({ path }, async (replay, client) => {
      const socket = await client.connect();
      const channels = ["trade", "ticker", "orderbook_delta"];
      socket.send({ id: 1, cmd: "subscribe", params: { channels, market_tickers: replay.tickers } });
      await replay.finished;
      await socket.until(() => socket.frames.length === replay.framesSent());
      for (const sid of [1, 3]) {
        const numbers = socket.frames.filter((frame) => frame.sid === sid).map((frame) => frame.seq);
        assert.deepEqual(numbers, numbers.map((_, k) => k + 1), `seq of sid ${sid}`);
      }
      // The first snapshots answer the subscription; from there on it is the tape.
      const received = socket.frames.filter((frame) => frame.type !== "subscribed").slice(replay.tickers.length);
      assert.equal(received.length, recorded.length);
      for (const [k, frame] of recorded.entries()) {
        assert.equal(received[k].type, frame.type);
        assert.deepEqual(received[k].msg, frame.msg);
      }
      for (const ticker of replay.tickers) {
        const book = replay.market(ticker)?.book;
        const theirs: Record<string, number> = {};
        for (const [at, size] of book?.levels("bid") ?? []) theirs[`yes ${(at / 10_000).toFixed(4)}`] = size;
        for (const [at, size] of book?.levels("ask") ?? []) theirs[`no ${(1 - at / 10_000).toFixed(4)}`] = size;
        assert.deepEqual(bookFrom(socket.frames, ticker), theirs, ticker);
      }
    });
  });
}

Deno.test("a tape's markets, series, books and trades are there at REST, orders are refused", async () => {
  if (!isThere(GOLD)) return;
  await withReplay({ path: GOLD }, async (replay, client) => {
    const open = (await client.get("/markets?series_ticker=KXGOLD15M&status=open")).body.markets;
    assert.deepEqual(open.map((market: Frame) => market.ticker), replay.tickers);
    assert.equal(open[0].price_level_structure, "linear_cent");
    assert.equal((await client.get("/series")).body.series[0].ticker, "KXGOLD15M");
    const socket = await client.connect();
    socket.send({ id: 1, cmd: "subscribe", params: { channels: ["orderbook_delta"], market_tickers: replay.tickers } });
    await replay.finished;
    const { trades } = (await client.get(`/markets/trades?ticker=${replay.tickers[0]}&limit=3`)).body;
    assert.equal(trades.length, 3);
    assert.match(trades[0].created_time, /^2026-08-10T2.*Z$/);
    const event = (await client.get(`/events/${open[0].event_ticker}`)).body;
    assert.equal(event.markets[0].ticker, replay.tickers[0]);
    assert.equal((await client.get("/portfolio/balance")).body.balance, 0);
    const refused = await client.post("/portfolio/events/orders", {});
    assert.deepEqual([refused.status, refused.body.error.code], [403, "permission_denied"]);
    const { ended, speed } = await client.simulation("/sim/clock");
    assert.deepEqual([ended, speed], [true, null]);
  });
});

Deno.test("with use_yes_price NO levels of a tape come in YES prices", async () => {
  if (!isThere(GOLD)) return;
  await withReplay({ path: GOLD }, async (replay, client) => {
    const socket = await client.connect();
    const params = { channels: ["orderbook_delta"], market_tickers: replay.tickers, use_yes_price: true };
    socket.send({ id: 1, cmd: "subscribe", params });
    await replay.finished;
    await socket.until(() => socket.frames.length === replay.framesSent());
    const recorded = (await framesOf(GOLD)).filter((frame) => frame.type === "orderbook_delta");
    const received = socket.ofType("orderbook_delta");
    assert.equal(received.length, recorded.length);
    for (const [k, { msg }] of recorded.entries()) {
      const price = Number(msg.price_dollars);
      const wanted = msg.side === "no" ? 1 - price : price;
      assert.ok(Math.abs(Number(received[k].msg.price_dollars) - wanted) < 1e-9);
    }
  });
});

Deno.test("at a given speed a tape goes by itself, and stops when told", async () => {
  if (!isThere(GOLD)) return;
  await withReplay({ path: GOLD, speed: 50 }, async (replay, client) => {
    const socket = await client.connect();
    socket.send({ id: 1, cmd: "subscribe", params: { channels: ["orderbook_delta"], market_tickers: replay.tickers } });
    await socket.until(() => socket.ofType("orderbook_delta").length > 5);
    const { now_us, speed, ended } = await client.simulation("/sim/clock");
    assert.ok(now_us > replay.info.clock.now_us);
    assert.deepEqual([speed, ended], [50, false]);
  });
});

Deno.test("what is no tape is refused with the place and what was wanted", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(Tape.open(`${folder}/absent`), RecordingError);
    await assert.rejects(Tape.open(folder), /wanted files that end in \.ndjson/);
    await Deno.writeTextFile(`${folder}/bad.ndjson`, `{"recv_ms":1785948391669,"event":{}}\nhello\n`);
    await assert.rejects(Tape.open(folder), /bad\.ndjson, line 2: found hello/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
