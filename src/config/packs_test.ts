import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "smol-toml";
import { hashOf, PACK_BYTES_MAX } from "../packs/pack.ts";
import { packTemplate } from "../packs/template.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import { formatConfigError } from "./config_error.ts";
import { describeConfig } from "./describe.ts";
import { strategySettings } from "./engine_settings.ts";
import { loadConfig, type LoadedConfig } from "./load.ts";

const LATE = packTemplate("late_yes");
const LATE_HASH = await hashOf(new TextEncoder().encode(LATE));

/** A configuration beside files, and what loading it gives. */
async function loaded(
  toml: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  env: Record<string, string> = {},
): Promise<{ readonly result: LoadedConfig; readonly errors: string[] }> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-packs-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      if (typeof content === "string") await Deno.writeTextFile(join(directory, name), content);
      else await Deno.writeFile(join(directory, name), content);
    }
    const file = join(directory, "kbot.toml");
    await Deno.writeTextFile(file, toml);
    const result = await loadConfig({ file, env });
    const errors = result.ok ? [] : result.errors.map(formatConfigError);
    return { result, errors: errors.map((each) => each.replaceAll(`${directory}/`, "")) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const listed = (file: string, sha256: string): string => `[[packs]]\nfile = "${file}"\nsha256 = "${sha256}"\n`;

Deno.test("a pack that is listed with its hash brings a section of its own, off until it is switched on", async () => {
  const { result, errors } = await loaded(listed("late_yes.js", LATE_HASH), { "late_yes.js": LATE });
  assert.deepEqual(errors, []);
  assert.ok(result.ok);
  const [pack] = result.packs;
  assert.deepEqual([pack.declaration.name, pack.sha256], ["late_yes", LATE_HASH]);
  assert.deepEqual(result.config.strategies.late_yes, {
    enabled: false,
    min_edge: 0.02,
    kelly_fraction: 0.1,
    max_contracts: 20,
    max_seconds: 120,
  });
  assert.ok(result.known.keys.includes("strategies.late_yes.min_edge"));
  assert.equal(result.known.description("strategies.late_yes.min_edge"), "Least net edge per contract (dollars)");
});

Deno.test("a pack's parameters come from its section, the environment and its defaults, checked like any other", async () => {
  const section = "[strategies.late_yes]\nenabled = true\nmin_edge = 0.05\n";
  const files = { "late_yes.js": LATE };
  const toml = listed("late_yes.js", LATE_HASH) + section;
  const { result } = await loaded(toml, files, { KBOT_STRATEGIES__LATE_YES__MAX_CONTRACTS: "7" });
  assert.ok(result.ok);
  assert.deepEqual(result.config.strategies.late_yes, {
    enabled: true,
    min_edge: 0.05,
    kelly_fraction: 0.1,
    max_contracts: 7,
    max_seconds: 120,
  });
  const wrong = await loaded(`${toml}max_contracts = 2.5\nmax_second = 1\n`, files);
  assert.deepEqual(wrong.errors, [
    "kbot.toml:7: strategies.late_yes.max_contracts: Found 2.5, allowed: a whole number from 1 to 1000",
    "kbot.toml:8: strategies.late_yes.max_second: Found an unknown key, allowed: did you mean strategies.late_yes.max_seconds?",
  ]);
});

Deno.test("what is shown of a configuration with packs loads again as the same", async () => {
  const files = { "late_yes.js": LATE };
  const { result } = await loaded(`${listed("late_yes.js", LATE_HASH)}[strategies.late_yes]\nenabled = true\n`, files);
  assert.ok(result.ok);
  const text = describeConfig(result.config, result.origins, { known: result.known, origin: true });
  const again = await loaded(text, files);
  assert.deepEqual(again.errors, []);
  assert.ok(again.result.ok);
  assert.deepEqual(again.result.config, result.config);
  assert.deepEqual(JSON.parse(JSON.stringify(parse(text).packs)), [{ file: "late_yes.js", sha256: LATE_HASH }]);
});

Deno.test("the hash of a pack is part of its strategy's settings, built-in ones have none", async () => {
  const { result } = await loaded(listed("late_yes.js", LATE_HASH), { "late_yes.js": LATE });
  assert.ok(result.ok);
  const settings = strategySettings(result.config, result.packs);
  assert.equal(settings.find(({ name }) => name === "late_yes")?.pack, LATE_HASH);
  assert.deepEqual(settings.filter((each) => "pack" in each).map(({ name }) => name), ["late_yes"]);
});

Deno.test("every mistake about packs is refused with its place, what was found and what is allowed", async () => {
  const other = packTemplate("other");
  const clash = packTemplate("settlement_edge");
  const hash = (text: string) => hashOf(new TextEncoder().encode(text));
  const zero = "0".repeat(64);
  const large = new Uint8Array(PACK_BYTES_MAX + 1).fill(32);
  const cases: readonly (readonly [toml: string, files: Record<string, string | Uint8Array>, errors: string[]])[] = [
    [listed("late_yes.js", zero), { "late_yes.js": LATE }, [
      `kbot.toml:1: packs[0].sha256: Found ${zero}, allowed: ${LATE_HASH}, the hash of late_yes.js as it is now, once ` +
      "somebody has read what changed",
    ]],
    [`\n${listed("none.js", zero)}`, {}, [
      "kbot.toml:2: packs[0].file: Found none.js, no such file, allowed: a file that exists",
    ]],
    [listed("large.js", zero), { "large.js": large }, [
      `kbot.toml:1: packs[0].file: Found large.js of ${PACK_BYTES_MAX + 1} bytes, allowed: a file of at most ` +
      `${PACK_BYTES_MAX} bytes`,
    ]],
    [listed("bytes.js", zero), { "bytes.js": new Uint8Array([0xff, 0xfe]) }, [
      "kbot.toml:1: packs[0].file: Found bytes.js, bytes that are not UTF-8, allowed: UTF-8 text",
    ]],
    [listed("clash.js", await hash(clash)), { "clash.js": clash }, [
      "kbot.toml:1: packs[0].file: Found clash.js, which calls itself settlement_edge, allowed: a name that no " +
      `strategy of kbot has: they are ${STRATEGIES.map(({ name }) => name).join(", ")}`,
    ]],
    [listed("a.js", LATE_HASH) + listed("b.js", LATE_HASH), { "a.js": LATE, "b.js": LATE }, [
      "kbot.toml:4: packs[1].file: Found b.js, which calls itself late_yes, allowed: a name that no other pack has: so " +
      "does a.js",
    ]],
    [listed("bad.js", await hash("let")), { "bad.js": "let" }, [
      "kbot.toml:1: packs[0].file: Found bad.js, which is no pack: SyntaxError: variable name expected at bad.js:1:4, " +
      "allowed: a strategy pack (kbot pack init writes one)",
    ]],
    [listed("a.js", "abc"), {}, [
      'kbot.toml:1: packs[0].sha256: Found "abc", allowed: the SHA-256 of the file, 64 digits and letters from a to f, ' +
      "as kbot pack check prints it",
    ]],
    [`packs = 1`, {}, ["kbot.toml: packs: Found 1, allowed: at most 16 tables, [[packs]]"]],
    [`[[packs]]\nsha = "x"\nsha256 = "${zero}"`, {}, [
      "kbot.toml:1: packs[0].file: Found nothing, allowed: the path of a JavaScript file",
      "kbot.toml:1: packs[0].sha: Found an unknown key, allowed: file and sha256",
    ]],
    // Another mistake is told too, and the section of the pack that is not there is not called unknown.
    [
      `${
        listed("none.js", zero)
      }[strategies.late_yes]\nenabled = true\n[allocation.strategies.late_yes]\nshare_pct = 5\n` +
      "[server]\nport = -1\n",
      {},
      [
        "kbot.toml:1: packs[0].file: Found none.js, no such file, allowed: a file that exists",
        "kbot.toml:9: server.port: Found -1, allowed: a whole number from 0 to 65535",
      ],
    ],
    [listed("a.js", LATE_HASH) + listed("other.js", zero), { "a.js": LATE, "other.js": other }, [
      `kbot.toml:4: packs[1].sha256: Found ${zero}, allowed: ${await hash(
        other,
      )}, the hash of other.js as it is now, ` +
      "once somebody has read what changed",
    ]],
  ];
  for (const [toml, files, wanted] of cases) assert.deepEqual((await loaded(toml, files)).errors, wanted, toml);
});

Deno.test("nothing of a file with another hash is run", async () => {
  const { errors } = await loaded(listed("a.js", "0".repeat(64)), { "a.js": "while (true);" });
  assert.equal(errors.length, 1);
  assert.match(errors[0], /packs\[0\]\.sha256: Found 0{64}/);
});
