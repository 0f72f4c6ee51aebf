/**
 * WebSocket frames of the exchange -> core inputs (KALSHI.md 5). Knows nothing of sockets: the live client, the tests
 * and a backtest that reads recorded frames all parse here.
 *
 * Unknown fields are ignored (and counted where a counter is given), missing or wrong ones refused with their path.
 * Guards are written by hand because every book change comes through here.
 *
 * Out of scope, and never subscribed: requests for quotes (`rfq_*` and `quote_*` of `communications`), combos
 * (`multivariate_market_lifecycle`) and commodities (`pyth_value`). Their frames come out as `ignored` with their name,
 * and the numbers they consume are told like any other's.
 * @module
 */

import type { Input, SequencePoint } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";
import { FieldReader, isObject, type JsonObject, type Refusal, type UnknownFields } from "./fields.ts";
import { type Notice, readFeeNotice, readLifecycle } from "./frames_lifecycle.ts";
import {
  type CountedNotice,
  readEventNotice,
  readIndexListNotice,
  readOrderGroupNotice,
  readPositionNotice,
} from "./frames_notices.ts";
import {
  readBookDelta,
  readBookSnapshot,
  readIndexValue,
  readLiveIndexValue,
  readQuote,
  readTrade,
} from "./frames_public.ts";
import type { Quote } from "./frames_public.ts";
import { readOrderUpdate, readPrivateFill } from "./frames_private.ts";
import { isElsewhere } from "./subaccounts.ts";

/** The exchange's answer to a command. `sequence` where the answer consumed a number of its subscription. */
export interface FrameReply {
  readonly reply: "subscribed" | "ok" | "unsubscribed" | "error";
  readonly id: number | null;
  readonly sid: number | null;
  /** `subscribed` names its channel. */
  readonly channel: string | null;
  /** `error` carries KALSHI.md 5.3's code and words. */
  readonly error: { readonly code: number; readonly text: string } | null;
}

/** What one frame turned out to be. `sequence` is the number it consumed, whatever became of the frame. */
export type ParsedFrame =
  | {
    readonly kind: "input";
    readonly input: Input;
    readonly sequence: SequencePoint | null;
    /** The command that a snapshot answers (`get_snapshot`), `null` for everything unasked. */
    readonly id: number | null;
  }
  | { readonly kind: "reply"; readonly reply: FrameReply; readonly sequence: SequencePoint | null }
  | { readonly kind: "notice"; readonly notice: Notice | CountedNotice; readonly sequence: SequencePoint | null }
  | { readonly kind: "quote"; readonly quote: Quote; readonly sequence: null }
  | { readonly kind: "ignored"; readonly type: string; readonly sequence: SequencePoint | null }
  | RefusedFrame;

/** A frame that could not be read. Its number is consumed all the same, and its book is no longer to be believed. */
export interface RefusedFrame extends Refusal {
  readonly kind: "refused";
  readonly type: string | null;
  readonly ticker: string | null;
  readonly sid: number | null;
  readonly seq: number | null;
  readonly sequence: SequencePoint | null;
}

/**
 * How frames come and how they are read; the inputs that are made of them are the same.
 *
 * | frames | socket | plain book changes | all other frames |
 * | --- | --- | --- | --- |
 * | json | npm `ws` | JSON.parse | JSON.parse |
 * | bytes | our own | from their bytes, in TypeScript | JSON.parse |
 * | wasm | our own | from their bytes, in WASM, which also keeps books that the engine's are compared with | JSON.parse |
 */
export type Frames = "json" | "bytes" | "wasm";

/** The exchange's own limit for one message (KALSHI.md 5.1). */
export const FRAME_LENGTH_MAX = 64 * 1024 * 1024;

const ENVELOPE = new Set(["type", "sid", "seq", "msg", "id", "sending_ts_ms"]);

/**
 * Parses the text of one frame.
 * @param at arrival by the run's clock
 * @param connection counts this run's sockets, for {@link SequencePoint}
 */
export function parseFrame(text: string, at: Micros, connection: number, unknown?: UnknownFields): ParsedFrame {
  if (text.length > FRAME_LENGTH_MAX) {
    return refusedWhole(`${text.length} characters`, `at most ${FRAME_LENGTH_MAX} characters`);
  }
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return refusedWhole(`a text of ${text.length} characters that is no JSON`, "one JSON object");
  }
  return parseFrameObject(frame, at, connection, unknown);
}

function refusedWhole(found: string, wanted: string): RefusedFrame {
  const nothing = { type: null, ticker: null, sid: null, seq: null, sequence: null };
  return { kind: "refused", path: "frame", found, wanted, ...nothing };
}

/** Parses a frame that is JSON already, as recordings wrap them. Never throws. */
export function parseFrameObject(
  frame: unknown,
  at: Micros,
  connection: number,
  unknown?: UnknownFields,
): ParsedFrame {
  if (!isObject(frame)) return refusedWhole(Array.isArray(frame) ? "a list" : typeof frame, "one JSON object");
  const read = new FieldReader();
  const sequence = readSequence(read, frame, connection);
  unknown?.note(frame, ENVELOPE, "");
  const parsed = dispatch(read, frame, at, sequence, unknown);
  return read.refusal === null ? parsed : refused(read.refusal, frame, sequence);
}

function readSequence(read: FieldReader, frame: JsonObject, connection: number): SequencePoint | null {
  const { sid, seq } = frame;
  if (seq === undefined || seq === null) return null;
  if (Number.isSafeInteger(seq) && Number.isSafeInteger(sid)) {
    return { connection, sid: sid as number, seq: seq as number };
  }
  read.refuse(Number.isSafeInteger(seq) ? "sid" : "seq", Number.isSafeInteger(seq) ? sid : seq, "a whole number");
  return null;
}

function dispatch(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  sequence: SequencePoint | null,
  unknown: UnknownFields | undefined,
): ParsedFrame {
  switch (frame.type) {
    case "orderbook_delta":
      return input(readBookDelta(read, frame, at, sequence, unknown), sequence, null);
    case "orderbook_snapshot":
      return input(readBookSnapshot(read, frame, at, sequence, unknown), sequence, readId(read, frame));
    case "trade":
      return input(readTrade(read, frame, at, unknown), sequence, null);
    case "cfbenchmarks_value":
      return input(readIndexValue(read, frame, at, unknown), sequence, null);
    case "fill":
      if (isElsewhere(frame.msg, "subaccount")) return ignored("fill of another subaccount", sequence);
      return input(readPrivateFill(read, frame, at, unknown), sequence, null);
    case "user_order":
      if (isElsewhere(frame.msg, "subaccount_number")) return ignored("user_order of another subaccount", sequence);
      return input(readOrderUpdate(read, frame, at, unknown), sequence, null);
    case "ticker":
      return { kind: "quote", quote: readQuote(read, frame, unknown), sequence: null };
    case "market_lifecycle_v2": {
      const lifecycle = readLifecycle(read, frame, at, unknown);
      return lifecycle.kind === "input" ? input(lifecycle.input, sequence, null) : notice(lifecycle.notice, sequence);
    }
    case "event_fee_update":
      return notice(readFeeNotice(read, frame, unknown), sequence);
    case "event_lifecycle":
      return notice(readEventNotice(read, frame, unknown), sequence);
    case "market_position":
      return notice(readPositionNotice(read, frame, unknown), sequence);
    case "order_group_updates":
      return notice(readOrderGroupNotice(read, frame, unknown), sequence);
    case "cfbenchmarks_value_5hz":
      return input(readLiveIndexValue(read, frame, at, unknown), sequence, null);
    case "cfbenchmarks_value_indexlist":
    case "cfbenchmarks_value_5hz_indexlist":
      return notice(readIndexListNotice(read, frame, readId(read, frame), unknown), sequence);
    case "subscribed":
    case "ok":
    case "unsubscribed":
    case "error":
      return { kind: "reply", reply: readReply(read, frame, frame.type), sequence };
    default:
      return ignored(read.text(frame, "type", ""), sequence);
  }
}

const input = (value: Input, sequence: SequencePoint | null, id: number | null): ParsedFrame => ({
  kind: "input",
  input: value,
  sequence,
  id,
});

const ignored = (type: string, sequence: SequencePoint | null): ParsedFrame => ({ kind: "ignored", type, sequence });

const notice = (value: Notice | CountedNotice, sequence: SequencePoint | null): ParsedFrame => ({
  kind: "notice",
  notice: value,
  sequence,
});

const readId = (read: FieldReader, frame: JsonObject): number | null =>
  frame.id === undefined || frame.id === null ? null : read.integer(frame, "id", "");

function readReply(read: FieldReader, frame: JsonObject, reply: FrameReply["reply"]): FrameReply {
  const id = readId(read, frame);
  const outer = frame.sid === undefined ? null : read.integer(frame, "sid", "");
  switch (reply) {
    case "subscribed": {
      const message = read.object(frame, "msg", "");
      const channel = read.text(message, "channel", "msg.");
      return { reply, id, sid: read.integer(message, "sid", "msg."), channel, error: null };
    }
    case "error": {
      const message = read.object(frame, "msg", "");
      const code = read.integer(message, "code", "msg.");
      const text = read.optionalText(message, "msg", "msg.") ?? "";
      return { reply, id, sid: outer, channel: null, error: { code, text } };
    }
    case "ok":
    case "unsubscribed":
      return { reply, id, sid: outer, channel: null, error: null };
  }
}

function refused(refusal: Refusal, frame: JsonObject, sequence: SequencePoint | null): RefusedFrame {
  const message = isObject(frame.msg) ? frame.msg : {};
  const ticker = message.market_ticker ?? message.ticker;
  return {
    kind: "refused",
    ...refusal,
    type: typeof frame.type === "string" ? frame.type : null,
    ticker: typeof ticker === "string" ? ticker : null,
    sid: Number.isSafeInteger(frame.sid) ? frame.sid as number : null,
    seq: Number.isSafeInteger(frame.seq) ? frame.seq as number : null,
    sequence,
  };
}
