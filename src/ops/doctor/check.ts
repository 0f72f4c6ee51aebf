/**
 * What one precondition of a run is, and what can become of looking at it.
 * @module
 */

import type { DoctorContext } from "./context.ts";

export type CheckStatus = "PASS" | "FAIL" | "SKIP";

export interface CheckResult {
  readonly status: CheckStatus;
  /** What was found, one line. */
  readonly detail: string;
  /** What to do, one line; `null` where nothing needs to be done. */
  readonly remedy: string | null;
}

/** One precondition. */
export interface Check {
  /** Unique, for people and programs: `state lock`. */
  readonly name: string;
  /** Names of checks that must have passed; where one has not, this one is skipped. */
  readonly needs?: readonly string[];
  /** Why this check is not made at all, asked before `needs`; `null` where it is. */
  unwanted?(context: DoctorContext): CheckResult | null;
  /** Longer than this it does not take: then it fails. {@link SECONDS_DEFAULT} where absent. */
  readonly seconds?: number;
  /** Looks. Must not throw for what it finds; what it throws is reported as a defect of kbot. */
  run(context: DoctorContext): Promise<CheckResult>;
}

export const SECONDS_DEFAULT = 20;

export const pass = (detail: string, remedy: string | null = null): CheckResult => ({
  status: "PASS",
  detail,
  remedy,
});

export const fail = (detail: string, remedy: string): CheckResult => ({ status: "FAIL", detail, remedy });

export const skip = (detail: string, remedy: string | null = null): CheckResult => ({
  status: "SKIP",
  detail,
  remedy,
});

/** A reason as the rest of kbot tells it, parted into what is wrong and, behind its first semicolon, what to do. */
export function parted(reason: string): readonly [detail: string, remedy: string] {
  const [detail, ...remedies] = reason.split("; ");
  const remedy = remedies.join("; ");
  return [detail, remedy.slice(0, 1).toUpperCase() + remedy.slice(1)];
}
