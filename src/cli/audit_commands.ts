/**
 * The commands about the audit trail: audit verify, audit export.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { command, constant } from "@optique/core/primitives";
import { EXPORT_FORMATS } from "../store/export/column.ts";
import type { AuditExportCommand, AuditVerifyCommand } from "./command.ts";
import { path, word } from "./flag_values.ts";
import {
  about,
  aboutFamily,
  type Asked,
  choosable,
  needsOneOf,
  required,
  toggle,
  type WrongUse,
  wrongUse,
} from "./flags.ts";

const verify = command(
  "verify",
  map(
    object({
      kind: constant("audit_verify"),
      journals: toggle("--journals", "Compare every entry with the line of the journal that it tells of, too"),
    }),
    (asked): Asked<AuditVerifyCommand> => asked,
  ),
  about(
    "Check that nothing in the audit trail was changed, taken out, put in or moved",
    "Every entry holds the hash of the one before it, and head.json beside them names the newest. Exit code 1: something " +
      "was done to the trail, and is named with its file and line. Somebody who can write the files can make all of them " +
      "anew: the hash of the newest entry, kept elsewhere, proves that nothing before it was. A bot may be running. " +
      "With --json one object: ok, entries, first, last, hash, journals, faults, notices.",
    ["audit verify", "audit verify --journals"],
  ),
);

const exportFlags = object({
  format: choosable("--format", word("FORMAT", EXPORT_FORMATS), "csv (default) or parquet"),
  out: required("--out", path("FILE"), "The file to write, - for stdout"),
});

type ExportFlags = typeof exportFlags["$valueType"][number];

function exportCommand({ format = "csv", out }: ExportFlags): Asked<AuditExportCommand> | WrongUse {
  if (out === "-" && format !== "csv") return wrongUse("--out - writes text to stdout: it needs --format csv");
  return { kind: "audit_export", format, out };
}

const exportTrail = command(
  "export",
  map(exportFlags, exportCommand),
  about(
    "Write the audit trail to CSV or Parquet, hashes included",
    "One row for each entry: number, at, run, line, kind, what (the journal's text), previous, hash. A bot may be " +
      "running. With --json one object: rows, bytes, path, problems.",
    ["audit export --out audit.csv", "audit export --format parquet --out audit.parquet"],
  ),
);

const MEMBERS = ["verify", "export"];

export const audit = command(
  "audit",
  or(verify, exportTrail, needsOneOf("audit", MEMBERS)),
  aboutFamily("Check or export the audit trail: who did what, every order, refusal and halt", MEMBERS, [
    "audit verify",
    "audit export --out audit.csv",
  ]),
);
