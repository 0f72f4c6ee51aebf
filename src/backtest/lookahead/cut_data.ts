/**
 * A copy of recorded data as it was at some moment: of what was heard later nothing is left, or nonsense stands in its place.
 *
 * | file | what is later | left out | nonsense |
 * | --- | --- | --- | --- |
 * | lines of JSON: frames, tapes, journals | by the exchange's stamp where a frame has one, else by the time that the line begins with | the line | YES and NO change places |
 * | tables of markets (with a `result`) | how a market ended, by when it was paid or closed; markets that open later | the outcome's fields; the row | the outcome turned around |
 * | other tables | by the first column of times | the row | prices other by a tenth |
 *
 * Nonsense goes on for ten minutes; who looks further ahead is found by what is left out. A file of which nothing is left is
 * not there.
 *
 * Recorded frames are run by the exchange's stamps, because recorders' clocks differ: that a frame was heard later than it is
 * stamped is no look ahead here, and what `--feed-latency` is for.
 *
 * Other files are copied whole and named, because what is in them is not checked.
 * @module
 */

import { basename, join } from "node:path";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, parseTime } from "../../core/units.ts";
import { FOLDERS_DEEP } from "../recording/found_files.ts";
import { lineBatches } from "../recording/line_batches.ts";

/** Up to and with this moment everything is as it was. */
export interface Cut {
  readonly until: Micros;
  readonly future: "absent" | "nonsense";
}

export interface CutCopy {
  readonly path: string;
  /** Base names of the files that were not cut. */
  readonly whole: readonly string[];
}

/** How a market ended is known by then after its close, where a table does not say when it was paid; else so long before. */
const KNOWN_AFTER_CLOSE = 8_000_000;
const KNOWN_BEFORE_PAID = 100_000;
const NONSENSE_FOR = 10 * MICROS_PER_MINUTE;
const TEXT = /\.(ndjson|jsonl|csv)(\.gz)?$/;
const LINE_TIME = /"(?:recv_ns|recv_ms|recv_us|received_at|recv_ts|at|ts|ts_ms|time)":"?([0-9][0-9TZ:.+-]*)/;

const TICKER = /"type":"ticker"/;
const FRAME_STAMP = /"ts_ms":(\d{13})\b/;

/** Copies a data set, a folder with those below it or one file, into a directory that exists. */
export async function cutCopy(path: string, into: string, cut: Cut, deep = FOLDERS_DEEP): Promise<CutCopy> {
  const to = join(into, basename(path));
  const info = await Deno.stat(path);
  if (!info.isDirectory) return { path: to, whole: await copyFile(path, to, cut) ? [] : [basename(path)] };
  await Deno.mkdir(to, { recursive: true });
  const whole: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    const file = await Deno.stat(join(path, name)).catch(() => null);
    if (file?.isFile && !await copyFile(join(path, name), join(to, name), cut)) whole.push(name);
    else if (file?.isDirectory && deep > 0) whole.push(...(await cutCopy(join(path, name), to, cut, deep - 1)).whole);
  }
  return { path: to, whole: whole.sort() };
}

/** Whether it could be cut. */
async function copyFile(from: string, to: string, cut: Cut): Promise<boolean> {
  const kind = TEXT.exec(from);
  if (kind === null) {
    await Deno.copyFile(from, to);
    return false;
  }
  const keep = kind[1] === "csv" ? tableLines(cut) : jsonLines(cut);
  const kept = { bytes: 0 };
  const stream = ReadableStream.from(pieces(from, keep, kept));
  const packed = kind[2] === undefined ? stream : stream.pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(to, packed);
  if (kept.bytes === 0) await Deno.remove(to);
  return true;
}

/** Nothing that comes behind this line is kept. */
const OVER = Symbol("over");
/** What a line becomes; `null` where nothing is left of it. Asked line by line. */
type Keep = (line: string) => string | null | typeof OVER;
/** Lines stand in order of time but for so much. */
const DISORDER = MICROS_PER_MINUTE;

/** @param kept counts what is left */
async function* pieces(
  path: string,
  keep: Keep,
  kept: { bytes: number },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  for await (const { lines } of lineBatches(path, "lenient")) {
    let text = "";
    let over = false;
    for (const line of lines) {
      const left = keep(line);
      over ||= left === OVER;
      if (over) break;
      if (typeof left === "string") text += `${left}\n`;
    }
    const piece = encoder.encode(text);
    kept.bytes += piece.length;
    if (piece.length > 0) yield piece;
    if (over) return;
  }
}

/** A number since 1970 in whatever unit its length tells, or a text as of ISO 8601. */
export function timeOf(text: string): Micros | null {
  if (/^\d+$/.test(text)) {
    const unit = { 10: 1e6, 13: 1e3, 16: 1, 19: 1e-3 }[text.length];
    return unit === undefined ? null : Math.floor(Number(text) * unit) as Micros;
  }
  return parseTime(text);
}

/** A line without a time belongs to the one before it. */
function jsonLines({ until, future }: Cut): Keep {
  let at = -Infinity;
  /** The newest stamp so far: a frame without one is as old as the one before it. */
  let stamped = 0;
  let begun = false;
  let over = false;
  return (line) => {
    // A ticker is stamped with the change that it sums up.
    const frame = TICKER.test(line) ? null : FRAME_STAMP.exec(line);
    if (frame !== null) stamped = Math.max(stamped, timeOf(frame[1]) ?? stamped);
    const heard = LINE_TIME.exec(line);
    at = stamped > 0 ? stamped : (heard === null ? null : timeOf(heard[1])) ?? at;
    // Some readers know times to the millisecond only.
    if (Math.floor(at / MICROS_PER_MILLISECOND) <= until / MICROS_PER_MILLISECOND) {
      begun = true;
      return line;
    }
    // Where a file ends is told, too: a line of nonsense keeps it going past the cut.
    const goesOn = begun && !over;
    over = true;
    if (goesOn) return turned(line);
    if (future === "nonsense" && at <= until + NONSENSE_FOR) return turned(line);
    return at > until + NONSENSE_FOR + DISORDER ? OVER : null;
  };
}

const OTHER: Readonly<Record<string, string>> = { yes: "no", no: "yes" };

/** YES for NO and NO for YES, wherever they are words of their own or begin a name. */
const turned = (line: string): string => line.replace(/(?<=")(yes|no)(?=["_])/g, (word) => OTHER[word]);

const OUTCOME = ["result", "expiration_value", "expiration_value_source", "settlement_value_dollars", "settlement_ts"];
const PAID = ["settlement_ts", "settled_time", "settled_at"];
const CLOSES = ["close_time_utc", "close_time", "closes"];
const OPENS = ["open_time_utc", "open_time", "opens"];

function tableLines(cut: Cut): Keep {
  let columns: readonly string[] | null = null;
  let timed: number | null = null;
  return (line) => {
    const fields = line.split(",");
    if (columns === null) {
      columns = fields.map((name) => name.trim());
      return line;
    }
    if (columns.includes("result") && CLOSES.some((name) => columns?.includes(name))) {
      return marketRow(columns, fields, cut);
    }
    timed ??= fields.findIndex((field) => timeOf(field) !== null);
    const at = timed < 0 ? null : timeOf(fields[timed] ?? "");
    if (at === null || at <= cut.until) return line;
    if (cut.future === "nonsense" && at <= cut.until + NONSENSE_FOR) return fields.map(nonsense).join(",");
    return at > cut.until + NONSENSE_FOR + DISORDER ? OVER : null;
  };
}

/** What of a market's row was known at the time; `null` where nothing was. */
function marketRow(columns: readonly string[], fields: readonly string[], { until, future }: Cut): string | null {
  const timeIn = (names: readonly string[]): Micros | null =>
    names.map((name) => timeOf(fields[columns.indexOf(name)] ?? "")).find((at) => at !== null) ?? null;
  const closes = timeIn(CLOSES);
  const paid = timeIn(PAID);
  const known = paid !== null ? paid - KNOWN_BEFORE_PAID : closes === null ? null : closes + KNOWN_AFTER_CLOSE;
  if (known === null || known <= until) return fields.join(",");
  const opens = timeIn(OPENS);
  if (future === "absent" && opens !== null && opens > until) return null;
  return fields.map((field, k) => {
    if (!OUTCOME.includes(columns[k])) return field;
    if (future === "absent") return "";
    return timeOf(field) === null ? nonsense(field) : field;
  }).join(",");
}

/** Another price, another word, of the same kind. */
function nonsense(field: string): string {
  if (OTHER[field] !== undefined) return OTHER[field];
  const decimals = /^\d+\.(\d+)$/.exec(field)?.[1].length;
  return decimals === undefined ? field : (Number(field) * 1.1).toFixed(decimals);
}
