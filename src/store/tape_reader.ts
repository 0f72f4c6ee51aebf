/**
 * Reads tapes back: a tape's directory or one of its files, plain or compressed, batch by batch in bounded memory.
 *
 * | found | reported as |
 * | --- | --- |
 * | an unfinished line at a file's end, which a kill or a full disk leaves | `torn`, and the next file goes on |
 * | a line that is none of a tape's, or a damaged compressed file | `fault`; the rest is read on |
 * | files missing between others | `fault` |
 * @module
 */

import { basename, dirname } from "node:path";
import { type JournalPath, listJournalFiles, parseFileName } from "./journal_files.ts";
import { decodeText, readLines } from "./journal_lines.ts";
import { openPlain } from "./journal_reader.ts";
import { messageOf } from "./message.ts";
import { decodeTapeLine, type TapeGap, type TapeHeader, type TapeMessage } from "./tape_lines.ts";

export type TapeEvent =
  | { readonly kind: "header"; readonly header: TapeHeader; readonly file: string }
  /** Messages and gaps of consecutive lines; `line` of the first. */
  | {
    readonly kind: "lines";
    readonly file: string;
    readonly lines: readonly (TapeMessage | TapeGap)[];
    readonly numbers: readonly number[];
  }
  | { readonly kind: "torn" | "fault"; readonly file: string; readonly reason: string };

async function filesAt(path: string): Promise<readonly JournalPath[] | string> {
  const info = await Deno.stat(path).catch(() => null);
  if (info === null) return `No tape at ${path}: nothing is there`;
  if (info.isDirectory) {
    const listed = await listJournalFiles(path);
    if (!listed.ok) return listed.reason;
    return listed.files.length === 0 ? `No tape at ${path}: found no file like 000001.ndjson.gz` : listed.files;
  }
  const name = parseFileName(basename(path));
  return name === null ? `No tape at ${path}: its files are called like 000001.ndjson.gz` : [{ path, ...name }];
}

/** Whether this is a tape: its first line says so. */
export async function isTape(path: string): Promise<boolean> {
  try {
    for await (const event of readTape(path)) return event.kind === "header";
  } catch {
    // Whoever reads it will say why it cannot be read.
  }
  return false;
}

/** @throws Error in words where there is no tape at all */
export async function* readTape(path: string): AsyncGenerator<TapeEvent, void, undefined> {
  const files = await filesAt(path);
  if (typeof files === "string") throw new Error(files);
  let before = files[0].part - 1;
  for (const file of files) {
    const name = basename(file.path);
    if (file.part !== before + 1) {
      const reason = `${name}: files are missing before it in ${dirname(file.path)}`;
      yield { kind: "fault", file: name, reason };
    }
    before = file.part;
    yield* readFile(file, name);
  }
}

async function* readFile(file: JournalPath, name: string): AsyncGenerator<TapeEvent, void, undefined> {
  try {
    for await (const batch of readLines(await openPlain(file))) {
      if (batch.kind === "oversized") {
        yield { kind: "fault", file: name, reason: `${name}:${batch.line}: A line of more than 16 MiB` };
        return;
      }
      if (batch.kind === "rest") {
        const text = decodeText(batch.bytes.subarray(0, 80)) ?? "bytes that are no text";
        yield { kind: "torn", file: name, reason: `${name}:${batch.line}: Unfinished last line: ${text}` };
      } else yield* decoded(name, batch.firstLine, batch.lines);
    }
  } catch (error) {
    yield { kind: "fault", file: name, reason: `${name}: Cannot be read to its end: ${messageOf(error)}` };
  }
}

function* decoded(file: string, firstLine: number, texts: readonly (string | null)[]): Generator<TapeEvent> {
  let lines: (TapeMessage | TapeGap)[] = [];
  let numbers: number[] = [];
  for (const [k, text] of texts.entries()) {
    const read = text === null ? { ok: false as const, reason: "Not UTF-8" } : decodeTapeLine(text);
    if (read.ok && read.line.kind !== "header") {
      lines.push(read.line);
      numbers.push(firstLine + k);
      continue;
    }
    if (lines.length > 0) yield { kind: "lines", file, lines, numbers };
    lines = [];
    numbers = [];
    if (!read.ok) yield { kind: "fault", file, reason: `${file}:${firstLine + k}: ${read.reason}` };
    else if (read.line.kind === "header") yield { kind: "header", header: read.line.header, file };
  }
  if (lines.length > 0) yield { kind: "lines", file, lines, numbers };
}
