import assert from "node:assert/strict";
import { checkJournal } from "./journal_check/check_journal.ts";
import { runKbot, temporaryDirectory } from "./process.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
if (!FULL) console.log("SKIPPED: the long demo of all strategies runs with KBOT_TEST_FULL=1");

Deno.test({
  name: "in a long demo every strategy trades, each within its budget and all within the caps",
  ignore: !FULL,
  fn: async () => {
    await using state = await temporaryDirectory();
    // Three simulated hours: three times minute 45, and a day's warmest hours in New York and Chicago.
    const asked = ["--for", "180s", "--speed", "60", "--seed", "5"];
    const demo = await runKbot(["demo", ...asked, "--json", "--port", "0", "--state", state.path]);
    assert.equal(demo.code, 0, demo.stderr);
    const { journal, orders } = JSON.parse(demo.stdout) as { journal: string; orders: number };
    const found = await checkJournal(journal);
    assert.deepEqual(found.violations, [], "seed 5");
    assert.equal(found.orders, orders);
    const all = ["arbitrage", "hourly_no", "latency", "market_maker", "rates", "settlement_edge", "weather"];
    assert.deepEqual([...found.strategies.keys()].sort(), all, "seed 5");
    for (const [name, { orders, fills }] of found.strategies) {
      console.log(`${name}: ${orders} orders, ${fills} fills`);
      assert.ok(fills > 0, `${name} has no fill with seed 5`);
    }
    const replayed = await runKbot(["replay", journal, "--verify", "--json"]);
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
  },
});
