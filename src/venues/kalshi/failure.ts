/**
 * What can become of a request, as values. The four shapes of error body that coexist (KALSHI.md 3.1) are read as one.
 * @module
 */

import { isObject, type Refusal } from "./fields.ts";

/**
 * | kind | meaning | may it have had an effect? |
 * | --- | --- | --- |
 * | http | an explicit answer with an error status | below 500: no |
 * | network | the connection failed or broke | yes |
 * | timeout | no answer within the bound | yes |
 * | unreadable | an answer that is not what was asked for | yes |
 * | unsent | it never left this process | no |
 */
export type ApiFailure =
  | {
    readonly kind: "http";
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly details: string;
  }
  | { readonly kind: "network" | "timeout" | "unreadable"; readonly message: string }
  | { readonly kind: "unsent"; readonly code: UnsentCode; readonly message: string };

/**
 * Why a request never left: an order that waited too long for its turn, or until everything was cancelled, another bot may
 * lead by now, too many waiting, the client is stopped, more was asked for than a bounded number of requests can bring.
 */
export type UnsentCode = "dropped_under_pressure" | "withdrawn" | "not_leading" | "queue_full" | "stopped" | "too_much";

/** A value or the reason why there is none. */
export type ApiResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ApiFailure };

const TEXT_LENGTH_MAX = 300;

/** Reads an error body of whatever shape; a body of none of them still gives its status. */
export function readFailure(status: number, text: string): ApiFailure {
  let body: unknown = null;
  let words = "without a reason";
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's page, or nothing at all: the status says most of what there is to say.
    if (text.trim() !== "") words = "with a text that is no JSON, as a proxy answers";
  }
  const failure = (code: string, message: string, details: string): ApiFailure => ({
    kind: "http",
    status,
    code,
    message: message.slice(0, TEXT_LENGTH_MAX),
    details: details.slice(0, TEXT_LENGTH_MAX),
  });
  if (!isObject(body)) return failure("", words, "");
  if (typeof body.error === "string") return failure(body.error.replaceAll(" ", "_"), body.error, "");
  if (typeof body.msg === "string") return failure("bad_request", body.msg, "");
  const holder = isObject(body.error) ? body.error : body;
  const word = (key: string): string => typeof holder[key] === "string" ? holder[key] : "";
  return failure(word("code"), word("message") || words, word("details"));
}

/** One line for a log or a reason. */
export function describeFailure(failure: ApiFailure): string {
  if (failure.kind !== "http") return failure.message;
  const code = failure.code === "" || failure.code === failure.message ? "" : ` ${failure.code}`;
  const details = failure.details === "" ? "" : ` (${failure.details})`;
  return `HTTP ${failure.status}${code}: ${failure.message}${details}`;
}

/** An answer that could not be read, with the field's path. */
export const unreadable = (refusal: Refusal): ApiFailure => ({
  kind: "unreadable",
  message: `Answer is not as expected at ${refusal.path}: found ${refusal.found}, wanted ${refusal.wanted}`,
});

/** True where nothing answered at all, which is what a missing network looks like. */
export const isUnreachable = (failure: ApiFailure): boolean =>
  failure.kind === "network" || failure.kind === "timeout" || (failure.kind === "http" && failure.status >= 500);

export const isTooMany = (failure: ApiFailure): boolean => failure.kind === "http" && failure.status === 429;

/** True where the exchange refused, or nothing was sent: then it certainly had no effect. 408 is a proxy's time-out. */
export const isExplicit = (failure: ApiFailure): boolean =>
  failure.kind === "unsent" ||
  (failure.kind === "http" && failure.status >= 400 && failure.status < 500 && failure.status !== 408);

/** Codes of a pause, in small letters. */
const PAUSE_CODES: ReadonlySet<string> = new Set(["exchange_is_paused", "trading_is_paused"]);

/** True for what the exchange answers while it is, or may be, at rest (KALSHI.md 3.2, 4.8). */
export const isAtRest = (failure: ApiFailure): boolean =>
  failure.kind === "http" && (failure.status === 503 || PAUSE_CODES.has(failure.code.toLowerCase()));
