/**
 * What the audit trail, and behind its end the journals, tell of halts: for a database that is made from them anew.
 * @module
 */

import { join } from "node:path";
import type { HaltRecord } from "../../core/record.ts";
import { checkRecord } from "../../engine/journal_record_shape.ts";
import { isObject } from "../../engine/journal_shape.ts";
import { journalDirectory, listJournalFiles, listRuns } from "../journal_files.ts";
import { readLines } from "../journal_lines.ts";
import { openPlain } from "../journal_reader.ts";
import { messageOf } from "../message.ts";
import { statePaths } from "../state_directory.ts";
import { auditItems } from "./audit_catch_up.ts";
import { type AuditItem, decodeEntry } from "./audit_entry.ts";

/** That a halt began or was lifted, and which line of which journal told it first. */
export interface ToldHalt {
  readonly run: string;
  readonly line: number;
  readonly record: HaltRecord;
}

/** What every entry about a halt has in its line. */
const OF_HALT = '"kind":"halt"';

function haltOf({ kind, run, line, what }: AuditItem): ToldHalt | null {
  if (kind !== "halt") return null;
  const action: unknown = JSON.parse(what);
  const record = isObject(action) ? action.record : undefined;
  return checkRecord(record) === null ? { run, line, record: record as HaltRecord } : null;
}

/** Where a trail ends. */
interface End {
  readonly run: string;
  readonly line: number;
}

/** The trail's own part; what was changed in it, or cannot be read, is left out. */
async function* ofTrail(
  stateDirectory: string,
  onEnd: (end: End) => void,
  onFault: (reason: string) => void,
): AsyncGenerator<ToldHalt> {
  const list = await listJournalFiles(statePaths(stateDirectory).audit);
  if (!list.ok) return;
  for (const file of list.files) {
    let last: string | null = null;
    try {
      for await (const batch of readLines(await openPlain(file))) {
        if (batch.kind !== "lines") continue;
        for (const line of batch.lines) {
          last = line;
          if (line === null || !line.includes(OF_HALT)) continue;
          const decoded = decodeEntry(line);
          const told = decoded.kind === "entry" ? haltOf(decoded.entry) : null;
          if (told !== null) yield told;
        }
      }
    } catch (error) {
      onFault(`${file.path}: ${file.compressed ? "Truncated or damaged gzip" : "Cannot be read"}: ${messageOf(error)}`);
    }
    const end = last === null ? null : decodeEntry(last);
    if (end?.kind === "entry") onEnd(end.entry);
  }
}

/**
 * Every halt that began or was lifted, as far back as the trail goes, or the journals where there is none; in order.
 *
 * @param onFault told which of the trail's files cannot be read whole, in words
 */
export async function* toldHalts(
  stateDirectory: string,
  onFault: (reason: string) => void,
): AsyncGenerator<ToldHalt> {
  let end: End | null = null;
  yield* ofTrail(stateDirectory, (found) => end = found, onFault);
  const from: End = end ?? { run: "", line: 0 };
  for (const run of await listRuns(stateDirectory)) {
    if (run < from.run) continue;
    const directory = join(journalDirectory(stateDirectory), run);
    for await (const item of auditItems(directory, run, run === from.run ? from.line : 0, 0)) {
      const told = haltOf(item);
      if (told !== null) yield told;
    }
  }
}
