/**
 * Captures as lines of JSON, each with `captured_at`: brought into the order of their times, because recorders that run in
 * turns append to one file.
 * @module
 */

import { basename } from "node:path";
import type { Input } from "../../core/input.ts";
import type { StrikeType } from "../../core/market.ts";
import { type Micros, parseTime } from "../../core/units.ts";
import { isObject, type JsonObject } from "../../venues/kalshi/fields.ts";
import { BatchBuilder, type RecordedBatch } from "./input_batch.ts";
import { lineBatches } from "./line_batches.ts";
import { parseZonedTime } from "./recorded_time.ts";
import { type RecordedFile, recordedFile } from "./recorded_file.ts";
import { RecordingError } from "./recording_error.ts";
import type { Refusals } from "./refusals.ts";
import { STRIKE_TYPES } from "./row_fields.ts";

/** Characters of one file that are held to be sorted: far more than a day of captures has. */
const HELD_MAX = 1 << 28;
/** Captures that are told together. */
const TOLD_AT_ONCE = 64;
const CAPTURED = /"captured_at": ?"([^"]{1,64})"/;
const DAY = /(\d{4}-\d\d-\d\d)\.jsonl/;

/** Reads one capture. What it throws as a RecordingError leaves the line out. */
export type CaptureReader = (capture: Capture) => readonly Input[];

export interface Capture {
  readonly path: string;
  readonly line: number;
  readonly at: Micros;
  readonly body: JsonObject;
}

interface Line {
  readonly line: number;
  readonly at: Micros;
  readonly text: string;
}

/** A file of a day, which its name says: it is opened when the day has come. */
export const captureFile = (path: string, refusals: Refusals, read: CaptureReader): RecordedFile =>
  recordedFile(path, startOf(path), refusals, () => captures(path, refusals, read));

function startOf(path: string): number {
  const day = DAY.exec(basename(path));
  return (day === null ? null : parseTime(`${day[1]}T00:00:00Z`)) ?? -Infinity;
}

/** Goes through a file of captures at once: for small ones that stand beside a recording. */
export async function eachCapture(path: string, refusals: Refusals, take: (capture: Capture) => void): Promise<void> {
  const nothing = (capture: Capture): readonly Input[] => {
    take(capture);
    return [];
  };
  for await (const _ of captures(path, refusals, nothing));
}

async function* captures(path: string, refusals: Refusals, read: CaptureReader): AsyncGenerator<RecordedBatch> {
  const lines = await sortedLines(path, refusals);
  for (let from = 0; from < lines.length; from += TOLD_AT_ONCE) {
    const out = new BatchBuilder();
    for (const { line, at, text } of lines.slice(from, from + TOLD_AT_ONCE)) {
      try {
        for (const input of read({ path, line, at, body: bodyOf(path, line, text) })) out.push(input, line);
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        refusals.add(error.message, "capture");
      }
    }
    if (out.inputs.length > 0) yield out.finish(basename(path));
  }
}

/** Those of equal times as they stand in the file. Of a file that breaks off what came before is used. */
async function sortedLines(path: string, refusals: Refusals): Promise<readonly Line[]> {
  const held: Line[] = [];
  let characters = 0;
  try {
    for await (const { firstLine, lines } of lineBatches(path, "lenient")) {
      lines.forEach((text, k) => {
        const line = firstLine + k;
        const stamp = CAPTURED.exec(text)?.[1] ?? "";
        const at = parseZonedTime(stamp)?.at;
        characters += text.length;
        if (characters > HELD_MAX) {
          throw new RecordingError(path, line, `more than ${HELD_MAX} characters`, "a file of one day");
        }
        if (at !== undefined) held.push({ line, at, text });
        else {
          const wanted = "a JSON object with captured_at as a time with its zone";
          refusals.add(new RecordingError(path, line, text, wanted).message, "capture");
        }
      });
    }
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    refusals.add(error.message);
  }
  return held.sort((a, b) => a.at - b.at);
}

function bodyOf(path: string, line: number, text: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new RecordingError(path, line, `a text that is no JSON: ${text}`, "one JSON object");
  }
  if (!isObject(body)) throw new RecordingError(path, line, text, "one JSON object");
  return body;
}

/** Members of a capture, each read as what it has to be. */
export class CaptureFields {
  readonly #capture: Capture;

  constructor(capture: Capture) {
    this.#capture = capture;
  }

  text(object: JsonObject, name: string): string {
    const value = object[name];
    return typeof value === "string" && value !== "" && value.length <= 128
      ? value
      : this.refuse(object, name, "a text");
  }

  time(object: JsonObject, name: string): Micros {
    const value = object[name];
    const time = typeof value === "string" ? parseZonedTime(value) : null;
    return time?.at ?? this.refuse(object, name, "a time with its zone");
  }

  number(object: JsonObject, name: string): number | null {
    const value = object[name] ?? null;
    return value === null || (typeof value === "number" && Number.isFinite(value))
      ? value
      : this.refuse(object, name, "a number or null");
  }

  object(object: JsonObject, name: string): JsonObject {
    const value = object[name];
    return isObject(value) ? value : this.refuse(object, name, "an object");
  }

  list(object: JsonObject, name: string): readonly unknown[] {
    const value = object[name];
    return Array.isArray(value) ? value : this.refuse(object, name, "a list");
  }

  refuse(object: JsonObject, name: string, wanted: string): never {
    const { path, line } = this.#capture;
    throw new RecordingError(path, line, `${name} ${JSON.stringify(object[name])}`, wanted);
  }
}

export const strikeTypeOf = (read: CaptureFields, object: JsonObject): StrikeType =>
  STRIKE_TYPES.find((type) => type === object.strike_type) ??
    read.refuse(object, "strike_type", STRIKE_TYPES.join(", "));
