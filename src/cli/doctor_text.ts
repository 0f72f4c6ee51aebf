/**
 * The words of `kbot doctor` for people: one line a check, the remedy below it.
 * @module
 */

import type { CheckStatus } from "../ops/doctor/check.ts";
import type { CheckReport, DoctorReport } from "../ops/doctor/doctor.ts";

export interface DoctorLook {
  readonly colors: boolean;
  /** Columns of the terminal, lines are folded there; `null` where there is none. */
  readonly width: number | null;
}

/** Green, red, yellow (SGR). */
const COLORS: Readonly<Record<CheckStatus, number>> = { PASS: 32, FAIL: 31, SKIP: 33 };
const WIDTH_MIN = 60;

/** Folds at blanks; a word that is longer than a line stays whole. */
function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * `FAIL  page port  8080 on 127.0.0.1 is in use`, and under it `-> Stop who serves there ...`.
 *
 * @param nameWidth of the longest name
 */
export function doctorLine({ name, status, detail, remedy }: CheckReport, nameWidth: number, look: DoctorLook): string {
  const indent = " ".repeat(status.length + 2 + nameWidth + 2);
  const width = look.width === null ? Infinity : Math.max(WIDTH_MIN, look.width) - indent.length;
  const mark = look.colors ? `\x1b[${COLORS[status]}m${status}\x1b[0m` : status;
  const [first, ...more] = fold(detail, width);
  const told = remedy === null ? [] : fold(`-> ${remedy}`, width);
  return [`${mark}  ${name.padEnd(nameWidth)}  ${first}`, ...[...more, ...told].map((line) => indent + line)].join(
    "\n",
  );
}

/** More names than these nobody reads; `--json` has all. */
const NAMED_MAX = 5;

/** What could not be looked at, one line for each check that hinders it: beside what is wrong it would only be noise. */
export function hinderedLines({ checks }: DoctorReport, nameWidth: number, look: DoctorLook): string[] {
  const hindered = new Map<string, string[]>();
  for (const { name, blocked_by } of checks) {
    if (blocked_by !== null) hindered.set(blocked_by, [...hindered.get(blocked_by) ?? [], name]);
  }
  return [...hindered].map(([root, names]) => {
    const why = checks.some(({ name, status }) => name === root && status === "FAIL") ? "failed" : "was skipped";
    const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : "";
    const [count, need] = names.length === 1 ? ["1 check", "Needs"] : [`${names.length} checks`, "Need"];
    const detail = `${need} ${root}, which ${why}: ${names.slice(0, NAMED_MAX).join(", ")}${more}`;
    return doctorLine({ name: count, status: "SKIP", detail, remedy: null, blocked_by: null, ms: 0 }, nameWidth, look);
  });
}

/** `25 passed, 1 failed, 2 skipped`. */
export function doctorTally({ checks }: DoctorReport): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  return `${count("PASS")} passed, ${count("FAIL")} failed, ${count("SKIP")} skipped`;
}
