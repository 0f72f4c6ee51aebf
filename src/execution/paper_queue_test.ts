import assert from "node:assert/strict";
import { type Count, count, type Micros, micros } from "../core/units.ts";
import { after } from "./order_fixture.ts";
import { QueuePosition, TRADE_PATIENCE } from "./paper_queue.ts";
import { ALL_AHEAD, type CancelModel, NONE_AHEAD } from "./queue_models.ts";

const MILLISECOND = 1_000;

/** A level and our place in it. */
class Level {
  shown: number;
  readonly place: QueuePosition;

  constructor(model: CancelModel, shown = 1_000) {
    this.shown = shown;
    this.place = new QueuePosition(model, count(shown));
  }

  change(delta: number, stamp: Micros | null, at: Micros): void {
    this.shown += delta;
    this.place.changed(count(delta), count(this.shown), stamp, at);
  }

  trade(size: number, stamp: Micros, at: Micros): Count {
    const before = this.place.aheadOf(stamp, at, count(0));
    this.place.traded(count(size), stamp, at);
    return before;
  }
}

const HALVES: readonly (readonly [claim: string, change: Micros | null, trade: Micros, ahead: number])[] = [
  ["with one stamp they are one execution", after(1), after(1), 900],
  ["a trade that was stamped finer belongs to the change of its millisecond", after(1), micros(after(1) + 999), 900],
  ["a change without a stamp belongs to the next trade", null, after(1), 900],
  ["with another stamp the change was a cancel", after(1), micros(after(1) + 1 * MILLISECOND), 800],
];

for (const [claim, change, trade, ahead] of HALVES) {
  Deno.test(`a decrease and a trade: ${claim}, whichever is heard first`, () => {
    for (const changeFirst of [true, false]) {
      const level = new Level(ALL_AHEAD);
      if (changeFirst) level.change(-100, change, after(1.01));
      level.trade(100, trade, after(1.01));
      if (!changeFirst) level.change(-100, change, after(1.01));
      // A later trade's stamp would settle it, and so does time.
      assert.equal(
        level.place.aheadAt(micros(after(1.01) + TRADE_PATIENCE + 1)),
        ahead,
        `change first: ${changeFirst}`,
      );
    }
  });
}

Deno.test("a trade larger than its change leaves the rest to later changes of its stamp, and not for ever", () => {
  const level = new Level(ALL_AHEAD);
  level.change(-60, after(1), after(1));
  level.trade(100, after(1), after(1));
  level.change(-40, after(1), after(1.02));
  assert.equal(level.place.aheadAt(after(3)), 900);
  level.trade(100, after(4), after(4));
  level.change(-100, after(4), after(5.5));
  assert.equal(level.place.aheadAt(after(9)), 700, "a second and a half later it is another matter");
});

Deno.test("however much happens at a level within the patience, it is all kept count of", () => {
  for (const [model, ahead] of [[NONE_AHEAD, 500_000], [ALL_AHEAD, 499_000]] as const) {
    const level = new Level(model, 500_000);
    for (let k = 0; k < 1_000; k++) {
      level.change(1, micros(after(1) + k * MILLISECOND), after(1));
      level.change(-1, micros(after(1) + k * MILLISECOND), after(1));
    }
    assert.equal(level.place.aheadAt(after(9)), ahead);
  }
});

Deno.test("no more stands before us than the level shows and trades may still be heard of", () => {
  const level = new Level(NONE_AHEAD);
  level.change(-900, after(1), after(1));
  assert.equal(level.place.aheadAt(after(1)), 1_000, "it may have been a trade");
  level.change(-1, after(3), after(3));
  assert.equal(level.place.aheadAt(after(3)), 100);
  level.place.replaced(count(40), after(3.1));
  assert.equal(level.place.aheadAt(after(3.1)), 40);
  level.place.passed();
  assert.equal(level.place.aheadAt(after(3.2)), 0);
});

Deno.test("who stands before an older order of ours stands before the younger", () => {
  const level = new Level(NONE_AHEAD, 10);
  assert.equal(level.place.aheadOf(after(1), after(1), count(30)), 30);
  level.place.traded(count(25), after(1), after(1));
  assert.equal(level.place.aheadAt(after(1)), 5);
});
