/**
 * `kbot doctor`: every precondition of a run, each with what to do about it.
 * @module
 */

import { ALL_CHECKS } from "../ops/doctor/all_checks.ts";
import { CONFIGURATION } from "../ops/doctor/configuration.ts";
import { type DoctorReport, examine } from "../ops/doctor/doctor.ts";
import { type DoctorCommand, EXIT } from "./command.ts";
import { doctorLine, doctorTally, hinderedLines } from "./doctor_text.ts";
import { printText, say } from "./output.ts";

/** 2 where the configuration is wrong, 1 where anything else failed. */
function doctorExitCode(report: DoctorReport): number {
  const wrong = report.checks.some(({ name, status }) => name === CONFIGURATION && status === "FAIL");
  return wrong ? EXIT.usage : report.ok ? EXIT.done : EXIT.failed;
}

/** Makes all checks; each is told as soon as it is made, what could not be made after that, or all in one object at the end. */
export async function doctor(
  command: DoctorCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<number> {
  const { config, state, venue, venueWs, order, json } = command;
  const terminal = !json && Deno.stdout.isTerminal();
  const look = { colors: terminal && !Deno.noColor, width: terminal ? Deno.consoleSize().columns : null };
  const nameWidth = Math.max(...ALL_CHECKS.map(({ name }) => name.length));
  const request = { configFile: config, state, venue, venueWs, order, env };
  const report = await examine(ALL_CHECKS, request, (each) => {
    if (!json && each.blocked_by === null) printText(doctorLine(each, nameWidth, look));
  });
  if (!json) { for (const line of hinderedLines(report, nameWidth, look)) printText(line); }
  const exitCode = doctorExitCode(report);
  return say({ exitCode, text: `\n${doctorTally(report)}`, json: report, problems: [] }, json);
}
