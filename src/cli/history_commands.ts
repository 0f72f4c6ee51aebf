/**
 * The commands that bring data in and out: record, import, export.
 * @module
 */

import { object } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { command } from "@optique/core/primitives";
import type { RecordCommand } from "./command.ts";
import { path, venue, webSocketAddress } from "./flag_values.ts";
import { about, type Asked, choosable, forFlag, seedFlag, speedFlag, type WrongUse, wrongUse } from "./flags.ts";

const recordFlags = object({
  venue: choosable("--venue", venue(), "kalshi (default), demo (Kalshi's demo environment), sim, or a REST address"),
  venueWs: choosable("--venue-ws", webSocketAddress(), "WebSocket address that belongs to --venue ADDRESS"),
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
  const isAddress = flags.venue?.includes("://") === true;
  if (flags.venueWs !== undefined && flags.venue !== undefined && !isAddress) {
    return wrongUse(`--venue-ws belongs to an address: --venue ${flags.venue} has its own`);
  }
  if (flags.venue !== undefined && flags.venue !== "sim") {
    if (flags.speed !== undefined) return wrongUse("--speed is for the embedded exchange: it needs --venue sim");
    if (flags.seed !== undefined) return wrongUse("--seed is for the embedded exchange: it needs --venue sim");
  }
  return { kind: "record", ...flags };
}

export const record = command(
  "record",
  map(recordFlags, recordCommand),
  about(
    "Record market data and feeds on a tape, word for word; nothing is traded",
    "A tape is a directory of 000001.ndjson.gz and so on, a line for each message: when it came, from whom, and its " +
      "text. kbot backtest reads it. The settings record.days and record.max_gb bound what tapes take together. With " +
      "--json it ends with one object: tape, messages, by_source, bytes, lost, gaps. Exit code 1 where messages are missing.",
  ),
);
