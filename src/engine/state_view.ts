/**
 * States and halts as people see them.
 * @module
 */

import { formatTime } from "../core/units.ts";
import { type HaltKind, kindOf } from "../risk/halt_kinds.ts";
import type { Halt } from "../risk/halts.ts";
import { strictest, type TradingState } from "../risk/trading_state.ts";
import type { Engine } from "./engine.ts";
import { STATE_OF, strategyObstacle } from "./strategy_states.ts";
import type { HaltView, StateView, StrategyStateView } from "./view.ts";

/** Books that are out of sync are many after a lost connection; so many are named. */
const GAPS_SHOWN = 20;

/** What may be sent of the whole. */
export function stateView({ desk: { halts } }: Engine): StateView {
  const whole = halts.of(null);
  const state = strictest(whole.map(({ level }) => level));
  return { state, reason: whole.find(({ level }) => level === state)?.reason ?? "" };
}

/** What may be sent of a strategy, and why it is less than everything. */
export function strategyState(
  engine: Engine,
  name: string,
): Pick<StrategyStateView, "state" | "kept" | "ownHalt" | "losses"> {
  const of = engine.strategies.of(name);
  const own = engine.desk.halts.of(name);
  const standing = [...engine.desk.halts.of(null), ...own];
  const state = strictest([STATE_OF[of.phase], ...standing.map(({ level }) => level)]);
  const why = state === "active" ? null : kept(engine, name, state, standing);
  return { state, kept: why, ownHalt: own.length > 0, losses: of.losses };
}

function kept(engine: Engine, name: string, state: TradingState, standing: readonly Halt[]): string {
  const { phase, reason } = engine.strategies.of(name);
  const halt = standing.find(({ level }) => level === state);
  if (halt !== undefined) return `${halt.reason}. Ends: ${ends(engine, halt)}`;
  if (phase === "winding_up") return `It is wound up, ${reason}`;
  return `${strategyObstacle(engine.strategies.of(name)) ?? name}. Ends: kbot strategy start ${name}`;
}

/** Every halt that stands, and the markets whose books are out of sync. */
export function haltViews(engine: Engine): HaltView[] {
  const views = engine.desk.halts.list().map((halt): HaltView => ({
    name: halt.name,
    reason: halt.reason,
    persistent: halt.persistent,
    since: formatTime(halt.since),
    level: halt.level,
    scope: kindOf(halt.name).scope,
    subject: halt.strategy ?? halt.index,
    ends: ends(engine, halt),
  }));
  return [...views, ...gapViews(engine)];
}

function gapViews({ markets }: Engine): HaltView[] {
  const views: HaltView[] = [];
  for (const { market: { ticker }, book, closed } of markets.values()) {
    if (closed || book.phase !== "stale") continue;
    if (views.length === GAPS_SHOWN) break;
    views.push({
      name: `sequence_gap ${ticker}`,
      reason: `The book of ${ticker} is not in sync: ${book.staleReason}`,
      persistent: false,
      since: formatTime(book.updatedAt),
      level: "halted",
      scope: "market",
      subject: ticker,
      ends: inWords(kindOf("sequence_gap")),
    });
  }
  return views;
}

/** Who ends a halt, and what must be true first: as it stands now. */
function ends(engine: Engine, { name, strategy, reason }: Halt): string {
  const kind = kindOf(name);
  if (kind.lifts === "start") {
    // Why it stands was said already.
    const obstacle = engine.obstacleTo("start_strategy", strategy)?.replace(`${reason}. `, "") ?? null;
    return `kbot strategy start ${strategy ?? ""}${obstacle === null ? "" : `. ${obstacle}`}`;
  }
  const waits = kind.lifts === "resume" ? engine.obstacleTo("resume", null) : null;
  return waits === null ? inWords(kind) : `kbot resume. ${waits}`;
}

function inWords({ lifts, first }: HaltKind): string {
  switch (lifts) {
    case "resume":
      return "kbot resume";
    case "start":
      return "kbot strategy start";
    case "itself":
      return `by itself, once ${first}`;
    case "nobody":
      return `once ${first}`;
  }
}
