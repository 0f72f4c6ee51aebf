/**
 * `kbot kill`, `kbot reduce` and `kbot resume`.
 * @module
 */

import { z } from "zod";
import { statePath } from "../config/state_path.ts";
import { type ControlCommand, EXIT } from "./command.ts";
import { removeKillFile, writeKillFile } from "../store/kill_file.ts";
import { done, refused, type Reply } from "./output.ts";
import { findBot, type RunningBot } from "./running_bot.ts";

/** What was done; `running` says whether a bot took it, or only the state directory keeps it. */
interface Outcome {
  readonly done: boolean;
  readonly running: boolean;
  readonly text: string;
}

const ANSWER = z.object({ text: z.string() });

/** Does it and says what became of it: 0 where the command holds, 1 where it does not. */
export async function control(
  command: ControlCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<Reply> {
  const state = statePath(command.state, env);
  if (!state.ok) return refused(EXIT.usage, state.reason);
  const outcome = await DOES[command.kind](state.path);
  const json = { command: command.kind, state: state.path, ...outcome };
  return outcome.done ? done(outcome.text, json) : refused(EXIT.failed, outcome.text, json);
}

/** The running bot is asked; where that fails for any reason, the file kills it within a second, or the next one. */
async function kill(stateDirectory: string): Promise<Outcome> {
  const found = await findBot(stateDirectory);
  let why = "No bot runs with this state";
  if (found.kind === "running") {
    const answer = await found.bot.post("/kill");
    if (answer.ok) return { done: true, running: true, text: textOf(answer.body) };
    why = answer.reason;
  }
  if (found.kind === "silent") why = found.reason;
  const written = await writeKillFile(stateDirectory, new Date());
  if (!written.ok) return { done: false, running: found.kind !== "none", text: `${why}. ${written.reason}` };
  const effect = found.kind === "none"
    ? "the next one will start killed"
    : "it stops trading as soon as it sees the kill file";
  return { done: true, running: false, text: `${why}; ${effect}, until kbot resume` };
}

/** Only a running bot can be asked: what is open is known to nobody else. */
async function reduce(stateDirectory: string): Promise<Outcome> {
  const found = await findBot(stateDirectory);
  switch (found.kind) {
    case "running":
      return await asked(found.bot, "/reduce");
    case "silent":
      return { done: false, running: true, text: found.reason };
    case "none": {
      const text = "No bot runs with this state, so that nothing goes out; kbot kill keeps the next one from trading";
      return { done: false, running: false, text };
    }
  }
}

/** A running bot removes the kill file itself, unless it refuses: a file that is there would kill it again. */
async function resume(stateDirectory: string): Promise<Outcome> {
  const found = await findBot(stateDirectory);
  switch (found.kind) {
    case "running":
      return await asked(found.bot, "/resume");
    // A kill that it has not seen yet must not be lost by a resume that did not reach it.
    case "silent":
      return { done: false, running: true, text: found.reason };
    case "none": {
      const removed = await removeKillFile(stateDirectory);
      if (!removed.ok) return { done: false, running: false, text: removed.reason };
      const text = removed.removed
        ? "No bot runs with this state; the kill that waited for the next one is taken back"
        : "No bot runs with this state, and no kill file is there; a halt of the last run is resumed while a bot runs";
      return { done: true, running: false, text };
    }
  }
}

async function asked(bot: RunningBot, path: string): Promise<Outcome> {
  const answer = await bot.post(path);
  return { done: answer.ok, running: true, text: answer.ok ? textOf(answer.body) : answer.reason };
}

const DOES: Readonly<Record<ControlCommand["kind"], (stateDirectory: string) => Promise<Outcome>>> = {
  kill,
  reduce,
  resume,
};

function textOf(body: unknown): string {
  const answer = ANSWER.safeParse(body);
  return answer.success ? answer.data.text : "Done by the running bot";
}
