import assert from "node:assert/strict";
import type { Side } from "../core/order.ts";
import { count } from "../core/units.ts";
import { after, aMarket } from "./order_fixture.ts";
import { resting, Stage } from "./paper_fixture.ts";
import type { FillSettings } from "./queue_models.ts";

/** Each story is told for a bid and, mirrored, for an ask (which buys NO). */
function both(claim: string, story: (side: Side) => void): void {
  for (const side of ["bid", "ask"] as const) Deno.test(`paper ${side}: ${claim}`, () => story(side));
}

/**
 * One tape for all: we rest 20 contracts behind 10 others, 30 join behind us, 8 of the 40 others cancel, and 9.50 trade at
 * our price. Then our fill is what the 9.50 reach past those who are left before us.
 */
const SAME_TAPE: readonly (readonly [settings: Partial<FillSettings>, filled: number])[] = [
  [{ model: "risk_averse" }, 0],
  [{ model: "power", power: 1 }, 150], // 8 (1 - 30/40) = 2 left from before us
  [{ model: "power2", power: 2 }, 300], // 8 (1 - 9/16) = 3.5
  [{ model: "power3", power: 1 }, 150], // 8 (10/40) = 2
  [{ model: "power3", power: 2 }, 0], // 8 (10/40)^2 = 0.5: the last 9.5 before us are just reached
  [{ model: "log" }, 278], // 8 ln 11 / (ln 11 + ln 31) = 3.2893: 3.28 in whole hundredths
  [{ model: "log2" }, 10], // 8 (1 - ln 31 / ln 41) = 0.6024: 0.60 in whole hundredths
  [{ model: "fifo_optimistic" }, 750], // all 8
  [{ model: "simple", simpleFillPercent: 100 }, 950], // no queue
  [{ model: "simple", simpleFillPercent: 0 }, 0],
];

for (const [settings, filled] of SAME_TAPE) {
  const { model, power = "", simpleFillPercent = "" } = settings;
  both(`${model} ${power}${simpleFillPercent} fills ${filled} of the same tape`, (side) => {
    const stage = new Stage(side, 0, aMarket(), settings);
    stage.show([[5_000, 1_000]], [[5_500, 1_000]]);
    stage.place({ postOnly: true, count: count(2_000) }, 5_000);
    stage.venue.advance(after(2));
    stage.change("own", 5_000, 3_000, after(3));
    stage.change("own", 5_000, -800, after(4));
    stage.change("own", 5_000, -950, after(6));
    assert.deepEqual(stage.tell(stage.trade(5_000, 950, after(6))), filled === 0 ? [] : [`made ${filled} at 5000`]);
  });
}

both("a cancel waits for its trade: the next trade's stamp says that there was none, or a second does", (side) => {
  for (const [cancelAt, tradeAt] of [[3, 3.001], [3, 4.5]]) {
    const stage = resting(side, 300, { model: "fifo_optimistic" });
    stage.change("own", 5_000, 200, after(2.5));
    stage.change("own", 5_000, -100, after(cancelAt));
    stage.change("own", 5_000, -250, after(tradeAt));
    assert.deepEqual(stage.tell(stage.trade(5_000, 250, after(tradeAt))), ["made 50 at 5000"], `${tradeAt}`);
  }
});

both("a sweep of several orders at our price is no cancel, whichever model", (side) => {
  for (const model of ["risk_averse", "power", "log2", "fifo_optimistic"] as const) {
    const stage = resting(side, 300, { model });
    for (let k = 0; k < 3; k++) stage.change("own", 5_000, -100, after(3));
    assert.deepEqual(stage.trade(5_000, 100, after(3)), []);
    assert.deepEqual(stage.trade(5_000, 100, after(3)), []);
    assert.deepEqual(stage.trade(5_000, 100, after(3)), [], model);
    assert.deepEqual(stage.tell(stage.trade(5_000, 100, after(3.5))), ["made 100 at 5000"], model);
  }
});

both("a trade that is heard before its change is no cancel afterwards", (side) => {
  const stage = resting(side, 300, { model: "fifo_optimistic" });
  assert.deepEqual(stage.trade(5_000, 100, after(3)), []);
  stage.change("own", 5_000, -100, after(3));
  assert.deepEqual(stage.trade(5_000, 200, after(9)), [], "200 were left before us");
  assert.deepEqual(stage.tell(stage.trade(5_000, 1, after(9.1))), ["made 1 at 5000"]);
});

both("the estimate of our place moves with what is heard", (side) => {
  const stage = resting(side, 300, { model: "power", power: 1 });
  const ahead = (seconds: number) => stage.venue.ahead("bot-1", after(seconds));
  assert.equal(ahead(2), 300);
  stage.change("own", 5_000, 100, after(3));
  assert.equal(ahead(3), 300, "who comes later stands behind");
  stage.change("own", 5_000, -40, after(4));
  assert.equal(ahead(4), 300, "it may have been a trade");
  assert.equal(ahead(5.5), 270, "three quarters of 40");
  stage.trade(5_000, 20, after(6));
  assert.equal(ahead(6), 250);
  assert.equal(stage.venue.ahead("bot-2", after(6)), null);
});

both("a trade that happened before we rested is none of ours, though it is heard of afterwards", (side) => {
  const stage = new Stage(side);
  stage.show([[5_000, 500]], [[5_500, 1_000]]);
  stage.place({ postOnly: true }, 5_000);
  stage.change("own", 5_000, -400, after(1.049));
  assert.deepEqual(stage.tell(stage.venue.advance(after(1.06))), ["accepted 0 filled 1000 rests"]);
  assert.deepEqual(stage.trade(5_000, 400, after(1.049)), []);
  assert.equal(stage.venue.ahead("bot-1", after(1.1)), 100);
});

both("the contracts of one trade fill our older order first, the better priced before, and no two of ours", (side) => {
  const stage = new Stage(side);
  stage.show([[4_900, 100]], [[5_500, 1_000]]);
  const rest = (id: string, paid: number, at: number) =>
    stage.place({ clientOrderId: id, postOnly: true, count: count(100) }, paid, after(at));
  rest("a", 4_990, 1);
  rest("b", 5_000, 1.1);
  rest("c", 5_000, 1.2);
  stage.venue.advance(after(2));
  const filled = (size: number, paid: number, at: number) =>
    stage.trade(paid, size, after(at)).flatMap((each) =>
      each.type === "fill" ? [`${each.fill.clientOrderId} ${each.fill.count}`] : []
    );
  assert.deepEqual(filled(60, 5_000, 3), ["b 60"]);
  assert.deepEqual(filled(60, 5_000, 4), ["b 40", "c 20"]);
  assert.deepEqual(filled(130, 4_990, 5), ["c 80", "a 50"]);
});

both("simple: an order that is not drawn never fills, neither taking nor resting", (side) => {
  const stage = new Stage(side, 0, aMarket(), { model: "simple", simpleFillPercent: 0 });
  stage.show([[4_900, 100]], [[5_000, 1_000]]);
  stage.place({ timeInForce: "immediate_or_cancel" }, 5_000);
  stage.place({ clientOrderId: "bot-2", timeInForce: "fill_or_kill" }, 5_000);
  stage.place({ clientOrderId: "bot-3" }, 5_000);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))), [
    "accepted 0 filled 0 rests",
    "rejected fill_or_kill_insufficient_resting_volume",
    "accepted 0 filled 1000 rests",
  ]);
  assert.deepEqual(stage.trade(4_900, 5_000, after(3)), []);
  assert.deepEqual(stage.change("other", 4_950, 500, after(4)), []);
});

both("simple: taking costs 5 hundredths of a percent more, rounded up, and never passes the limit", (side) => {
  const stage = new Stage(side, 900, aMarket(), { model: "simple", simpleFillPercent: 100 });
  stage.show([[4_000, 1]], [[5_000, 100], [5_010, 100], [5_200, 100]]);
  stage.place({ timeInForce: "immediate_or_cancel" }, 5_201);
  assert.deepEqual(stage.tell(stage.venue.advance(after(2))).slice(1), [
    "took 100 at 5003", // 2.5 is 3
    "took 100 at 5013", // 2.505 is 3
    "took 100 at 5201", // 2.6 is 3, and the limit is 1 away
  ]);
});
