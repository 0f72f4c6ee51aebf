/**
 * One entry of the audit trail: a line of JSON that holds the hash of the entry before it, so that none can be changed,
 * taken out, put in or moved without every later one telling.
 *
 * `{"number":2,"previous":HASH,"at":MICROS,"run":RUN,"line":LINE,"kind":KIND,"what":{...},"hash":HASH}`
 *
 * The hash is SHA-256 over the line's UTF-8 text before `,"hash"`. `run` and `line` say which line of which journal tells
 * the same; `what` is that line's own text.
 * @module
 */

import { createHash } from "node:crypto";
import { formatFault, identifier, integerBetween, objectOf, text } from "../../engine/journal_shape.ts";

/** What is said, and where the journal says it. */
export interface AuditItem {
  /** Of the step that it belongs to, microseconds since 1970. */
  readonly at: number;
  readonly run: string;
  /** Of the run's journal, from 1. */
  readonly line: number;
  readonly kind: string;
  /** One JSON object, as text. */
  readonly what: string;
}

/** An item in its place of the chain. */
export interface AuditEntry extends AuditItem {
  /** From 1, without a gap. */
  readonly number: number;
  /** The hash of the entry before; {@link NO_HASH} for the first. */
  readonly previous: string;
  readonly hash: string;
}

/** Stands where the first entry names the hash of the one before it. */
export const NO_HASH = "0".repeat(64);

export const sha256 = (value: string): string => createHash("sha256").update(value, "utf8").digest("hex");

/** The line of an item that follows an entry, without its end, and the hash that the next one names. */
export function encodeEntry(
  item: AuditItem,
  number: number,
  previous: string,
): { readonly line: string; readonly hash: string } {
  const { at, run, line, kind, what } = item;
  const body = `{"number":${number},"previous":"${previous}","at":${at},"run":${JSON.stringify(run)},"line":${line},` +
    `"kind":${JSON.stringify(kind)},"what":${what}`;
  const hash = sha256(body);
  return { line: `${body},"hash":"${hash}"}`, hash };
}

export type DecodedEntry =
  | { readonly kind: "entry"; readonly entry: AuditEntry }
  /** It can be read, and says something else than when it was written. */
  | { readonly kind: "changed"; readonly entry: AuditEntry; readonly reason: string }
  | { readonly kind: "unreadable"; readonly reason: string };

const whole = integerBetween(0, Infinity);
const positive = integerBetween(1, Infinity);
const checkEntry = objectOf<AuditEntry>({
  number: positive,
  previous: text,
  at: whole,
  run: identifier,
  line: whole,
  kind: identifier,
  what: objectOf({}),
  hash: text,
});

const END = /,"hash":"[0-9a-f]{64}"\}$/;
const WHAT = ',"what":';

const unreadable = (reason: string): DecodedEntry => ({ kind: "unreadable", reason });

/** Reads one line. */
export function decodeEntry(line: string): DecodedEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return unreadable(`Not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const fault = checkEntry(value);
  if (fault !== null) return unreadable(`Not an entry: ${formatFault(fault)}`);
  const end = END.exec(line);
  if (end === null) return unreadable("Not an entry: its hash does not stand at its end");
  const fields = value as Omit<AuditEntry, "what">;
  const { number, previous, at, run, kind, hash } = fields;
  const what = line.slice(line.indexOf(WHAT) + WHAT.length, end.index);
  const entry: AuditEntry = { number, previous, at, run, line: fields.line, kind, what, hash };
  const found = sha256(line.slice(0, end.index));
  if (found === hash) return { kind: "entry", entry };
  return { kind: "changed", entry, reason: `Its text gives the hash ${found}, and it names ${hash}` };
}
