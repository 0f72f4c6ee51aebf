/**
 * What the store remembers, as the API asks for it: trades by page, the audit's entries, past halts, and what came of trading.
 * @module
 */

import type { TradeView } from "../engine/view.ts";
import type { ErrorCode } from "./errors.ts";
import type { PerformanceView } from "./api/performance_shapes.ts";

/** Newest first. */
export interface TradesQuery {
  readonly limit: number;
  /** Only trades before the one of this id. */
  readonly before?: string;
  readonly strategy?: string;
  readonly market?: string;
  /** UTC, as `2026-11-20`. */
  readonly day?: string;
}

/** Rows, and what is to be asked for those behind them; `null` at the end. A page may hold fewer than were asked for. */
export interface TradesPage {
  readonly trades: readonly TradeView[];
  readonly next: string | null;
}

/** Newest first; a few more rows come where several are of the last one's moment. */
export interface AuditQuery {
  readonly limit: number;
  /** Only entries before this moment, microseconds. */
  readonly before?: number;
  /** Only these; all where absent. */
  readonly events?: readonly string[];
}

/** A decision, a refusal, an operator's act, a reconciliation. */
export interface AuditEntryView {
  readonly at: string;
  readonly event: string;
  readonly ticker: string | null;
  readonly text: string;
}

export interface AuditPage {
  readonly entries: readonly AuditEntryView[];
  readonly next: string | null;
}

/** A halt that stands or stood, as it is now. */
export interface KnownHaltView {
  readonly name: string;
  readonly active: boolean;
  readonly persistent: boolean;
  readonly level: "reducing" | "halted";
  readonly reason: string;
  /** When it last came or went. */
  readonly at: string;
}

/** That a halt began or was lifted. */
export interface HaltChangeView {
  readonly at: string;
  readonly change: "begun" | "lifted";
  readonly name: string;
  /** The first word of the name: what it is about stands behind it. */
  readonly kind: string;
  readonly scope: "whole" | "strategy" | "index" | "market";
  /** The strategy or the index that it is of; `null` where it is of the whole. */
  readonly subject: string | null;
  readonly level: "reducing" | "halted";
  readonly persistent: boolean;
  /** The way by which a person said so; `null` where nobody did. */
  readonly by: string | null;
  readonly reason: string;
}

/** Newest first. */
export interface HaltChangesPage {
  readonly changes: readonly HaltChangeView[];
  readonly next: string | null;
}

export interface PerformanceQuery {
  /** UTC days as `2026-11-20`, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly strategy?: string;
}

export type PerformanceAnswer =
  | { readonly ok: true; readonly performance: PerformanceView }
  | { readonly ok: false; readonly code: ErrorCode; readonly reason: string };

export interface HistorySources {
  trades(query: TradesQuery): Promise<TradesPage>;
  audit(query: AuditQuery): Promise<AuditPage>;
  /** Every halt that ever was. */
  halts(): Promise<readonly KnownHaltView[]>;
  /** Whenever one began or was lifted. */
  haltChanges(query: Pick<AuditQuery, "limit" | "before">): Promise<HaltChangesPage>;
  /** Worked out beside the engine, never in its way. */
  performance(query: PerformanceQuery): Promise<PerformanceAnswer>;
}

/** A strategy's parameter: what it is now, and how it was declared. */
export interface ParameterView {
  readonly name: string;
  /** As kbot.toml writes them. */
  readonly value: unknown;
  readonly preset: unknown;
  readonly description: string;
  readonly allowed: string;
  /** Whether it may change while the strategy runs; else it waits for a restart. */
  readonly changeable: boolean;
}

/** What a strategy is, beside how it stands. */
export interface StrategyDeclaration {
  readonly title: string;
  readonly parameters: readonly ParameterView[];
}
