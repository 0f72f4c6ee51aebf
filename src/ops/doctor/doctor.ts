/**
 * Runs the checks one by one. A failing one never stops those after it; what depends on it is skipped, with the reason.
 * @module
 */

import { redact } from "../../config/redact.ts";
import { within } from "../within.ts";
import { type Check, type CheckResult, fail, SECONDS_DEFAULT, skip } from "./check.ts";
import { DoctorContext, type DoctorRequest } from "./context.ts";

/** A check's result, as `--json` prints it. */
export interface CheckReport extends CheckResult {
  readonly name: string;
  /** The check that has to pass before this one can be made, at the root of all that hindered it; `null` where made. */
  readonly blocked_by: string | null;
  /** How long it took. */
  readonly ms: number;
}

export interface DoctorReport {
  /** Nothing failed. */
  readonly ok: boolean;
  readonly checks: readonly CheckReport[];
}

/** All checks together take no longer; those that come too late are skipped. Without a network it is far less. */
const TOTAL_MS = 120_000;
/** Less than this is no time: a timer may end a little before the clock says so. */
const LEAST_MS = 2;
/** What was opened is closed within this, or goes with the process. */
const CLOSING_MS = 3_000;

const DEFECT = "This is a defect of kbot; please report it with the output of kbot doctor --json";

/** Waits for a result, but not for ever and not for a throw. */
async function resultOf(check: Check, context: DoctorContext, leftMs: number): Promise<CheckResult> {
  if (leftMs < LEAST_MS) {
    return skip("No time is left: earlier checks took it all", "Put right what they found, then try again");
  }
  const seconds = Math.min(check.seconds ?? SECONDS_DEFAULT, leftMs / 1_000);
  const looked = Promise.resolve().then(() => check.run(context)).catch((error: unknown) =>
    fail(`The check itself failed: ${error instanceof Error ? error.message : String(error)}`, DEFECT)
  );
  return await within(seconds * 1_000, looked) ??
    fail(`No result within ${Number(seconds.toFixed(2))} s`, "Try again; check the network");
}

/** Why a check cannot be made, `null` where it can. */
function missing(
  check: Check,
  reports: ReadonlyMap<string, CheckReport>,
): CheckResult & { readonly blocked_by: string } | null {
  for (const need of check.needs ?? []) {
    const status = reports.get(need)?.status;
    if (status === "PASS") continue;
    const why = status === "FAIL" ? "failed" : status === "SKIP" ? "was skipped" : "was not made";
    const blocked_by = reports.get(need)?.blocked_by ?? need;
    return { ...skip(`Needs ${need}, which ${why}`), blocked_by };
  }
  return null;
}

/**
 * Makes all checks in their order and closes what they opened.
 *
 * @param onReport told of each result as it comes
 */
export async function examine(
  checks: readonly Check[],
  request: DoctorRequest,
  onReport: (report: CheckReport) => void = () => {},
): Promise<DoctorReport> {
  const context = new DoctorContext(request);
  const reports = new Map<string, CheckReport>();
  const until = performance.now() + (request.totalMs ?? TOTAL_MS);
  try {
    for (const check of checks) {
      const started = performance.now();
      const unwanted = check.unwanted?.(context) ?? null;
      const blocked = unwanted === null ? missing(check, reports) : null;
      const result = unwanted ?? blocked ?? await resultOf(check, context, until - performance.now());
      const report: CheckReport = {
        name: check.name,
        status: result.status,
        blocked_by: blocked?.blocked_by ?? null,
        detail: redact(result.detail),
        remedy: result.remedy === null ? null : redact(result.remedy),
        ms: Math.round((performance.now() - started) * 10) / 10,
      };
      reports.set(check.name, report);
      onReport(report);
    }
  } finally {
    await within(CLOSING_MS, context.end());
  }
  const list = [...reports.values()];
  return { ok: list.every(({ status }) => status !== "FAIL"), checks: list };
}
