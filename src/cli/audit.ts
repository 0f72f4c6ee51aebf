/**
 * `kbot audit verify` and `kbot audit export`. A bot may be running.
 * @module
 */

import { statePath } from "../config/state_path.ts";
import { type AuditReport, verifyAudit } from "../store/audit/audit_verify.ts";
import { exportTrail } from "../store/export/export.ts";
import { statePaths } from "../store/state_directory.ts";
import { type AuditCommand, type AuditExportCommand, EXIT } from "./command.ts";
import { refused, type Reply } from "./output.ts";

export async function audit(
  command: AuditCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<Reply> {
  const state = statePath(command.state, env);
  if (!state.ok) return refused(EXIT.usage, state.reason);
  const { audit: directory } = statePaths(state.path);
  try {
    await Deno.stat(directory);
  } catch {
    return refused(EXIT.failed, `There is no audit trail at ${directory}`, { ok: false });
  }
  if (command.kind === "audit_export") return await exportAll(command, directory);
  return described(await verifyAudit(state.path, { journals: command.journals }));
}

function described(report: AuditReport): Reply {
  const { ok, entries, first, last, hash, journals, faults, notices } = report;
  const range = entries === 0 ? "no entries yet" : `${entries} entries, ${first} to ${last}`;
  const text = [
    ok ? `OK: ${range}, unbroken${journals ? ", and as the journals tell" : ""}` : `BROKEN: ${range}`,
    ...(hash === null ? [] : [`  newest  ${hash}`]),
    ...notices.map((notice) => `  note    ${notice}`),
  ];
  return { exitCode: ok ? EXIT.done : EXIT.failed, text: text.join("\n"), json: report, problems: faults };
}

async function exportAll({ format, out }: AuditExportCommand, directory: string): Promise<Reply> {
  const problems: string[] = [];
  const result = await exportTrail(directory, format, out, (reason) => problems.push(reason));
  if (!result.ok) problems.push(result.reason);
  const rows = result.ok ? result.rows : 0;
  return {
    exitCode: problems.length === 0 ? EXIT.done : EXIT.failed,
    text: out === "-" || !result.ok ? null : `${rows} entries in ${out}`,
    // With --out - the rows themselves are on stdout.
    json: out === "-" ? undefined : { path: out, format, rows, bytes: result.ok ? result.bytes : 0, problems },
    problems,
  };
}
