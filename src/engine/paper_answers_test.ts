import assert from "node:assert/strict";
import fc from "fast-check";
import type { OrderIntent, OrderTerms } from "../core/order.ts";
import { count, type Micros } from "../core/units.ts";
import { after, EVIDENCE, NOON } from "../execution/order_fixture.ts";
import { isOpen } from "../execution/order_state.ts";
import type { PaperAnswer } from "../execution/paper_answers.ts";
import { type Sender, Tape, tapes, TICKER } from "../execution/paper_tape_test.ts";
import { FILL_MODELS } from "../execution/queue_models.ts";
import { Answers } from "./answers.ts";
import { engineOptions, RESTING, Rig, settlementEdge } from "./engine_fixture.ts";
import { Fuses } from "./fuses.ts";
import { Portfolio } from "./portfolio.ts";
import { RefusalPause } from "./refusal_pause.ts";
import { Step } from "./step.ts";

/** The engine's own books: orders go out of them, and every answer is booked as a live one would be. */
class Books implements Sender {
  readonly options = engineOptions();
  readonly step = new Step(NOON);
  readonly portfolio = new Portfolio(this.options, this.step, () => undefined);
  readonly answers = new Answers(
    this.step,
    this.portfolio,
    new RefusalPause(),
    new Fuses(this.options, this.step),
    () => undefined,
    this.options,
  );
  /** What each order is for, by what was sent and what was answered. */
  readonly wanted = new Map<string, number>();
  changes = 0;

  sent(intent: OrderIntent, at: Micros): void {
    this.wanted.set(intent.clientOrderId, intent.count);
    this.portfolio.orders.send(intent, EVIDENCE, at);
  }

  mayChange(clientOrderId: string, kind: "amend" | "decrease", terms: OrderTerms, at: Micros): boolean {
    const { orders } = this.portfolio;
    const order = orders.get(clientOrderId);
    if (order === undefined || !orders.askChange(order, kind, terms, at)) return false;
    this.changes++;
    return true;
  }

  mayCancel(clientOrderId: string, at: Micros): boolean {
    const order = this.portfolio.orders.get(clientOrderId);
    return order !== undefined && this.portfolio.orders.askCancel(order, at, "Asked for");
  }

  heard(answer: PaperAnswer): void {
    this.step.begin(answer.at);
    this.answers.take(answer);
    if (answer.type !== "order_changed") return;
    this.wanted.set(answer.clientOrderId, (answer.fillCount ?? 0) + answer.remainingCount);
  }
}

Deno.test("paper answers move orders as live ones do: each ends, filled by what was told, and what was changed counts", () => {
  let changes = 0;
  fc.assert(
    fc.property(tapes, fc.constantFrom(...FILL_MODELS), (happenings, model) => {
      const books = new Books();
      const { orders, ledger } = books.portfolio;
      const tape = new Tape({ model }, false, books);
      for (const each of happenings) {
        tape.play(each);
        for (const order of orders.open()) assert.notEqual(order.phase, "unknown", order.reason);
        assert.equal(orders.short().size, 0, "every fill was told with the answer that counts it");
      }
      tape.end();
      changes += books.changes;
      let position = 0;
      for (const id of tape.placed) {
        const order = orders.get(id);
        assert.ok(order !== undefined && !isOpen(order), `${id}: ${order?.phase}`);
        const filled = tape.filled.get(id) ?? 0;
        assert.equal(order.filled, filled, id);
        const wanted = books.wanted.get(id) ?? NaN;
        assert.ok(filled <= wanted, `${id}: ${filled} of ${wanted}`);
        assert.equal(order.phase === "filled", filled === wanted, `${id}: ${order.phase}, ${filled} of ${wanted}`);
        position += order.intent.side === "bid" ? filled : -filled;
      }
      assert.equal(ledger.position(TICKER)?.position ?? 0, count(position));
      const { chosen } = tape.venue.comparison;
      assert.deepEqual([chosen.fills, chosen.fees], [books.portfolio.totals.fills, ledger.fees]);
    }),
    { numRuns: 500, seed: 20_261_120 },
  );
  assert.ok(changes > 500, `${changes} changes were asked for`);
});

Deno.test("on paper the place in the queue of a resting order is the fill model's, once a second", () => {
  const rig = new Rig({ strategies: settlementEdge({ ...RESTING, rest: true }) });
  rig.warmUp();
  const ahead = () => rig.engine.desk.orders.get("bot-1")?.queueAhead;
  const [{ price: at, side }] = rig.placed;
  assert.equal(side, "bid");
  // Others join the level while our order is on its way,
  rig.delta(300.52, "yes", at, 10_000);
  assert.equal(ahead(), null);
  rig.clock(301.1);
  assert.equal(ahead(), 10_000);
  // and of them 40 contracts trade.
  const trade = {
    type: "trade",
    ticker: TICKER,
    tradeId: "x",
    price: at,
    count: count(4_000),
    takerSide: "ask",
  } as const;
  rig.step({ ...trade, at: after(301.5), exchangeTime: after(301.5) });
  rig.clock(302);
  assert.equal(ahead(), 6_000);
});
