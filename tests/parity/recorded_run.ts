/**
 * One run of kbot on a recording, and what its journal says of orders and fills.
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Input } from "../../src/core/input.ts";
import type { TradeRecord } from "../../src/core/record.ts";
import type { OrderAction, TakenAction } from "../../src/backtest/parity/orders_on_paper.ts";
import { readJournal } from "../../src/store/journal_reader.ts";
import { runKbot } from "../process.ts";

export type { OrderAction, TakenAction };

export interface RecordedRun {
  readonly inputs: readonly Input[];
  /** What was asked of orders, in order. */
  readonly actions: readonly TakenAction[];
  readonly fills: readonly TradeRecord[];
}

export interface Session {
  readonly tape: string;
  readonly spot: string | null;
  /** The text of kbot.toml. */
  readonly config: string;
}

const ORDER_ACTIONS: ReadonlySet<string> = new Set(["place", "amend", "decrease", "cancel"]);
/** Faster than any machine: a step waits for nothing but its work. */
const SPEED = "10000";

/** Runs it to the end of the tape, in a directory of its own. */
export async function recordedRun(
  execution: "paper" | "live",
  { tape, spot, config }: Session,
  directory: string,
): Promise<RecordedRun> {
  const file = join(directory, `${execution}.toml`);
  await Deno.writeTextFile(file, config);
  const ended = await runKbot([
    "run",
    `--${execution}`,
    ...["--venue", "sim", "--tape", tape, ...(spot === null ? [] : ["--spot", spot]), "--speed", SPEED, "--seed", "1"],
    ...["--port", "0", "--json", "--config", file, "--state", join(directory, execution)],
  ]);
  assert.equal(ended.code, 0, ended.stderr);
  const { journal, reason } = JSON.parse(ended.stdout) as { journal: string; reason: string };
  assert.equal(reason, "the tape is over");
  return await journalOf(journal);
}

async function journalOf(journal: string): Promise<RecordedRun> {
  const inputs: Input[] = [];
  const actions: TakenAction[] = [];
  const fills: TradeRecord[] = [];
  for await (const event of readJournal(journal)) {
    if (event.kind !== "entries") assert.fail(JSON.stringify(event));
    for (const entry of event.entries) {
      if (entry.kind === "input") inputs.push(entry.input);
      if (entry.kind !== "action") continue;
      const { action } = entry;
      if (ORDER_ACTIONS.has(action.type)) {
        actions.push({ at: inputs[inputs.length - 1].at, action: action as unknown as OrderAction });
      } else if (action.type === "record") {
        const { record } = action as unknown as { record: TradeRecord };
        if (record.kind === "trade") fills.push(record);
      }
    }
  }
  return { inputs, actions, fills };
}
