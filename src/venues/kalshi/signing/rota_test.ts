import assert from "node:assert/strict";
import { type Pair, Rota } from "./rota.ts";

const pair = (place: number, number = place): Pair => ({ place, pair: number, text: `POST/${place}` });

Deno.test("new pairs come first, then the one whose signature is oldest", () => {
  const rota = new Rota(1_000);
  assert.equal(rota.next(0), Infinity);
  for (const place of [0, 1, 2]) rota.add(pair(place));
  const order: number[] = [];
  let now = 10_000;
  for (let step = 0; step < 9; step++) {
    const next = rota.next(now);
    assert.ok(typeof next !== "number");
    order.push(next.place);
    rota.signed(next, now, 1);
    now += 200;
  }
  assert.deepEqual(order, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
});

Deno.test("a signature is renewed when four tenths of its age are over, not before", () => {
  const rota = new Rota(1_000);
  rota.add(pair(0));
  rota.signed(pair(0), 5_000, 1);
  assert.equal(rota.next(5_000), 400);
  assert.equal(rota.next(5_399), 1);
  assert.deepEqual(rota.next(5_400), { ...pair(0), signedAt: 5_000 });
  assert.notEqual(typeof rota.next(4_000), "number", "the clock was set back by a second");
});

Deno.test("a pair that went while it was signed is not wanted and takes no turn", () => {
  const rota = new Rota(1_000);
  rota.add(pair(0, 1));
  rota.add(pair(0, 2));
  assert.equal(rota.wants(pair(0, 1)), false);
  assert.equal(rota.wants(pair(0, 2)), true);
  rota.signed(pair(0, 1), 5_000, 1);
  assert.notEqual(typeof rota.next(5_001), "number", "the new pair is still unsigned");
  rota.remove(0);
  assert.equal(rota.next(5_001), Infinity);
});

Deno.test("signing leaves three quarters of a core free, and rests 20 ms at most", () => {
  const rota = new Rota(1_000);
  rota.add(pair(0));
  assert.equal(rota.signed(pair(0), 0, 1.5), 4.5);
  assert.equal(rota.signed(pair(0), 0, 100), 20);
  assert.equal(rota.signed(pair(0), 0, -1), 0);
});
