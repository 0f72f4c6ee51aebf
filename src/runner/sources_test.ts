import assert from "node:assert/strict";
import type { ClusterStatus } from "../cluster/leadership.ts";
import { defaultConfig } from "../config/schema.ts";
import { Rig } from "../engine/engine_fixture.ts";
import { runSources } from "./sources.ts";

const STATUS: ClusterStatus = {
  role: "standby",
  name: "b",
  account: "main",
  epoch: 3,
  leader: "a",
  connected: true,
  detail: null,
  behindMs: null,
};

/** The sources of a run as far as a change of parameters goes; what was changed. */
function sourcesOf(cluster: ClusterStatus | null) {
  const changed: string[] = [];
  const config = defaultConfig();
  const request = { config, packs: [], stateDirectory: "/nowhere", log: {}, lease: { status: () => cluster } };
  const parts = {
    request,
    chosen: { title: "Kalshi", simulated: false },
    engine: new Rig().engine,
    config: () => config,
    changeConfig: (values: ReadonlyMap<string, unknown>) => {
      changed.push([...values].join());
      return null;
    },
  };
  return { sources: runSources(parts as unknown as Parameters<typeof runSources>[0]), changed };
}

const asked = { strategy: "settlement_edge", values: { min_edge: 0.07 }, via: "page" } as const;

Deno.test("a bot that stands by changes no parameters, and says who leads: theirs are what counts", async () => {
  const { sources, changed } = sourcesOf(STATUS);
  const { accepted, text } = await sources.changeParameters(asked);
  assert.deepEqual([accepted, changed], [false, []]);
  assert.match(text, /^Nothing is changed\. This bot stands by; a leads: do it there/);
});

for (const [what, cluster] of [["leads", { ...STATUS, role: "leader" }], ["is alone", null]] as const) {
  Deno.test(`a bot that ${what} changes them`, async () => {
    const { sources, changed } = sourcesOf(cluster);
    assert.equal((await sources.changeParameters(asked)).accepted, true);
    assert.deepEqual(changed, ["strategies.settlement_edge.min_edge,0.07"]);
  });
}
