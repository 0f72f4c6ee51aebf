/**
 * Do the NATS servers answer that several kbots share work through, and have they JetStream?
 * @module
 */

import { loadClusterAccess } from "../../cluster/access.ts";
import { connectCluster, describeFailure } from "../../cluster/connection.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { CONFIGURATION } from "./configuration.ts";

const REMEDY = "Start the servers, or correct [cluster]; without cluster.servers kbot runs alone";

export const cluster: Check = {
  name: "cluster",
  needs: [CONFIGURATION],
  async run(context) {
    const config = context.found("config").cluster;
    if (config.servers.length === 0) return skip("kbot runs alone: cluster.servers names none");
    const access = await loadClusterAccess(config, context.request.env);
    if (!access.ok) return fail(access.reason, "Name the files in [cluster], and chmod 600 those that hold secrets");
    const connected = await connectCluster(config, access.access, "doctor");
    if (!connected.ok) return fail(connected.reason, REMEDY);
    const { connection } = connected;
    context.atEnd(() => connection.close());
    try {
      const { jetstreamManager } = await import("@nats-io/jetstream");
      await (await jetstreamManager(connection.nats)).getAccountInfo();
    } catch (error) {
      return fail(describeFailure(error, config, connection.nats.info?.jetstream !== true).reason, REMEDY);
    }
    const { server } = connection.health;
    return pass(
      `${server} answers as ${config.name ?? "unnamed"}, with JetStream; ${serversText(config.servers.length)}`,
    );
  },
};

const serversText = (count: number): string =>
  count === 1 ? "a single server: nothing is left when it is lost" : `one of ${count} servers`;
