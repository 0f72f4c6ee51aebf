/**
 * Takes up from the journals what a crash kept out of the audit trail.
 * @module
 */

import { join } from "node:path";
import { journalDirectory, listRuns } from "../journal_files.ts";
import { readJournal } from "../journal_reader.ts";
import { messageOf } from "../message.ts";
import type { AuditItem } from "./audit_entry.ts";
import { AuditReader, timeOf } from "./audit_source.ts";
import type { AuditEnd, AuditTrail } from "./audit_trail.ts";

export type CatchUpResult =
  | { readonly ok: true; readonly taken: number }
  | { readonly ok: false; readonly reason: string };

/** Items written together. */
const BATCH = 1_000;

/**
 * The items of one run's journal after a line of it, in order, and the last of them only where its step is whole: what a
 * process was writing when it died had not been acted on.
 *
 * @param at of what is told before the first time that is read
 * @param onFault told what could not be read, in words
 */
export async function* auditItems(
  directory: string,
  run: string,
  afterLine: number,
  at: number,
  onFault: (reason: string) => void = () => {},
): AsyncGenerator<AuditItem, void, undefined> {
  let reader = new AuditReader(run, at);
  let unfinished: AuditItem[] = [];
  for await (const event of readJournal(directory, { onFault: "skip", afterLine })) {
    if (event.kind === "fault") {
      onFault(event.reason);
      if (event.input === true) {
        yield* unfinished;
        unfinished = [];
      }
    }
    if (event.kind !== "entries") continue;
    for (let k = 0; k < event.entries.length; k++) {
      const entry = event.entries[k];
      const line = event.runLine + k;
      if (entry.kind === "header") reader = new AuditReader(run, timeOf(entry.header.started));
      if (entry.kind !== "action") {
        yield* unfinished;
        unfinished = [];
      }
      const item = reader.take(entry, line);
      if (item === null || line <= afterLine) continue;
      if (entry.kind === "action") unfinished.push(item);
      else yield item;
    }
  }
}

/** Whether a run's journal can hold something that the trail does not: not where that run ended in order. */
const isOver = (end: AuditEnd | null, run: string): boolean =>
  end !== null && (run < end.run || (run === end.run && end.kind === "run_end"));

/** Brings the trail up to the journals of the state directory, whose torn ends were mended before. */
export async function catchUpAudit(stateDirectory: string, trail: AuditTrail): Promise<CatchUpResult> {
  let taken = 0;
  try {
    const begin = trail.end;
    for (const run of await listRuns(stateDirectory)) {
      if (isOver(begin, run)) continue;
      const directory = join(journalDirectory(stateDirectory), run);
      let batch: AuditItem[] = [];
      const write = (): void => {
        trail.take(batch);
        taken += batch.length;
        batch = [];
        const written = trail.flush();
        if (!written.ok) throw new Error(written.reason);
      };
      const afterLine = run === begin?.run ? begin.line : 0;
      for await (const item of auditItems(directory, run, afterLine, begin?.at ?? 0)) {
        batch.push(item);
        if (batch.length >= BATCH) write();
      }
      write();
    }
    return { ok: true, taken };
  } catch (error) {
    return { ok: false, reason: `Audit trail ${trail.directory} cannot be caught up: ${messageOf(error)}` };
  }
}
