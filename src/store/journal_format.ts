/**
 * Which kbot wrote a run's journal, before anything else of it is read.
 * @module
 */

import { join } from "node:path";
import { JOURNAL_FORMAT } from "../engine/journal.ts";
import { isObject } from "../engine/journal_shape.ts";
import { journalDirectory, listJournalFiles } from "./journal_files.ts";
import { readLines } from "./journal_lines.ts";
import { openPlain } from "./journal_reader.ts";

export interface JournalOrigin {
  readonly format: number;
  /** Of kbot. */
  readonly version: string;
}

/** What a run's first line says; `null` where there is none, or it cannot be read. */
export async function journalOrigin(stateDirectory: string, run: string): Promise<JournalOrigin | null> {
  const list = await listJournalFiles(join(journalDirectory(stateDirectory), run));
  const line = list.ok && list.files.length > 0 ? await firstLine(await openPlain(list.files[0])) : null;
  let value: unknown = null;
  try {
    value = JSON.parse(line ?? "");
  } catch {
    return null;
  }
  if (!isObject(value) || typeof value.kbot_journal !== "number") return null;
  return { format: value.kbot_journal, version: String(value.version) };
}

async function firstLine(stream: AsyncIterable<Uint8Array>): Promise<string | null> {
  for await (const batch of readLines(stream)) return batch.kind === "lines" ? batch.lines[0] : null;
  return null;
}

/** Why a run's journal cannot be read by this kbot, in words; `null` where nothing speaks against it. */
export async function newerJournal(stateDirectory: string, run: string): Promise<string | null> {
  const origin = await journalOrigin(stateDirectory, run).catch(() => null);
  if (origin === null || origin.format <= JOURNAL_FORMAT) return null;
  return `The journal of run ${run} was written by a newer kbot, version ${origin.version} (format ${origin.format}, ` +
    `this one knows ${JOURNAL_FORMAT}); use that kbot, or another directory with --state`;
}
