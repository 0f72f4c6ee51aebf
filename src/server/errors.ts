/**
 * How the API says no: always `{"error":{"code","message"}}`, the message for the person who reads it.
 * @module
 */

import type { Context } from "hono";

/** By which status each code is sent. */
export const STATUS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  refused: 409,
  too_large: 413,
  unsupported_media_type: 415,
  forbidden_host: 421,
  too_many_failures: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

export function failure(context: Context, code: ErrorCode, message: string): Response {
  return context.json({ error: { code, message } }, STATUS[code]);
}
