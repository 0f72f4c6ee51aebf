/**
 * `kbot top`: the running bot in a terminal, drawn anew twice a second; as plain text or JSON where nobody looks at a terminal.
 * @module
 */

import { statePath } from "../config/state_path.ts";
import { isCapable, lookOf } from "../ops/terminal/size.ts";
import { EXIT, type TopCommand } from "./command.ts";
import { onDefect } from "./defect.ts";
import { printError } from "./output.ts";
import { findBot } from "./running_bot.ts";
import { onStopSignal } from "./signals.ts";
import { TopFollower } from "./top_follower.ts";
import { noBotText } from "./top_live.ts";
import { printTop } from "./top_print.ts";
import { drawTop } from "./top_terminal.ts";

/** Between two frames, where nothing else is asked for. */
const EVERY_MS = 500;
const MS_PER_SECOND = 1_000;

/** Runs until it is told to stop: 0 then, 1 where no bot runs at its start. */
export async function top(
  command: TopCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<number> {
  const state = statePath(command.state, env);
  if (!state.ok) return refused(EXIT.usage, state.reason);
  const found = await findBot(state.path);
  if (found.kind === "none") return refused(EXIT.failed, noBotText(state.path));
  if (found.kind === "silent") return refused(EXIT.failed, found.reason);
  const { promise: ended, resolve: end, reject } = Promise.withResolvers<void>();
  const endings = [onStopSignal(end), onDefect(reject)];
  const { forSeconds, everySeconds } = command;
  const timer = forSeconds === undefined ? undefined : setTimeout(end, forSeconds * MS_PER_SECOND);
  const everyMs = everySeconds === undefined ? EVERY_MS : everySeconds * MS_PER_SECOND;
  const { os } = Deno.build;
  const look = lookOf(env, os);
  const draws = Deno.stdout.isTerminal() && isCapable(env, os) && !command.json && !command.once;
  await using follower = new TopFollower(state.path, { fail: reject });
  try {
    if (!draws) return await printTop(follower, { ...command, env, everyMs, look, ended });
    await drawTop(follower, { everyMs, look, notices: !command.noNotices, ended, end });
    return EXIT.done;
  } finally {
    clearTimeout(timer);
    for (const undo of endings) undo();
  }
}

function refused(exitCode: number, reason: string): number {
  printError(reason);
  return exitCode;
}
