/**
 * `kbot replay`: runs a journal again and compares its decisions. 0 the same, 1 different, 2 not readable.
 * @module
 */

import { formatConfigError } from "../config/config_error.ts";
import { loadConfig } from "../config/load.ts";
import { formatMoney, money } from "../core/units.ts";
import { Replay } from "../engine/replay.ts";
import { type FoundRegistry, type PackNeed, packsNamedBy, registryFor, statesAround } from "../packs/registry_of.ts";
import { readJournal } from "../store/journal_reader.ts";
import type { ReplayCommand } from "./command.ts";
import { printError, printJson, printText } from "./output.ts";

type ReplayOptions =
  & Pick<ReplayCommand, "journal" | "verify" | "json">
  & Partial<Pick<ReplayCommand, "config" | "state">>;

const SAME = 0;
const DIFFERENT = 1;
const UNREADABLE = 2;

export async function replay(options: ReplayOptions): Promise<number> {
  const run = new Replay();
  let torn: string | null = null;
  for await (const event of readJournal(options.journal)) {
    if (event.kind === "fault") return unreadable(options, event.reason);
    if (event.kind === "torn_tail") {
      torn = `${event.file}:${event.fileLine}: the last line is torn (${event.bytes} bytes) and was left out`;
      continue;
    }
    for (let k = 0; k < event.entries.length; k++) {
      const line = event.runLine + k;
      const entry = event.entries[k];
      const needs = packsNamedBy(entry);
      if (needs.length > 0) {
        const found = await findPacks(needs, options);
        if (!found.ok) return unreadable(options, found.reason);
        run.use(found.registry);
      }
      const reason = run.take(entry, line);
      if (reason !== null) return unreadable(options, `${event.file}:${event.fileLine + k}: ${reason}`);
      if (run.difference !== null) break;
    }
    if (run.difference !== null) break;
  }
  const { engine } = run;
  if (engine === null) return unreadable(options, `${options.journal}: holds no lines`);
  if (torn !== null) printError(torn);
  const { desk } = engine;
  const found = {
    same: run.difference === null,
    difference: run.difference,
    ended: run.ended,
    torn,
    inputs: engine.inputs,
    decisions: engine.decisions,
    orders: desk.totals.orders,
    fills: desk.totals.fills,
    settled: desk.ledger.settled,
    fees: formatMoney(desk.ledger.fees),
    pnl: formatMoney(money(desk.nav - desk.ledger.startingCapital)),
    nav: formatMoney(desk.nav),
    decision_hash: engine.decisionHash,
    journal: options.journal,
  };
  if (options.json) printJson(found);
  else printText(describe(found));
  return options.verify && run.difference !== null ? DIFFERENT : SAME;
}

/** From the configuration, which nothing else of a replay asks for, or from copies in the state. */
async function findPacks(needs: readonly PackNeed[], options: ReplayOptions): Promise<FoundRegistry> {
  const { config, state, journal } = options;
  const loaded = await loadConfig({ env: Deno.env.toObject(), file: config });
  const configuration = loaded.ok
    ? loaded.file ?? "the configuration (no file)"
    : `the configuration (refused: ${formatConfigError(loaded.errors[0])})`;
  const states = statesAround(journal);
  return await registryFor(needs, {
    listed: loaded.ok ? loaded.packs : [],
    configuration,
    states: state === undefined ? states : [state, ...states],
  });
}

function unreadable(options: ReplayOptions, reason: string): number {
  if (options.json) printJson({ same: false, error: reason, journal: options.journal });
  printError(`Journal cannot be replayed: ${reason}`);
  return UNREADABLE;
}

function describe(found: {
  same: boolean;
  difference: Replay["difference"];
  ended: boolean;
  inputs: number;
  orders: number;
  fills: number;
  settled: number;
  pnl: string;
  nav: string;
  decision_hash: string;
}): string {
  const head = found.difference === null
    ? `Same decisions: ${found.decision_hash} after ${found.inputs} inputs`
    : `Different at line ${found.difference.line} (input ${found.difference.input})\n  journal: ${found.difference.expected}\n  replay:  ${found.difference.found}`;
  const end = found.ended ? "" : "\nThe run did not end in order: it was killed, or is still going on";
  return `${head}\n${found.orders} orders, ${found.fills} fills, ${found.settled} settled, P&L ${found.pnl}, NAV ${found.nav}${end}`;
}
