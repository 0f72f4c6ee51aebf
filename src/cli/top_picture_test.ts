import assert from "node:assert/strict";
import { FakeSources, sampleMarket } from "../server/fake_sources.ts";
import { LiveState } from "../server/live_state.ts";
import { updateOf } from "./top_fixture.ts";
import { LivePicture, NOTHING_KNOWN } from "./top_picture.ts";
import { TOP_UPDATE } from "./top_shapes.ts";

/** Follows sources as the server sends them: what changed since the last time. */
class Followed {
  readonly sources = new FakeSources();
  readonly live = new LivePicture();
  readonly #state = new LiveState();
  #seen = 0;

  send(): void {
    this.#state.refreshView(this.sources.view());
    this.#state.refreshStatus(this.sources.status());
    const text = `{${this.#state.changesSince(this.#seen)},"logs":[],"logsSkipped":0}`;
    this.#seen = this.#state.sequence;
    this.live.take(TOP_UPDATE.parse(JSON.parse(text)));
  }
}

Deno.test("a picture that is kept by changes is the one that a newcomer gets", () => {
  const followed = new Followed();
  followed.send();
  const { sources, live } = followed;
  const [first, ...rest] = sources.engine.markets;
  sources.change({ markets: [...rest, sampleMarket("NEW")], positions: [] });
  followed.send();
  sources.changeMarket("NEW", { bid: "0.1200" });
  sources.change({ counters: { ...sources.engine.counters, inputs: 999_999 } });
  followed.send();
  const newcomer = new LivePicture();
  newcomer.take(updateOf(sources));
  assert.deepEqual({ ...live.picture, logs: [] }, { ...newcomer.picture, logs: [] });
  assert.equal(live.picture.inputs, 999_999);
  assert.ok(!live.picture.markets.some(({ ticker }) => ticker === first.ticker));
  assert.equal(live.picture.markets.at(-1)?.bid, "0.1200");
});

Deno.test("a picture that was taken does not change afterwards, and another run's replaces all of it", () => {
  const followed = new Followed();
  followed.send();
  const before = followed.live.picture;
  const copy = structuredClone(before);
  followed.sources.change({ markets: [], trades: [] });
  followed.send();
  assert.deepEqual(before, copy);
  const other = new FakeSources();
  other.change({ positions: [], orders: [] });
  followed.live.take(updateOf(other));
  assert.deepEqual(followed.live.picture.positions, []);
  assert.equal(followed.live.picture.markets.length, other.engine.markets.length);
});

Deno.test("log lines are kept, the newest, and no more than a screen could show", () => {
  const live = new LivePicture();
  const sources = new FakeSources();
  live.take(updateOf(sources));
  const line = (number: number) => ({ number, at: "", level: "info", text: `line ${number}` });
  for (let number = 1; number <= 2_000; number += 100) {
    const logs = Array.from({ length: 100 }, (_, at) => line(number + at));
    live.take({ full: false, sequence: number, sections: {}, tables: {}, logs });
  }
  const { logs } = live.picture;
  assert.ok(logs.length >= 200 && logs.length <= 1_000);
  assert.equal(logs.at(-1)?.text, "line 2000");
});

Deno.test("a bot that says more, or says something odd where it is only shown, is understood all the same", () => {
  const update = JSON.parse(JSON.stringify(updateOf(new FakeSources())));
  update.novelty = { of: "another version" };
  update.sections.account.nav = 12;
  update.status.feeds = "none";
  update.tables.markets.rows[0][1].modelProbability = "high";
  const parsed = TOP_UPDATE.parse(update);
  assert.equal(parsed.sections.account?.nav, null);
  assert.deepEqual(parsed.status?.feeds, []);
  assert.equal(parsed.tables.markets?.rows[0][1].modelProbability, null);
  update.tables.markets.rows[0][1].ticker = 7;
  assert.ok(!TOP_UPDATE.safeParse(update).success, "a row must be told apart");
  assert.equal(NOTHING_KNOWN.markets.length, 0);
});
