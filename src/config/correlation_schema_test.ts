import assert from "node:assert/strict";
import { formatConfigError } from "./config_error.ts";
import { loadConfig } from "./load.ts";

const FED = `name = "fed"\nseries = ["KXFED*"]\nmax_pct = 15\n`;

/** What a file's section `[risk]` comes to, and its mistakes. */
async function load(toml: string, env: Record<string, string> = {}) {
  const file = await Deno.makeTempFile({ prefix: "kbot-config-", suffix: ".toml" });
  try {
    await Deno.writeTextFile(file, toml);
    const loaded = await loadConfig({ file, env });
    const errors = loaded.ok
      ? []
      : loaded.errors.map(formatConfigError).map((text) => text.replaceAll(file, "kbot.toml"));
    return { risk: loaded.ok ? loaded.config.risk : null, errors };
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("groups are tables of the file, beside the other keys of the section", async () => {
  const heat = `name = "heat of a day"\nseries = ["KXHIGHNY", "KXHIGHCHI"]\nmax_pct = 9.5\nsame_day = true\n`;
  const { risk, errors } = await load(
    `[risk]\ncorrelated_by = "close"\nmax_order_usd = 5\n\n[[risk.group]]\n${FED}\n[[risk.group]]\n${heat}`,
  );
  assert.deepEqual(errors, []);
  assert.equal(risk?.correlated_by, "close");
  assert.deepEqual(JSON.parse(JSON.stringify(risk?.group)), [
    { name: "fed", series: ["KXFED*"], max_pct: 15, same_day: false },
    { name: "heat of a day", series: ["KXHIGHNY", "KXHIGHCHI"], max_pct: 9.5, same_day: true },
  ]);
});

Deno.test("without any, what settles on one index moves together, and nothing else", async () => {
  const { risk } = await load("");
  assert.deepEqual([risk?.correlated_by, risk?.group], ["index", []]);
});

const SERIES = 'a list of 1 to 64 series such as "KXFED", or with * at the end, as "KXFED*"';
const TABLES =
  "at most 16 tables with names of their own, each with name, series, max_pct, and same_day where it is meant";

const MISTAKES: readonly (readonly [what: string, table: string, error: string])[] = [
  ["a star inside", FED.replace("KXFED*", "KX*FED"), `group[1].series: Found "KX*FED", allowed: ${SERIES}`],
  ["no series", FED.replace('["KXFED*"]', "[]"), `group[1].series: Found [], allowed: ${SERIES}`],
  ["no bound", FED.replace("max_pct = 15\n", ""), "group[1].max_pct: Found nothing, allowed: a number above 0 to 100"],
  ["a bound of nothing", FED.replace("15", "0"), "group[1].max_pct: Found 0, allowed: a number above 0 to 100"],
  [
    "a name of spaces",
    FED.replace('"fed"', '" "'),
    'group[1].name: Found " ", allowed: a name of at most 40 letters, digits, spaces, dots, - and _',
  ],
  ["the name of another", FED.replace("fed", "first"), `group: Found [a section, a section], allowed: ${TABLES}`],
  [
    "an unknown key",
    `${FED}day = true\n`,
    "group[1].day: Found an unknown key, allowed: name, series, max_pct, same_day",
  ],
];

for (const [what, table, error] of MISTAKES) {
  Deno.test(`a group with ${what} is refused by its place, and with what is allowed`, async () => {
    const { errors } = await load(`[[risk.group]]\n${FED.replace("fed", "first")}[[risk.group]]\n${table}`);
    const line = error.startsWith("group[1]") ? 5 : 1;
    assert.deepEqual(errors, [`kbot.toml:${line}: risk.${error}`]);
  });
}

Deno.test("groups of a variable are told by its name where they are wrong", async () => {
  const of = (max: string) => ({ KBOT_RISK__GROUP: `[{ name = "fed", series = ["KXFED*"], max_pct = ${max} }]` });
  assert.equal((await load("", of("15"))).risk?.group[0].max_pct, 15);
  const { errors } = await load(`[risk]\nmax_order_usd = 5\n`, of("200"));
  assert.equal(errors.length, 1);
  assert.match(errors[0], /^KBOT_RISK__GROUP: risk\.group/);
});

Deno.test("the groups that the README shows are valid", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [, shown = ""] = /```toml\n(\[\[risk\.group\]\][^`]*)```/.exec(readme) ?? [];
  const { risk, errors } = await load(shown);
  assert.deepEqual(errors, []);
  assert.deepEqual(risk?.group.map(({ name, same_day }) => [name, same_day]), [["fed", false], ["heat", true]]);
});
