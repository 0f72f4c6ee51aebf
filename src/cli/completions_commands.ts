/**
 * The command completions.
 * @module
 */

import { object } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import type { CompletionsCommand } from "./command.ts";
import { SHELLS } from "./completion_scripts.ts";
import { word } from "./flag_values.ts";
import { about, type Asked, words } from "./flags.ts";

export const completions = command(
  "completions",
  map(
    object({
      kind: constant("completions"),
      shell: argument(word("SHELL", SHELLS), { description: words("Yours: bash, zsh or fish") }),
    }),
    (asked): Asked<CompletionsCommand> => asked,
  ),
  about(
    "Print a script with which a shell completes commands, flags and their values",
    "bash: source <(kbot completions bash) in ~/.bashrc. zsh: the same with zsh in ~/.zshrc, after compinit. fish: " +
      "kbot completions fish > ~/.config/fish/completions/kbot.fish. With --json one object: shell, script.",
    ["completions bash", "completions fish"],
  ),
);
