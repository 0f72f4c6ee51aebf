/**
 * What of a journal goes into the audit trail (K8): who did what, what was ordered, refused, executed and settled, what
 * halted trading and what lifted that, and where each run began and ended.
 *
 * | kind | from |
 * | --- | --- |
 * | run_start, run_end | the journal's header (as its hash) and its last line, with the hash of all decisions |
 * | operator | a person's act, on the page, by command, signal or file |
 * | settings | limits and parameters that the configuration, read again, has changed |
 * | place, amend, decrease, cancel, cancel_all, order_group, transfer | what was asked of the exchange, paper orders too |
 * | order | an order as it was sent with the reasons for it, and how it ended |
 * | trade, settlement, halt | these records |
 * | audit | refusals with their reason, reconciliation, and everything else that the engine has to say for itself |
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { OrderPhase } from "../../core/order.ts";
import { encodeHeader, encodeInput, type JournalEntry } from "../../engine/journal.ts";
import { isObject } from "../../engine/journal_shape.ts";
import { type AuditItem, sha256 } from "./audit_entry.ts";

/** What an entry says, before it is known when and where. */
export type AuditContent = Pick<AuditItem, "kind" | "what">;

const ASKED: ReadonlySet<string> = new Set([
  "place",
  "amend",
  "decrease",
  "cancel",
  "cancel_all",
  "order_group",
  "transfer",
]);
const TOLD: ReadonlySet<unknown> = new Set(["audit", "halt", "trade", "settlement"]);
/** What happens to an order in between is told by its changes and its executions. */
const IN_BETWEEN: OrderPhase = "resting";

/** What an action says there; `null` for one that does not belong there. */
export function auditOfAction(action: { readonly type: string }, text: () => string): AuditContent | null {
  if (ASKED.has(action.type)) return { kind: action.type, what: text() };
  if (action.type !== "record" || !("record" in action) || !isObject(action.record)) return null;
  const { kind, phase } = action.record;
  if (kind === "order" && phase !== IN_BETWEEN) return { kind, what: text() };
  return typeof kind === "string" && TOLD.has(kind) ? { kind, what: text() } : null;
}

/** What people did, by a command or by the configuration. */
const isOfPeople = ({ type }: Input): boolean => type === "operator" || type === "settings";

/** An input or an action as its line of the journal has it, without what stands around it. */
export const withinLine = (line: string): string => line.slice(line.indexOf(":") + 1, -1);

/** What a line of the journal says there; `null` for one that does not belong there. */
export function auditOf(entry: JournalEntry): AuditContent | null {
  switch (entry.kind) {
    case "action":
      return auditOfAction(entry.action, () => entry.text);
    case "input":
      return isOfPeople(entry.input) ? { kind: entry.input.type, what: withinLine(encodeInput(entry.input)) } : null;
    case "header": {
      const { version, started } = entry.header;
      const what = { version, started, header_sha256: sha256(encodeHeader(entry.header)) };
      return { kind: "run_start", what: JSON.stringify(what) };
    }
    case "end":
      return { kind: "run_end", what: JSON.stringify(entry.end) };
    case "part":
    case "checkpoint":
      return null;
  }
}

/** A start's wall time in microseconds; 0 where it is none. */
export function timeOf(started: string): number {
  const ms = Date.parse(started);
  return Number.isFinite(ms) && ms > 0 ? ms * 1_000 : 0;
}

/** Makes items of a run's lines, which must come in order, with the time of the step that each belongs to. */
export class AuditReader {
  readonly #run: string;
  #at: number;

  /** @param startedAt the time until the first input */
  constructor(run: string, startedAt: number) {
    this.#run = run;
    this.#at = startedAt;
  }

  /** The item of one line; `null` for one that does not belong there. */
  take(entry: JournalEntry, line: number): AuditItem | null {
    if (entry.kind === "input") this.#at = entry.input.at;
    const content = auditOf(entry);
    return content === null ? null : { at: this.#at, run: this.#run, line, ...content };
  }
}
