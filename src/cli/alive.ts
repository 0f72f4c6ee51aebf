/**
 * `kbot alive`: whether the bot of a state directory answers, for whoever keeps it running.
 * @module
 */

import { statePath } from "../config/state_path.ts";
import { type AliveCommand, EXIT } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";
import { findBot } from "./running_bot.ts";

type Env = Readonly<Record<string, string>>;

export async function alive(command: AliveCommand, env: Env = Deno.env.toObject()): Promise<Reply> {
  const state = statePath(command.state, env);
  if (!state.ok) return refused(EXIT.usage, state.reason);
  const found = await findBot(state.path);
  switch (found.kind) {
    case "running": {
      const { run, pid, url } = found.bot.run;
      return done(`Run ${run} answers at ${url}`, { alive: true, run, pid, url });
    }
    case "silent":
      return refused(EXIT.failed, found.reason, { alive: false, reason: found.reason });
    case "none": {
      const reason = `No bot runs with ${state.path}`;
      return refused(EXIT.failed, reason, { alive: false, reason });
    }
  }
}
