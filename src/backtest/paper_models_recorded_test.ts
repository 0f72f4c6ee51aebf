import assert from "node:assert/strict";
import { Book } from "../core/book.ts";
import type { Input } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import type { Side } from "../core/order.ts";
import {
  count,
  formatCount,
  formatMoney,
  type Micros,
  micros,
  MICROS_PER_SECOND,
  money,
  type Price,
  price,
} from "../core/units.ts";
import { anIntent } from "../execution/order_fixture.ts";
import { type PaperComparison, type PaperFigures, PaperVenue } from "../execution/paper.ts";
import { DEFAULT_FILLS, FILL_MODELS, type FillModelName } from "../execution/queue_models.ts";
import { openRecording } from "./recording/recording.ts";
import { recordedData } from "./recording/recording_fixture.ts";

const QUOTE_EVERY = 5 * MICROS_PER_SECOND;
const QUOTE_LASTS = 20 * MICROS_PER_SECOND;
const QUOTE_SIZE = count(1_000);
const LAST_QUOTE = 60 * MICROS_PER_SECOND;
const ONE_DOLLAR = money(1_000_000);
/** Without trades the sessions are all alike to a queue: the first are enough, the whole is for the full tests. */
const BITCOIN_INPUTS_MAX = Deno.env.get("KBOT_TEST_FULL") === "1" ? Infinity : 120_000;

/** A market of the recording, and what every model has to say about the same quotes in it. */
class Traded {
  readonly book = new Book();
  quotedAt = 0 as Micros;
  closed = false;
  constructor(public market: Market) {}

  get mark(): Price | null {
    const { bid, ask } = this.book;
    return bid === null || ask === null ? null : price(Math.round((bid + ask) / 2));
  }
}

/** Joins both best quotes every few seconds and takes them back a while later, whatever has filled: the same orders for every model. */
class Quoter {
  readonly #markets = new Map<string, Traded>();
  readonly venues: ReadonlyMap<FillModelName, PaperVenue>;
  /** Quotes to be taken back, oldest first. */
  readonly #resting: { readonly id: string; readonly until: Micros }[] = [];
  orders = 0;
  trades = 0;

  constructor() {
    this.venues = new Map(FILL_MODELS.map((model) => [
      model,
      new PaperVenue(
        { latencyMs: 50, slippage: price(5), fills: { ...DEFAULT_FILLS, model } },
        (ticker) => this.#markets.get(ticker),
        { capital: money(0), account: null, positions: [] },
      ),
    ]));
  }

  take(input: Input): void {
    const { at } = input;
    for (const venue of this.venues.values()) venue.advance(at);
    while (this.#resting.length > 0 && this.#resting[0].until <= at) {
      const id = this.#resting.shift()?.id ?? "";
      for (const venue of this.venues.values()) venue.cancel(id, at);
    }
    if (input.type === "market") return this.#learn(input.market, at);
    if (!("ticker" in input)) return;
    const traded = this.#markets.get(input.ticker);
    if (traded === undefined) return;
    this.#apply(traded, input);
    this.#closeWhenDue(traded, at);
    this.#quote(traded, at);
  }

  /** The figures of every model, and those of its bounds. */
  result(): Map<FillModelName, PaperComparison> {
    return new Map([...this.venues].map(([model, venue]) => [model, venue.comparison]));
  }

  #learn(market: Market, at: Micros): void {
    const known = this.#markets.get(market.ticker);
    if (known === undefined) this.#markets.set(market.ticker, new Traded(market));
    else {
      known.market = market;
      this.#closeWhenDue(known, at);
    }
  }

  #apply({ book }: Traded, input: Extract<Input, { readonly ticker: string }>): void {
    switch (input.type) {
      case "book_snapshot":
        book.replace(input.yes, input.no, input.at);
        for (const venue of this.venues.values()) venue.onSnapshot(input.ticker, input.at);
        return;
      case "book_delta":
        if (book.change(input.side, input.price, input.delta, input.at) !== "applied") return;
        for (const venue of this.venues.values()) venue.onDelta(input);
        return;
      case "trade":
        this.trades++;
        for (const venue of this.venues.values()) venue.onTrade(input);
        return;
      case "lifecycle":
        if (input.event !== "settled") return;
        for (const venue of this.venues.values()) {
          venue.settle(input.ticker, input.result, input.result === "yes" ? ONE_DOLLAR : money(0));
        }
        return;
      default:
        return;
    }
  }

  #closeWhenDue(traded: Traded, at: Micros): void {
    if (traded.closed || at < traded.market.closeTime) return;
    traded.closed = true;
    for (const venue of this.venues.values()) venue.onClose(traded.market.ticker, at);
  }

  #quote(traded: Traded, at: Micros): void {
    const { market, book } = traded;
    if (traded.closed || at - traded.quotedAt < QUOTE_EVERY || at > market.closeTime - LAST_QUOTE) return;
    if (!book.isTradable || book.bid === null || book.ask === null) return;
    traded.quotedAt = at;
    this.#place(market, "bid", book.bid, at);
    this.#place(market, "ask", book.ask, at);
  }

  #place({ ticker }: Market, side: Side, at: Price, now: Micros): void {
    const clientOrderId = `q-${++this.orders}`;
    this.#resting.push({ id: clientOrderId, until: micros(now + QUOTE_LASTS) });
    const intent = anIntent({ clientOrderId, ticker, side, price: at, count: QUOTE_SIZE, postOnly: true });
    for (const venue of this.venues.values()) venue.place(intent, now);
  }
}

async function quoted(path: string, most = Infinity): Promise<Quoter> {
  const recording = await openRecording(path);
  assert.ok(!("error" in recording));
  const quoter = new Quoter();
  let taken = 0;
  for await (const { inputs } of recording.batches()) {
    for (const input of inputs) quoter.take(input);
    if ((taken += inputs.length) >= most) break;
  }
  return quoter;
}

function tell(name: string, { orders, trades }: Quoter, result: ReadonlyMap<FillModelName, PaperComparison>): void {
  const figures = ({ fills, contracts, pnl }: PaperFigures): string =>
    `${String(fills).padStart(6)}${formatCount(contracts).padStart(10)}${formatMoney(pnl).padStart(13)}`;
  const head = (whose: string): string => `${whose.padStart(29)} |`;
  console.log([
    `${name}: ${orders} quotes of ${formatCount(QUOTE_SIZE)}, ${trades} public trades; fills, contracts and P&L`,
    `${"model".padEnd(16)}${head("its own")}${head("its pessimistic bound")}${head("its optimistic bound")}`,
    ...[...result].map(([model, { chosen, pessimistic, optimistic }]) =>
      `${model.padEnd(16)}${figures(chosen)} |${figures(pessimistic)} |${figures(optimistic)} |`
    ),
  ].join("\n"));
}

/**
 * What must hold on any tape. An order that the chosen model fills whole is over for the pessimistic one, too, whose figures
 * therefore depend on the chosen model; the optimistic one has always filled it by then.
 */
function check(result: ReadonlyMap<FillModelName, PaperComparison>, heard: number): void {
  const [{ optimistic: first }] = result.values();
  for (const [model, { pessimistic, chosen, optimistic, trades }] of result) {
    assert.equal(trades, heard);
    if (model === "simple") continue;
    assert.deepEqual(optimistic, first, "of the same orders");
    assert.ok(pessimistic.contracts <= chosen.contracts && chosen.contracts <= optimistic.contracts, model);
  }
}

const contractsOf = (result: ReadonlyMap<FillModelName, PaperComparison>, model: FillModelName): number =>
  result.get(model)?.chosen.contracts ?? NaN;

Deno.test("recorded gold tapes, with their trades: each model fills the same quotes between the bounds, and they differ", async () => {
  const path = await recordedData("kxgold15m_ws");
  if (path === null) return;
  const quoter = await quoted(path);
  const result = quoter.result();
  tell("Gold, 4 windows", quoter, result);
  check(result, quoter.trades);
  assert.ok(quoter.orders > 500 && quoter.trades > 4_000);
  const fills = (model: FillModelName) => contractsOf(result, model);
  assert.ok(fills("risk_averse") > 0);
  assert.ok(fills("risk_averse") < fills("power"), `${fills("risk_averse")} < ${fills("power")}`);
  assert.ok(fills("power") < fills("fifo_optimistic"), `${fills("power")} < ${fills("fifo_optimistic")}`);
});

Deno.test("recorded Bitcoin sessions, which have no trades: quotes fill only where others' quotes meet them, whatever the queue", async () => {
  const path = await recordedData("kxbtc15m_ws");
  if (path === null) return;
  const quoter = await quoted(path, BITCOIN_INPUTS_MAX);
  const result = quoter.result();
  tell("Bitcoin", quoter, result);
  check(result, quoter.trades);
  assert.equal(quoter.trades, 0);
  assert.ok(contractsOf(result, "risk_averse") > 0);
  for (const model of FILL_MODELS.filter((each) => each !== "simple")) {
    assert.equal(contractsOf(result, model), contractsOf(result, "risk_averse"), model);
  }
});
