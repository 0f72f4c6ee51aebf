import assert from "node:assert/strict";
import { STRATEGIES } from "../strategies/registry.ts";
import { keepCopies } from "./pack_copies.ts";
import { latePack } from "./pack_fixture.ts";
import { neededPacks, registryFor, registryWith, statesAround } from "./registry_of.ts";

const pack = await latePack();
const NEED = { name: "late_yes", sha256: pack.sha256 };
const NOWHERE = { listed: [], configuration: "kbot.toml", states: [] };

Deno.test("what a journal's options need is read with care: they may be damaged", () => {
  const cases: readonly (readonly [options: unknown, needs: unknown])[] = [
    [{ strategies: [{ name: "a", enabled: true }, { name: "b", pack: "abc" }] }, [{ name: "b", sha256: "abc" }]],
    [{ strategies: [null, 1, "x", [], { pack: 1 }] }, [{ name: "undefined", sha256: "1" }]],
    [{ strategies: {} }, []],
    [null, []],
    ["strategies", []],
  ];
  for (const [options, needs] of cases) assert.deepEqual(neededPacks(options), needs);
});

Deno.test("a pack is taken from the configuration, else from a copy in a state directory", async () => {
  const state = await Deno.makeTempDir({ prefix: "kbot-registry-" });
  try {
    await keepCopies(state, [pack]);
    for (const sources of [{ ...NOWHERE, listed: [pack] }, { ...NOWHERE, states: ["/nowhere", state] }]) {
      const found = await registryFor([NEED], sources);
      assert.ok(found.ok);
      assert.deepEqual(found.registry.map(({ name }) => name), [...STRATEGIES.map(({ name }) => name), "late_yes"]);
    }
    const other = await registryFor([{ ...NEED, name: "early_no" }], { ...NOWHERE, listed: [pack], states: [state] });
    assert.ok(!other.ok, "a file that calls itself otherwise is not it");
  } finally {
    await Deno.remove(state, { recursive: true });
  }
});

Deno.test("a pack that is nowhere is named with its hash and every place that was looked at", async () => {
  const sha256 = "0".repeat(64);
  const sources = { listed: [pack], configuration: "kbot.toml", states: ["/a", "/b"] };
  assert.deepEqual(await registryFor([{ name: "late_yes", sha256 }], sources), {
    ok: false,
    reason: `Strategy late_yes is a pack, the file with SHA-256 ${sha256}, which is in none of these: [[packs]] of ` +
      `kbot.toml, /a/packs/${sha256}.js, /b/packs/${sha256}.js`,
  });
});

Deno.test("a journal's state is found from a run's directory and from one of its files", () => {
  const run = "/state/journal/20261120T104219Z-0001";
  assert.ok(statesAround(run).includes("/state") && statesAround(`${run}/`).includes("/state"));
  assert.ok(statesAround(`${run}/000001.ndjson`).includes("/state"));
});

Deno.test("a pack of an old journal stands for the strategy of kbot that got its name later", async () => {
  const early = await latePack("settlement_edge");
  const registry = registryWith([early]);
  assert.equal(registry.length, STRATEGIES.length);
  assert.equal(registry.find(({ name }) => name === "settlement_edge"), early.registration);
});
