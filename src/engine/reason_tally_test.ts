import assert from "node:assert/strict";
import { after } from "../execution/order_fixture.ts";
import { OTHER, Rig, settlementEdge, stateOf } from "./engine_fixture.ts";
import { ReasonTally } from "./reason_tally.ts";

/** A market whose strategy finds no edge. */
const idle = (): Rig => new Rig({ strategies: settlementEdge({ rest: false, min_edge: 0.9 }) }).warmUp();

function look(tally: ReasonTally, rig: Rig, from: number, seconds: number, every = 1): void {
  for (let second = from; second <= from + seconds; second += every) {
    tally.look(after(second), rig.engine.desk, rig.engine.markets.values());
  }
}

Deno.test("a reason counts for as long as it stands, once for each market and strategy", () => {
  const rig = idle();
  const tally = new ReasonTally();
  look(tally, rig, 310, 30);
  rig.market(341, { ticker: OTHER, series: "KXETH15M", event: "KXETH15M-26NOV200715" });
  look(tally, rig, 341, 10);
  const { watchedSeconds, reasons } = tally.view(after(351));
  // 30 s of one market, 11 of two.
  assert.equal(watchedSeconds, 52);
  assert.deepEqual(reasons.map(({ strategy, code, seconds, ticker }) => [strategy, code, seconds, ticker]), [
    ["settlement_edge", "no_edge", 30, stateOf(rig).market.ticker],
    // By then nothing had been heard of the index for long.
    ["settlement_edge", "index_stale", 11, stateOf(rig).market.ticker],
    ["settlement_edge", "book_not_in_sync", 11, OTHER],
  ]);
  assert.deepEqual(reasons.map(({ share }) => share.toFixed(3)), ["0.577", "0.212", "0.212"]);
  assert.match(reasons[0].text, /^Best net edge 0\.\d+, wanted 0\.9/);
});

Deno.test("a market that has not opened or is over is not watched", () => {
  const rig = new Rig();
  rig.market(290, { status: "initialized" });
  const tally = new ReasonTally();
  look(tally, rig, 300, 10);
  assert.equal(tally.view(after(310)).watchedSeconds, 0);
  const other = idle();
  other.clock(901);
  const later = new ReasonTally();
  look(later, other, 901, 10);
  assert.equal(later.view(after(911)).watchedSeconds, 0);
});

Deno.test("what may trade is watched, and no reason", () => {
  const rig = new Rig().warmUp();
  const tally = new ReasonTally();
  look(tally, rig, 300.5, 10);
  assert.deepEqual(tally.view(after(311)), { watchedSeconds: 10, reasons: [] });
});

Deno.test("looks that come faster than once a second add nothing, and of a long silence five seconds count", () => {
  const rig = idle();
  const tally = new ReasonTally();
  look(tally, rig, 310, 10, 0.25);
  assert.equal(tally.view(after(320)).watchedSeconds, 10);
  look(tally, rig, 400, 0);
  assert.equal(tally.view(after(400)).watchedSeconds, 15);
});

Deno.test("after an hour a reason is forgotten", () => {
  const rig = idle();
  const tally = new ReasonTally();
  look(tally, rig, 310, 10);
  assert.equal(tally.view(after(310 + 3_500)).watchedSeconds, 10);
  assert.deepEqual(tally.view(after(310 + 3_700)), { watchedSeconds: 0, reasons: [] });
});

Deno.test("ever new reasons do not grow without bound", () => {
  const rig = idle();
  const state = stateOf(rig);
  const tally = new ReasonTally();
  for (let second = 0; second < 3_000; second++) {
    const [standing] = state.standings;
    standing.opinion = {
      targets: [],
      refusal: { code: `reason_${second}`, text: "" },
      edge: null,
      edgeSide: null,
    };
    standing.obstacle = null;
    tally.look(after(310 + second), rig.engine.desk, [state]);
  }
  const { reasons, watchedSeconds } = tally.view(after(310 + 3_000));
  assert.equal(watchedSeconds, 2_999);
  assert.equal(reasons.length, 20);
});
