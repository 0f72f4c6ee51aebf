import assert from "node:assert/strict";
import type { Side } from "../core/order.ts";
import { count } from "../core/units.ts";
import { after } from "./order_fixture.ts";
import { resting, Stage } from "./paper_fixture.ts";

/** Each story is told for a bid and, mirrored, for an ask (which buys NO). */
function both(claim: string, story: (side: Side) => void): void {
  for (const side of ["bid", "ask"] as const) Deno.test(`paper ${side}: ${claim}`, () => story(side));
}

/** What a trade at our price fills once `ahead` stand before us: the whole of it but those. */
const reached = (stage: Stage, size: number, seconds: number): string[] =>
  stage.tell(stage.trade(5_000, size, after(seconds)));
const answers = (stage: Stage, seconds: number): string[] => stage.tell(stage.venue.advance(after(seconds)));

both("a decrease keeps the place in the queue, and takes its latency", (side) => {
  const stage = resting(side);
  stage.venue.decrease("bot-1", count(400), after(3));
  assert.deepEqual(answers(stage, 3.049), []);
  const [changed] = stage.venue.advance(after(4));
  assert.deepEqual([changed.at, stage.tell([changed])], [after(3.05), ["changed 0 filled 400 rests"]]);
  assert.deepEqual(reached(stage, 350, 5), ["made 50 at 5000"]);
  assert.deepEqual(reached(stage, 1_000, 6), ["made 350 at 5000"]);
});

both(
  "an amend to less, or to another expiry alone, keeps the place; to more, or to another price, it goes to the back",
  (side) => {
    // 300 stand before us, 200 have come behind.
    const cases: readonly (readonly [paid: number, size: number, expires: number | null, ahead: number])[] = [
      [5_000, 600, null, 300],
      [5_000, 1_000, 60, 300],
      [5_000, 600, 60, 300],
      [5_000, 1_001, null, 500],
      [4_990, 1_000, null, 0],
      [4_900, 500, null, 100],
    ];
    for (const [paid, size, expires, ahead] of cases) {
      const stage = resting(side);
      stage.change("own", 5_000, 200, after(2.5));
      stage.amend(paid, size, after(3), expires === null ? null : after(expires));
      assert.deepEqual(answers(stage, 4), [`changed 0 filled ${size} rests`]);
      assert.equal(stage.venue.ahead("bot-1", after(4)), ahead, `${paid} ${size} ${expires}`);
    }
  },
);

both("the count of an amend is what has filled and what is still wanted", (side) => {
  const stage = resting(side, 0);
  reached(stage, 300, 3);
  stage.amend(5_000, 800, after(4));
  assert.deepEqual(answers(stage, 5), ["changed 300 filled 500 rests"]);
  stage.amend(5_000, 300, after(6));
  assert.deepEqual(answers(stage, 7), ["not changed invalid_order_size"]);
  assert.deepEqual(reached(stage, 9_000, 8), ["made 500 at 5000"]);
});

both("an amend that crosses takes at once, and what is left of it rests at the back", (side) => {
  const stage = new Stage(side);
  stage.show([[5_000, 100]], [[5_100, 300], [5_500, 1_000]]);
  stage.place({}, 5_000);
  stage.venue.advance(after(2));
  stage.amend(5_100, 1_000, after(3));
  assert.deepEqual(answers(stage, 4), ["changed 300 filled 700 rests", "took 300 at 5100"]);
  stage.amend(5_500, 1_000, after(5));
  assert.deepEqual(answers(stage, 6), ["changed 1000 filled 0 rests", "took 700 at 5500"]);
  stage.amend(5_500, 2_000, after(7));
  assert.deepEqual(answers(stage, 8), ["not changed not_found, gone"], "it is filled");
});

both("a post-only amend that crosses is cancelled", (side) => {
  const stage = resting(side);
  stage.amend(5_500, 1_000, after(3));
  assert.deepEqual(answers(stage, 4), ["cancelled 1000"]);
  assert.deepEqual(reached(stage, 9_000, 5), []);
});

both("a decrease to nothing is a cancel, and one to more than there is is refused", (side) => {
  const stage = resting(side);
  stage.venue.decrease("bot-1", count(1_001), after(3));
  assert.deepEqual(answers(stage, 4), ["not changed invalid_order_size"]);
  stage.venue.decrease("bot-1", count(0), after(5));
  assert.deepEqual(answers(stage, 6), ["cancelled 1000"]);
});

both(
  "what fills while a change is on its way comes through, and a change that finds nothing says so, and what became of the order",
  (side) => {
    const stage = resting(side, 0);
    stage.venue.decrease("bot-1", count(500), after(3));
    assert.deepEqual(reached(stage, 700, 3.04), ["made 700 at 5000"]);
    assert.deepEqual(answers(stage, 4), ["not changed invalid_order_size"], "300 were left");
    stage.amend(5_000, 900, after(5));
    assert.deepEqual(reached(stage, 700, 5.04), ["made 300 at 5000"]);
    assert.deepEqual(answers(stage, 6), ["not changed not_found, gone", "listed executed"]);
  },
);

both("one change at a time, and a cancel that overtakes none ends it", (side) => {
  const stage = resting(side);
  stage.amend(4_990, 1_000, after(3));
  stage.amend(4_980, 1_000, after(3.01));
  stage.venue.cancel("bot-1", after(3.02));
  assert.deepEqual(answers(stage, 4), [
    "not changed change_under_way",
    "changed 0 filled 1000 rests",
    "cancelled 1000",
  ]);
  stage.amend(4_990, 1_000, after(5));
  assert.deepEqual(answers(stage, 6), ["not changed not_found, gone"]);
});

both("a cancel that arrives before a change leaves nothing to change", (side) => {
  const stage = resting(side);
  stage.venue.cancel("bot-1", after(3));
  stage.amend(4_990, 1_000, after(3.01));
  assert.deepEqual([...answers(stage, 4), ...answers(stage, 4.1)], [
    "cancelled 1000",
    "not changed not_found, gone",
    "listed canceled",
  ]);
});

both("an expiry may be moved and taken away, and ends an order before what arrives after it", (side) => {
  const stage = new Stage(side);
  stage.show([[4_900, 100]], [[5_500, 100]]);
  stage.place({ expiresAt: after(10) }, 5_000);
  stage.venue.advance(after(2));
  stage.amend(5_000, 1_000, after(3), after(20));
  assert.deepEqual(answers(stage, 15), ["changed 0 filled 1000 rests"]);
  stage.amend(5_000, 1_000, after(16), null);
  assert.deepEqual(answers(stage, 25), ["changed 0 filled 1000 rests"], "it has no expiry any more");
  stage.amend(5_000, 1_000, after(26), after(25));
  assert.deepEqual(answers(stage, 27), ["not changed invalid_order"]);
  stage.amend(5_000, 1_000, after(28), after(30));
  stage.venue.advance(after(29));
  stage.amend(4_990, 1_000, after(29.99));
  const [end] = stage.venue.advance(after(31));
  assert.deepEqual([end.at, stage.tell([end])], [after(30), ["cancelled 1000"]]);
  assert.deepEqual(answers(stage, 32), ["not changed not_found, gone", "listed canceled"]);
});

both("on a book that cannot be believed only what keeps its place is changed", (side) => {
  const stage = resting(side);
  stage.book.markStale("Sequence gap");
  stage.amend(4_990, 1_000, after(3));
  assert.deepEqual(answers(stage, 4), ["not changed book_not_in_sync"]);
  stage.amend(5_000, 900, after(5));
  assert.deepEqual(answers(stage, 6), ["changed 0 filled 900 rests"]);
  stage.venue.decrease("bot-1", count(800), after(7));
  assert.deepEqual(answers(stage, 8), ["changed 0 filled 800 rests"]);
});

Deno.test("paper: fees go on through a change of the order", () => {
  const fees = (amended: boolean): number => {
    const stage = new Stage("bid");
    stage.show([[4_000, 1]], [[5_537, 123], [5_600, 77]]);
    stage.place({ count: count(amended ? 150 : 200), expiresAt: null }, amended ? 5_537 : 5_600);
    const all = stage.venue.advance(after(2));
    if (amended) stage.amend(5_600, 200, after(3));
    all.push(...stage.venue.advance(after(4)));
    return all.reduce((sum, each) => sum + (each.type === "fill" ? each.fill.fee : 0), 0);
  };
  assert.ok(fees(false) > 0);
  assert.equal(fees(true), fees(false));
});

// --- reduce-only ----------------------------------------------------------------------------------------------------

/** Holds 500 contracts of our own side, bought from the book. */
function holding(side: "bid" | "ask"): Stage {
  const stage = new Stage(side);
  stage.show([[4_000, 5_000]], [[5_000, 500], [5_500, 5_000]]);
  stage.place({ clientOrderId: "entry", count: count(500), timeInForce: "immediate_or_cancel" }, 5_000);
  stage.venue.advance(after(2));
  return stage;
}

const OPPOSITE = { bid: "ask", ask: "bid" } as const;

/** An order that sells what {@link holding} bought, at what our side paid. */
function exit(
  stage: Stage,
  id: string,
  size: number,
  paid: number,
  at: number,
  more: Record<string, unknown> = {},
): void {
  const side = OPPOSITE[stage.side];
  stage.place(
    { clientOrderId: id, side, count: count(size), price: stage.yes(paid), reduceOnly: true, ...more },
    paid,
    after(at),
  );
}

const ends = (stage: Stage, all: ReturnType<Stage["venue"]["advance"]>): string[] =>
  all.map((each) =>
    each.type === "fill"
      ? `${each.fill.clientOrderId} filled ${each.fill.count}`
      : each.type === "order_accepted"
      ? `${each.clientOrderId} rests ${each.remainingCount}`
      : each.type === "order_cancelled"
      ? `${each.clientOrderId} cancelled ${each.reducedBy}`
      : each.type === "order_rejected"
      ? `${each.clientOrderId} rejected ${each.code}`
      : `${stage.tell([each])}`
  );

both("reduce-only is capped by what is held, and refused where nothing is", (side) => {
  const stage = holding(side);
  exit(stage, "x", 800, 4_000, 3, { timeInForce: "immediate_or_cancel" });
  assert.deepEqual(ends(stage, stage.venue.advance(after(4))), ["x rests 0", "x filled 500"]);
  exit(stage, "y", 800, 4_000, 5);
  assert.deepEqual(ends(stage, stage.venue.advance(after(6))), ["y rejected invalid_order"]);
});

both("resting reduce-only orders shrink with the position, and end with it", (side) => {
  const stage = holding(side);
  exit(stage, "x", 500, 5_200, 3);
  exit(stage, "y", 400, 5_300, 3.1);
  assert.deepEqual(ends(stage, stage.venue.advance(after(4))), ["x rests 500", "y rests 400"]);
  // Takers of our own side buy from us.
  assert.deepEqual(ends(stage, stage.trade(5_200, 300, after(5), side)), ["x filled 300"]);
  assert.deepEqual(ends(stage, stage.trade(5_300, 150, after(6), side)), ["x filled 150"]);
  assert.deepEqual(ends(stage, stage.trade(5_300, 1_000, after(7), side)), ["x filled 50", "y cancelled 400"]);
});

both("reduce-only orders that one trade reaches together do not turn the position round", (side) => {
  const stage = holding(side);
  exit(stage, "x", 400, 5_200, 3);
  exit(stage, "y", 400, 5_200, 3.1);
  stage.venue.advance(after(4));
  assert.deepEqual(ends(stage, stage.trade(5_200, 5_000, after(5), side)), [
    "x filled 400",
    "y filled 100",
    "y cancelled 300",
  ]);
});

both("an amend does not let a reduce-only order outgrow the position", (side) => {
  const stage = holding(side);
  exit(stage, "x", 300, 5_200, 3);
  stage.venue.advance(after(4));
  const terms = (size: number) => ({ price: stage.yes(5_200), count: count(size), expiresAt: null });
  stage.venue.amend("x", terms(501), after(5));
  assert.deepEqual(ends(stage, stage.venue.advance(after(6))), ["not changed invalid_order"]);
  stage.venue.amend("x", terms(500), after(7));
  assert.deepEqual(ends(stage, stage.venue.advance(after(8))), ["changed 0 filled 500 rests"]);
});
