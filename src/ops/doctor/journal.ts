/**
 * Can the newest run's journal be read, and did that run end in order?
 * @module
 */

import { join } from "node:path";
import type { JournalEntry } from "../../engine/journal.ts";
import { journalDirectory, type JournalPath, listJournalFiles, listRuns } from "../../store/journal_files.ts";
import { newerJournal } from "../../store/journal_format.ts";
import { readJournal } from "../../store/journal_reader.ts";
import { type Check, type CheckResult, fail, parted, pass, skip } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { STATE_DIRECTORY } from "./state_directory.ts";

export const JOURNAL = "journal";

/** What is read whole in a moment; files are closed at 64 MB unless the configuration says otherwise. */
const BYTES_MAX = 256 * 1024 * 1024;

interface Reading {
  readonly last: JournalEntry | null;
  readonly entries: number;
  readonly torn: boolean;
  readonly fault: string | null;
}

async function read(path: string, entriesMax: number): Promise<Reading> {
  let reading: Reading = { last: null, entries: 0, torn: false, fault: null };
  for await (const event of readJournal(path)) {
    if (event.kind === "fault") return { ...reading, fault: event.reason };
    if (event.kind === "torn_tail") reading = { ...reading, torn: true };
    else {
      const entries = reading.entries + event.entries.length;
      reading = { ...reading, last: event.entries.at(-1) ?? reading.last, entries };
    }
    if (reading.entries >= entriesMax) break;
  }
  return reading;
}

/** Reads the run's first line, which says how everything after it was written, and its last file. */
async function readRun(run: string, files: readonly JournalPath[], context: DoctorContext): Promise<CheckResult> {
  const [first, last] = [files[0], files[files.length - 1]];
  const { size } = await Deno.stat(last.path);
  if (size > BYTES_MAX) return skip(`${last.path} is too long to be read here`, "kbot replay reads it all");
  const head = await read(first.path, 1);
  const tail = head.fault === null ? await read(last.path, Infinity) : head;
  if (tail.fault !== null) {
    return fail(
      tail.fault,
      "Keep the file; kbot starts without it and tells what it leaves out (the exchange knows the rest)",
    );
  }
  context.note("lastRun", { run, last: tail.last });
  const torn = tail.torn ? "; its last line is unfinished, which the next start mends" : "";
  return pass(`${files.length} ${files.length === 1 ? "file" : "files"} of run ${run}${torn}`);
}

export const journal: Check = {
  name: JOURNAL,
  needs: [STATE_DIRECTORY],
  seconds: 60,
  async run(context) {
    const directory = context.found("stateDirectory");
    const run = (await listRuns(directory)).at(-1);
    if (run === undefined) {
      context.note("lastRun", null);
      return pass("No run yet");
    }
    const newer = await newerJournal(directory, run);
    if (newer !== null) return fail(...parted(newer));
    const list = await listJournalFiles(join(journalDirectory(directory), run));
    if (!list.ok) return fail(list.reason, "Give the directory to this user");
    if (list.files.length > 0) return await readRun(run, list.files, context);
    context.note("lastRun", { run, last: null });
    return pass(`Run ${run} ended before its first line`);
  },
};
