/**
 * `kbot completions SHELL`: a script that has a shell complete kbot's commands, flags and their values.
 * @module
 */

import { STRATEGIES } from "../strategies/registry.ts";
import type { CompletionsCommand } from "./command.ts";
import { GRAMMAR } from "./command_line.ts";
import { completionScript } from "./completion_scripts.ts";
import { completionTree, type KnownWords } from "./completion_tree.ts";
import { STRATEGY } from "./flag_values.ts";
import { done, type Reply } from "./output.ts";

/** What only whoever completes has to know. */
export const KNOWN_WORDS: KnownWords = { [STRATEGY]: STRATEGIES.map(({ name }) => name) };

export function completions({ shell }: CompletionsCommand): Reply {
  const script = completionScript(shell, completionTree(GRAMMAR, KNOWN_WORDS));
  return done(script.trimEnd(), { shell, script });
}
