import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { configRows, configTemplate, describeConfig } from "./describe.ts";
import { CONFIG_SCHEMA, defaultConfig } from "./schema.ts";
import { CONFIG_KEYS, configJsonSchema } from "./schema_keys.ts";

Deno.test("what is shown loads again as the same configuration", () => {
  const config = CONFIG_SCHEMA.parse({
    venue: { name: "http://localhost:1", ws: "ws://localhost:1", series: ["KXBTC15M"], key_id: 'a"b' },
    risk: {
      ...{ max_order_usd: "12.345678", price_ceiling: "0.9855" },
      group: [{ name: "fed", series: ["KXFED*", "KXRATE"], max_pct: 12.5, same_day: true }],
    },
    strategies: { settlement_edge: { enabled: false } },
  });
  assert.deepEqual(CONFIG_SCHEMA.parse(parse(describeConfig(config, new Map(), { origin: true }))), config);
});

Deno.test("the template is the default configuration with every key explained", () => {
  const template = configTemplate();
  assert.deepEqual(CONFIG_SCHEMA.parse(parse(template)), defaultConfig());
  for (const row of configRows(defaultConfig(), new Map())) {
    assert.ok(row.description !== "", `${row.key} has no description`);
    assert.ok(!/another type|undefined/.test(row.allowed), `${row.key}: ${row.allowed}`);
    assert.ok(template.includes(row.description), row.key);
  }
});

Deno.test("the origin of a value stands behind it", () => {
  const text = describeConfig(defaultConfig(), new Map([["server.port", { kind: "flag", flag: "--port" }]]), {
    origin: true,
  });
  assert.match(text, /^port = 8080 {2}# --port$/m);
  assert.match(text, /^host = "127\.0\.0\.1" {2}# default$/m);
});

Deno.test("the JSON Schema names every key and refuses others", () => {
  const schema = JSON.parse(JSON.stringify(configJsonSchema()));
  for (const key of CONFIG_KEYS) {
    let inner = schema;
    for (const part of key.split(".")) inner = inner.properties[part];
    assert.ok(inner !== undefined, key);
  }
  assert.equal(schema.properties.risk.additionalProperties, false);
  assert.equal(schema.properties.risk.properties.price_ceiling.default, "0.99");
});
