/**
 * What a feed's messages look like: a line of JSON that says what it is, and the lines of a tape behind it, word for word.
 * @module
 */

import { z } from "zod";
import type { Input } from "../../core/input.ts";
import { type Micros, micros } from "../../core/units.ts";
import { readInput } from "../../backtest/recording/tape_inputs.ts";
import { decodeTapeLine, type TapeMessage } from "../../store/tape_lines.ts";
import { packedBytes, parsed, parsedText, type Unpacked, unpackedBytes } from "../packed.ts";

/** Lines of one publisher from one start of it to its end, numbered from 0. */
export interface Batch {
  readonly epoch: string;
  /** Number of its first line; of the next one where it has none, as a sign of life. */
  readonly first: number;
  /** When it was made, by the publisher's clock. */
  readonly sent: Micros;
  readonly lines: readonly TapeMessage[];
}

/** What a taker must know who begins at a line. */
export interface Keyframe {
  readonly epoch: string;
  /** Number of the first line that is not in it. */
  readonly next: number;
  readonly at: Micros;
  readonly inputs: readonly Input[];
}

/** What the publisher says of itself. */
export interface FeedClock {
  readonly epoch: string;
  /** What time it has. */
  readonly now: Micros;
  readonly venue: string;
  readonly simulated: boolean;
  /** Simulated seconds per second. */
  readonly speed: number;
}

/** What the feeds beside the venue made of their messages, which no tape has. */
export const FEED_INPUT_SOURCE = "feeds/input";
/** Of lines in one message: a taker reads them into memory. */
const LINES_MAX = 100_000;

const time = z.int().min(0).transform(micros);
const number = z.int().min(0);
const epoch = z.string().min(1).max(100);
const HEAD = z.strictObject({ kbot_feed: z.literal(1), epoch, first: number, sent: time });
const KEY = z.strictObject({ kbot_feed: z.literal(1), epoch, next: number, at: time });
const CLOCK = z.strictObject({
  epoch,
  now: time,
  venue: z.string().min(1).max(1_000),
  simulated: z.boolean(),
  speed: z.number().positive(),
});

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeBatch(
  { epoch, first, sent, lines }: Omit<Batch, "lines"> & { readonly lines: readonly string[] },
): Uint8Array {
  return pack([JSON.stringify({ kbot_feed: 1, epoch, first, sent }), ...lines]);
}

export function decodeBatch(bytes: Uint8Array): Unpacked<Batch> {
  const text = unpack("Batch", bytes);
  if (!text.ok) return text;
  const [head, ...rest] = text.value;
  const read = parsedText("Batch", HEAD, head);
  if (!read.ok) return read;
  if (rest.length > LINES_MAX) return { ok: false, reason: `Batch of ${rest.length} lines, allowed: ${LINES_MAX}` };
  const lines: TapeMessage[] = [];
  for (const text of rest) {
    const line = decodeTapeLine(text);
    if (!line.ok) return line;
    if (line.line.kind !== "message") return { ok: false, reason: `Line of a batch is a ${line.line.kind}` };
    lines.push(line.line);
  }
  return { ok: true, value: { epoch: read.value.epoch, first: read.value.first, sent: read.value.sent, lines } };
}

export function encodeKeyframe({ epoch, next, at, inputs }: Keyframe): Uint8Array {
  const head = JSON.stringify({ kbot_feed: 1, epoch, next, at });
  return pack([head, ...inputs.map((input) => JSON.stringify(input))]);
}

export function decodeKeyframe(bytes: Uint8Array): Unpacked<Keyframe> {
  const text = unpack("Keyframe", bytes);
  if (!text.ok) return text;
  const [head, ...rest] = text.value;
  const read = parsedText("Keyframe", KEY, head);
  if (!read.ok) return read;
  const inputs: Input[] = [];
  for (const text of rest) {
    const found = readInput(text);
    if ("fault" in found) return { ok: false, reason: `Keyframe: ${found.fault}` };
    inputs.push(found.input);
  }
  return { ok: true, value: { epoch: read.value.epoch, next: read.value.next, at: read.value.at, inputs } };
}

export const encodeClock = (clock: FeedClock): Uint8Array => encoder.encode(JSON.stringify(clock));

export const decodeClock = (bytes: Uint8Array): Unpacked<FeedClock> => parsed("Clock", CLOCK, bytes);

const pack = (lines: readonly string[]): Uint8Array => packedBytes(encoder.encode(lines.join("\n")));

function unpack(what: string, bytes: Uint8Array): Unpacked<readonly string[]> {
  const plain = unpackedBytes(what, bytes);
  return plain.ok ? { ok: true, value: decoder.decode(plain.value).split("\n") } : plain;
}
