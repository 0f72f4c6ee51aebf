/**
 * The simulation's own pages for its feeds, outside what any real host has: what each does, and its troubles.
 * @module
 */

import { Hono } from "hono";
import { badRequest, json } from "../replies.ts";
import type { FeedHub } from "./feed_hub.ts";
import { FEED_NAMES } from "./feed_names.ts";
import { FEED_TROUBLE_NAMES, type FeedTrouble, isFeedTrouble } from "./feed_troubles.ts";

const allowed = `"state" must be up, ${FEED_TROUBLE_NAMES.join(", ")}, or a list of these`;

/** `{"state":"down"}`, `{"state":["down","html"]}`; `up` and an empty list take every trouble away. */
function troublesOf(body: unknown): readonly FeedTrouble[] | null {
  const state = typeof body === "object" && body !== null && "state" in body ? body.state : null;
  const names: readonly unknown[] = Array.isArray(state) ? state : state === "up" ? [] : [state];
  const troubles: FeedTrouble[] = [];
  for (const name of names) {
    if (typeof name !== "string" || !isFeedTrouble(name)) return null;
    troubles.push(name);
  }
  return troubles;
}

export function feedControlRoutes(feeds: FeedHub): Hono {
  const routes = new Hono();
  routes.get("/sim/feeds", (context) => {
    const addresses = feeds.addresses(context.req.header("host") ?? "");
    return json({ addresses, ...feeds.body() });
  });
  routes.post("/sim/feeds/:name", async (context) => {
    const name = context.req.param("name");
    if (!(FEED_NAMES as readonly string[]).includes(name)) {
      return badRequest(`Unknown feed: the feeds are ${FEED_NAMES.join(", ")}`);
    }
    const troubles = troublesOf(await context.req.json().catch(() => null));
    if (troubles === null) return badRequest(allowed);
    feeds.troubles.set(name, troubles);
    return json(feeds.body());
  });
  return routes;
}
