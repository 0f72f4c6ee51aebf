/**
 * The commands about the configuration: config init, check, show, schema.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { command, constant } from "@optique/core/primitives";
import type { ConfigCheckCommand, ConfigInitCommand, ConfigSchemaCommand, ConfigShowCommand } from "./command.ts";
import { path } from "./flag_values.ts";
import { about, aboutFamily, type Asked, choosable, needsOneOf, toggle } from "./flags.ts";

const init = command(
  "init",
  map(
    object({
      kind: constant("config_init"),
      output: choosable(
        "--output",
        path("FILE"),
        "Write it to this file, which must not exist yet; else it is printed",
      ),
    }),
    (asked): Asked<ConfigInitCommand> => asked,
  ),
  about(
    "Make a kbot.toml with every key, what it means, what is allowed, and its default",
    "Every key stands in a comment, so the file changes nothing until you edit it. kbot init asks for what matters first.\n" +
      "With --json one object: file, text.",
    ["config init --output kbot.toml"],
  ),
);

const check = command(
  "check",
  map(object({ kind: constant("config_check") }), (asked): Asked<ConfigCheckCommand> => asked),
  about(
    "Check the configuration: every mistake with file, line and key",
    "Exit code 2 where there is one. With --json one object: ok, file, errors [{at, key, found, allowed}].",
    ["config check", "config check --config ./kbot.toml"],
  ),
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
  about(
    "Show the configuration in force, flags of run aside",
    "With --json one object, nested as the file is; with --origin: file, keys [{key, value, origin}].",
    ["config show --origin", "config show --json"],
  ),
);

const schema = command(
  "schema",
  map(object({ kind: constant("config_schema") }), (asked): Asked<ConfigSchemaCommand> => asked),
  about(
    "Print the JSON Schema of kbot.toml, for editors",
    "Draft 2020-12, made of the schema that kbot itself reads the file with, the packs that the configuration lists " +
      "included. With #:schema ./kbot.schema.json as the first line of kbot.toml, editors with Taplo complete and check.",
    ["config schema", "config schema --json"],
  ),
);

const MEMBERS = ["init", "check", "show", "schema"];

export const config = command(
  "config",
  or(init, check, show, schema, needsOneOf("config", MEMBERS)),
  aboutFamily("Make, check or show the configuration", MEMBERS, ["config init --output kbot.toml", "config check"]),
);
