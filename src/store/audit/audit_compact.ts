/**
 * Keeps the audit trail within its retention: whole files whose entries are too old go, oldest first, and before they do,
 * an entry tells the number and the hash of the newest of them, so that what is left can still be verified. Ended files
 * are compressed.
 * @module
 */

import { compressEndedFiles } from "../journal_compress.ts";
import { type JournalPath, listJournalFiles } from "../journal_files.ts";
import { openPlain } from "../journal_reader.ts";
import { readLines } from "../journal_lines.ts";
import { messageOf } from "../message.ts";
import { type AuditEntry, decodeEntry } from "./audit_entry.ts";
import type { AuditTrail } from "./audit_trail.ts";

export type CompactAuditResult =
  | { readonly ok: true; readonly removedFiles: number }
  | { readonly ok: false; readonly reason: string };

/** A file's first entry; `null` where that cannot be read. */
async function firstEntry(file: JournalPath): Promise<AuditEntry | null> {
  for await (const batch of readLines(await openPlain(file))) {
    if (batch.kind !== "lines" || batch.lines[0] === null) return null;
    const decoded = decodeEntry(batch.lines[0]);
    return decoded.kind === "entry" ? decoded.entry : null;
  }
  return null;
}

/**
 * Removes files with nothing newer than a time, and compresses ended ones.
 *
 * @param before microseconds
 * @param now by the clock that stamps the entries
 */
export async function compactAudit(trail: AuditTrail, before: number, now: number): Promise<CompactAuditResult> {
  try {
    const list = await listJournalFiles(trail.directory);
    if (!list.ok) return list;
    const { files } = list;
    // The newest file stays: the trail goes on in it.
    let old = 0;
    let next: AuditEntry | null = null;
    for (let k = 1; k < files.length; k++) {
      const entry = await firstEntry(files[k]);
      // A file that cannot be read stays, and what stands before it: it has to be looked at first.
      if (entry === null || entry.at >= before) break;
      old = k;
      next = entry;
    }
    if (next !== null) {
      const noted = trail.note("removed", { through: next.number - 1, hash: next.previous, files: old }, now);
      const written = noted.ok ? trail.flush() : noted;
      if (!written.ok) return written;
      await trail.keepHead();
      if (trail.trouble !== null) return { ok: false, reason: trail.trouble };
      for (const { path } of files.slice(0, old)) await Deno.remove(path);
    }
    const troubles = await compressEndedFiles(trail.directory);
    return troubles.length === 0 ? { ok: true, removedFiles: old } : { ok: false, reason: troubles[0] };
  } catch (error) {
    return { ok: false, reason: `Audit trail ${trail.directory} cannot be compacted: ${messageOf(error)}` };
  }
}
