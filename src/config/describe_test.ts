import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { describeConfig } from "./describe.ts";
import { CONFIG_SCHEMA, defaultConfig } from "./schema.ts";

Deno.test("what is shown loads again as the same configuration", () => {
  const config = CONFIG_SCHEMA.parse({
    venue: { name: "http://localhost:1", ws: "ws://localhost:1", series: ["KXBTC15M"], key_id: 'a"b\x7f\n' },
    risk: {
      ...{ max_order_usd: "12.345678", price_ceiling: "0.9855" },
      group: [{ name: "fed", series: ["KXFED*", "KXRATE"], max_pct: 12.5, same_day: true }],
    },
    strategies: { settlement_edge: { enabled: false } },
  });
  assert.deepEqual(CONFIG_SCHEMA.parse(parse(describeConfig(config, new Map(), { origin: true }))), config);
});

Deno.test("the origin of a value stands behind it", () => {
  const text = describeConfig(defaultConfig(), new Map([["server.port", { kind: "flag", flag: "--port" }]]), {
    origin: true,
  });
  assert.match(text, /^port = 8080 {2}# --port$/m);
  assert.match(text, /^host = "127\.0\.0\.1" {2}# default$/m);
});
