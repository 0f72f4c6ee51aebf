/**
 * The status page, the API and the live updates on one HTTP server (DESIGN.md 4). Reading is open on loopback; every
 * control needs the token.
 * @module
 */

import { Hono } from "hono";
import { getLogger } from "@logtape/logtape";
import { type Clock, WallClock } from "../ops/clock.ts";
import { api } from "./api.ts";
import { DOCS_STYLE, docsPage } from "./api/docs_page.ts";
import { type Assets, loadAssets } from "./assets.ts";
import { failure } from "./errors.ts";
import { FailureLimit } from "./failure_limit.ts";
import { hostCheck, isLoopback, sameOriginCheck, securityHeaders, type ServerEnv, tokenCheck } from "./guard.ts";
import { LiveHub } from "./live_hub.ts";
import { metricsText } from "./metrics.ts";
import type { ServerSources } from "./sources.ts";

export type { Change, OperatorAnswer, OperatorRequest, ServerSources } from "./sources.ts";
export type { LogLevel, LogLine, PortfolioPoint, RunStatus } from "./status.ts";

export interface ServerOptions {
  readonly hostname: string;
  /** 0 for any free one. */
  readonly port: number;
  /** What the controls ask for; comes from the token file, is never empty. */
  readonly token: string;
  readonly sources: ServerSources;
  /** Must be true to listen where other machines reach it; then reading needs the token too. */
  readonly allowPublic?: boolean;
  /** Names, beside this machine's own, that a proxy in front may pass on as Host; with any, reading needs the token, too. */
  readonly allowedHosts?: readonly string[];
  /** Where the built page lies; the project's own by default. */
  readonly pageDirectory?: URL;
}

export type ServerStart =
  | { readonly ok: true; readonly url: string; readonly port: number; stop(): Promise<void> }
  | { readonly ok: false; readonly reason: string };

/** How long requests under way may take to end after a stop. */
const STOP_GRACE_MS = 1_000;
const logger = getLogger(["kbot", "server"]);

/** Starts listening. What can go wrong for reasons outside the program comes back as a reason. */
export async function startServer(options: ServerOptions): Promise<ServerStart> {
  const refusal = refusalOf(options);
  if (refusal !== null) return { ok: false, reason: refusal };
  const assets = await loadAssets(options.pageDirectory ?? new URL("../../static/build/", import.meta.url));
  const clock = new WallClock();
  const hub = new LiveHub(options.sources, clock, assets.build);
  const app = application(options, assets, hub, clock);
  const abort = new AbortController();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      hostname: options.hostname,
      port: options.port,
      signal: abort.signal,
      onListen: () => {},
    }, (request, { remoteAddr }) => app.fetch(request, { address: remoteAddr.hostname }));
  } catch (error) {
    hub.close();
    const reason = listenFailure(error, options);
    if (reason === null) throw error;
    return { ok: false, reason };
  }
  const { port } = server.addr;
  const host = options.hostname.includes(":") ? `[${options.hostname}]` : options.hostname;
  const stop = async () => {
    hub.close();
    const timer = setTimeout(() => abort.abort(), STOP_GRACE_MS);
    await server.shutdown();
    clearTimeout(timer);
  };
  return { ok: true, url: `http://${host}:${port}/`, port, stop };
}

function refusalOf({ hostname, port, token, allowPublic }: ServerOptions): string | null {
  if (token === "") return "The status page needs a token for its controls and was given none";
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return `Port ${port} is not one; use 0 to 65535`;
  if (isLoopback(hostname) || allowPublic === true) return null;
  return `The status page would be open to other machines on ${hostname}, in plain text; listen on 127.0.0.1 and reach ` +
    `it through an SSH tunnel (ssh -N -L ${port}:127.0.0.1:${port} user@server) or a TLS proxy on the same machine, whose ` +
    "name server.allowed_hosts lists: then reading needs the token, too";
}

function listenFailure(error: unknown, { hostname, port }: ServerOptions): string | null {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Port ${port} on ${hostname} is already in use; choose another with --port, or --port 0 for any free one`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `Port ${port} on ${hostname} needs rights that this process lacks; choose one above 1023 with --port`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `${hostname} is not an address of this machine; use 127.0.0.1`;
  }
  return null;
}

function application(options: ServerOptions, assets: Assets, hub: LiveHub, clock: Clock): Hono<ServerEnv> {
  const { sources, token, allowedHosts = [] } = options;
  const app = new Hono<ServerEnv>();
  // What a proxy passes on comes from anywhere, whatever Host it names.
  const isOpen = isLoopback(options.hostname) && allowedHosts.length === 0;
  app.use(securityHeaders());
  if (isLoopback(options.hostname)) app.use(hostCheck(allowedHosts));
  app.onError((error, context) => {
    logger.error("Request {path} failed: {error}", { path: context.req.path, error });
    return failure(context, "internal", "The request failed inside kbot; its log says why");
  });
  app.notFound((context) => {
    const { method, path } = context.req;
    const methods = methodsAt(app, path);
    if (methods.length === 0) return failure(context, "not_found", `Nothing at ${path.slice(0, 200)}`);
    context.header("Allow", methods.join(", "));
    return failure(context, "method_not_allowed", `${method.slice(0, 20)} is not for this path; use ${methods[0]}`);
  });

  app.get("/healthz", (context) => context.json({ alive: true }));
  app.get("/readyz", (context) => {
    const { ready } = sources.status();
    return context.json({ ready: ready.ok, ...(isOpen ? { reasons: ready.reasons } : {}) }, ready.ok ? 200 : 503);
  });
  servePage(app, assets);
  serveDocs(app);

  const guarded = new Hono<ServerEnv>();
  guarded.use(async (context, next) => {
    await next();
    context.header("Cache-Control", "no-store");
  });
  guarded.use(sameOriginCheck(allowedHosts));
  const needsToken = tokenCheck(token, new FailureLimit(() => clock.now()));
  if (isOpen) guarded.on("POST", "*", needsToken);
  else guarded.use(needsToken);
  guarded.get("/metrics", (context) => {
    const text = metricsText(sources.view(), sources.status(), hub.clients);
    return context.body(text, 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  });
  guarded.get("/live", (context) => {
    const stream = hub.connect(context.req.header("last-event-id") ?? "");
    if (stream === null) return failure(context, "unavailable", "Too many pages follow already; close one");
    return context.body(stream, 200, { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
  });
  guarded.route("/api/v1", api(sources));
  app.route("/", guarded);
  return app;
}

/** What may be asked of a path; empty where nothing is there at all. */
function methodsAt(app: Hono<ServerEnv>, path: string): string[] {
  const asked = path.split("/");
  const fits = (pattern: string): boolean => {
    const parts = pattern.split("/");
    return parts.length === asked.length &&
      parts.every((part, at) => part.startsWith(":") ? asked[at] !== "" : part === asked[at]);
  };
  const found = app.routes.filter((route) => route.method !== "ALL" && fits(route.path)).map((route) => route.method);
  return [...new Set(found.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]))];
}

/** It tells of the API alone and of nothing that runs, as the page's own files do. */
function serveDocs(app: Hono<ServerEnv>): void {
  app.get("/docs", (context) => context.html(docsPage(), 200, { "Cache-Control": "no-cache" }));
  app.get("/docs.css", (context) => context.body(DOCS_STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }));
}

function servePage(app: Hono<ServerEnv>, { index, files }: Assets): void {
  app.get("/", (context) => {
    if (index === null) {
      return context.text(
        "The status page was not built (static/build.ts builds it); the API works: /api/v1/status",
        503,
      );
    }
    return context.body(index, 200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache" });
  });
  app.get("/assets/:name", (context) => {
    const file = files.get(context.req.param("name"));
    if (file === undefined) return failure(context, "not_found", "No such file; reload the page");
    return context.body(file.body, 200, {
      "Content-Type": file.type,
      // The name carries the content's hash, so it can never mean anything else.
      "Cache-Control": "public, max-age=31536000, immutable",
    });
  });
}
