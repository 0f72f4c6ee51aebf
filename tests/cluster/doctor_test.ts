import assert from "node:assert/strict";
import { cluster } from "../../src/ops/doctor/cluster.ts";
import { configuration } from "../../src/ops/doctor/configuration.ts";
import { examine } from "../../src/ops/doctor/doctor.ts";
import { hasNatsServer, NatsCluster, NO_NATS_SERVER } from "./nats_cluster.ts";

const CAN = await hasNatsServer();
if (!CAN) console.log(NO_NATS_SERVER);

/** Of servers that are there; a bound, not a claim. */
const PATIENCE_MS = 60_000;

/** What the doctor says of servers of which one is there: a busy machine may let the time for its answer pass. */
async function look(servers: readonly string[]) {
  for (const ends = performance.now() + PATIENCE_MS;;) {
    const found = await lookOnce(servers);
    if (!/cannot be reached/.test(found.detail) || performance.now() > ends) return found;
  }
}

async function lookOnce(servers: readonly string[]) {
  const env = { KBOT_CLUSTER__SERVERS: servers.join(","), KBOT_CLUSTER__NAME: "one" };
  const request = { configFile: undefined, state: undefined, venue: undefined, venueWs: undefined, order: false, env };
  const { checks } = await examine([configuration, cluster], request);
  return checks[1];
}

Deno.test(
  "the doctor tells servers of a cluster that are there, without JetStream, and lost",
  { ignore: !CAN },
  async () => {
    const cluster = await NatsCluster.start({ nodes: 1 });
    try {
      const well = await look(cluster.servers);
      assert.equal(well.status, "PASS", well.detail);
      assert.match(well.detail, /^127\.0\.0\.1:\d+ answers as one, with JetStream; a single server/);
      await using bare = await NatsCluster.start({ nodes: 1, more: "jetstream: disabled" });
      const without = await look(bare.servers);
      assert.equal(without.status, "FAIL");
      assert.match(without.detail, /has no JetStream/);
      // One of two is enough to be answered.
      await bare.nodes[0].kill();
      const either = await look([...bare.servers, ...cluster.servers]);
      assert.match(either.detail, /with JetStream; one of 2 servers$/);
      assert.match((await lookOnce(bare.servers)).detail, /^NATS at nats:\/\/127\.0\.0\.1:\d+ cannot be reached \(/);
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  },
);
