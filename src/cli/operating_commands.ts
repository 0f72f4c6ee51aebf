/**
 * The commands that look at a bot and steer it: config, status, kill, resume.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { command, constant } from "@optique/core/primitives";
import type { ConfigCheckCommand, ConfigShowCommand, ControlCommand, StatusCommand } from "./command.ts";
import { about, aboutFamily, type Asked, needsOneOf, toggle } from "./flags.ts";

const check = command(
  "check",
  map(object({ kind: constant("config_check") }), (asked): Asked<ConfigCheckCommand> => asked),
  about("Check the configuration: every mistake with file, line and key"),
);

const show = command(
  "show",
  map(
    object({
      kind: constant("config_show"),
      origin: toggle("--origin", "Say of each value where it comes from"),
    }),
    (asked): Asked<ConfigShowCommand> => asked,
  ),
  about("Show the configuration in force, flags of run aside"),
);

const MEMBERS = ["check", "show"];

export const config = command(
  "config",
  or(check, show, needsOneOf("config", MEMBERS)),
  aboutFamily("Check or show the configuration", MEMBERS),
);

export const status = command(
  "status",
  map(object({ kind: constant("status") }), (asked): Asked<StatusCommand> => asked),
  about("Show the running bot, or what the last one left"),
);

export const kill = command(
  "kill",
  map(object({ kind: constant("kill") }), (asked): Asked<ControlCommand> => asked),
  about("Stop all trading at once; where no bot runs, the next one starts stopped"),
);

export const resume = command(
  "resume",
  map(object({ kind: constant("resume") }), (asked): Asked<ControlCommand> => asked),
  about("Take a kill back"),
);
