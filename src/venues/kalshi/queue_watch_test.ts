import assert from "node:assert/strict";
import { eventually, order, TICKER, withVenue } from "./scripted_run_fixture.ts";

const QUEUES = "GET /portfolio/orders/queue_positions";

Deno.test("places in queues are asked for while something rests, in one question for all markets", () =>
  withVenue({ queuePollSeconds: 0.1 }, (exchange) =>
    exchange
      .on("GET /portfolio/orders", ({ query }) => ({
        body: { orders: query.get("status") === "resting" ? [order()] : [], cursor: "" },
      }))
      .on(QUEUES, {
        body: { queue_positions: [{ order_id: "o-1", market_ticker: TICKER, queue_position_fp: "12.50" }] },
      }), async (run) => {
    const { positions } = await run.until("queue_position");
    assert.deepEqual(positions, [{ orderId: "o-1", ahead: 1_250 }]);
    assert.equal(run.exchange.seen(QUEUES)[0].query.get("market_tickers"), TICKER);
    const before = run.exchange.seen(QUEUES).length;
    await eventually(() => run.exchange.seen(QUEUES).length > before, "it is asked again");
  }));

Deno.test("nothing is asked about queues while nothing rests", () =>
  withVenue({ queuePollSeconds: 0.05 }, () => {}, async (run) => {
    await run.until("account");
    await new Promise((later) => setTimeout(later, 300));
    assert.equal(run.exchange.seen(QUEUES).length, 0);
  }));

Deno.test("places that cannot be read are told of once, and asked for again", () =>
  withVenue({ queuePollSeconds: 0.1 }, (exchange) => {
    let questions = 0;
    exchange
      .on("GET /portfolio/orders", ({ query }) => ({
        body: { orders: query.get("status") === "resting" ? [order()] : [], cursor: "" },
      }))
      .on(QUEUES, () => ++questions < 3 ? { status: 404, body: {} } : { body: { queue_positions: [] } });
  }, async (run) => {
    await eventually(() => run.logs.some((line) => /can be read again/.test(line)), "it is read again");
    assert.equal(run.logs.filter((line) => /Places in queues cannot be read/.test(line)).length, 1);
  }));
