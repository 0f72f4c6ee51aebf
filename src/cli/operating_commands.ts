/**
 * The commands that look at a bot and steer it: status, why, kill, reduce, resume, doctor.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map, optional } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import type { ControlCommand, DoctorCommand, StatusCommand, TopCommand, WhyCommand } from "./command.ts";
import { duration, ticker } from "./flag_values.ts";
import { about, type Asked, choosable, forFlag, toggle, words, type WrongUse } from "./flags.ts";
import { venueFlag, venueSocketFlag, wrongForVenue } from "./venue_flags.ts";
import { VENUE_HELP } from "./venue_help.ts";

const status = command(
  "status",
  map(object({ kind: constant("status") }), (asked): Asked<StatusCommand> => asked),
  about("Show the running bot, or what the last one left", "", ["status", "status --json"]),
);

const top = command(
  "top",
  map(
    object({
      kind: constant("top"),
      everySeconds: choosable("--every", duration(), "Time between two refreshes (else half a second)"),
      forSeconds: forFlag(),
      once: toggle("--once", "Print one refresh as plain text, or as JSON, and end"),
      noNotices: toggle("--no-notices", "Do not tell the terminal of alerts, by its bell and a notification"),
    }),
    (asked): Asked<TopCommand> => asked,
  ),
  about(
    "Watch the running bot in the terminal, drawn anew twice a second",
    "Keys: q ends it, j k and arrows scroll the markets, s sorts them, p pauses, ? shows all. Where the output is no " +
      "terminal, each refresh is a block of plain text; with --json an object on a line: connected, trouble, mode, venue, " +
      "simulated, run, at, inputs, account, state, halts, indices, markets, positions, orders, trades, ready, feeds, " +
      "alerts, logs (new ones). Exit code 1: no bot runs at its start.",
    ["top", "top --once --json"],
  ),
);

const why = command(
  "why",
  map(
    object({
      kind: constant("why"),
      ticker: optional(
        argument(ticker(), {
          description: words("Only markets whose ticker begins like this, those that are over among them"),
        }),
      ),
    }),
    (asked): Asked<WhyCommand> => asked,
  ),
  about(
    "Tell for each market why every strategy keeps still, and what kept orders back longest",
    "It asks the running bot. A second of the last hour counts once for every open market and every strategy that trades " +
      "it. With --json one object: simulated, at, lastHour {watchedSeconds, reasons [{strategy, " +
      "code, seconds, share, ticker, text}]}, markets [{ticker, status, closeTime, whyNot, stances}].",
    ["why", "why KXBTC15M"],
  ),
);

/** What only looks at a bot. */
export const statusCommands = or(status, top, why, { errors: { noMatch: words("No command: name one") } });

export const kill = command(
  "kill",
  map(object({ kind: constant("kill") }), (asked): Asked<ControlCommand> => asked),
  about("Stop all trading at once; where no bot runs, the next one starts stopped", "", [
    "kill",
    "kill --state ~/.local/state/kbot",
  ]),
);

export const reduce = command(
  "reduce",
  map(object({ kind: constant("reduce") }), (asked): Asked<ControlCommand> => asked),
  about("Let only what closes go out of the running bot, also after a restart, until kbot resume", "", ["reduce"]),
);

export const resume = command(
  "resume",
  map(object({ kind: constant("resume") }), (asked): Asked<ControlCommand> => asked),
  about(
    "Lift what a person may lift: a kill, reduce, a daily loss, a drawdown, a broken model",
    "All or nothing: where something must be true first, nothing is changed, the answer names it, and the exit code is 1. " +
      "What ends by itself goes on until then, and what is of one strategy alone ends with kbot strategy start NAME.",
    ["resume"],
  ),
);

const doctorFlags = object({
  venue: venueFlag(),
  venueWs: venueSocketFlag(),
  order: toggle("--order", "Create an order far from the market and cancel it; never at the real Kalshi"),
});

type DoctorFlags = typeof doctorFlags["$valueType"][number];

function doctorCommand(flags: DoctorFlags): Asked<DoctorCommand> | WrongUse {
  return wrongForVenue(flags) ?? { kind: "doctor", ...flags };
}

export const doctor = command(
  "doctor",
  map(doctorFlags, doctorCommand),
  about(
    "Check every precondition of a run, and say what to do about each that is not met",
    "Each check ends as PASS, FAIL or SKIP. Exit code 0: nothing failed; 1: something did; 2: the configuration is " +
      "wrong. With --json one object: ok, checks [{name, status, detail, remedy, ms, blocked_by}]. " +
      "kbot doctor --venue sim needs no network and no key. " + VENUE_HELP,
    ["doctor", "doctor --venue sim --json"],
  ),
);
