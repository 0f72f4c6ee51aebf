/**
 * That a halt began or was lifted, in the words of halt_kinds.ts: what of, how strict, and by whom.
 * @module
 */

import type { HaltRecord } from "../core/record.ts";
import type { Micros } from "../core/units.ts";
import { type HaltKind, type HaltScope, kindOf } from "./halt_kinds.ts";

export interface HaltChange {
  readonly at: Micros;
  readonly change: "begun" | "lifted";
  /** With what it is about: `feed_stale BRTI`. */
  readonly name: string;
  /** Its first word. */
  readonly kind: string;
  readonly scope: HaltScope;
  /** The strategy or the index that it is of; `null` where it is of the whole. */
  readonly subject: string | null;
  readonly level: HaltKind["level"];
  readonly persistent: boolean;
  /** The way by which a person said so: `page`, `cli`; `null` where nobody did. */
  readonly by: string | null;
  readonly reason: string;
}

/** Halts that only a person begins. */
const BEGUN_BY_PERSONS: ReadonlySet<string> = new Set(["kill", "reduce", "shutdown"]);
/** As engine/controls.ts ends what it writes of a person's act. */
const BY = /\bby (.+)$/;

/** What one record says. */
export function haltChange(record: HaltRecord): HaltChange {
  const { at, name, active, persistent, reason } = record;
  const { name: kind, scope, lifts } = kindOf(name);
  const behind = name.slice(kind.length + 1);
  const subject = record.strategy ?? record.index ?? (behind === "" ? null : behind);
  const person = active ? BEGUN_BY_PERSONS.has(kind) : lifts === "resume" || lifts === "start";
  return {
    at,
    change: active ? "begun" : "lifted",
    name,
    kind,
    scope,
    subject,
    level: record.level ?? "halted",
    persistent,
    by: person ? BY.exec(reason)?.[1] ?? null : null,
    reason,
  };
}
