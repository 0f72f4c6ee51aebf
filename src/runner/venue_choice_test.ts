import assert from "node:assert/strict";
import { chooseVenue, type VenueChoice } from "./venue_choice.ts";

/** Chooses an exchange whose `/sim/clock` answers this; `null` for one that has no such path. */
async function choiceWith(clock: unknown): Promise<VenueChoice> {
  const answer = () => clock === null ? new Response("not found", { status: 404 }) : Response.json(clock);
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const name = `http://127.0.0.1:${server.addr.port}/trade-api/v2`;
  return await chooseVenue({ name, ws: null, credentials: null, seed: 1, speed: 1 });
}

const NOW = 1_791_295_080_000_000;
const told = (speed: unknown) => ({ simulated: true, now_us: NOW, speed, mode: "replay" });

Deno.test("an exchange that replays at full speed is refused as wrong use, with what to do instead", async () => {
  for (const speed of [null, 0, -1, "max"]) {
    const choice = await choiceWith(told(speed));
    assert.ok(!choice.ok, `speed ${speed}`);
    assert.equal(choice.kind, "usage");
    assert.match(choice.reason, /^Exchange at 127\.0\.0\.1:\d+ replays as fast as it is read: .*finite --speed/);
  }
});

Deno.test("an exchange with a pace is followed at that pace, from its own time on", async () => {
  for (const speed of [0.5, 1, 20]) {
    const choice = await choiceWith(told(speed));
    assert.ok(choice.ok, `speed ${speed}`);
    const { simulated, speed: followed, clock } = choice.venue;
    assert.deepEqual([simulated, followed], [true, speed]);
    const first = clock.now();
    assert.ok(first >= NOW);
    assert.ok(clock.now() >= first);
  }
});

Deno.test("an exchange that does not say that it is simulated has real time", async () => {
  for (const answer of [null, {}, { simulated: false, now_us: NOW, speed: 5 }, "clock"]) {
    const choice = await choiceWith(answer);
    assert.ok(choice.ok);
    assert.deepEqual([choice.venue.simulated, choice.venue.speed], [false, 1]);
    assert.equal(choice.venue.real, true, "it may be a proxy of the real Kalshi: orders need the phrase");
  }
});

Deno.test("only Kalshi's demo and what says that it is simulated are sure to cost nothing", async () => {
  const simulated = await choiceWith(told(1));
  assert.ok(simulated.ok);
  assert.equal(simulated.venue.real, false);
  for (const [name, real] of [["kalshi", true], ["demo", false]] as const) {
    const choice = await chooseVenue({ name, ws: null, credentials: null, seed: 1, speed: 1 });
    assert.ok(choice.ok);
    assert.equal(choice.venue.real, real, name);
  }
});

Deno.test("an answer without end about the clock is not read to its end", async () => {
  let chunks = 0;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks++;
        controller.enqueue(new Uint8Array(16_384).fill(0x5b));
      },
    });
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(endless()),
  );
  const name = `http://127.0.0.1:${server.addr.port}/trade-api/v2`;
  const choice = await chooseVenue({ name, ws: null, credentials: null, seed: 1, speed: 1 });
  assert.ok(choice.ok);
  assert.equal(choice.venue.simulated, false);
  assert.ok(chunks < 10_000, `${chunks} chunks were asked for`);
});
