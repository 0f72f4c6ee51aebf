import assert from "node:assert/strict";
import fc from "fast-check";
import { Book } from "../core/book.ts";
import { type Count, count, micros, money, type Price, price } from "../core/units.ts";
import { Ledger } from "./ledger.ts";
import { after, aMarket, anIntent, NOON } from "./order_fixture.ts";
import { PaperVenue } from "./paper.ts";
import type { PaperAnswer } from "./paper_answers.ts";
import { TakenContracts } from "./paper_taken.ts";
import { CAPITAL, type Happening, Tape, tapes, TICKER } from "./paper_tape_test.ts";
import { DEFAULT_FILLS, FILL_MODELS } from "./queue_models.ts";

const SEED = 20_261_120;
const QUEUE_MODELS = FILL_MODELS.filter((model) => model !== "simple");

Deno.test("at every moment the pessimistic model has filled no more than any queue model, and the optimistic no less", () => {
  let apart = 0;
  fc.assert(
    fc.property(tapes, fc.constantFrom(...QUEUE_MODELS), (happenings, model) => {
      const tape = new Tape({ model });
      for (const each of happenings) {
        tape.play(each);
        const { pessimistic, chosen, optimistic } = tape.venue.comparison;
        assert.ok(pessimistic.contracts <= chosen.contracts, `${pessimistic.contracts} <= ${chosen.contracts}`);
        assert.ok(chosen.contracts <= optimistic.contracts, `${chosen.contracts} <= ${optimistic.contracts}`);
      }
      const { pessimistic, optimistic } = tape.venue.comparison;
      if (pessimistic.contracts < optimistic.contracts) apart++;
    }),
    { numRuns: 1_000, seed: SEED },
  );
  assert.ok(apart > 100, `the bounds lay apart on ${apart} tapes of 1,000`);
});

Deno.test("where no two of our orders stand at one price, that holds for each order", () => {
  const kept = tapes.map((all) => all.filter(({ kind }) => kind !== "amend"));
  fc.assert(
    fc.property(kept, fc.constantFrom(...QUEUE_MODELS), (happenings, model) => {
      const tape = new Tape({ model }, true);
      for (const each of happenings) {
        tape.play(each);
        for (const id of tape.placed) {
          const bounds = tape.venue.boundsOf(id);
          if (bounds === null) continue;
          const [pessimistic, optimistic] = bounds;
          const filled = tape.filled.get(id) ?? 0;
          assert.ok(
            pessimistic <= filled && filled <= optimistic,
            `${id}: ${pessimistic} <= ${filled} <= ${optimistic}`,
          );
        }
      }
    }),
    { numRuns: 1_000, seed: SEED },
  );
});

Deno.test("the chosen model's figures are those of its own answers, and no order fills beyond what it is for", () => {
  fc.assert(
    fc.property(tapes, fc.constantFrom(...FILL_MODELS), (happenings, model) => {
      const tape = new Tape({ model });
      const wanted = new Map<string, number>();
      for (const each of happenings) tape.play(each);
      tape.end();
      const ledger = new Ledger(CAPITAL);
      let [fills, contracts, fees] = [0, 0, 0];
      for (const answer of tape.answers) {
        if (answer.type === "order_changed" && answer.terms !== null) {
          wanted.set(answer.clientOrderId, answer.terms.count);
        }
        if (answer.type !== "fill") continue;
        const { fill } = answer;
        ledger.apply({ ...fill, strategy: "x", at: fill.executedAt });
        fills++;
        contracts += fill.count;
        fees += fill.fee;
      }
      const pnl = ledger.cash + ledger.marketValue(() => price(5_000)) - CAPITAL;
      assert.deepEqual(tape.venue.comparison.chosen, { fills, contracts, fees, pnl });
      for (const [id, filled] of tape.filled) assert.ok(filled <= Math.max(200, wanted.get(id) ?? 0), id);
    }),
    { numRuns: 500, seed: SEED },
  );
});

Deno.test("every order ends, and is answered for before it does", () => {
  fc.assert(
    fc.property(tapes, fc.constantFrom(...FILL_MODELS), (happenings, model) => {
      const tape = new Tape({ model });
      for (const each of happenings) tape.play(each);
      tape.end();
      for (const id of tape.placed) {
        assert.equal(tape.venue.boundsOf(id), null, "the bounds keep nothing of what is over");
        const [first] = tape.answers.filter((each) =>
          each.type !== "change_failed" && each.type !== "order_update" &&
          (each.type === "fill" ? each.fill.clientOrderId : each.clientOrderId) === id
        );
        assert.ok(first.type === "order_accepted" || first.type === "order_rejected", first.type);
      }
    }),
    { numRuns: 300, seed: SEED },
  );
});

Deno.test("the same tape fills the same, whoever asks for the places in between", () => {
  fc.assert(
    fc.property(tapes, fc.constantFrom(...FILL_MODELS), (happenings, model) => {
      const [quiet, asked] = [new Tape({ model }), new Tape({ model })];
      let at = NOON;
      for (const each of happenings) {
        at = micros(at + each.milliseconds * 1_000);
        for (const id of asked.placed) asked.venue.ahead(id, at);
        quiet.play(each);
        asked.play(each);
      }
      assert.deepEqual(asked.answers, quiet.answers);
    }),
    { numRuns: 300, seed: SEED },
  );
});

// --- what is displayed is taken once --------------------------------------------------------------------------------

Deno.test("what our orders take of a level is never more than it shows less what they took since it last changed", () => {
  const step = fc.record({
    kind: fc.constantFrom("take", "rest", "change", "same", "cancel"),
    size: fc.integer({ min: 1, max: 500 }),
    removes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 80 }), fc.constantFrom(...FILL_MODELS), (steps, model) => {
      const book = new Book();
      const level = price(5_000);
      book.replace([[price(4_000), count(1)]], [[level, count(500)]], NOON);
      const market = aMarket();
      const venue = new PaperVenue(
        { latencyMs: 0, slippage: price(3), fills: { ...DEFAULT_FILLS, model } },
        () => ({ market, book, mark: null }),
      );
      let left = 500;
      const hear = (answers: readonly PaperAnswer[]): void => {
        for (const answer of answers) if (answer.type === "fill") left -= answer.fill.count;
        assert.ok(left >= 0, `${-left} contracts were taken that were not there`);
      };
      steps.forEach(({ kind, size, removes }, k) => {
        const at = after(k + 1);
        hear(venue.advance(at));
        switch (kind) {
          case "take":
          case "rest": {
            const timeInForce = kind === "take" ? "immediate_or_cancel" : "good_till_canceled";
            venue.place(anIntent({ clientOrderId: `bot-${k}`, price: level, count: count(size), timeInForce }), at);
            return hear(venue.advance(at));
          }
          case "change": {
            const shown = book.no.sizeAt(level);
            const delta = count(removes ? -Math.min(shown, size) : size);
            if (delta === 0) return;
            book.change("no", level, delta, at);
            left = shown + delta;
            return hear(venue.onDelta({
              type: "book_delta",
              at,
              ticker: TICKER,
              sequence: null,
              side: "no",
              price: level,
              delta,
              exchangeTime: at,
            }));
          }
          case "same":
            return hear(venue.onSnapshot(TICKER, at));
          case "cancel":
            venue.cancel(`bot-${k - 1}`, at);
        }
      });
    }),
    { numRuns: 1_000, seed: SEED },
  );
});

Deno.test("kept until they are gone, contracts that we took are taken once in all: never more than ever appeared", () => {
  const step = fc.record({ take: fc.boolean(), size: fc.integer({ min: 1, max: 300 }), removes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const taken = new TakenContracts("gone");
      const level = price(5_000);
      let [shown, appeared, total]: [Count, number, number] = [count(300), 300, 0];
      for (const { take, size, removes } of steps) {
        if (take) {
          const contracts = count(Math.min(size, taken.left("no", level, shown)));
          taken.take("no", level, shown, contracts);
          total += contracts;
        } else {
          const delta = removes ? -Math.min(shown, size) : size;
          shown = count(shown + delta);
          appeared += Math.max(0, delta);
          taken.changed("no", level, shown);
        }
        assert.ok(total <= appeared, `${total} of ${appeared}`);
      }
    }),
    { numRuns: 1_000, seed: SEED },
  );
});

// --- what the bounds are of -----------------------------------------------------------------------------------------

Deno.test("an order that trading ends is over in the bounds, and one that they filled may be amended to want more", () => {
  const tape = new Tape({ model: "risk_averse" });
  const play = (change: Partial<Happening>): void =>
    tape.play({
      kind: "change",
      milliseconds: 60,
      yes: true,
      level: 3,
      size: 100,
      removes: true,
      changeFirst: true,
      rests: true,
      which: 1,
      ...change,
    });
  play({ kind: "place", size: 100 });
  play({ size: 150, removes: false });
  play({ size: 100 }); // 100 of 250 cancel: all before us, or none;
  play({ kind: "execution", size: 100, milliseconds: 1_100 }); // and 100 trade.
  assert.deepEqual(tape.venue.boundsOf("bot-1"), [0, 100]);
  play({ kind: "amend", size: 180 });
  play({ size: 200, removes: false });
  play({ kind: "execution", size: 90, milliseconds: 60 });
  assert.deepEqual(tape.venue.boundsOf("bot-1"), [40, 140], "both went to the back, behind 50");
  play({ kind: "cancel" });
  play({ kind: "execution", size: 300, milliseconds: 60 });
  assert.equal(tape.venue.boundsOf("bot-1"), null);
  const { pessimistic, chosen, optimistic } = tape.venue.comparison;
  assert.deepEqual([pessimistic.contracts, chosen.contracts, optimistic.contracts], [40, 40, 140]);
});

Deno.test("profit is realised and marked, of this run alone, and settled by each model's own position", () => {
  const book = new Book();
  book.replace([[price(5_000), count(100)]], [[price(4_500), count(500)]], NOON);
  const market = aMarket();
  const position = {
    kind: "position",
    ticker: TICKER,
    position: count(200),
    cost: money(900_000),
    realised: money(-5),
    fees: money(5),
    strategy: "x",
    updatedAt: NOON,
  } as const;
  let mark: Price | null = null;
  const venue = new PaperVenue(
    { latencyMs: 0, slippage: price(0), fills: { ...DEFAULT_FILLS, model: "fifo_optimistic" } },
    () => ({ market, book, mark }),
    {
      capital: money(0),
      account: {
        kind: "account",
        startingCapital: CAPITAL,
        cash: CAPITAL,
        realised: money(-5),
        fees: money(5),
        orders: 1,
        fills: 1,
        settled: 0,
        wins: 0,
        losses: 0,
        nextIntent: 2,
        day: "2026-11-20",
        dayStartNav: CAPITAL,
        peakNav: CAPITAL,
        updatedAt: NOON,
      },
      positions: [position],
    },
  );
  const nothing = { fills: 0, contracts: 0, fees: 0, pnl: 0 };
  assert.deepEqual(venue.comparison, {
    model: "fifo_optimistic",
    trades: 0,
    pessimistic: nothing,
    chosen: nothing,
    optimistic: nothing,
  }, "what was held at the start counts from its cost");
  mark = price(5_000);
  assert.equal(venue.comparison.chosen.pnl, 100_000, "200 that cost 0.45 are worth 0.50");
  const rests = { postOnly: true, count: count(100), price: price(5_000) };
  venue.place(anIntent(rests), after(1));
  venue.advance(after(1));
  const trade = { type: "trade", at: after(2), ticker: TICKER, tradeId: "x", takerSide: "ask" } as const;
  venue.onTrade({ ...trade, price: price(5_000), count: count(150), exchangeTime: after(2) });
  assert.deepEqual([venue.comparison.chosen.contracts, venue.comparison.pessimistic.contracts], [50, 50]);
  venue.onClose(TICKER, after(3));
  venue.settle(TICKER, "yes", money(1_000_000));
  const { chosen } = venue.comparison;
  assert.deepEqual(chosen, { fills: 1, contracts: 50, fees: 0, pnl: 200 * 5_500 + 50 * 5_000 });
});
