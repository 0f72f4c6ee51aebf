/**
 * Which exchange is asked about?
 * @module
 */

import { type Check, fail, pass } from "./check.ts";
import { CONFIGURATION } from "./configuration.ts";
import { probedVenue } from "./probed_venue.ts";

export const VENUE = "venue";

export const venue: Check = {
  name: VENUE,
  needs: [CONFIGURATION],
  seconds: 60,
  async run(context) {
    const { name, ws } = context.found("config").venue;
    const found = await probedVenue(name, ws);
    if (!found.ok) return fail(found.reason, "Set venue.name and venue.ws, or --venue and --venue-ws");
    context.atEnd(found.close);
    context.note("venue", found.venue);
    const { title, host, real } = found.venue.chosen;
    return pass(`${title}, ${host.rest}${real ? " (real money)" : ""}`);
  },
};
