/**
 * Who may ask: the checks in front of every route. A browser is the danger here, since any page it shows can make it
 * send requests to 127.0.0.1: hence the Host check (DNS rebinding) and the same-origin check (cross-site requests).
 * @module
 */

import { timingSafeEqual } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import type { Context, MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { failure } from "./errors.ts";
import { type FailureLimit, WINDOW_SECONDS } from "./failure_limit.ts";

/** What the server knows of a request beside what it says itself. */
export type ServerEnv = { readonly Bindings: { readonly address: string } };

const logger = getLogger(["kbot", "server"]);

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether only this machine can reach a server that listens there. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);

const nameOf = (host: string): string => host.replace(/:\d+$/, "");

/** Nothing inline, nothing from elsewhere, never in a frame; text never becomes markup. */
export const securityHeaders = (): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
    },
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    // Plain HTTP on loopback; a TLS proxy in front sets its own.
    strictTransportSecurity: false,
  });

/**
 * Refuses a Host that is not this machine's: a foreign name that resolves to 127.0.0.1 would make a foreign page
 * "same origin". Only for loopback; on a public address every request needs the token anyway.
 */
export function hostCheck(allowedHosts: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host") ?? "";
    if (!isLoopback(nameOf(host)) && !allowedHosts.includes(nameOf(host))) {
      return failure(
        context,
        "forbidden_host",
        `Host ${JSON.stringify(host.slice(0, 100))} is not served here; use 127.0.0.1 or localhost`,
      );
    }
    await next();
  };
}

/** Refuses what another site's page sent. A command line sends neither header and is judged by its token alone. */
export function sameOriginCheck(allowedHosts: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const site = context.req.header("sec-fetch-site");
    if (site !== undefined && site !== "same-origin" && site !== "none") {
      return failure(context, "forbidden_origin", `A request from another site (${site.slice(0, 20)}) is refused`);
    }
    const origin = context.req.header("origin");
    if (origin !== undefined) {
      const from = URL.canParse(origin) ? new URL(origin).host : null;
      const own = from !== null && (from === context.req.header("host") || allowedHosts.includes(nameOf(from)));
      if (!own) return failure(context, "forbidden_origin", "A request from another origin is refused");
    }
    await next();
  };
}

/** Refuses a request without `Authorization: Bearer <token>`. */
export function tokenCheck(token: string, limit: FailureLimit): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const given = /^Bearer ([\x21-\x7e]{1,512})$/.exec(context.req.header("authorization") ?? "")?.[1];
    if (given === undefined) {
      context.header("WWW-Authenticate", "Bearer");
      return failure(context, "unauthorized", "This needs the token, sent as `Authorization: Bearer <token>`");
    }
    if (!(await equalInConstantTime(given, token))) {
      const refused = tooMany(context, limit);
      if (refused !== null) return refused;
      context.header("WWW-Authenticate", 'Bearer error="invalid_token"');
      return failure(context, "unauthorized", "The token is wrong; the right one lies in the state directory");
    }
    await next();
  };
}

/** One more without the right token; the answer where that is one too many. */
function tooMany(context: Context<ServerEnv>, limit: FailureLimit): Response | null {
  const { address } = context.env;
  const outcome = limit.failed(address);
  if (outcome === "told") return null;
  if (outcome === "first") logger.warn("{address} keeps asking without the right token", { address });
  context.header("Retry-After", String(WINDOW_SECONDS));
  return failure(context, "too_many_failures", "Too many requests without the right token; with it they are taken");
}

/** Digests have one length whatever the texts have, so that not even that leaks. */
async function equalInConstantTime(given: string, wanted: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [left, right] = await Promise.all(
    [given, wanted].map((text) => crypto.subtle.digest("SHA-256", encoder.encode(text))),
  );
  return wanted !== "" && timingSafeEqual(new Uint8Array(left), new Uint8Array(right));
}
