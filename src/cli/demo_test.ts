import assert from "node:assert/strict";
import { loadConfig } from "../config/load.ts";
import { settlementIndexOf } from "../core/ticker.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import { LISTED_SERIES, OPTIONAL_SERIES } from "../venues/exchange/series.ts";
import { DEMO_DEFAULTS } from "./demo.ts";

async function demoConfig(env: Readonly<Record<string, string>> = {}) {
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    const loaded = await loadConfig({ file, env, defaults: DEMO_DEFAULTS });
    assert.ok(loaded.ok, JSON.stringify(loaded));
    return loaded.config;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("in the demo every strategy runs, and each has a series to trade that the exchange lists", async () => {
  const { strategies, venue } = await demoConfig();
  const listed = new Set([...LISTED_SERIES, ...OPTIONAL_SERIES].map(({ ticker }) => ticker));
  for (const series of venue.series) assert.ok(listed.has(series), series);
  for (const strategy of STRATEGIES) {
    const section = strategies[strategy.name];
    assert.equal(section?.enabled, true, strategy.name);
    const { enabled: _, ...parameters } = section;
    const bound = strategy.bind(parameters);
    assert.ok(venue.series.some((series) => bound.trades(series)), strategy.name);
  }
  assert.ok(venue.series.some((series) => settlementIndexOf(series) === null), "not all settle on an index");
});

Deno.test("what is set beats what the demo would take", async () => {
  const { strategies, venue } = await demoConfig({
    KBOT_STRATEGIES__WEATHER__ENABLED: "false",
    KBOT_VENUE__SERIES: "KXBTC15M",
  });
  assert.equal(strategies.weather?.enabled, false);
  assert.equal(strategies.arbitrage?.enabled, true);
  assert.deepEqual(venue.series, ["KXBTC15M"]);
});
