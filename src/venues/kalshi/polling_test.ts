import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { type Clock, SteppedClock } from "../../ops/clock.ts";
import { Lane } from "./lane.ts";
import { BookPolling } from "./polling.ts";
import { fakeRest, jsonAnswer, type SentRequest } from "./rest_fixture.ts";

const START = 1_790_000_000_000_000 as Micros;
const BOOK = { yes_dollars: [["0.4700", "3.00"]], no_dollars: [] };
const after = (seconds: number): Micros => START + Math.round(seconds * MICROS_PER_SECOND) as Micros;
const pathOf = ({ line }: SentRequest) => line.split(/[ ?]/)[1];

/** Answers like the exchange; what a test gives goes first. */
function rig(
  closes: Readonly<Record<string, number>>,
  special: (request: SentRequest) => Response | null = () => null,
) {
  const clock = new SteppedClock(START);
  let stoodStill = 0;
  const timers: Clock = {
    now: () => clock.now() + stoodStill as Micros,
    after: (delay, task) => clock.after(delay, task),
  };
  const lane = new Lane(false);
  const inputs: Input[] = [];
  const logs: string[] = [];
  const { rest, sent } = fakeRest((request) => {
    const given = special(request);
    if (given !== null) return given;
    if (pathOf(request) === "/markets/trades") return jsonAnswer({ trades: [], cursor: "" });
    if (pathOf(request) !== "/markets/orderbooks") return jsonAnswer({ orderbook_fp: BOOK });
    const tickers = new URL(request.line.split(" ")[1], "http://x").searchParams.getAll("tickers");
    return jsonAnswer({ orderbooks: tickers.map((ticker) => ({ ticker, orderbook_fp: BOOK })) });
  }, { signer: null, clock, onWaiting: (waiting) => lane.waiting(waiting) });
  const polling = new BookPolling({
    rest,
    origin: "http://exchange.test",
    link: "test",
    clock,
    timers,
    lane,
    sink: (input) => inputs.push(input),
    log: (level, text) => logs.push(`${level} ${text}`),
    jitter: () => 0,
    desired: () => new Set(Object.keys(closes)),
    closeTimeOf: (ticker) => after(closes[ticker]),
  });
  return {
    polling,
    inputs,
    logs,
    sent,
    /** Time passes, and nothing of this process runs meanwhile. */
    standStill(seconds: number): void {
      stoodStill += Math.round(seconds * MICROS_PER_SECOND);
    },
    /** Moves time in small steps, so that requests that wait for their turn get it. */
    async until(seconds: number): Promise<void> {
      while (clock.now() < after(seconds)) {
        clock.advanceTo(Math.min(after(seconds), clock.now() + 100_000) as Micros);
        // Whoever waited for the clock goes on first; then all that is under way is waited for.
        await new Promise((settle) => setTimeout(settle, 0));
        await lane.idle();
      }
    },
    books: () => inputs.filter((input) => input.type === "book_snapshot").map((input) => input.ticker),
  };
}

Deno.test("no more than five requests leave in any second, however many markets there are", async () => {
  const closes = Object.fromEntries(Array.from({ length: 350 }, (_, index) => [`M${index}`, 60 + index]));
  const moments: number[] = [];
  const { polling, until } = rig(closes, () => {
    moments.push(now());
    return null;
  });
  let second = 0;
  const now = () => second;
  polling.start();
  for (; second < 20; second++) await until(second + 1);
  polling.stop();
  for (let from = 0; from < 20; from++) {
    assert.ok(moments.filter((each) => each === from).length <= 5, `second ${from}: ${moments}`);
  }
  assert.ok(moments.length > 50, `${moments.length} requests: the allowance is used`);
});

Deno.test("books come a hundred to a request, those that close first before the others", async () => {
  const closes = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`M${index}`, 10_000 - index]));
  const { polling, until, books, sent } = rig(closes);
  polling.start();
  await until(0.05);
  assert.equal(books().length, 100);
  assert.deepEqual([books()[0], books()[99]], ["M149", "M50"]);
  await until(2);
  assert.equal(new Set(books()).size, 150);
  polling.stop();
  assert.ok(sent.every((request) => ["/markets/orderbooks", "/markets/trades"].includes(pathOf(request))));
});

Deno.test("where books are not handed out together they are read one by one, the next to close more often", async () => {
  const closes = { soon: 300, day: 50_000, week: 500_000 };
  const { polling, until, books, logs } = rig(
    closes,
    (request) =>
      pathOf(request) === "/markets/orderbooks" ? jsonAnswer({ error: { code: "authentication_error" } }, 401) : null,
  );
  polling.start();
  await until(20);
  polling.stop();
  const times = (ticker: string) => books().filter((each) => each === ticker).length;
  assert.ok(times("soon") >= 12, `${times("soon")}`);
  assert.ok(times("day") >= 2 && times("day") <= 4, `${times("day")}`);
  assert.equal(times("week"), 1);
  assert.equal(logs.filter((line) => line.includes("one by one")).length, 1);
});

Deno.test("trades are told once and in their order, though the list is read again from before the newest", async () => {
  const trade = (id: number) => ({
    trade_id: `t${id}`,
    ticker: "soon",
    yes_price_dollars: "0.5000",
    count_fp: "1.00",
    taker_side: "yes",
    created_time: new Date((START + id * MICROS_PER_SECOND) / 1_000).toISOString(),
  });
  let known = 2;
  const asked: number[] = [];
  const { polling, until, inputs } = rig({ soon: 300 }, (request) => {
    if (pathOf(request) !== "/markets/trades") return null;
    const since = Number(/min_ts=(\d+)/.exec(request.line)?.[1]);
    asked.push(since - START / MICROS_PER_SECOND);
    // Newest first, and one from before the start.
    const all = [-1, ...Array.from({ length: known }, (_, index) => index)];
    known += 3;
    return jsonAnswer({ trades: all.reverse().map(trade), cursor: "" });
  });
  polling.start();
  await until(4.5);
  polling.stop();
  const told = inputs.filter((input) => input.type === "trade").map((input) => input.tradeId);
  assert.deepEqual(told, Array.from({ length: told.length }, (_, index) => `t${index}`));
  assert.ok(told.length >= 8);
  assert.equal(asked[0], 0);
  assert.equal(asked.at(-1), Math.max(0, told.length - 3 - 1 - 5));
});

Deno.test("trades that cannot be read are said once, and books go on", async () => {
  const { polling, until, inputs, logs } = rig(
    { soon: 300 },
    (request) => pathOf(request) === "/markets/trades" ? jsonAnswer({}, 500) : null,
  );
  polling.start();
  await until(3);
  polling.stop();
  assert.equal(logs.filter((line) => line.startsWith("warn Trades cannot be read: HTTP 500")).length, 1);
  assert.ok(!inputs.some((input) => input.type === "book_stale"));
  assert.equal(polling.connected, true);
});

Deno.test("books that cannot be read are stale at once, and come back", async () => {
  let broken = false;
  const { polling, until, inputs } = rig({ soon: 300 }, () => broken ? jsonAnswer({}, 503) : null);
  polling.start();
  await until(1.5);
  broken = true;
  await until(3);
  const kinds = () => inputs.filter(({ type }) => type === "link" || type === "book_stale").map(({ type }) => type);
  assert.deepEqual(kinds(), ["link", "link", "book_stale"]);
  assert.match(polling.trouble ?? "", /Cannot reach http:\/\/exchange.test \(HTTP 503.*retrying in \d+ s/);
  broken = false;
  await until(8);
  assert.deepEqual(kinds(), ["link", "link", "book_stale", "link"]);
  assert.equal(polling.trouble, null);
  polling.stop();
});

Deno.test("after a standstill every book is stale before anything goes by it, and is read anew", async () => {
  const { polling, inputs, logs, until, standStill } = rig({ A: 1_000 });
  polling.start();
  await until(2);
  standStill(3.1);
  const before = inputs.length;
  polling.beat();
  const said = "This process stood still for 4 s, and what was read before is old";
  assert.deepEqual(inputs.slice(before).map(({ type }) => type), ["book_stale"]);
  const [stale] = inputs.slice(before);
  assert.ok(stale.type === "book_stale" && stale.tickers === "all");
  assert.equal(stale.reason, said);
  assert.equal(logs.length, 1);
  polling.beat();
  assert.equal(inputs.length, before + 1, "it is said once");
  await until(4);
  assert.ok(inputs.slice(before + 1).some(({ type }) => type === "book_snapshot"));
  polling.stop();
});

Deno.test("an answer that waited while this process stood still is not taken", async () => {
  let stands = 0;
  const { polling, books, until, standStill } = rig({ A: 1_000 }, ({ line }) => {
    // After the question left, and before its answer is read.
    if (line.includes("/markets/orderbooks") && stands-- > 0) standStill(10);
    return null;
  });
  polling.start();
  await until(1);
  const before = books().length;
  assert.ok(before > 0);
  stands = 1;
  await until(2.05);
  assert.equal(books().length, before, "the answer of before");
  await until(4);
  assert.ok(books().length > before, "the next one is taken");
  polling.stop();
});

Deno.test("a moment without a beat is no standstill", async () => {
  const { polling, inputs, until, standStill } = rig({ A: 1_000 });
  polling.start();
  await until(2);
  standStill(2);
  polling.beat();
  await until(4);
  assert.ok(!inputs.some(({ type }) => type === "book_stale"));
  polling.stop();
});
