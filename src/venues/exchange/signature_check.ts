/**
 * The guard of signed routes.
 * @module
 */

import type { Context, Next } from "hono";
import type { Authenticator } from "./auth.ts";
import { json } from "./replies.ts";

/** Refuses what is not signed as it should be (KALSHI.md 2.3). */
export function signatureCheck(authenticator: Authenticator) {
  return async (context: Context, next: Next): Promise<Response | void> => {
    const failure = await authenticator.check({
      key: context.req.header("kalshi-access-key") ?? null,
      timestamp: context.req.header("kalshi-access-timestamp") ?? null,
      signature: context.req.header("kalshi-access-signature") ?? null,
      method: context.req.method,
      path: new URL(context.req.url).pathname,
    });
    if (failure !== null) return json(failure, 401);
    await next();
  };
}
