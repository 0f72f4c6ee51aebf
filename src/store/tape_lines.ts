/**
 * A tape's lines: what sources sent, word for word, as NDJSON (D14).
 *
 * | line | stands |
 * | --- | --- |
 * | `{"kbot_tape":1,"run","part","version","started","venue","simulated"}` | first in every file |
 * | `{"at","source","raw"}` | for each message: arrival in microseconds by the run's clock, who sent it, its text |
 * | `{"at","gap":{"messages","reason"}}` | where messages could not be kept: from when on, how many, why |
 *
 * Sources: a feed's name (`coinbase`, `deribit`, ...: frames of its socket and bodies of its REST answers alike), `kalshi` for
 * the frames of the venue's socket, `kalshi/input` for what the venue knows from elsewhere (markets, connections, polled
 * books), as inputs of the engine in the journal's shape.
 * @module
 */

import type { Micros } from "../core/units.ts";

export const TAPE_FORMAT = 1;
export const VENUE_SOURCE = "kalshi";
export const INPUT_SOURCE = "kalshi/input";

export interface TapeHeader {
  /** The tape's id, which is its directory's name. */
  readonly run: string;
  readonly version: string;
  /** Wall time, RFC 3339. */
  readonly started: string;
  /** For people. */
  readonly venue: string;
  readonly simulated: boolean;
}

export interface TapeMessage {
  readonly kind: "message";
  readonly at: Micros;
  readonly source: string;
  readonly raw: string;
}

export interface TapeGap {
  readonly kind: "gap";
  /** Arrival of the first message that is missing. */
  readonly at: Micros;
  readonly messages: number;
  readonly reason: string;
}

export type TapeLine = TapeMessage | TapeGap | { readonly kind: "header"; readonly header: TapeHeader };

export type DecodedLine =
  | { readonly ok: true; readonly line: TapeLine }
  | { readonly ok: false; readonly reason: string };

export const encodeTapeHeader = (header: TapeHeader, part: number): string =>
  JSON.stringify({ kbot_tape: TAPE_FORMAT, part, ...header });

export const encodeMessage = (source: string, raw: string, at: Micros): string =>
  `{"at":${at},"source":${JSON.stringify(source)},"raw":${JSON.stringify(raw)}}`;

export const encodeGap = ({ at, messages, reason }: Omit<TapeGap, "kind">): string =>
  JSON.stringify({ at, gap: { messages, reason } });

const SHOWN = 80;

const isTime = (value: unknown): value is Micros =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function refuse(text: string, wanted: string): DecodedLine {
  const shown = text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`;
  return { ok: false, reason: `Found ${shown}, wanted ${wanted}` };
}

/** Reads one line back. */
export function decodeTapeLine(text: string): DecodedLine {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refuse(text, "a line of JSON");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return refuse(text, "an object");
  const { at, source, raw, gap, kbot_tape: format, ...rest } = body as Readonly<Record<string, unknown>>;
  if (format !== undefined) return decodeHeader(text, format, rest);
  if (!isTime(at)) return refuse(text, "a time in at");
  if (typeof source === "string" && typeof raw === "string") {
    return { ok: true, line: { kind: "message", at, source, raw } };
  }
  if (typeof gap !== "object" || gap === null) return refuse(text, "source and raw, or a gap");
  const { messages, reason } = gap as Readonly<Record<string, unknown>>;
  if (typeof messages !== "number" || typeof reason !== "string") return refuse(text, "a gap");
  return { ok: true, line: { kind: "gap", at, messages, reason } };
}

function decodeHeader(text: string, format: unknown, rest: Readonly<Record<string, unknown>>): DecodedLine {
  if (format !== TAPE_FORMAT) return refuse(text, `a tape of format ${TAPE_FORMAT}; a newer kbot may have made it`);
  const { run, version, started, venue, simulated } = rest;
  const complete = typeof run === "string" && typeof version === "string" && typeof started === "string" &&
    typeof venue === "string" && typeof simulated === "boolean";
  if (!complete) return refuse(text, "a tape's header");
  return { ok: true, line: { kind: "header", header: { run, version, started, venue, simulated } } };
}
