/** What one bot tells the others beside its state, and what keys that were made anew lead to, at a real server. */

import assert from "node:assert/strict";
import { Leadership } from "../../src/cluster/leadership.ts";
import { NatsStore } from "../../src/cluster/lease/nats_store.ts";
import type { KillNotice } from "../../src/cluster/state/shared_state.ts";
import { cluster as clusterSchema } from "../../src/config/cluster_schema.ts";
import { FRESH } from "../../src/engine/options.ts";
import { until } from "../trading_stage.ts";
import { eventually, hasNatsServer, NatsCluster, NO_NATS_SERVER } from "./nats_cluster.ts";

const CAN = await hasNatsServer();
if (!CAN) console.log(NO_NATS_SERVER);

/** A bound, not a claim. */
const PATIENCE_MS = 120_000;

interface Member {
  readonly leadership: Leadership;
  /** What it was told by others. */
  readonly kills: KillNotice[];
}

async function join(name: string, servers: readonly string[]): Promise<Member> {
  const kills: KillNotice[] = [];
  const started = await Leadership.start({
    config: clusterSchema.parse({ servers, name, replicas: 1 }),
    access: { login: { kind: "none" }, ca: null },
    candidate: {
      holder: crypto.randomUUID(),
      ...{ name, instance: `k0000000${name}`, execution: "live", venue: "kalshi" },
    },
    onTaken: () => {},
    onLost: assert.fail,
    onKill: (notice) => kills.push(notice),
  });
  assert.ok(started.ok, started.ok ? "" : started.reason);
  return { leadership: started.leadership, kills };
}

/** At its first look, unless a busy machine let the time for that pass. */
const untilLeads = ({ leadership }: Member, epoch: number): Promise<void> =>
  until("it to lead", () => Promise.resolve(leadership.lease.held?.epoch === epoch), PATIENCE_MS);

Deno.test("a kill at a bot that ends at once reaches the leader, and the next one before it begins", {
  ignore: !CAN,
}, async () => {
  await using cluster = await NatsCluster.start({ nodes: 1 });
  const leader = await join("a", cluster.servers);
  await untilLeads(leader, 1);
  await leader.leadership.listen();
  const standby = await join("b", cluster.servers);
  standby.leadership.tellToKill("file");
  await standby.leadership.stop();
  await until("the leader to be told", () => Promise.resolve(leader.kills.length === 1), PATIENCE_MS);
  assert.deepEqual([leader.kills[0].name, leader.kills[0].via], ["b", "file"]);
  await leader.leadership.stop();

  const next = await join("c", cluster.servers);
  await untilLeads(next, 2);
  assert.ok(await next.leadership.inherit(2) !== null);
  assert.deepEqual(next.kills, [], "there is no run yet");
  await next.leadership.listen();
  assert.deepEqual(next.kills, leader.kills, "nobody ever wrote down that it was carried out");
  await next.leadership.stop();
});

Deno.test(
  "a lease whose key was made anew takes a later epoch than the state that is left",
  { ignore: !CAN },
  async () => {
    await using cluster = await NatsCluster.start({ nodes: 1 });
    const member = await join("a", cluster.servers);
    await untilLeads(member, 1);
    const { leadership } = member;
    const left = { epoch: 7, name: "b", instance: "k0000000b", run: "r", heard: null, resume: FRESH, trades: [] };
    const { resume } = left;
    const text = JSON.stringify({ ...left, resume: { ...resume, budgets: [], strategies: [] } });
    const written = await leadership.store.write(leadership.shareKeys.state, text, 0);
    assert.equal(written.kind, "written");
    assert.equal(await leadership.inherit(1), null, "with a lower one its own words would count as old");
    await untilLeads(member, 8);
    const heritage = await leadership.inherit(8);
    assert.ok(heritage !== null && "shared" in heritage);
    assert.equal(heritage.shared?.epoch, 7);
    await leadership.stop();
  },
);

Deno.test(
  "keys that were made when fewer copies were wanted are said to be kept too seldom",
  { ignore: !CAN },
  async () => {
    await using cluster = await NatsCluster.start();
    const opened = async (replicas: number) => {
      const config = clusterSchema.parse({ servers: cluster.servers, name: "a", replicas });
      const connection = await cluster.connect();
      const store = await eventually(async () => {
        const opened = await NatsStore.open(connection, config, 2_000);
        if (!opened.ok && opened.kind === "outage") throw new Error(opened.reason);
        return opened;
      });
      await connection.close();
      return store.ok ? "opened" : `${store.kind}: ${store.reason}`;
    };
    assert.equal(await opened(1), "opened");
    assert.match(
      await opened(3),
      /^refused: .* keeps bucket kbot 1 times, not 3: nats stream edit KV_kbot --replicas 3/,
    );
    assert.equal(await opened(1), "opened");
  },
);
