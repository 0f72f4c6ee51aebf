/**
 * The commands that bring data in and out: record, import, export.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map, multiple } from "@optique/core/modifiers";
import { command, option } from "@optique/core/primitives";
import { EXPORT_FORMATS } from "../store/export/column.ts";
import { EXPORT_TABLE_NAMES } from "../store/export/tables.ts";
import { type ExportCommand, IMPORT_KINDS, type ImportCommand, type RecordCommand } from "./command.ts";
import { day, feedName, path, seriesName, word } from "./flag_values.ts";
import {
  about,
  type Asked,
  choosable,
  forFlag,
  required,
  seedFlag,
  speedFlag,
  words,
  type WrongUse,
  wrongUse,
} from "./flags.ts";
import { feedFlag, realVenueFlag, venueFlag, venueSocketFlag, wrongForVenue } from "./venue_flags.ts";

const recordFlags = object({
  venue: venueFlag(),
  venueWs: venueSocketFlag(),
  feed: feedFlag(),
  publish: choosable(
    "--publish",
    feedName(),
    "Publish what is heard as a feed of the cluster, for other kbots to take",
  ),
  out: choosable(
    "--out",
    path("DIR"),
    "Where tapes are put, each in a directory of its own (else tapes/ of the state)",
  ),
  forSeconds: forFlag(),
  speed: speedFlag(),
  seed: seedFlag(),
});

type RecordFlags = typeof recordFlags["$valueType"][number];

function recordCommand(flags: RecordFlags): Asked<RecordCommand> | WrongUse {
  if (flags.feed !== undefined && flags.publish !== undefined) {
    return wrongUse("Both --feed and --publish: a feed that is taken is published already");
  }
  return wrongForVenue(flags) ?? { kind: "record", ...flags };
}

const record = command(
  "record",
  map(recordFlags, recordCommand),
  about(
    "Record market data and feeds on a tape, word for word; nothing is traded",
    "A tape is a directory of 000001.ndjson.gz and so on, a line for each message: when it came, from whom, and its " +
      "text. kbot backtest reads it. The settings record.days and record.max_gb bound what tapes take together. With " +
      "--json it ends with one object: tape, messages, by_source, bytes, lost, gaps. Exit code 1 where messages are missing.",
    ["record --for 1h", "record --out tapes --json", "record --publish main", "record --feed main --out tapes"],
  ),
);

const importFlags = object({
  venue: realVenueFlag(),
  series: multiple(option("--series", seriesName(), {
    description: words("A series (repeatable; those of the configuration where not given)"),
  })),
  kinds: multiple(option("--source", word("SOURCE", IMPORT_KINDS), {
    description: words("kalshi or coinbase (repeatable; both where not given)"),
  })),
  from: required("--from", day(), "First day, UTC"),
  to: choosable("--to", day(), "Last day, UTC (else today)"),
});

type ImportFlags = typeof importFlags["$valueType"][number];

function importCommand({ kinds, ...flags }: ImportFlags): Asked<ImportCommand> | WrongUse {
  if (flags.venue === "sim") return wrongUse("--venue sim has no past: start kbot exchange and give its address");
  return { kind: "import", kinds: kinds.length === 0 ? IMPORT_KINDS : kinds, ...flags };
}

const importHistory = command(
  "import",
  map(importFlags, importCommand),
  about(
    "Fetch markets, trades and candles of Kalshi, and candles of Coinbase, into files",
    "Files lie in history/ of the state, by series and UTC day: kalshi/KXBTC15M/2026-11-19/trades.csv and so on. No key is " +
      "used and at most five requests a second are made. What is there is not fetched again: stopped or killed, the " +
      "same command goes on. Days that may still change end in .partial.csv. With --json one object: rows, problems, " +
      "stopped. Exit code 1 where something is missing.",
    ["import --from 2026-11-01 --to 2026-11-07", "import --series KXBTC15M --source kalshi --from 2026-11-01"],
  ),
);

const exportFlags = object({
  tables: multiple(option("--table", word("TABLE", EXPORT_TABLE_NAMES), {
    description: words("A table of the state (repeatable; all where not given)"),
  })),
  tape: choosable(
    "--tape",
    path("PATH"),
    "A tape of kbot record, its directory or one of its files, instead of tables",
  ),
  format: choosable("--format", word("FORMAT", EXPORT_FORMATS), "csv (default) or parquet"),
  out: required("--out", path("PATH"), "A file for one table or a tape (- for stdout), a directory for several tables"),
});

type ExportFlags = typeof exportFlags["$valueType"][number];

function exportCommand({ format = "csv", ...flags }: ExportFlags): Asked<ExportCommand> | WrongUse {
  const { tables, tape, out } = flags;
  if (tape !== undefined && tables.length > 0) return wrongUse("Both --table and --tape: choose one");
  if (out === "-" && format !== "csv") return wrongUse("--out - writes text to stdout: it needs --format csv");
  if (out === "-" && tape === undefined && tables.length !== 1) {
    return wrongUse("--out - takes one table: name it with --table");
  }
  return { kind: "export", format, ...flags };
}

const exportData = command(
  "export",
  map(exportFlags, exportCommand),
  about(
    "Write trades, orders and whatever else the state holds to CSV or Parquet, also while a bot runs",
    "Times are UTC. Money, prices and counts are exact: decimals in CSV, DECIMAL in Parquet (money 6 digits, prices 4, " +
      "counts 2); index prices and probabilities are float64. A text that a spreadsheet would take for a formula gets " +
      "a ' in front of it. With --json one object: files [{table, path, rows, bytes}], problems.",
    ["export --table trades --out trades.csv", "export --format parquet --out tables"],
  ),
);

/** All of them, for the list of commands. */
export const historyCommands = or(record, importHistory, exportData, {
  errors: { noMatch: words("No command: name one") },
});
