/**
 * Reading from the API, with the token where this tab has it.
 * @module
 */

import { rememberedToken } from "./token.ts";

export type Answer<Body> =
  | { readonly ok: true; readonly body: Body }
  /** `status` is `null` where nobody answered. */
  | { readonly ok: false; readonly status: number | null; readonly text: string };

const ANSWER_MS_MAX = 30_000;

/** @param path under `/api/v1/` */
export async function read<Body>(path: string): Promise<Answer<Body>> {
  try {
    const response = await fetch(`/api/v1/${path}`, {
      headers: authorization(),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (response.ok) return { ok: true, body: await response.json() };
    const body = await response.json().catch(() => null);
    const message = body?.error?.message;
    const text = typeof message === "string" ? message : `The server answered ${response.status}`;
    return { ok: false, status: response.status, text };
  } catch {
    return { ok: false, status: null, text: "The server cannot be reached" };
  }
}

export function authorization(): Record<string, string> {
  const token = rememberedToken();
  return token === null ? {} : { "Authorization": `Bearer ${token}` };
}
