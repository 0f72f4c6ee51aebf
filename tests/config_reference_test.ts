import assert from "node:assert/strict";
import { withReference } from "../src/config/reference.ts";
import { CONFIG_KEYS } from "../src/config/schema_keys.ts";

/** Line breaks are the formatter's. */
const words = (text: string): string => text.replaceAll(/\s+/g, " ");

Deno.test("the reference of the configuration is what deno task config-reference makes of the schema", async () => {
  const page = await Deno.readTextFile(new URL("../src/config/README.md", import.meta.url));
  const made = withReference(page);
  assert.ok(made !== null, "src/config/README.md has no place for it");
  assert.ok(words(page) === words(made), "src/config/README.md is behind the schema: run deno task config-reference");
});

Deno.test("the reference names every key in its section", async () => {
  const page = await Deno.readTextFile(new URL("../src/config/README.md", import.meta.url));
  const named = new Set<string>();
  let section = "";
  for (const line of page.split("\n")) {
    section = /^`\[([a-z_.0-9]+)\]` /.exec(line)?.[1] ?? section;
    const name = /^- `([a-z_0-9]+)` \(/.exec(line)?.[1];
    if (name !== undefined) named.add(section === "" ? name : `${section}.${name}`);
  }
  assert.deepEqual(CONFIG_KEYS.filter((key) => !named.has(key)), []);
});
