/**
 * A feed of the cluster in the place of a venue: market data for trading on paper.
 * @module
 */

import type { Config } from "../config/schema.ts";
import { WallClock } from "../ops/clock.ts";
import type { VenueChoice } from "./venue_choice.ts";

/** `null` where the venue is heard itself. */
export async function chooseFeed(
  { cluster }: Pick<Config, "cluster">,
  execution: "paper" | "live",
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<VenueChoice | null> {
  const { feed } = cluster;
  if (feed === null) return null;
  if (execution === "live") {
    const reason = `Feed ${feed} is for trading on paper: live orders need a connection of their own to the venue; ` +
      "leave --feed and cluster.feed away";
    return { ok: false, kind: "usage", reason };
  }
  const { FeedRelay } = await import("../cluster/feeds/feed_relay.ts");
  const found = await FeedRelay.find(feed, cluster, env);
  if (!found.ok) return found;
  const { venue, simulated, speed, now } = found.clock;
  return {
    ok: true,
    venue: {
      title: `${venue} by feed ${feed}`,
      id: `feed:${feed}`,
      // Nothing is asked for there, and no order goes there.
      host: { rest: "", ws: "" },
      signer: null,
      simulated,
      recorded: false,
      clock: simulated ? new WallClock(now, speed) : new WallClock(),
      speed,
      real: false,
      // The feed has them.
      feeds: {},
      embedded: null,
      relay: found.relay,
    },
  };
}
