/**
 * The commands about the state's database: store check, versions, rebuild, compact, backup, restore, rollback.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { command, constant } from "@optique/core/primitives";
import type {
  StoreBackupCommand,
  StoreCheckCommand,
  StoreCompactCommand,
  StoreRebuildCommand,
  StoreRestoreCommand,
  StoreRollbackCommand,
  StoreVersionsCommand,
} from "./command.ts";
import { path, wholeNumber } from "./flag_values.ts";
import { about, aboutFamily, type Asked, choosable, needsOneOf, required, toggle } from "./flags.ts";

const check = command(
  "check",
  map(object({ kind: constant("store_check") }), (asked): Asked<StoreCheckCommand> => asked),
  about(
    "Check that the database can be read, that its rows are whole, and that it says what the journals say",
    "Nothing is changed, and a bot may be running. Exit code 1: something is wrong, and is named; kbot store rebuild makes " +
      "the database anew. With --json one object: ok, schema, mark, rows, faults, notices.",
    ["store check"],
  ),
);

const versions = command(
  "versions",
  map(object({ kind: constant("store_versions") }), (asked): Asked<StoreVersionsCommand> => asked),
  about(
    "Show which versions of kbot wrote the state, and what is kept to go back to",
    "Nothing is changed, and a bot may be running. With --json one object: writes, database, journal, kept.",
    ["store versions"],
  ),
);

const rebuild = command(
  "rebuild",
  map(object({ kind: constant("store_rebuild") }), (asked): Asked<StoreRebuildCommand> => asked),
  about(
    "Make the database anew from the journals, and keep the old one",
    "For a stopped bot. The old database is kept beside the new one, three of them at most. A start does this by itself " +
      "where the database is damaged. With --json one object: runs, records, kept, warnings.",
    ["store rebuild"],
  ),
);

const compact = command(
  "compact",
  map(object({ kind: constant("store_compact") }), (asked): Asked<StoreCompactCommand> => asked),
  about(
    "Delete what is older than its retention, and give the room back to the disk",
    "For a stopped bot; a running one deletes hourly, and uses the room again. The settings store.*_days say how long " +
      "each table is kept. With --json one object: removedRows, removedAuditFiles, bytesBefore, bytesAfter.",
    ["store compact"],
  ),
);

const backup = command(
  "backup",
  map(
    object({
      kind: constant("store_backup"),
      out: required("--out", path("DIR"), "The directory to make; it must not exist"),
      allJournals: toggle("--all-journals", "Every journal, not only those that the database goes on from"),
    }),
    (asked): Asked<StoreBackupCommand> => asked,
  ),
  about(
    "Back up database, journals, audit trail, packs and configuration as they are at one moment, also while a bot runs",
    "The backup is checked after it was written. It holds neither keys nor the page's token, and what looks like a secret " +
      "in the configuration is left out. With --json one object: path, files, bytes, run, entries, redacted.",
    ["store backup --out kbot-backup"],
  ),
);

const restore = command(
  "restore",
  map(
    object({
      kind: constant("store_restore"),
      from: required("--from", path("DIR"), "A directory that kbot store backup made"),
    }),
    (asked): Asked<StoreRestoreCommand> => asked,
  ),
  about(
    "Put a backup into an empty state directory",
    "Refused where the directory holds a state already or belongs to another venue or to another kind of trading, where a " +
      "file of the backup was changed, and where a newer kbot made it. Never run both the old state and the restored one: " +
      "their orders would bear the same ids. With --json one object: path, files, bytes, config.",
    ["store restore --from kbot-backup --state new-state"],
  ),
);

/** More than there will be. */
const SCHEMA_MAX = 10_000;

const rollback = command(
  "rollback",
  map(
    object({
      kind: constant("store_rollback"),
      to: choosable(
        "--to",
        wholeNumber("SCHEMA", 1, SCHEMA_MAX),
        "The version to go back to, where it is not the newest that this kbot knows",
      ),
    }),
    (asked): Asked<StoreRollbackCommand> => asked,
  ),
  about(
    "Put the database back in its place that was kept before a newer kbot changed it",
    "For a stopped bot. The older kbot that is started next takes up from the journals what happened since. The database " +
      "of before is kept, three of them at most. kbot store versions shows what there is to go back to. With --json one " +
      "object: from, to, copy, kept, runs.",
    ["store rollback"],
  ),
);

const MEMBERS = ["check", "versions", "rebuild", "compact", "backup", "restore", "rollback"];

export const store = command(
  "store",
  or(check, versions, rebuild, compact, backup, restore, rollback, needsOneOf("store", MEMBERS)),
  aboutFamily("Check, mend, back up and restore what the state remembers", MEMBERS, [
    "store check",
    "store backup --out kbot-backup",
  ]),
);
