/**
 * The commands that switch a strategy of the running bot: strategy start, strategy stop, strategy wind-up.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import type { StrategyCommand } from "./command.ts";
import { strategyName } from "./flag_values.ts";
import { about, aboutFamily, type Asked, needsOneOf, words } from "./flags.ts";

const name = () => argument(strategyName(), { description: words("As kbot.toml and the status page name it") });

const start = command(
  "start",
  map(object({ kind: constant("strategy_start"), name: name() }), (asked): Asked<StrategyCommand> => asked),
  about(
    "Let the running bot trade by a strategy",
    "It holds until the run ends: what the next run begins with is said in its configuration, strategies.NAME.enabled.",
    ["strategy start latency"],
  ),
);

const stop = command(
  "stop",
  map(object({ kind: constant("strategy_stop"), name: name() }), (asked): Asked<StrategyCommand> => asked),
  about(
    "Send nothing more of a strategy, and cancel what rests of it",
    "It holds until the run ends. What it bought stays held; the other strategies go on.",
    ["strategy stop latency"],
  ),
);

const windUp = command(
  "wind-up",
  map(object({ kind: constant("strategy_wind_up"), name: name() }), (asked): Asked<StrategyCommand> => asked),
  about(
    "Have a strategy close what it holds, and then stop",
    "It opens nothing more. What it holds is sold to the best prices displayed, as much as they take; once nothing is left it is " +
      "stopped. A strategy start in between lets it trade on.",
    ["strategy wind-up latency"],
  ),
);

const MEMBERS = ["start", "stop", "wind-up"];

export const strategy = command(
  "strategy",
  or(start, stop, windUp, needsOneOf("strategy", MEMBERS)),
  aboutFamily("Start, stop or wind up a strategy of the running bot", MEMBERS, [
    "strategy start latency",
    "strategy stop latency",
  ]),
);
