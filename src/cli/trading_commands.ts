/**
 * The commands that trade, let others trade, or provide for it: run, demo, exchange, transfer.
 * @module
 */

import { object, type ObjectOptions } from "@optique/core/constructs";
import { map, multiple } from "@optique/core/modifiers";
import { command, constant, option } from "@optique/core/primitives";
import { CLIMATE_STATIONS } from "../core/climate_station.ts";
import { CLIMATE_SERIES, LADDER_SERIES, LISTED_SERIES, RATES_SERIES } from "../venues/exchange/series.ts";
import { FAULT_NAMES, FAULTS } from "../venues/exchange/faults.ts";
import { FEED_NAMES } from "../venues/exchange/feeds/feed_names.ts";
import type { DemoCommand, ExchangeCommand, RunCommand, TransferCommand } from "./command.ts";
import { dollars, faultName, listableSeries, path, wholeNumber } from "./flag_values.ts";
import {
  about,
  type Asked,
  choosable,
  forFlag,
  paceFlag,
  portFlag,
  required,
  seedFlag,
  speedFlag,
  toggle,
  words,
  type WrongUse,
  wrongUse,
} from "./flags.ts";
import { feedFlag, realVenueFlag, venueFlag, venueSocketFlag, wrongForVenue } from "./venue_flags.ts";
import { VENUE_HELP } from "./venue_help.ts";

const runFlags = (options: ObjectOptions = {}) =>
  object({
    paper: toggle("--paper", "Paper trading: fills are computed from the venue's market data, no order leaves"),
    live: toggle("--live", "Orders go to the venue"),
    venue: venueFlag(),
    venueWs: venueSocketFlag(),
    feed: feedFlag(),
    canary: choosable(
      "--canary",
      dollars("1", "100000000"),
      "With --live: most at risk until the UTC day is over, a fifth of it in one order",
    ),
    confirmFile: choosable(
      "--confirm-file",
      path("FILE"),
      "Holds the phrase that real money needs, for a service that nobody types to; readable by its owner alone",
    ),
    tape: choosable("--tape", path("PATH"), "Trade on a recording, a file or a folder: SIMULATED, RECORDED DATA"),
    spot: choosable("--spot", path("FILE"), "Recorded trades or index values that stand for the tape's index"),
    forSeconds: forFlag(),
    speed: speedFlag(),
    seed: seedFlag(),
    port: portFlag("the status page"),
  }, options);

type RunFlags = ReturnType<typeof runFlags>["$valueType"][number];

/** Puts the flags of a run together, or says which do not go together. */
function runCommand({ paper, live, ...flags }: RunFlags): Asked<RunCommand> | WrongUse {
  if (paper && live) return wrongUse("Both --paper and --live: choose one");
  if (!paper && !live) return wrongUse("Neither --paper nor --live: a run needs one of them");
  if (paper && flags.canary !== undefined) return wrongUse("--canary is for --live: on paper nothing can be lost");
  if (paper && flags.confirmFile !== undefined) return wrongUse("--confirm-file is for --live");
  if (live && flags.feed !== undefined) {
    return wrongUse("--feed is for --paper: live orders need a connection of their own to the venue");
  }
  return wrongForVenue(flags) ?? { kind: "run", execution: paper ? "paper" : "live", ...flags };
}

export const run = command(
  "run",
  map(runFlags(), runCommand),
  about(
    "Trade: feeds, strategies, risk, execution, status page",
    "kbot --paper and kbot --live are short for kbot run --paper and kbot run --live. " +
      "Without a network or keys, try kbot demo. " +
      "With --venue sim --tape PATH the exchange plays what kbot record or another recorder wrote: orders meet the recorded " +
      "ones by price and time, paper.latency_ms after they were decided, and the tape does not answer to them; --speed says " +
      "how fast, and the run ends with the tape. " + VENUE_HELP,
    ["run --paper", "run --paper --venue sim --speed 10 --for 1m", "run --live --canary 25", "run --paper --feed main"],
  ),
);

/** `kbot --paper`: the flags of run without its name. Hidden from the list of commands, whose first line says it. */
export const bareRun = map(runFlags({ hidden: "help" }), runCommand);

export const demo = command(
  "demo",
  map(
    object({
      kind: constant("demo"),
      forSeconds: forFlag(),
      speed: speedFlag(),
      seed: seedFlag(),
      port: portFlag("the status page"),
    }),
    (asked): Asked<DemoCommand> => asked,
  ),
  about(
    "Watch kbot trade on the simulated exchange: no network, no keys, play money",
    "All strategies run at once, on 15-minute and hourly crypto, daily temperatures and the Fed, unless kbot.toml or the " +
      "environment names other series or switches a strategy off. " +
      "With --json it ends with one object: orders, fills, settled, fees, pnl, nav, decision_hash, journal, url.",
    ["demo", "demo --speed 20 --for 30s --json"],
  ),
);

const faultTexts = FAULT_NAMES.map((name) => `${name}: ${FAULTS[name]}`).join("\n");
const usualSeries = LISTED_SERIES.map(({ ticker }) => ticker).join(" and ");
const optionalSeries =
  `${[...LADDER_SERIES, ...RATES_SERIES].map(({ ticker }) => ticker).join(", ")} and the highest ` +
  `and lowest temperatures of ${CLIMATE_STATIONS.length} cities, such as ${CLIMATE_SERIES[0].ticker}`;
const feedTexts = `A fault of the feeds may strike one alone: feed-down:coinbase. Feeds: ${FEED_NAMES.join(", ")}.`;

const exchangeFlags = object({
  port: portFlag("the exchange"),
  seed: seedFlag(),
  speed: paceFlag(),
  replay: choosable("--replay", path("PATH"), "Serve a recorded tape, a file or a folder, instead of a simulation"),
  series: multiple(option("--series", listableSeries(), {
    description: words("List this series too (repeatable)"),
  })),
  faults: multiple(option("--fault", faultName(), {
    description: words("Misbehave in this way (repeatable)"),
  })),
});

type ExchangeFlags = typeof exchangeFlags["$valueType"][number];

function exchangeCommand(flags: ExchangeFlags): Asked<ExchangeCommand> | WrongUse {
  const { replay, series, faults, seed, speed } = flags;
  if (replay !== undefined && series.length > 0) return wrongUse("--series is for a simulation: a tape has its own");
  if (replay !== undefined && faults.length > 0) return wrongUse("--fault is for a simulation: a tape has its own");
  if (replay !== undefined && seed !== undefined) return wrongUse("--seed is for a simulation: a tape is what it is");
  if (replay === undefined && speed === "max") return wrongUse("--speed max is for a tape: it needs --replay PATH");
  return { kind: "exchange", ...flags };
}

export const exchange = command(
  "exchange",
  map(exchangeFlags, exchangeCommand),
  about(
    "Run the simulated exchange alone; it speaks Kalshi's protocol",
    "With --json its first line on stdout is one object with its addresses and keys. Besides Kalshi's own interface it " +
      "has GET /sim/clock, GET /sim/ledger (its books, for comparison), GET /sim/faults, and POST /sim/faults with " +
      `{"name":"seq-gap","on":true}, which switches a fault while it runs. It lists ${usualSeries} and, with --series, ` +
      `${optionalSeries}, which settle on the simulated weather service's climate reports and the simulated Fed. The ` +
      `account's cash lies on shard 2, where crypto trades; all else trades on shard 0. ` +
      `Faults:\n${faultTexts}\n${feedTexts}`,
    ["exchange --port 8090 --json", "exchange --speed 20 --fault seq-gap"],
  ),
);

/** The exchange numbers its shards from 0; the greatest number that its interface takes. */
const SHARD_MAX = 100;
/** Hundredths of a cent, in which the exchange transfers. */
const TRANSFER_GRAIN = 100;

const transferFlags = object({
  from: required("--from", wholeNumber("SHARD", 0, SHARD_MAX), "Shard that the cash lies on"),
  to: required("--to", wholeNumber("SHARD", 0, SHARD_MAX), "Shard that it is wanted on; crypto trades on shard 2"),
  amount: required("--usd", dollars("0.0001", "100000000"), "How much"),
  venue: realVenueFlag(),
});

type TransferFlags = typeof transferFlags["$valueType"][number];

function transferCommand(flags: TransferFlags): Asked<TransferCommand> | WrongUse {
  const { from, to, amount } = flags;
  if (from === to) return wrongUse(`--from and --to are both shard ${from}: name two`);
  if (amount % TRANSFER_GRAIN !== 0) return wrongUse("--usd has more than 4 decimals: the exchange moves no less");
  if (flags.venue === "sim") return wrongUse("--venue sim ends with its run: give the address of a kbot exchange");
  return { kind: "transfer", ...flags };
}

export const transfer = command(
  "transfer",
  map(transferFlags, transferCommand),
  about(
    "Move cash from one shard of your account to another",
    "Each shard's cash is traded on that shard alone. At the real Kalshi the same phrase is asked for as before live " +
      "trading. With --json one object: transfer_id, from, to, usd, complete, shards. " + VENUE_HELP,
    ["transfer --from 0 --to 2 --usd 50"],
  ),
);
