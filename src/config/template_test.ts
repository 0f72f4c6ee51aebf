import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { configRows } from "./describe.ts";
import { CONFIG_SCHEMA, defaultConfig } from "./schema.ts";
import { CONFIG_KEYS, KEYS } from "./schema_keys.ts";
import { configTemplate } from "./template.ts";

const template = configTemplate();

/** The template with the comment signs in front of its keys taken away. */
const opened = template.replaceAll(/^#(?=\S)/gm, "");

Deno.test("the template is the default configuration, as it stands and with every key taken in", () => {
  assert.deepEqual(CONFIG_SCHEMA.parse(parse(template)), defaultConfig());
  assert.deepEqual(CONFIG_SCHEMA.parse(parse(opened)), defaultConfig());
});

Deno.test("the template has every key in its section, with its meaning and what is allowed above it", () => {
  const missing = new Set(CONFIG_KEYS);
  let section = "";
  let above = "";
  for (const line of template.split("\n")) {
    const header = /^\[([^\]]+)\]$/.exec(line);
    if (header !== null) section = `${header[1]}.`;
    const name = (/^#([a-z_0-9]+) = /.exec(line) ?? /^# ([a-z_0-9]+) is not set$/.exec(line))?.[1];
    if (name !== undefined) {
      const key = section + name;
      assert.ok(missing.delete(key), `${key} is no key, or twice there`);
      assert.ok(above.includes(KEYS.description(key)), `${key}: ${above}`);
      assert.ok(above.includes(`Allowed: ${KEYS.allowedText(key)}.`), `${key}: ${above}`);
      assert.equal(/ \[reload\]$/.test(above), KEYS.reloads(key), key);
    }
    if (line.startsWith("# ") && name === undefined) above += ` ${line.slice(2)}`;
    else above = "";
  }
  assert.deepEqual([...missing], []);
});

Deno.test("every key says what it means, and what is allowed", () => {
  for (const { key, description, allowed } of configRows(defaultConfig(), new Map())) {
    assert.ok(description !== "", `${key} has no description`);
    assert.doesNotMatch(allowed, /another type|undefined/, key);
  }
});

/** How a name tells its unit, and which word must stand in what is said of it then. */
const UNITS: readonly [ending: RegExp, word: RegExp][] = [
  [/_usd$/, /dollar/i],
  [/_pct$/, /percent|of a hundred/i],
  [/_ms$/, /millisecond/i],
  [/_s$/, /second/i],
  [/_seconds$/, /second/i],
  [/_days$|^record\.days$/, /days/i],
  [/cool_down_min$/, /minutes/i],
  [/_bp$/, /basis point|hundredths of a percent/i],
  [/_gb$/, /gigabyte/i],
  [/_mb$/, /megabyte/i],
];

Deno.test("a key whose name ends in a unit says that unit in words", () => {
  for (const { key, description, allowed } of configRows(defaultConfig(), new Map())) {
    const unit = UNITS.find(([ending]) => ending.test(key));
    if (unit !== undefined) assert.match(`${description} ${allowed}`, unit[1], key);
  }
});
