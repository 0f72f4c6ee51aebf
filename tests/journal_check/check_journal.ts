/**
 * What {@link JournalCheck} finds in a run's journal.
 * @module
 */

import { type Findings, JournalCheck } from "./journal_check.ts";
import { journalLines } from "./journal_files.ts";

export async function checkJournal(directory: string): Promise<Findings> {
  const check = new JournalCheck();
  for await (const line of journalLines(directory)) check.line(line);
  return check.findings();
}
