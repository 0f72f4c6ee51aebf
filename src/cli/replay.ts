/**
 * `kbot replay`: runs a journal again and compares its decisions. 0 the same, 1 different, 2 not readable.
 * @module
 */

import { dirname, resolve } from "node:path";
import { formatConfigError } from "../config/config_error.ts";
import { loadConfig } from "../config/load.ts";
import { formatMoney, money } from "../core/units.ts";
import type { JournalEntry } from "../engine/journal.ts";
import { Replay } from "../engine/replay.ts";
import { type FoundRegistry, neededPacks, registryFor } from "../packs/registry_of.ts";
import { readJournal } from "../store/journal_reader.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import type { ReplayCommand } from "./command.ts";

type ReplayOptions =
  & Pick<ReplayCommand, "journal" | "verify" | "json">
  & Partial<Pick<ReplayCommand, "config" | "state">>;

const SAME = 0;
const DIFFERENT = 1;
const UNREADABLE = 2;

export async function replay(options: ReplayOptions): Promise<number> {
  let run: Replay | null = null;
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
      if (run === null) {
        const found = await strategiesFor(entry, options);
        if (!found.ok) return unreadable(options, found.reason);
        run = new Replay(() => {}, found.registry);
      }
      const reason = run.take(entry, line);
      if (reason !== null) return unreadable(options, `${event.file}:${event.fileLine + k}: ${reason}`);
      if (run.difference !== null) break;
    }
    if (run !== null && run.difference !== null) break;
  }
  const engine = run?.engine ?? null;
  if (run === null || engine === null) return unreadable(options, `${options.journal}: holds no lines`);
  if (torn !== null) console.error(torn);
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
  if (options.json) console.log(JSON.stringify(found));
  else console.log(describe(found));
  return options.verify && run.difference !== null ? DIFFERENT : SAME;
}

/** The strategies that the first line names. The configuration is read only where a pack is among them. */
async function strategiesFor(entry: JournalEntry, options: ReplayOptions): Promise<FoundRegistry> {
  const needs = entry.kind === "header" ? neededPacks(entry.header.config) : [];
  if (needs.length === 0) return { ok: true, registry: STRATEGIES };
  const { config, state, journal } = options;
  const loaded = await loadConfig({ env: Deno.env.toObject(), ...(config === undefined ? {} : { file: config }) });
  const configuration = loaded.ok
    ? loaded.file ?? "the configuration (no file)"
    : `the configuration (refused: ${formatConfigError(loaded.errors[0])})`;
  // A run's directory lies in <state>/journal, its files one deeper.
  const run = resolve(journal);
  const states = [dirname(dirname(run)), dirname(dirname(dirname(run)))];
  return await registryFor(needs, {
    listed: loaded.ok ? loaded.packs : [],
    configuration,
    states: state === undefined ? states : [state, ...states],
  });
}

function unreadable(options: ReplayOptions, reason: string): number {
  if (options.json) console.log(JSON.stringify({ same: false, error: reason, journal: options.journal }));
  console.error(`Journal cannot be replayed: ${reason}`);
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
