import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseSource, DEFAULT_FAILOVER, SourceHealth } from "./index_choice.ts";

const SECOND = 1_000_000;
const SETTINGS = { ...DEFAULT_FAILOVER, staleAfter: 3, recoverAfter: 10 };

/** A source that is heard at these seconds, each value new. */
function heardAt(...seconds: readonly number[]): SourceHealth {
  const health = new SourceHealth(SETTINGS);
  for (const second of seconds) health.heard(second * SECOND, second * SECOND);
  return health;
}

Deno.test("a source is well for as long as it was heard not long ago", () => {
  const health = heardAt(1, 2);
  assert.ok(health.isWell(5 * SECOND));
  assert.ok(!health.isWell(5 * SECOND + 1));
  assert.ok(!new SourceHealth(SETTINGS).isWell(0));
});

Deno.test("a source that is heard and always late stays in use, and is not taken up", () => {
  const late = new SourceHealth(SETTINGS);
  for (let second = 1; second <= 20; second++) late.heard(second * SECOND, (second - 4) * SECOND);
  assert.deepEqual([late.isWell(20 * SECOND), late.isSteady(20 * SECOND)], [true, false]);
  const other = heardAt(19, 20);
  assert.equal(chooseSource(0, [late, other], 20 * SECOND), 0);
  assert.equal(chooseSource(1, [late, other], 20 * SECOND), 1);
  for (let second = 21; second <= 31; second++) {
    late.heard(second * SECOND, second * SECOND);
    assert.equal(chooseSource(1, [late, heardAt(second)], second * SECOND), second < 31 ? 1 : 0, `at ${second}`);
  }
});

Deno.test("a source is steady from its first value on, and after a break once it has been well for long enough", () => {
  assert.ok(heardAt(1).isSteady(1 * SECOND));
  const health = heardAt(1, 2, 6);
  for (let second = 7; second <= 16; second++) {
    assert.equal(health.isSteady(second * SECOND - 1), false, `before ${second}`);
    health.heard(second * SECOND, second * SECOND);
  }
  assert.ok(health.isSteady(16 * SECOND));
});

Deno.test("what is told of the past in one go when all begins is no break", () => {
  const health = new SourceHealth(SETTINGS);
  for (const second of [10, 50, 100]) health.heard(100 * SECOND, second * SECOND);
  assert.ok(health.isSteady(100 * SECOND));
});

const CHOICES: readonly (readonly [
  claim: string,
  active: number,
  healths: readonly (SourceHealth | null)[],
  at: number,
  chosen: number,
])[] = [
  ["nothing while nothing was heard", -1, [null, null], 5, -1],
  ["the first that is heard", -1, [null, heardAt(1)], 5, 1],
  ["the best of those heard", -1, [heardAt(1), heardAt(1)], 2, 0],
  ["the one in use while it is well", 0, [heardAt(1), heardAt(1)], 2, 0],
  ["the next once the one in use is stale", 0, [heardAt(1), heardAt(4)], 5, 1],
  ["the one after the next where that is stale too", 0, [heardAt(1), heardAt(1), heardAt(4)], 5, 2],
  ["none else where none is well", 0, [heardAt(1), heardAt(1)], 9, 0],
  ["none that came back a moment ago", 0, [heardAt(1), heardAt(1, 8)], 9, 0],
  ["a better one that is steady", 1, [heardAt(4), heardAt(4)], 5, 0],
  ["no better one that came back a moment ago", 1, [heardAt(1, 8), heardAt(8)], 9, 1],
];

for (const [claim, active, healths, at, chosen] of CHOICES) {
  Deno.test(`the failover chooses ${claim}`, () => {
    assert.equal(chooseSource(active, healths, at * SECOND), chosen);
  });
}

/** For each of three sources, in which tenths of a second it speaks. */
const silences = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 80 })), { minLength: 1, maxLength: 400 });

Deno.test("a source that fell silent is not taken up again within the time that it has to prove itself for", () => {
  fc.assert(
    fc.property(silences, (moves) => {
      const healths: (SourceHealth | null)[] = [null, null, null];
      const silentAt = [-Infinity, -Infinity, -Infinity];
      let active = -1;
      let now = 0;
      for (const [which, tenths] of moves) {
        const heardAt = now + tenths * SECOND / 10;
        // The engine looks at least once a second.
        for (; now <= heardAt; now = Math.min(now + SECOND, heardAt + 1)) {
          const chosen = chooseSource(active, healths, now);
          if (chosen !== active) {
            const health = healths[chosen];
            assert.ok(health?.isSteady(now));
            const fellSilent = active >= 0 && healths[active]?.isWell(now) === false;
            assert.ok(fellSilent || chosen < active || active < 0, "left a source that was better and well");
            if (fellSilent) silentAt[active] = now;
            assert.ok(now - silentAt[chosen] >= SETTINGS.recoverAfter * SECOND, `${chosen} flaps`);
            active = chosen;
          }
        }
        const health = healths[which] ??= new SourceHealth(SETTINGS);
        health.heard(heardAt, heardAt);
      }
    }),
    { numRuns: 500 },
  );
});
