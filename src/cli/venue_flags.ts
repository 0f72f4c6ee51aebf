/**
 * The flags that choose a venue, and which others go with it.
 * @module
 */

import { feedName, venue, webSocketAddress } from "./flag_values.ts";
import { choosable, type WrongUse, wrongUse } from "./flags.ts";

export const venueFlag = () =>
  choosable("--venue", venue(), "kalshi (default), demo (Kalshi's demo environment), sim, or a REST address");

/** Of commands that the embedded exchange has nothing to give to. */
export const realVenueFlag = () =>
  choosable("--venue", venue(), "kalshi (default), demo (Kalshi's demo environment), or a REST address");

export const venueSocketFlag = () =>
  choosable("--venue-ws", webSocketAddress(), "WebSocket address that belongs to --venue ADDRESS");

export const feedFlag = () =>
  choosable("--feed", feedName(), "Market data from the feed of the cluster that kbot record --publish NAME publishes");

export interface VenueFlags {
  readonly venue?: string;
  readonly feed?: string;
  readonly venueWs?: string;
  readonly speed?: number;
  readonly seed?: number;
  readonly tape?: string;
  readonly spot?: string;
}

/** What does not go with the venue; `null` for nothing. Without --venue the configuration decides, so the run itself looks. */
export function wrongForVenue({ venue, feed, venueWs, speed, seed, tape, spot }: VenueFlags): WrongUse | null {
  if (spot !== undefined && tape === undefined) return wrongUse("--spot belongs to a recording: it needs --tape PATH");
  if (feed !== undefined && (venue ?? tape ?? speed ?? seed) !== undefined) {
    return wrongUse("--feed comes in place of a venue: leave away --venue, --tape, --speed and --seed");
  }
  if (venue === undefined) return null;
  if (venueWs !== undefined && !venue.includes("://")) {
    return wrongUse(`--venue-ws belongs to an address: --venue ${venue} has its own`);
  }
  if (venue === "sim") return null;
  if (tape !== undefined) return wrongUse("--tape is for the embedded exchange: it needs --venue sim");
  if (speed !== undefined) return wrongUse("--speed is for the embedded exchange: it needs --venue sim");
  return seed === undefined ? null : wrongUse("--seed is for the embedded exchange: it needs --venue sim");
}
