/**
 * The commands about alerts: alert test, alert events.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map, optional } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { CHANNEL_NAMES } from "../ops/alerts/channel.ts";
import type { AlertEventsCommand, AlertTestCommand } from "./command.ts";
import { word } from "./flag_values.ts";
import { about, aboutFamily, type Asked, needsOneOf, words } from "./flags.ts";

const test = command(
  "test",
  map(
    object({
      kind: constant("alert_test"),
      channel: optional(argument(word("CHANNEL", CHANNEL_NAMES), {
        description: words(`One of ${CHANNEL_NAMES.join(", ")}; all that are configured where none is named`),
      })),
    }),
    (asked): Asked<AlertTestCommand> => asked,
  ),
  about(
    "Send a test alert by each channel that is configured, or by one, and say what became of it",
    "Exit code 0: every channel took it. 1: one did not, or none is configured. 2: the configuration is wrong. That a " +
      "channel took it is what its server said; whether you see it, look. With --json one object: ok, channels of name, " +
      "result (delivered, failed, off), to, detail, ms. kbot doctor looks at the channels without sending anything.",
    ["alert test", "alert test telegram"],
  ),
);

const events = command(
  "events",
  map(object({ kind: constant("alert_events") }), (asked): Asked<AlertEventsCommand> => asked),
  about("List everything that alerts, with its severity and its words", "", ["alert events"]),
);

const MEMBERS = ["test", "events"];

export const alert = command(
  "alert",
  or(test, events, needsOneOf("alert", MEMBERS)),
  aboutFamily("Try the alerts: desktop, Telegram, webhook, email and SMS ([alerts] of kbot.toml)", MEMBERS, [
    "alert test",
    "alert events --json",
  ]),
);
