import assert from "node:assert/strict";
import { Book } from "../../core/book.ts";
import type { Input } from "../../core/input.ts";
import type { OrderIntent } from "../../core/order.ts";
import { type Count, type Micros, MICROS_PER_SECOND, type Price } from "../../core/units.ts";
import { SequenceGuard } from "../../core/sequence.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { type RunningExchange, startExchange } from "../exchange/server.ts";
import { createSigner } from "./signer.ts";
import { KalshiVenue } from "./venue.ts";

/** A run in lockstep over real sockets: simulated time moves only when nothing is under way. */
class Run {
  readonly inputs: Input[] = [];
  readonly books = new Map<string, Book>();
  readonly guard = new SequenceGuard();
  readonly logs: string[] = [];
  onInput: (input: Input) => void = () => {};
  /** How far a dropped connection left the two counts of frames apart. */
  #lost = 0;
  #dropped = false;

  constructor(readonly exchange: RunningExchange, readonly clock: SteppedClock, public venue: KalshiVenue | null) {}

  take(input: Input): void {
    this.inputs.push(input);
    if (input.type === "link" && !input.up) this.#dropped = true;
    this.#follow(input);
    this.onInput(input);
  }

  /** Books as the engine keeps them: a hole makes all books of the subscription stale, and they are asked for. */
  #follow(input: Input): void {
    if (input.type !== "book_snapshot" && input.type !== "book_delta" && input.type !== "sequence") return;
    if (input.sequence !== null) {
      const ticker = input.type === "sequence" ? null : input.ticker;
      if (this.guard.observe(input.sequence, ticker) === "gap") {
        const tickers = [...this.guard.tickersOf(input.sequence)];
        for (const stale of tickers) this.books.get(stale)?.markStale("gap");
        this.venue?.perform({ type: "resync", tickers, reason: "gap" });
      }
    }
    if (input.type === "sequence") return;
    const book = this.books.get(input.ticker) ?? new Book();
    this.books.set(input.ticker, book);
    if (input.type === "book_snapshot") book.replace(input.yes, input.no, input.at);
    else book.change(input.side, input.price, input.delta, input.at);
  }

  /** Until every frame has come; where a connection was dropped some never do, and are not waited for so long. */
  async settle(): Promise<void> {
    for (let round = 0; round < (this.#dropped ? 1_000 : 12_000); round++) {
      await this.venue?.idle();
      if ((this.venue?.framesReceived() ?? 0) + this.#lost === this.exchange.framesSent()) {
        await this.venue?.idle();
        return;
      }
      await new Promise((look) => setTimeout(look, round < 200 ? 0 : 5));
    }
    assert.ok(this.#dropped, "every frame comes");
    this.#lost = this.exchange.framesSent() - (this.venue?.framesReceived() ?? 0);
  }

  async advance(seconds: number): Promise<void> {
    const end = this.clock.now() + seconds * MICROS_PER_SECOND;
    while (this.clock.now() < end) {
      const next = Math.min(end, this.clock.now() + MICROS_PER_SECOND / 10) as Micros;
      this.clock.advanceTo(next);
      await this.settle();
      this.exchange.advance(next);
      await this.exchange.cutsEnded();
      await this.settle();
    }
  }

  of<T extends Input["type"]>(type: T): Extract<Input, { type: T }>[] {
    return this.inputs.filter((input): input is Extract<Input, { type: T }> => input.type === type);
  }
}

async function withRun(faults: readonly string[], seed: number, test: (run: Run) => Promise<void>): Promise<void> {
  const exchange = await startExchange({ port: 0, seed, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const clock = new SteppedClock(exchange.now());
  const signer = await createSigner(exchange.info.key_id, exchange.privateKeyPem);
  const run = new Run(exchange, clock, null);
  const venue = new KalshiVenue({
    name: "sim",
    rest: exchange.info.rest,
    ws: exchange.info.ws,
    signer,
    series: ["KXBTC15M", "KXETH15M"],
    simulated: true,
    clock,
    sink: (input) => run.take(input),
    log: (level, text) => run.logs.push(`${level} ${text}`),
    lockstep: true,
    trade: true,
  });
  run.venue = venue;
  try {
    venue.start();
    await run.settle();
    await test(run);
  } finally {
    await venue.stop();
    await exchange.stop();
  }
}

function openTicker(run: Run): string {
  const now = run.clock.now();
  const open = run.of("market").findLast(({ market }) =>
    market.series === "KXBTC15M" && market.status === "active" && market.closeTime > now
  );
  return open?.market.ticker ?? assert.fail(`No open market; log: ${run.logs.join("\n")}`);
}

const intent = (fields: Partial<OrderIntent>): OrderIntent => ({
  clientOrderId: "e2e-1",
  ticker: "",
  side: "bid",
  price: 100 as Price,
  count: 100 as Count,
  timeInForce: "good_till_canceled",
  postOnly: false,
  reduceOnly: false,
  expiresAt: null,
  shard: 2,
  strategy: "e2e",
  signal: "test",
  ...fields,
});

Deno.test("over a whole window: books stay in sync, the index ticks, the next window follows, the old one settles", () =>
  withRun([], 7, async (run) => {
    await run.advance(10);
    const first = openTicker(run);
    assert.ok(run.books.get(first)?.phase === "synced");
    assert.ok(run.of("book_delta").length > 50, `${run.of("book_delta").length} deltas`);
    assert.ok(run.of("index").filter(({ index }) => index === "BRTI").length >= 8);
    const account = run.of("account").at(-1);
    assert.equal(account?.balance, 10_000_000_000);
    await run.advance(150);
    const ends = run.of("lifecycle").filter(({ ticker }) => ticker === first);
    assert.deepEqual(ends.map(({ event }) => event), ["determined", "settled"]);
    const final = run.of("market").findLast(({ market }) => market.ticker === first)?.market;
    assert.equal(final?.status, "finalized");
    assert.ok(final?.expirationValue !== null && final?.result !== "");
    const second = openTicker(run);
    assert.notEqual(second, first);
    const next = run.of("market").findLast(({ market }) => market.ticker === second)?.market;
    assert.equal(next?.floorStrike, final?.expirationValue, "the strike chain");
    assert.equal(run.books.get(second)?.phase, "synced");
    assert.equal(run.guard.gaps, 0);
    const { refused, unknownFields, trouble } = run.venue?.health() ?? assert.fail();
    assert.deepEqual({ refused, unknownFields, trouble }, { refused: {}, unknownFields: {}, trouble: null });
    assert.ok((run.venue?.noticed().event_lifecycle ?? 0) > 0, "the next event was announced");
  }));

Deno.test("an order rests, is cancelled, is found, and one that crosses is filled", () =>
  withRun([], 11, async (run) => {
    await run.advance(5);
    const ticker = openTicker(run);
    run.venue?.perform({ type: "place", execution: "live", intent: intent({ ticker, price: 100 as Price }) });
    await run.settle();
    const accepted = run.of("order_accepted")[0] ??
      assert.fail(run.logs.join("\n") + JSON.stringify(run.inputs.at(-1)));
    assert.deepEqual([accepted.clientOrderId, accepted.remainingCount], ["e2e-1", 100]);
    run.venue?.perform({ type: "find_order", clientOrderId: "e2e-1", orderId: null, ticker });
    await run.settle();
    assert.ok(
      run.of("order_update").some(({ order }) => order.status === "resting" && order.orderId === accepted.orderId),
    );
    run.venue?.perform({
      type: "cancel",
      execution: "live",
      clientOrderId: "e2e-1",
      orderId: accepted.orderId,
      ticker,
      shard: 2,
      reason: "test",
    });
    await run.settle();
    assert.equal(run.of("order_cancelled")[0]?.reducedBy, 100);
    run.venue?.perform({
      type: "place",
      execution: "live",
      intent: intent({
        ticker,
        clientOrderId: "e2e-2",
        price: 9900 as Price,
        timeInForce: "immediate_or_cancel",
      }),
    });
    await run.settle();
    await run.advance(1);
    assert.equal(run.of("order_accepted")[1]?.fillCount, 100);
    const fills = run.of("fill").filter(({ fill }) => fill.clientOrderId === "e2e-2");
    assert.equal(fills.reduce((sum, { fill }) => sum + fill.count, 0), 100);
    assert.ok(fills.every(({ fill }) => fill.isTaker && fill.side === "bid" && fill.fee > 0));
    assert.ok((run.venue?.noticed().position ?? 0) > 0, "the exchange told our position, and nothing came of it");
    assert.deepEqual(run.venue?.health().refused, {});
    const before = run.of("fill").length;
    run.venue?.perform({ type: "fetch_fills", since: (run.clock.now() - 60 * MICROS_PER_SECOND) as Micros });
    await run.settle();
    const again = run.of("fill").slice(before).map(({ fill }) => fill.tradeId);
    assert.deepEqual(again.sort(), fills.map(({ fill }) => fill.tradeId).sort(), "REST tells the same executions");
  }));

Deno.test("a client order id used before is looked up instead of sent again", () =>
  withRun([], 13, async (run) => {
    await run.advance(5);
    const ticker = openTicker(run);
    const again = { type: "place", execution: "live", intent: intent({ ticker }) } as const;
    run.venue?.perform(again);
    await run.settle();
    run.venue?.perform(again);
    await run.settle();
    assert.equal(run.of("order_accepted").length, 1);
    assert.equal(run.of("order_rejected").length, 0);
    assert.ok(run.of("order_update").some(({ order }) => order.clientOrderId === "e2e-1"));
  }));

Deno.test("cancel-all takes every resting order off the book", () =>
  withRun([], 17, async (run) => {
    await run.advance(5);
    const ticker = openTicker(run);
    for (const clientOrderId of ["e2e-1", "e2e-2"]) {
      run.venue?.perform({ type: "place", execution: "live", intent: intent({ ticker, clientOrderId }) });
    }
    await run.settle();
    run.venue?.perform({ type: "cancel_all", execution: "live", reason: "kill" });
    await run.settle();
    await run.advance(1);
    const ended = new Set([
      ...run.of("order_update").filter(({ order }) => order.status === "canceled").map(({ order }) =>
        order.clientOrderId
      ),
      ...run.of("order_cancelled").map(({ clientOrderId }) => clientOrderId),
    ]);
    assert.deepEqual([...ended].sort(), ["e2e-1", "e2e-2"], run.logs.join("\n"));
  }));

Deno.test("lost deltas are noticed by their numbers and every book recovers", () =>
  withRun(["seq-gap"], 19, async (run) => {
    await run.advance(60);
    assert.ok(run.guard.gaps > 0, "the fault was there");
    await run.advance(3);
    const ticker = openTicker(run);
    const mine = run.books.get(ticker);
    assert.ok(mine !== undefined);
    if (mine.phase !== "synced") await run.advance(2);
    const snapshotsBefore = run.of("book_snapshot").length;
    run.venue?.perform({ type: "resync", tickers: [ticker], reason: "compare" });
    const bid = mine.bid;
    const ask = mine.ask;
    await run.settle();
    assert.equal(run.of("book_snapshot").length, snapshotsBefore + 1);
    assert.deepEqual([mine.bid, mine.ask], [bid, ask], "the recovered book is the exchange's book");
  }));

Deno.test("a connection that the exchange drops again and again comes back with everything", () =>
  withRun(["socket-drop"], 23, async (run) => {
    await run.advance(50);
    const links = run.of("link").map(({ up }) => up);
    assert.ok(links.filter((up) => !up).length >= 2, "the fault was there");
    await run.advance(3);
    assert.equal(run.venue?.health().connected, true);
    assert.equal(run.books.get(openTicker(run))?.phase, "synced");
  }));

Deno.test("an order whose answer is lost is never taken for refused, and exists once", () =>
  withRun(["accept-then-timeout"], 29, async (run) => {
    await run.advance(5);
    const ticker = openTicker(run);
    for (let number = 1; number <= 5; number++) {
      const clientOrderId = `e2e-${number}`;
      run.venue?.perform({ type: "place", execution: "live", intent: intent({ ticker, clientOrderId }) });
    }
    await run.settle();
    assert.equal(run.of("order_accepted").length, 4);
    assert.equal(run.of("order_rejected").length, 0);
    // Whoever lost the answer asks, unless the runtime had repeated the request and the client has looked it up already.
    for (const { clientOrderId } of run.of("order_unknown")) {
      run.venue?.perform({ type: "find_order", clientOrderId, orderId: null, ticker });
    }
    await run.settle();
    const fifth = run.of("order_update").filter(({ order }) => order.clientOrderId === "e2e-5");
    assert.equal(new Set(fifth.map(({ order }) => order.orderId)).size, 1);
    assert.equal(fifth.at(-1)?.order.status, "resting");
  }));

Deno.test("the exchange's clock is measured as what it is: ours", () =>
  withRun([], 13, async (run) => {
    await run.advance(5);
    const { clockOffsetMs } = run.venue?.health() ?? assert.fail();
    assert.ok(clockOffsetMs !== null && Math.abs(clockOffsetMs) <= 100, `${clockOffsetMs} ms`);
  }));

Deno.test("refused now and then for too many requests, it still learns everything", () =>
  withRun(["rate-429", "stale-get"], 37, async (run) => {
    await run.advance(60);
    assert.ok((run.venue?.health().requestErrors ?? 0) > 0, "the fault was there");
    assert.ok(run.of("account").length > 0);
    assert.equal(run.books.get(openTicker(run))?.phase, "synced");
  }));

Deno.test("the indices' last quarter of an hour is told before anything else, and goes on without a hole", () =>
  withRun([], 41, async (run) => {
    const start = run.clock.now() / MICROS_PER_SECOND;
    await run.advance(5);
    assert.deepEqual([...new Set(run.inputs.slice(0, 1_798).map(({ type }) => type))], ["index"]);
    for (const id of ["BRTI", "ETHUSD_RTI"] as const) {
      const told = run.of("index").filter(({ index }) => index === id);
      // The start's own second is told by the feed: it is published 75 ms later.
      assert.deepEqual(
        told.map(({ sourceTime }) => sourceTime / MICROS_PER_SECOND - start),
        Array.from({ length: 899 + 5 }, (_, k) => k - 899),
      );
      for (const { value, sourceTime } of told) {
        assert.equal(value, run.exchange.exchange.index.value(id, sourceTime / MICROS_PER_SECOND));
      }
    }
  }));

Deno.test("without the entitlement to past index values everything else is as ever", () =>
  withRun(["no-index-history"], 41, async (run) => {
    await run.advance(5);
    assert.equal(run.logs.filter((line) => /^info No index history: BRTI, ETHUSD_RTI: HTTP 403/.test(line)).length, 1);
    assert.equal(run.logs.filter((line) => !line.startsWith("debug")).length, 1, run.logs.join("\n"));
    assert.equal(run.of("index").length, 2 * 5);
    assert.equal(run.books.get(openTicker(run))?.phase, "synced");
  }));

Deno.test("two runs in lockstep see the same inputs in the same order", async () => {
  const seen: string[][] = [];
  for (let round = 0; round < 2; round++) {
    await withRun([], 31, async (run) => {
      let placed = 0;
      run.onInput = (input) => {
        // A small strategy: every tenth delta an order, so that requests and frames race as they would in a run.
        if (input.type !== "book_delta" || !input.ticker.startsWith("KXBTC15M")) return;
        if (run.of("book_delta").length % 10 !== 0) return;
        run.venue?.perform({
          type: "place",
          execution: "live",
          intent: intent({ ticker: input.ticker, clientOrderId: `e2e-${++placed}`, price: 200 as Price }),
        });
      };
      await run.advance(20);
      assert.ok(placed > 5);
      seen.push(run.inputs.map((input) => JSON.stringify(input)));
    });
  }
  assert.equal(seen[0].length, seen[1].length);
  for (let at = 0; at < seen[0].length; at++) assert.equal(seen[0][at], seen[1][at], `input ${at}`);
});
