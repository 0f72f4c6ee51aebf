/**
 * A feed that was found to be published: what a run needs to hear its venue by it.
 * @module
 */

import { loadClusterAccess } from "../access.ts";
import { type ClusterConnection, connectCluster } from "../connection.ts";
import type { ClusterConfig } from "../../config/cluster_schema.ts";
import { askClock } from "./feed_clock.ts";
import type { FeedClock } from "./feed_messages.ts";
import { RelayedVenue, type RelayedVenueOptions } from "./relayed_venue.ts";

export type FoundFeed =
  | { readonly ok: true; readonly relay: FeedRelay; readonly clock: FeedClock }
  /** `usage`: settings have to be mended; `failed`: it may work later. */
  | { readonly ok: false; readonly kind: "usage" | "failed"; readonly reason: string };

const CLOCK_MS = 5_000;

export class FeedRelay {
  readonly connection: ClusterConnection;
  readonly feed: string;

  private constructor(connection: ClusterConnection, feed: string) {
    this.connection = connection;
    this.feed = feed;
  }

  /** Connects, and asks whoever publishes the feed what it is of. */
  static async find(feed: string, cluster: ClusterConfig, env: Readonly<Record<string, string>>): Promise<FoundFeed> {
    if (cluster.servers.length === 0) {
      return { ok: false, kind: "usage", reason: `Feed ${feed} needs NATS servers: set servers and name in [cluster]` };
    }
    const access = await loadClusterAccess(cluster, env);
    if (!access.ok) return { ok: false, kind: "usage", reason: access.reason };
    const connected = await connectCluster(cluster, access.access, "feed");
    if (!connected.ok) return { ok: false, kind: "failed", reason: connected.reason };
    const { connection } = connected;
    const clock = await askClock(connection.nats, feed, CLOCK_MS);
    if (clock.ok) return { ok: true, relay: new FeedRelay(connection, feed), clock: clock.value };
    await connection.close();
    return { ok: false, kind: "failed", reason: clock.reason };
  }

  venue(options: Omit<RelayedVenueOptions, "connection" | "feed">): RelayedVenue {
    return new RelayedVenue({ ...options, connection: this.connection, feed: this.feed });
  }
}
