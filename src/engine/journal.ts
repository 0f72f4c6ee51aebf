/**
 * The journal's format: text, one JSON object a line (NDJSON), each line readable on its own.
 *
 * | line | says |
 * | --- | --- |
 * | `{"kbot_journal":1,"version":..,"run":..,"started":..,"config":..}` | first line of a run: everything it starts from |
 * | `{"kbot_part":2,"run":..,"line":N}` | first line of a run's later files; `line` is its own number within the run |
 * | `{"i":INPUT}` | an input, written before the engine saw it |
 * | `{"a":ACTION}` | an action the engine took, written before it was performed |
 * | `{"h":{"inputs":N,"hash":".."}}` | a checkpoint of the decision hash after N inputs |
 * | `{"end":{"inputs":N,"hash":"..","reason":".."}}` | the run ended in order |
 *
 * Lines are numbered from 1 through all files of a run, header lines included.
 * @module
 */

import type { Action } from "../core/action.ts";
import type { BookDeltaInput, IndexInput, Input, SequencePoint, TradeInput } from "../core/input.ts";
import type { StateRecord } from "../core/record.ts";
import { checkInput } from "./journal_input_shape.ts";
import {
  type FieldChecks,
  formatFault,
  identifier,
  integerBetween,
  isObject,
  objectOf,
  text,
} from "./journal_shape.ts";

/**
 * The version of this format. A higher one in a file is refused. It stays where a new kind of input is added: a kbot that does
 * not know the kind cannot replay that run, and says so, but finds every record of it, which stand in the actions.
 */
export const JOURNAL_FORMAT = 1;

/** The first line of a run. */
export interface JournalHeader {
  /** Version of kbot that wrote it. */
  readonly version: string;
  /** The run's id, also the name of its directory. */
  readonly run: string;
  /** Wall time of the start, RFC 3339. */
  readonly started: string;
  /** The engine's start options with the state it resumed from: all that a replay needs besides the inputs. */
  readonly config: unknown;
  /** What the database knew of an earlier run and that run's journal had lost ({@link RestatedRecords}); absent mostly. */
  readonly restated?: unknown;
}

/**
 * A disk that fails, or a machine that loses its power, may take the last lines of a journal and leave the database what
 * they said. The next run writes that into its own header, so that the journals tell all that was done again.
 */
export interface RestatedRecords {
  /** The run whose journal ends too early, and the line up to which the database had it. */
  readonly run: string;
  readonly line: number;
  readonly records: readonly StateRecord[];
}

/** The first line of a run's second and later files. */
export interface JournalPart {
  readonly part: number;
  readonly run: string;
  /** This line's number within the run. */
  readonly line: number;
}

export interface JournalCheckpoint {
  readonly inputs: number;
  readonly hash: string;
}

export interface JournalEnd extends JournalCheckpoint {
  readonly reason: string;
}

/** What one line says. An action keeps its text, because a replay compares actions as text. */
export type JournalEntry =
  | { readonly kind: "header"; readonly header: JournalHeader }
  | { readonly kind: "part"; readonly part: JournalPart }
  | { readonly kind: "input"; readonly input: Input }
  | { readonly kind: "action"; readonly text: string; readonly action: { readonly type: string } }
  | { readonly kind: "checkpoint"; readonly checkpoint: JournalCheckpoint }
  | { readonly kind: "end"; readonly end: JournalEnd };

export type DecodedLine =
  | { readonly ok: true; readonly entry: JournalEntry }
  | {
    readonly ok: false;
    readonly reason: string;
    /** It is an input all the same, of a kind or with fields that are not known here: the step before it is whole. */
    readonly input?: true;
  };

// Anything but printable ASCII without quote and backslash needs JSON's own escaping.
const NEEDS_ESCAPE = /[^ !#-[\]-~]/;

const quote = (value: string): string => NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`;

/** A float as JSON. Not finite is a bug of whoever made the input, and would leave a line nobody can read. */
function float(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`Not a finite number in an input: ${value}`);
  return String(value);
}

const encodeSequence = (point: SequencePoint | null): string =>
  point === null ? "null" : `{"connection":${point.connection},"sid":${point.sid},"seq":${point.seq}}`;

const encodeDelta = (input: BookDeltaInput): string =>
  `{"i":{"type":"book_delta","at":${input.at},"ticker":${quote(input.ticker)},"sequence":` +
  `${encodeSequence(input.sequence)},"side":"${input.side}","price":${input.price},"delta":${input.delta},` +
  `"exchangeTime":${input.exchangeTime}}}`;

const encodeTrade = (input: TradeInput): string =>
  `{"i":{"type":"trade","at":${input.at},"ticker":${quote(input.ticker)},"tradeId":${quote(input.tradeId)},` +
  `"price":${input.price},"count":${input.count},"takerSide":"${input.takerSide}",` +
  `"exchangeTime":${input.exchangeTime}}}`;

function encodeIndex(input: IndexInput): string {
  const average = input.venueAverage;
  const venueAverage = average === null ? "null" : `{"value":${float(average.value)},"count":${average.count}}`;
  const exchange = input.exchange === undefined ? "" : `,"exchange":${quote(input.exchange)}`;
  const live = input.live === true ? ',"live":true' : "";
  return `{"i":{"type":"index","at":${input.at},"index":${quote(input.index)},"value":${float(input.value)},` +
    `"sourceTime":${input.sourceTime},"source":"${input.source}","venueAverage":${venueAverage}${exchange}${live}}}`;
}

/**
 * Writes an input as its journal line, without the line's end. The frequent types are written by hand, the others by
 * `JSON.stringify`; in both, parsing gives the input back exactly, but for minus zero, which JSON writes as zero.
 *
 * @throws RangeError where an index value is not finite, which is a bug of its feed.
 */
export function encodeInput(input: Input): string {
  switch (input.type) {
    case "book_delta":
      return encodeDelta(input);
    case "clock":
      return `{"i":{"type":"clock","at":${input.at}}}`;
    case "index":
      return encodeIndex(input);
    case "trade":
      return encodeTrade(input);
    default:
      return `{"i":${JSON.stringify(input)}}`;
  }
}

/** Writes an action as its journal line, without the line's end. */
export const encodeAction = (action: Action): string => `{"a":${JSON.stringify(action)}}`;

export function encodeHeader(header: JournalHeader): string {
  const { version, run, started, config = null, restated } = header;
  return JSON.stringify({ kbot_journal: JOURNAL_FORMAT, version, run, started, config, restated });
}

export function encodePart({ part, run, line }: JournalPart): string {
  return JSON.stringify({ kbot_part: part, run, line });
}

export function encodeCheckpoint({ inputs, hash }: JournalCheckpoint): string {
  return JSON.stringify({ h: { inputs, hash } });
}

export function encodeEnd({ inputs, hash, reason }: JournalEnd): string {
  return JSON.stringify({ end: { inputs, hash, reason } });
}

const whole = integerBetween(0, Infinity);
const positive = integerBetween(1, Infinity);
const anything = () => null;

const checkHeader = objectOf<Omit<JournalHeader, "restated">>({
  version: text,
  run: identifier,
  started: text,
  config: anything,
});
const checkPart = objectOf<{ kbot_part: number; run: string; line: number }>({
  kbot_part: positive,
  run: identifier,
  line: positive,
});
const CHECKPOINT: FieldChecks<JournalCheckpoint> = { inputs: whole, hash: text };
const checkCheckpoint = objectOf<JournalCheckpoint>(CHECKPOINT);
const checkEnd = objectOf<JournalEnd>({ ...CHECKPOINT, reason: text });
const checkAction = objectOf<{ type: string }>({ type: identifier });

const refuse = (reason: string): DecodedLine => ({ ok: false, reason });

function decodeHeader(value: Record<string, unknown>): DecodedLine {
  if (value.kbot_journal !== JOURNAL_FORMAT) {
    const found = JSON.stringify(value.kbot_journal);
    return refuse(`Journal format ${found} is not known here, this kbot reads format ${JOURNAL_FORMAT}`);
  }
  const fault = checkHeader(value);
  if (fault !== null) return refuse(`Journal header is damaged: ${formatFault(fault)}`);
  const { version, run, started, config, restated } = value;
  const header = { version, run, started, config, ...(restated === undefined ? {} : { restated }) };
  return { ok: true, entry: { kind: "header", header: header as JournalHeader } };
}

function decodePart(value: Record<string, unknown>): DecodedLine {
  const fault = checkPart(value);
  if (fault !== null) return refuse(`Journal file header is damaged: ${formatFault(fault)}`);
  const { kbot_part: part, run, line } = value;
  return { ok: true, entry: { kind: "part", part: { part, run, line } as JournalPart } };
}

const ACTION_START = '{"a":';

/** The action's own JSON. Lines are written compactly, so it is cut out; another tool may have added blanks. */
function actionText(line: string, action: unknown): string {
  return line.startsWith(ACTION_START) ? line.slice(ACTION_START.length, -1) : JSON.stringify(action);
}

/**
 * Reads one line, checking every field of an input against its type. Actions are only required to have a type: a
 * replay compares them as text, and the store checks the records it takes from them.
 *
 * @param line without its line end.
 */
export function decodeLine(line: string): DecodedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return refuse(`Not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) return refuse("Not a journal entry: found JSON that is not an object");
  if (value.i !== undefined) {
    const fault = checkInput(value.i);
    return fault === null
      ? { ok: true, entry: { kind: "input", input: value.i as Input } }
      : { ok: false, reason: `Not an input: ${formatFault(fault)}`, input: true };
  }
  if (value.a !== undefined) {
    const fault = checkAction(value.a);
    return fault === null
      ? { ok: true, entry: { kind: "action", text: actionText(line, value.a), action: value.a as { type: string } } }
      : refuse(`Not an action: ${formatFault(fault)}`);
  }
  if (value.h !== undefined) {
    const fault = checkCheckpoint(value.h);
    return fault === null
      ? { ok: true, entry: { kind: "checkpoint", checkpoint: value.h as JournalCheckpoint } }
      : refuse(`Not a checkpoint: ${formatFault(fault)}`);
  }
  if (value.end !== undefined) {
    const fault = checkEnd(value.end);
    return fault === null
      ? { ok: true, entry: { kind: "end", end: value.end as JournalEnd } }
      : refuse(`Not an end entry: ${formatFault(fault)}`);
  }
  if (value.kbot_journal !== undefined) return decodeHeader(value);
  if (value.kbot_part !== undefined) return decodePart(value);
  return refuse(`Not a journal entry: found the keys ${Object.keys(value).slice(0, 5).join(", ") || "(none)"}`);
}
