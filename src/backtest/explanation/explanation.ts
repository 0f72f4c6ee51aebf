/**
 * Explains an order afterwards: from the journal, what the engine saw when it sent it, what it reckoned, and what became of
 * it. The engine is deterministic, so the run is done again up to the very input that the order followed from.
 * @module
 */

import type { Action, PlaceAction } from "../../core/action.ts";
import { easternOffset } from "../../core/eastern_time.ts";
import type { Input } from "../../core/input.ts";
import type { OrderIntent } from "../../core/order.ts";
import type { Evidence, OrderRecord, SettlementRecord, TradeRecord } from "../../core/record.ts";
import { seriesOf, settlementIndexOf } from "../../core/ticker.ts";
import {
  formatCount,
  formatPrice,
  formatTime,
  type Micros,
  micros,
  MICROS_PER_MILLISECOND,
  MICROS_PER_MINUTE,
} from "../../core/units.ts";
import type { Engine } from "../../engine/engine.ts";
import type { JournalEntry } from "../../engine/journal.ts";
import { type Difference, Replay } from "../../engine/replay.ts";
import { packsNamedBy, registryFor, statesAround } from "../../packs/registry_of.ts";
import { readJournal } from "../../store/journal_reader.ts";
import { type DecisionFigures, DecisionWatch } from "./decision.ts";
import { type MarketEnd, type OrderEnd, type OrderEvent, type OrderFill, OrderLife } from "./order_life.ts";
import type { PlacedOrder } from "./order_search.ts";
import { isPlace } from "./recorded_actions.ts";
import { parametersOf } from "./sizing.ts";

/** The order as it was sent. What a row of the store alone does not tell is `null`. */
export interface OrderFigures {
  readonly client_order_id: string;
  readonly order_id: string | null;
  readonly ticker: string;
  /** On the YES book: an ask buys NO, or sells YES. */
  readonly side: "bid" | "ask";
  /** YES price. */
  readonly price: string;
  readonly count: string;
  readonly time_in_force: string | null;
  readonly post_only: boolean | null;
  readonly reduce_only: boolean | null;
  readonly expires_at: string | null;
  readonly shard: number;
  readonly strategy: string;
  readonly signal: string;
  readonly execution: "paper" | "live" | null;
  /** The orders that it went together with or not at all; `null` where it went alone. */
  readonly basket: { readonly id: string; readonly legs: number } | null;
}

/** The input that the decision followed from. */
export interface TriggerFigures {
  /** Of the journal, within its run. */
  readonly line: number;
  readonly type: string;
  /** By the source's own stamp; `null` where it gives none. */
  readonly stamped_at: string | null;
  /** From that stamp to the decision. */
  readonly age_ms: number | null;
  /** How it bears on the market: its own, its index, or another one, and then it was time that passed. */
  readonly about: "market" | "index" | "other";
  readonly input: Input;
}

/** All that can be said of an order. What is `null` is not known, and `missing` says why. */
export interface Explanation {
  readonly order: OrderFigures;
  /** The run's directory, and the line of its journal; `null` where only the stored row is left. */
  readonly journal: string | null;
  readonly line: number | null;
  readonly kbot_version: string | null;
  readonly sent_at: string;
  readonly sent_at_eastern: string;
  readonly trigger: TriggerFigures | null;
  /** What the strategy gave as its reasons, as the store keeps it with the order. */
  readonly evidence: Evidence | null;
  readonly decision: DecisionFigures | null;
  readonly parameters: Readonly<Record<string, unknown>> | null;
  readonly events: readonly OrderEvent[];
  readonly fills: readonly OrderFill[];
  readonly end: OrderEnd | null;
  readonly market_end: MarketEnd | null;
  /** What cannot be said, and why. */
  readonly missing: readonly string[];
}

/**
 * @param later directories of the runs after the order's own: an order may outlive its run
 * @returns the reason where not even the order itself can be read
 */
export async function explainOrder(
  placed: PlacedOrder,
  later: readonly string[],
): Promise<Explanation | { readonly error: string }> {
  const lived = await liveOf(placed, later);
  if ("error" in lived) return lived;
  const { action: { intent }, life, sentAt } = lived;
  const replayed = await replayDecision(placed, intent, life.record?.evidence ?? null);
  return {
    order: orderFigures(lived.action, life.orderId),
    journal: placed.run,
    line: placed.line,
    kbot_version: replayed.version,
    sent_at: formatTime(sentAt),
    sent_at_eastern: easternText(sentAt),
    evidence: life.record?.evidence ?? null,
    trigger: replayed.trigger === null ? null : triggerFigures(replayed.trigger, placed.inputLine, intent.ticker),
    decision: replayed.decision,
    parameters: replayed.parameters,
    events: life.events,
    fills: life.fills,
    end: life.end,
    market_end: life.market,
    missing: [...replayed.missing, ...lived.missing],
  };
}

/** What is left to say of an order whose journal is gone: its stored row, its executions, its market's end. */
export function explainStored(
  record: OrderRecord,
  trades: readonly TradeRecord[],
  settlement: SettlementRecord | null,
): Explanation {
  const { clientOrderId, ticker, sentAt } = record;
  const life = new OrderLife({ clientOrderId, ticker, execution: "live" }, sentAt);
  life.recorded(record);
  for (const trade of trades) life.traded(trade);
  if (settlement !== null) life.settled(settlement);
  return {
    order: {
      client_order_id: clientOrderId,
      order_id: record.orderId,
      ticker,
      side: record.side,
      price: formatPrice(record.price),
      count: formatCount(record.count),
      time_in_force: null,
      post_only: record.postOnly ?? null,
      reduce_only: record.reduceOnly ?? null,
      expires_at: record.expiresAt === undefined || record.expiresAt === null ? null : formatTime(record.expiresAt),
      shard: record.shard,
      strategy: record.strategy,
      signal: record.signal,
      execution: null,
      basket: null,
    },
    journal: null,
    line: null,
    kbot_version: null,
    sent_at: formatTime(sentAt),
    sent_at_eastern: easternText(sentAt),
    trigger: null,
    evidence: record.evidence,
    decision: null,
    parameters: null,
    events: [],
    fills: life.fills,
    end: life.end,
    market_end: life.market,
    missing: [
      "No journal holds the order any more: input, book, risk checks and answers are not known, only its stored row",
    ],
  };
}

interface Lived {
  readonly action: PlaceAction;
  readonly sentAt: Micros;
  readonly life: OrderLife;
  readonly missing: readonly string[];
}

/** Reads on from where the order was sent, through later runs where need be, until it and its market are over. */
async function liveOf(placed: PlacedOrder, later: readonly string[]): Promise<Lived | { readonly error: string }> {
  const missing: string[] = [];
  let action: PlaceAction | null = null;
  let life: OrderLife | null = null;
  let at = 0 as Micros;
  /** What was recorded in the same step before the order left; few lines. */
  const before: JournalEntry[] = [];
  for (const run of [placed.run, ...later]) {
    const first = run === placed.run ? placed.inputLine : 1;
    for await (const event of readJournal(run, { onFault: "skip", afterLine: first - 1 })) {
      if (event.kind === "fault") missing.push(`What became of it may be incomplete: ${event.reason}`);
      if (event.kind !== "entries") continue;
      for (let k = 0; k < event.entries.length; k++) {
        const line = event.runLine + k;
        const entry = event.entries[k];
        if (entry.kind === "input") {
          if (life?.isOver === true && action !== null) return { action, sentAt: at, life, missing };
          if (life === null && line === placed.inputLine) at = entry.input.at;
        }
        if (life !== null) life.take(entry);
        else if (line === placed.line && entry.kind === "action" && isPlace(entry.action)) {
          action = entry.action;
          life = new OrderLife({ ...action.intent, execution: action.execution }, at);
          for (const earlier of before) life.take(earlier);
        } else if (line > placed.inputLine) before.push(entry);
      }
    }
    if (life === null || action === null) return { error: missing[0] ?? `${run}: line ${placed.line} is gone` };
  }
  if (life === null || action === null) return { error: `${placed.run}: holds no lines` };
  if (life.omitted > 0) missing.push(`${life.omitted} more events and executions are not listed`);
  return { action, sentAt: at, life, missing };
}

interface Replayed {
  readonly version: string | null;
  readonly trigger: Input | null;
  readonly decision: DecisionFigures | null;
  readonly parameters: Readonly<Record<string, unknown>> | null;
  readonly missing: readonly string[];
}

/**
 * Does the run again up to the input that the order followed from, and looks on as it is checked. Where this kbot decides
 * otherwise than the one that ran, what it sees counts only if the order comes out the same, with the same reasons.
 */
async function replayDecision(placed: PlacedOrder, intent: OrderIntent, evidence: Evidence | null): Promise<Replayed> {
  const sent: Action[] = [];
  const replay = new Replay((actions) => {
    if (watch !== null) sent.push(...actions);
  });
  let watch: DecisionWatch | null = null;
  let trigger: Input | null = null;
  const told = (decision: DecisionFigures | null, ...missing: string[]): Replayed => ({
    version: replay.engine?.options.version ?? null,
    trigger,
    decision,
    parameters: replay.engine === null ? null : parametersOf(replay.engine, intent.strategy),
    missing,
  });
  const unseen = (reason: string): Replayed => told(null, `What the engine saw and reckoned: ${reason}`);
  for await (const event of readJournal(placed.run)) {
    if (event.kind === "fault") return unseen(event.reason);
    if (event.kind === "torn_tail") continue;
    for (let k = 0; k < event.entries.length; k++) {
      const line = event.runLine + k;
      const entry = event.entries[k];
      const { engine } = replay;
      if (line === placed.inputLine && engine !== null && entry.kind === "input") {
        trigger = entry.input;
        watch = new DecisionWatch(engine, intent);
        engine.watch(watch);
      }
      const needs = packsNamedBy(entry);
      if (needs.length > 0) {
        const states = statesAround(placed.run);
        const found = await registryFor(needs, { listed: [], configuration: null, states });
        if (!found.ok) return unseen(found.reason);
        replay.use(found.registry);
      }
      const reason = replay.take(entry, line);
      if (reason !== null) return unseen(reason);
      if (line < placed.inputLine) continue;
      const differs = replay.difference === null ? null : differing(replay.difference, replay.engine);
      const figures = isSentAgain(sent, intent, evidence) ? watch?.figures ?? null : null;
      if (figures === null) return unseen(differs ?? "done again by this kbot, the run sends no such order");
      return differs === null
        ? told(figures)
        : told(figures, `Whether it was quite so: ${differs}; the order is the same`);
    }
  }
  return unseen(`${placed.run}: holds no line ${placed.inputLine}`);
}

const differing = ({ line }: Difference, engine: Engine | null): string =>
  `this kbot decides otherwise from line ${line} on than kbot ${
    engine?.options.version ?? "?"
  }, which wrote the journal`;

/** Whether these actions send the order, for the same reasons as were recorded. */
function isSentAgain(actions: readonly Action[], intent: OrderIntent, evidence: Evidence | null): boolean {
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  return actions.some((action) => action.type === "place" && same(action.intent, intent)) &&
    actions.some((action) =>
      action.type === "record" && action.record.kind === "order" &&
      action.record.clientOrderId === intent.clientOrderId && same(action.record.evidence, evidence)
    );
}

function orderFigures({ intent, execution, basket }: PlaceAction, orderId: string | null): OrderFigures {
  return {
    client_order_id: intent.clientOrderId,
    order_id: orderId,
    ticker: intent.ticker,
    side: intent.side,
    price: formatPrice(intent.price),
    count: formatCount(intent.count),
    time_in_force: intent.timeInForce,
    post_only: intent.postOnly,
    reduce_only: intent.reduceOnly,
    expires_at: intent.expiresAt === null ? null : formatTime(intent.expiresAt),
    shard: intent.shard,
    strategy: intent.strategy,
    signal: intent.signal,
    execution,
    basket: basket ?? null,
  };
}

function triggerFigures(input: Input, line: number, ticker: string): TriggerFigures {
  const stamp = stampOf(input);
  return {
    line,
    type: input.type,
    stamped_at: stamp === null ? null : formatTime(stamp),
    age_ms: stamp === null ? null : (input.at - stamp) / MICROS_PER_MILLISECOND,
    about: aboutOf(input, ticker),
    input,
  };
}

function stampOf(input: Input): Micros | null {
  if ("exchangeTime" in input) return input.exchangeTime;
  return "sourceTime" in input ? input.sourceTime : null;
}

function aboutOf(input: Input, ticker: string): TriggerFigures["about"] {
  if ("ticker" in input) return input.ticker === ticker ? "market" : "other";
  if (input.type === "market") return input.market.ticker === ticker ? "market" : "other";
  if (input.type === "fill") return input.fill.ticker === ticker ? "market" : "other";
  return input.type === "index" && settlementIndexOf(seriesOf(ticker)) === input.index ? "index" : "other";
}

/** `2026-10-06 09:58:00.600 EDT`: what a clock in New York showed. */
function easternText(at: Micros): string {
  const shift = easternOffset(at);
  const wall = formatTime(micros(at + shift)).slice(0, 23).replace("T", " ");
  return `${wall} ${shift === DAYLIGHT_SHIFT ? "EDT" : "EST"}`;
}

const DAYLIGHT_SHIFT = -4 * 60 * MICROS_PER_MINUTE;
