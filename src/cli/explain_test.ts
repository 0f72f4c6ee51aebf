import assert from "node:assert/strict";
import { join } from "node:path";
import { inParts, journalLines, withJournals } from "../backtest/explanation/journal_fixture.ts";
import { accept, engineOptions, liveRig, type Rig } from "../engine/engine_fixture.ts";
import type { EngineOptions } from "../engine/options.ts";
import { count, money, price } from "../core/units.ts";
import { openKvStore } from "../store/kv_store.ts";
import { statePaths } from "../store/state_directory.ts";
import type { ExplainCommand } from "./command.ts";
import { explain } from "./explain.ts";

const { run: RUN } = engineOptions();
const OPTIONS: EngineOptions = engineOptions({ execution: "live", capital: null });

/** An order that was filled in part and cancelled, in a market that settled. */
function story(): Rig {
  const rig = liveRig();
  accept(rig, 300.6, 0, rig.placed[0].count);
  rig.fill(301, { orderId: "o-bot-1", price: price(5_100), count: count(300), fee: money(52_500) });
  rig.step({ type: "order_cancelled", at: rig.engine.now, clientOrderId: "bot-1", reducedBy: count(4_700) });
  rig.operator(302, "stop_strategy", "settlement_edge");
  rig.settled(901, "yes");
  return rig;
}

const STORY = story();
const JOURNAL = inParts(journalLines(STORY.inputs, OPTIONS, true), RUN, 20);

const command = (asked: Partial<ExplainCommand>): ExplainCommand => ({
  kind: "explain",
  order: "bot-1",
  journal: undefined,
  config: undefined,
  state: undefined,
  json: false,
  ...asked,
});

Deno.test("kbot explain tells an order in words, part by part", async () => {
  await withJournals({ [RUN]: JOURNAL }, async (state) => {
    await Deno.writeTextFile(
      join(state, "identity.json"),
      JSON.stringify({ venue: "sim", execution: "live", instance: "k00000001" }),
    );
    const reply = await explain(command({ state }), {});
    assert.deepEqual([reply.exitCode, reply.problems], [0, []]);
    const text = reply.text ?? "";
    for (
      const wanted of [
        /^SIMULATED EXCHANGE\n\nOrder bot-1, the exchange's o-bot-1$/m,
        /^ {2}50\.00 contracts of KXBTC15M-26NOV200715-15: bid at 0\.5100, immediate or cancel, shard 2$/m,
        /^ {2}sent 2026-11-20 12:05:00\.500000 UTC, in New York 2026-11-20 07:05:00\.500 EST$/m,
        /^ {2}book_snapshot: KXBTC15M-26NOV200715-15, levels: 1 of YES, 1 of NO/m,
        /^ {2}index {7}BRTI 84200, official, 500 ms old$/m,
        /^ {2}book {8}bid 0\.4900 x 100\.00, ask 0\.5100 x 100\.00, synced$/m,
        /none of the 60 values seen$/m,
        /^ {2}- fee {7}0\.017500 {2}as taker; \$0\.874650 for the order in one fill/m,
        /^ {2}= net edge {2}0\.\d{6} {2}\$\d+\.\d\d for the order$/m,
        /^ {2}contracts {3}50\.00, bound by what is displayed$/m,
        /^ {2}One order +0\.000000 +26\.\d+ +26\.\d+ +500\.000000 +473\.\d+$/m,
        /^ {2}.*min_edge = 0\.02/m,
        /^ +\+500 ms {2}filled: 3\.00 at 0\.5100 as taker, fee \$0\.052500/m,
        /^ {2}Now cancelled; 3\.00 of 50\.00 contracts at 0\.5100 on average/m,
        /^ {2}The market settled yes .*the account held 3\.00, got \$3\.00, and made \$1\.4175 in this market after fees$/m,
      ]
    ) assert.match(text, wanted);
    assert.doesNotMatch(text, /Not known|undefined|NaN|null/);
  });
});

Deno.test("for programs there is one object, and its figures are the text's", async () => {
  await withJournals({ [RUN]: JOURNAL }, async (state, [directory]) => {
    const byState = JSON.parse(JSON.stringify((await explain(command({ state, json: true }), {})).json));
    assert.deepEqual(Object.keys(byState), [
      "venue",
      "simulated",
      "order",
      "journal",
      "line",
      "kbot_version",
      "sent_at",
      "sent_at_eastern",
      "evidence",
      "trigger",
      "decision",
      "parameters",
      "events",
      "fills",
      "end",
      "market_end",
      "missing",
    ]);
    assert.deepEqual([byState.venue, byState.simulated], [null, null], "a state that does not say whose it is");
    assert.equal(byState.decision.costs.worst_fee, "0.874801");
    for (const journal of [directory, join(directory, "000002.ndjson.gz")]) {
      const byPath = await explain(command({ journal, json: true }), {});
      assert.deepEqual(JSON.parse(JSON.stringify(byPath.json)), byState, journal);
    }
  });
});

Deno.test("an order whose journal is gone is told from the store, which says what is missing", async () => {
  await withJournals({}, async (state) => {
    const { store: path } = statePaths(state);
    const opened = await openKvStore(path);
    assert.ok(opened.ok);
    const records = STORY.all("record").map(({ record }) => record);
    assert.ok(opened.store.apply(records, { run: RUN, line: 1 }).ok);
    assert.ok((await opened.store.close()).ok);
    for (const order of ["bot-1", "o-bot-1", "o-b"]) {
      const reply = await explain(command({ state, order }), {});
      assert.deepEqual([reply.exitCode, reply.problems], [0, []]);
      const text = reply.text ?? "";
      assert.match(
        text,
        /What the strategy gave as its reasons\n {2}model {7}P\(YES\) 0\.\d{6}, from 84200 against a strike/,
      );
      assert.match(text, /3\.00 of 50\.00 contracts at 0\.5100 on average, fees \$0\.052500/);
      assert.match(text, /made \$1\.4175 in this market/);
      assert.match(text, /Not known\n {2}No journal holds the order any more/);
    }
    assert.equal((await explain(command({ state, order: "bot-2" }), {})).exitCode, 1);
  });
});

Deno.test("what stands in the way is told, with what to do about it", async () => {
  await withJournals({ [RUN]: JOURNAL }, async (state, [directory]) => {
    const cases: readonly (readonly [asked: Partial<ExplainCommand>, exitCode: number, problem: RegExp])[] = [
      [{ state, order: "bot-2" }, 1, /No order bot-2 is known in .*: did you mean bot-1\?\nThe last ones: bot-1$/],
      [{ state: join(state, "empty"), order: "bot-1" }, 1, /No order bot-1 is known in .*\nNone was ever sent$/],
      [{ state: "" }, 2, /^Empty --state/],
      [{ journal: join(state, "nothing") }, 2, /^There is no journal at .*nothing$/],
      [{ journal: join(directory, "..", "..", "nothing") }, 2, /^There is no journal at/],
    ];
    for (const [asked, exitCode, problem] of cases) {
      const reply = await explain(command(asked), {});
      assert.deepEqual([reply.exitCode, reply.text], [exitCode, null]);
      assert.match(reply.problems.join("\n"), problem);
    }
  });
});
