import assert from "node:assert/strict";
import { accept, engineOptions, liveRig, Rig } from "../../engine/engine_fixture.ts";
import { journalLines, withJournals } from "./journal_fixture.ts";
import { type OrderSearch, searchOrder } from "./order_search.ts";

const FIRST = "20261120T120000Z-0001";
const SECOND = "20261120T130000Z-0001";
const NONE = "bot-7";

/** One order in each of two runs: `bot-1`, the exchange's `o-bot-1`, and `bot-12`. */
const RUNS = (() => {
  const live = liveRig();
  accept(live, 300.6, 0, live.placed[0].count);
  const resume = { ...engineOptions().resume };
  const account = live.records("account").at(-1);
  assert.ok(account !== undefined);
  const options = engineOptions({ run: SECOND, resume: { ...resume, account: { ...account, nextIntent: 12 } } });
  const lines = (text: readonly string[]): Record<string, string> => ({ "000001.ndjson": text.join("\n") + "\n" });
  return {
    [FIRST]: lines(journalLines(live.inputs, engineOptions({ run: FIRST, execution: "live", capital: null }))),
    [SECOND]: lines(journalLines(new Rig(options).warmUp().inputs, options)),
  };
})();

const sought = async (id: string, runs = RUNS): Promise<OrderSearch> => {
  let found: OrderSearch | undefined;
  await withJournals(runs, async (_, directories) => {
    found = await searchOrder(directories, id, assert.fail);
  });
  assert.ok(found !== undefined);
  return found;
};

const CASES: readonly (readonly [id: string, found: string, run: string])[] = [
  ["bot-1", "bot-1", FIRST],
  ["bot-12", "bot-12", SECOND],
  ["o-bot-1", "bot-1", FIRST],
  ["o-b", "bot-1", FIRST],
];

for (const [id, clientOrderId, run] of CASES) {
  Deno.test(`${id} is the order ${clientOrderId}, which another one's id may begin like`, async () => {
    const search = await sought(id);
    assert.ok(search.kind === "found", JSON.stringify(search));
    assert.equal(search.order.clientOrderId, clientOrderId);
    assert.ok(search.order.run.endsWith(run));
    assert.ok(search.order.inputLine < search.order.line);
  });
}

Deno.test("a beginning that several share names them", async () => {
  const search = await sought("bot");
  assert.deepEqual(search, { kind: "ambiguous", ids: ["bot-12", "bot-1"] });
});

Deno.test("an id that nobody knows comes back with those that there are, the newest last", async () => {
  assert.deepEqual(await sought(NONE), { kind: "unknown", newest: ["bot-1", "bot-12"] });
  assert.deepEqual(await sought(NONE, {} as typeof RUNS), { kind: "unknown", newest: [] });
});

Deno.test("a run that cannot be read is told of, and the others are searched", async () => {
  await withJournals(RUNS, async (state, directories) => {
    const troubles: string[] = [];
    const runs = [`${state}/journal/gone`, ...directories];
    const search = await searchOrder(runs, NONE, (reason) => troubles.push(reason));
    assert.equal(search.kind, "unknown");
    assert.equal(troubles.length, 1);
    assert.match(troubles[0], /^Journal directory .*gone cannot be read/);
  });
});
