/**
 * `kbot strategy start`, `stop` and `wind-up`.
 * @module
 */

import { z } from "zod";
import { statePath } from "../config/state_path.ts";
import { EXIT, type StrategyCommand } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";
import { findBot } from "./running_bot.ts";

const VERBS = { strategy_start: "start", strategy_stop: "stop", strategy_wind_up: "wind-up" } as const;
const ANSWER = z.object({ text: z.string() });

/** Asks the running bot: 0 where it did so, 1 where it refused or none runs. */
export async function switchStrategy(
  command: StrategyCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<Reply> {
  const state = statePath(command.state, env);
  if (!state.ok) return refused(EXIT.usage, state.reason);
  const verb = VERBS[command.kind];
  const json = { command: `strategy ${verb}`, strategy: command.name, state: state.path };
  const fail = (text: string): Reply => refused(EXIT.failed, text, { ...json, done: false, text });
  const found = await findBot(state.path);
  if (found.kind === "silent") return fail(found.reason);
  if (found.kind === "none") {
    return fail(
      `No bot runs with this state; what the next one begins with is strategies.${command.name}.enabled in its configuration`,
    );
  }
  const answer = await found.bot.post(`/strategies/${encodeURIComponent(command.name)}/${verb}`);
  if (!answer.ok) return fail(answer.reason);
  const said = ANSWER.safeParse(answer.body);
  const text = said.success ? said.data.text : "Done by the running bot";
  return done(text, { ...json, done: true, text });
}
