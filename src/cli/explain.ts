/**
 * `kbot explain`: why an order was sent, and what became of it, from the journals of a state. A bot may be running: journals
 * are only read, as far as they are written.
 * @module
 */

import { basename, dirname, join } from "node:path";
import { explainOrder, explainStored, type Explanation } from "../backtest/explanation/explanation.ts";
import { type OrderSearch, searchOrder } from "../backtest/explanation/order_search.ts";
import { findStoredOrder } from "../backtest/explanation/stored_order.ts";
import { nearestName } from "../config/nearest.ts";
import { statePath } from "../config/state_path.ts";
import { isRunId, journalDirectory, listRuns, parseFileName } from "../store/journal_files.ts";
import { statePaths } from "../store/state_directory.ts";
import { EXIT, type ExplainCommand } from "./command.ts";
import { explanationText } from "./explain_text.ts";
import { refused, type Reply } from "./output.ts";
import { SIMULATED, venueOf } from "./simulated_market.ts";

type Env = Readonly<Record<string, string>>;

/** Orders named where none is like the one that was asked for. */
const NEWEST_SHOWN = 5;

/** Where to look. */
interface Places {
  /** `null` where a journal was named that lies in none. */
  readonly state: string | null;
  /** Directories, oldest first. */
  readonly runs: readonly string[];
}

export async function explain(command: ExplainCommand, env: Env = Deno.env.toObject()): Promise<Reply> {
  const places = command.journal === undefined ? await placesOf(command.state, env) : await placesAt(command.journal);
  if ("wrong" in places) return refused(EXIT.usage, places.wrong);
  const { state, runs } = places;
  const problems: string[] = [];
  const search = await searchOrder(runs, command.order, (reason) => problems.push(reason));
  if (search.kind === "ambiguous") return ambiguous(command.order, search.ids);
  const explained = await explainedBy(search, places, command.order, problems);
  if (explained === null) return unknown(command.order, search, places, problems);
  const venue = state === null ? null : await venueOf(state);
  const simulated = venue === null ? null : SIMULATED[venue] ?? null;
  return {
    exitCode: EXIT.done,
    text: explanationText(explained, venue, simulated),
    json: { venue, simulated, ...explained },
    problems,
  };
}

async function placesOf(given: string | undefined, env: Env): Promise<Places | { readonly wrong: string }> {
  const state = statePath(given, env);
  if (!state.ok) return { wrong: state.reason };
  const runs = await listRuns(state.path);
  return { state: state.path, runs: runs.map((run) => join(journalDirectory(state.path), run)) };
}

/** Of a run's directory, or one of its files; with the runs after it, where it lies among others. */
async function placesAt(path: string): Promise<Places | { readonly wrong: string }> {
  const run = parseFileName(basename(path)) === null ? path : dirname(path);
  try {
    if (!(await Deno.stat(run)).isDirectory) return { wrong: `${path} is no run's directory, nor one of its files` };
  } catch {
    return { wrong: `There is no journal at ${path}` };
  }
  const state = dirname(dirname(run));
  if (!isRunId(basename(run)) || journalDirectory(state) !== dirname(run)) return { state: null, runs: [run] };
  const later = (await listRuns(state)).filter((name) => name > basename(run));
  return { state, runs: [run, ...later.map((name) => join(dirname(run), name))] };
}

/** The explanation, by the journal or by the store; `null` where neither knows of the order. */
async function explainedBy(
  search: OrderSearch,
  { state, runs }: Places,
  id: string,
  problems: string[],
): Promise<Explanation | null> {
  if (search.kind === "found") {
    const later = runs.filter((run) => run > search.order.run);
    const explained = await explainOrder(search.order, later);
    if (!("error" in explained)) return explained;
    problems.push(explained.error);
  }
  if (state === null) return null;
  const stored = await findStoredOrder(statePaths(state).store, id);
  if (stored === null) return null;
  if (!("error" in stored)) return explainStored(stored.record, stored.trades, stored.settlement);
  problems.push(stored.error);
  return null;
}

function ambiguous(id: string, ids: readonly string[]): Reply {
  const problem = `Several orders begin with ${id}: ${ids.join(", ")}; write more of it`;
  return refused(EXIT.failed, problem, { error: problem, orders: ids });
}

function unknown(id: string, search: OrderSearch, { state, runs }: Places, problems: readonly string[]): Reply {
  const newest = search.kind === "unknown" ? search.newest : [];
  const near = nearestName(id, newest);
  const where = state ?? runs[0];
  const hint = near === null ? "" : `: did you mean ${near}?`;
  const last = newest.slice(-NEWEST_SHOWN).toReversed();
  const others = last.length === 0 ? "None was ever sent" : `The last ones: ${last.join(", ")}`;
  const problem = `No order ${id} is known in ${where}${hint}`;
  return {
    exitCode: EXIT.failed,
    text: null,
    json: { error: problem, near, newest: last },
    problems: [...problems, problem, others],
  };
}
