/**
 * The commands about strategy packs: pack check, pack init.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import type { PackCheckCommand, PackInitCommand } from "./command.ts";
import { path } from "./flag_values.ts";
import { about, aboutFamily, type Asked, needsOneOf, words } from "./flags.ts";

const file = (what: string) => argument(path("FILE"), { description: words(what) });

const check = command(
  "check",
  map(
    object({ kind: constant("pack_check"), file: file("The pack, a JavaScript file") }),
    (asked): Asked<PackCheckCommand> => asked,
  ),
  about(
    "Check a strategy pack, and show its hash, what it declares and what it decides about an example",
    "The example is a made-up market: it shows that the pack answers, not that it is any good. The hash is what [[packs]] " +
      "in kbot.toml pins: it says that this very file was read, so read it. Exit code 1: it is no pack, or it failed. " +
      "With --json one object: file, sha256, name, title, trades, parameters, trial.",
    ["pack check cheaper_side.js"],
  ),
);

const init = command(
  "init",
  map(
    object({ kind: constant("pack_init"), file: file("Where to write it, NAME.js; what is there is left alone") }),
    (asked): Asked<PackInitCommand> => asked,
  ),
  about("Write a strategy pack to start from, explained line by line", "", ["pack init cheaper_side.js"]),
);

const MEMBERS = ["check", "init"];

export const pack = command(
  "pack",
  or(check, init, needsOneOf("pack", MEMBERS)),
  aboutFamily("Check or begin a strategy pack: a strategy in a JavaScript file of its own", MEMBERS, [
    "pack init cheaper_side.js",
    "pack check cheaper_side.js",
  ]),
);
