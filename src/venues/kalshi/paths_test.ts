import assert from "node:assert/strict";
import { dataPath, orderPath } from "./paths.ts";
import { nothing, withVenue } from "./scripted_run_fixture.ts";

Deno.test("every way is told apart from the others", () => {
  const data = [dataPath(false, "wasm"), dataPath(true, "wasm"), dataPath(true, "bytes"), dataPath(true, "json")];
  const orders = [orderPath(false, 1), orderPath(true, null), orderPath(true, 0), orderPath(true, 1)];
  assert.equal(new Set(data).size, 4);
  assert.equal(new Set(orders).size, 4);
});

for (const fast of [true, false]) {
  Deno.test(`a venue with fast paths ${fast ? "on" : "off"} says so, and what lies on each shard`, () =>
    withVenue({ frames: fast ? "bytes" : "json", fastOrders: fast }, nothing, async (run) => {
      await run.until("account");
      const { paths, cashByShard } = run.venue.health();
      assert.match(paths.data, fast ? /own socket/ : /JSON\.parse/);
      assert.match(paths.orders, fast ? /own connections/ : /^fetch$/);
      assert.deepEqual(cashByShard, { "0": "60.000000", "2": "40.000000" });
    }));
}

Deno.test("without trading there is no way for orders, and no cash", () =>
  withVenue({ trade: false, signer: null }, nothing, async (run) => {
    await run.until("market");
    const { paths, cashByShard } = run.venue.health();
    assert.deepEqual(paths, { data: "REST, polled", orders: "none: nothing is traded there" });
    assert.deepEqual(cashByShard, {});
  }));
