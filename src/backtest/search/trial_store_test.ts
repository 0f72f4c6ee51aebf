import assert from "node:assert/strict";
import { micros } from "../../core/units.ts";
import type { TrialResult } from "./trial.ts";
import { TrialStore } from "./trial_store.ts";

const result = (periods: number, fills: number): TrialResult => ({
  profits: Float64Array.from({ length: periods }, (_, k) => k * 1_000_003 - 7),
  orders: 9,
  fills,
  through: null,
  stoppedEarly: false,
});

async function withStore(test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "kbot-trials-" });
  try {
    await test(`${folder}/trials.kv`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what was kept is there when it is opened again, by parameters and by part of the data", () =>
  withStore(async (path) => {
    const first = await TrialStore.open(path, "basis", micros(1));
    await first.put("a", "whole", result(10_000, 3));
    await first.put("a", "until 7", result(2, 1));
    await first.put("b", "whole", { ...result(0, 0), through: micros(8), stoppedEarly: true });
    first.close();
    const again = await TrialStore.open(path, "basis", micros(2));
    assert.deepEqual(await again.get("a", "whole"), result(10_000, 3), "more than one value of the database takes");
    assert.deepEqual(await again.get("a", "until 7"), result(2, 1));
    assert.deepEqual(await again.get("b", "whole"), { ...result(0, 0), through: 8, stoppedEarly: true });
    assert.equal(await again.get("a", "until 8"), null);
    again.close();
    const other = await TrialStore.open(path, "other data", micros(3));
    assert.equal(await other.get("a", "whole"), null);
    await other.put("a", "whole", result(1, 5));
    await other.forget();
    assert.equal(await other.get("a", "whole"), null);
    other.close();
    const last = await TrialStore.open(path, "basis", micros(4));
    assert.notEqual(await last.get("a", "whole"), null, "only what is its own is let go");
    last.close();
  }));

Deno.test("of fifty data sets and settings results are kept, those not asked for longest go", () =>
  withStore(async (path) => {
    for (let k = 0; k < 52; k++) {
      const store = await TrialStore.open(path, `basis ${k}`, micros(k + 1));
      await store.put("a", "whole", result(1, k));
      store.close();
    }
    const oldest = await TrialStore.open(path, "basis 2", micros(100));
    assert.equal((await oldest.get("a", "whole"))?.fills, 2);
    oldest.close();
    const gone = await TrialStore.open(path, "basis 1", micros(101));
    assert.equal(await gone.get("a", "whole"), null);
    gone.close();
  }));
