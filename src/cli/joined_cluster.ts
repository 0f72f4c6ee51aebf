/**
 * The connection of a command to the NATS servers of the configuration.
 * @module
 */

import { loadClusterAccess } from "../cluster/access.ts";
import { type ClusterConnection, connectCluster } from "../cluster/connection.ts";
import type { Config } from "../config/schema.ts";
import { EXIT } from "./command.ts";

export type JoinedCluster =
  | { readonly ok: true; readonly connection: ClusterConnection; readonly name: string }
  | { readonly ok: false; readonly exitCode: number; readonly reason: string };

/** @param what asks for it, for the reason: `--cluster` @param purpose as of {@link connectCluster} */
export async function joinCluster(
  { cluster }: Config,
  what: string,
  purpose: string,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<JoinedCluster> {
  if (cluster.servers.length === 0 || cluster.name === null) {
    const reason = `${what} needs NATS servers: set servers and name in the section [cluster] of the configuration`;
    return { ok: false, exitCode: EXIT.usage, reason };
  }
  const access = await loadClusterAccess(cluster, env);
  if (!access.ok) return { ok: false, exitCode: EXIT.usage, reason: access.reason };
  const connected = await connectCluster(cluster, access.access, purpose);
  if (!connected.ok) return { ok: false, exitCode: EXIT.failed, reason: connected.reason };
  return { ok: true, connection: connected.connection, name: cluster.name };
}
