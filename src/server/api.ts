/**
 * `/api/v1`: every address of the list in `api/`, and the document that is made from it. Each body names the moment (`at`, the
 * run's clock) that it shows, so that two answers can be compared.
 * @module
 */

import { Hono } from "hono";
import { ENDPOINTS } from "./api/endpoints.ts";
import { openApiDocument } from "./api/openapi.ts";
import { grafanaDashboard } from "./grafana.ts";
import type { ServerSources } from "./sources.ts";

export function api(sources: ServerSources): Hono {
  const app = new Hono();
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1");
    app.on(endpoint.method, path, (context) => endpoint.respond(context, sources));
  }
  app.get("/openapi.json", (context) => context.json(openApiDocument()));
  app.get("/grafana.json", (context) => context.json(grafanaDashboard()));
  return app;
}
