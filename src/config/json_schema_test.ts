import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { parse } from "smol-toml";
import { configJsonSchema } from "./json_schema.ts";
import { CONFIG_SCHEMA, configSchema, defaultConfig } from "./schema.ts";
import { CONFIG_KEYS, KEYS } from "./schema_keys.ts";
import { describeConfig } from "./describe.ts";
import { configTemplate } from "./template.ts";
import { STRATEGIES } from "../strategies/registry.ts";

const schema = configJsonSchema();
/** Strict: a word that JSON Schema does not know is an error. */
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

/** What the validator objects to in TOML text; none where it takes it. */
function objections(toml: string): string[] {
  return validate(parse(toml))
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

Deno.test("the JSON Schema names every key, explains it, and refuses others in every section", () => {
  for (const key of CONFIG_KEYS) {
    // deno-lint-ignore no-explicit-any
    let inner: any = schema;
    for (const part of key.split(".")) {
      assert.equal(inner.additionalProperties, false, key);
      inner = inner.properties[part];
    }
    assert.ok(inner.description.startsWith(KEYS.description(key)), key);
  }
});

const GOOD: readonly string[] = [
  "",
  configTemplate(),
  configTemplate().replaceAll(/^#(?=\S)/gm, ""),
  describeConfig(defaultConfig(), new Map(), { origin: true }),
  `[risk]\nmax_order_usd = "12.50"\nprice_ceiling = "0.985"`,
  `[risk]\nmax_order_usd = 500`,
  `[venue]\nname = "https://example.com/trade-api/v2"\nws = "wss://example.com/ws"\nkey_id = "abc"`,
  `[[risk.group]]\nname = "fed"\nseries = ["KXFED*"]\nmax_pct = 15`,
  `[[packs]]\nfile = "a.js"\nsha256 = "${"0".repeat(64)}"`,
  `[alerts]\nquiet_hours = "22:00-07:00"\nzone = "America/New_York"`,
];

for (const toml of GOOD) {
  Deno.test(`an editor takes ${JSON.stringify(toml.slice(0, 60))}, as kbot does`, () => {
    assert.ok(CONFIG_SCHEMA.safeParse(parse(toml)).success);
    assert.deepEqual(objections(toml), []);
  });
}

const BAD: readonly [toml: string, where: string][] = [
  [`[server]\nprot = 1`, "/server"],
  [`[sever]\nport = 1`, ""],
  [`[server]\nport = 70000`, "/server/port"],
  [`[server]\nport = "8080"`, "/server/port"],
  [`[risk]\nmax_order_usd = 12.5`, "/risk/max_order_usd"],
  [`[risk]\nmax_order_usd = "twelve"`, "/risk/max_order_usd"],
  [`[risk]\nmax_order_usd = 501`, "/risk/max_order_usd"],
  [`[risk]\nprice_ceiling = "much"`, "/risk/price_ceiling"],
  [`[venue]\nname = "kalshy"`, "/venue/name"],
  [`[venue]\nname = 7`, "/venue/name"],
  [`[venue]\nws = "https://example.com"`, "/venue/ws"],
  [`[venue]\nseries = ["KXBTC15M", "KXBTC15M"]`, "/venue/series"],
  [`[log]\nlevel = "loud"`, "/log/level"],
  [`[strategies.settlement_edge]\nmin_edgee = 0.02`, "/strategies/settlement_edge"],
  [`[[risk.group]]\nname = "fed"\nseries = ["KXFED*"]`, "/risk/group/0"],
  [`[[packs]]\nfile = "a.js"\nsha256 = "abc"`, "/packs/0/sha256"],
];

for (const [toml, where] of BAD) {
  Deno.test(`an editor objects to ${JSON.stringify(toml)} at its place, as kbot does`, () => {
    assert.ok(!CONFIG_SCHEMA.safeParse(parse(toml)).success);
    const found = objections(toml);
    assert.ok(found.length > 0 && found.every((text) => text.startsWith(`${where} `)), found.join("\n"));
  });
}

/** Values as somebody may type them. */
const value = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.integer({ min: -10, max: 100_000 }),
  fc.double({ min: -1, max: 200, noNaN: true }),
  fc.boolean(),
  fc.tuple(fc.nat(1_000), fc.nat(9_999)).map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom(
    "kalshi",
    "sim",
    "https://example.com/x",
    "wss://example.com",
    "22:00-07:00",
    "0.5",
    ".5",
    "5.",
    "1e3",
  ),
  fc.array(fc.constantFrom("KXBTC15M", "KXFED", "BTC", "coinbase", "KNYC", "me@example.com"), { maxLength: 3 }),
);

Deno.test("an editor takes whatever kbot takes for a key", () => {
  fc.assert(
    fc.property(fc.constantFrom(...CONFIG_KEYS), value, (key, value) => {
      fc.pre(value !== "" && KEYS.accepts(key, value));
      const file = key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
      // What hangs on another key is not the editor's to tell.
      assert.ok(validate(file), `${key} = ${JSON.stringify(value)}: ${JSON.stringify(validate.errors)}`);
    }),
    { numRuns: 2_000, seed: 7 },
  );
});

Deno.test("with packs, the JSON Schema has the sections of their strategies", () => {
  const [first] = STRATEGIES;
  const withPack = configJsonSchema(configSchema([{ ...first, name: "from_a_pack" }]));
  const file = { strategies: { from_a_pack: { enabled: true } } };
  assert.ok(new Ajv2020({ strict: true, allowUnionTypes: true }).compile(withPack)(file));
  assert.ok(!validate(file));
});
