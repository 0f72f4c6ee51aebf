/**
 * `kbot completions SHELL`: a script that has a shell complete kbot's commands, flags and their values.
 * @module
 */

import type { CompletionsCommand } from "./command.ts";
import { GRAMMAR } from "./command_line.ts";
import { completionScript } from "./completion_scripts.ts";
import { completionTree } from "./completion_tree.ts";
import { done, type Reply } from "./output.ts";

export function completions({ shell }: CompletionsCommand): Reply {
  const script = completionScript(shell, completionTree(GRAMMAR));
  return done(script.trimEnd(), { shell, script });
}
