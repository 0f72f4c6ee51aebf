/**
 * For tests: the REST client before an exchange that answers what the test says, without a socket.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import { KalshiRest } from "./rest.ts";
import type { RestOptions } from "./rest_calls.ts";
import type { Signer } from "./signer.ts";

export interface SentRequest {
  /** Method, path and query below the base. */
  readonly line: string;
  readonly body: unknown;
}

const SIGNER: Signer = { keyId: "k", headers: () => Promise.resolve({}) };
const BASE = "http://exchange.test/trade-api/v2";

/** A clock on which nobody has to wait. */
export function hurryingClock(): Clock {
  let now = 1_790_000_000_000_000;
  return {
    now: () => now as Micros,
    after(delay, task) {
      let due = true;
      queueMicrotask(() => {
        now += Math.min(delay, 1e12);
        if (due) task();
      });
      return () => due = false;
    },
  };
}

export function fakeRest(
  answer: (request: SentRequest) => Response | Promise<Response>,
  options: Partial<RestOptions> = {},
): { readonly rest: KalshiRest; readonly sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  const rest = new KalshiRest({
    base: BASE,
    signer: SIGNER,
    clock: hurryingClock(),
    fetch: (url, init) => {
      const body = typeof init?.body === "string" ? JSON.parse(init.body) : undefined;
      const request = { line: `${init?.method} ${String(url).slice(BASE.length)}`, body };
      sent.push(request);
      return Promise.resolve(answer(request));
    },
    ...options,
  });
  return { rest, sent };
}

export const jsonAnswer = (body: unknown, status = 200): Response =>
  body === null ? new Response(null, { status }) : new Response(JSON.stringify(body), { status });
