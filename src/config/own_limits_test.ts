import assert from "node:assert/strict";
import { loadConfig } from "./load.ts";
import { limitsAtDefault, OWN_LIMITS } from "./own_limits.ts";

const CASES: [what: string, env: Record<string, string>, file: string, left: readonly string[]][] = [
  ["nobody has set", {}, "", OWN_LIMITS],
  [
    "a file sets to their very defaults",
    {},
    "[risk]\nmax_order_usd = 500\nmax_open_exposure_usd = 5000\ndaily_loss_usd = 1000\n",
    [],
  ],
  ["the environment sets in part", { KBOT_RISK__MAX_ORDER_USD: "5" }, "", OWN_LIMITS.slice(1)],
  [
    "two of three are set, and another limit",
    { KBOT_RISK__DAILY_LOSS_USD: "5" },
    "[risk]\nmax_order_usd = 5\nmax_market_usd = 5\n",
    [
      "risk.max_open_exposure_usd",
    ],
  ],
];

for (const [what, env, text, left] of CASES) {
  Deno.test(`limits that ${what}: ${left.length} are left to be set`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".toml" });
    try {
      await Deno.writeTextFile(file, text);
      const loaded = await loadConfig({ file, env, defaults: [{ key: "risk.max_order_usd", value: 7 }] });
      assert.ok(loaded.ok);
      assert.deepEqual(limitsAtDefault(loaded.origins), left);
    } finally {
      await Deno.remove(file);
    }
  });
}
