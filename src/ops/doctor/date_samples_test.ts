import assert from "node:assert/strict";
import fc from "fast-check";
import { DateSamples } from "./date_samples.ts";

const SECOND = 1_000_000;

/** A clock, and an exchange whose clock differs from it; each request takes some time there and back. */
function world(offset: number, start: number) {
  let now = start;
  let travel = [0, 0];
  const samples = new DateSamples(() => now, () => {
    now += travel[0];
    const date = new Date(Math.floor((now + offset) / SECOND) * 1_000).toUTCString();
    now += travel[1];
    return Promise.resolve(new Response("{}", { headers: { date } }));
  });
  const ask = async (there: number, back: number, after: number) => {
    now += after;
    travel = [there, back];
    await samples.fetch("http://exchange.example/");
  };
  return { samples, ask };
}

Deno.test("the true offset always lies within what is told, and more answers never widen it", () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -100 * SECOND, max: 100 * SECOND }),
      fc.integer({ min: 1_700_000_000 * SECOND, max: 1_900_000_000 * SECOND }),
      fc.array(fc.tuple(fc.nat(SECOND), fc.nat(SECOND), fc.nat(2 * SECOND)), { minLength: 1, maxLength: 8 }),
      async (offset, start, requests) => {
        const { samples, ask } = world(offset, start);
        let within = Infinity;
        for (const [there, back, after] of requests) {
          await ask(there, back, after);
          const found = samples.offset();
          assert.ok(found !== null);
          assert.ok(
            Math.abs(found.micros - offset) <= found.within + 1,
            `${found.micros} +- ${found.within}: ${offset}`,
          );
          assert.ok(found.within <= within);
          within = found.within;
        }
      },
    ),
    { seed: 7 },
  ));

Deno.test("answers a quarter of a second apart tell the offset to an eighth of a second", async () => {
  const { samples, ask } = world(3 * SECOND + 400_000, 1_790_000_000 * SECOND + 123_456);
  for (let n = 0; n < 4; n++) await ask(1_000, 1_000, 250_000);
  const found = samples.offset();
  assert.ok(found !== null && found.within <= 130_000, JSON.stringify(found));
});

Deno.test("no time is made up where the header is missing, no date, or out of a cache", async () => {
  const cached = { date: new Date(0).toUTCString(), age: "3" };
  for (const headers of [new Headers(), new Headers({ date: "yesterday" }), new Headers(cached)]) {
    const samples = new DateSamples(() => 0, () => Promise.resolve(new Response("{}", { headers })));
    await samples.fetch("http://exchange.example/");
    assert.equal(samples.offset(), null);
  }
});
