/**
 * Runs a journal again and compares: the same inputs must give the same actions, line for line, and the same hash.
 * @module
 */

import type { Action } from "../core/action.ts";
import type { RiskLimits } from "../risk/limits.ts";
import { type Registration, STRATEGIES } from "../strategies/registry.ts";
import { Engine } from "./engine.ts";
import { encodeAction, type JournalEntry } from "./journal.ts";
import type { EngineOptions } from "./options.ts";

/** Where two runs of the same inputs part. */
export interface Difference {
  /** The line of the journal within its run. */
  readonly line: number;
  readonly input: number;
  readonly expected: string;
  readonly found: string;
}

/** Bounds what a difference shows. */
const SHOWN_MAX = 400;
const cut = (text: string): string => text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;

export class Replay {
  #engine: Engine | null = null;
  /** Actions that the engine took and the journal has not shown yet, as their lines. */
  #owed: string[] = [];
  #difference: Difference | null = null;
  #ended = false;
  readonly #onActions: (actions: readonly Action[]) => void;
  #registry: readonly Registration[] = STRATEGIES;

  constructor(onActions: (actions: readonly Action[]) => void = () => {}) {
    this.#onActions = onActions;
  }

  get engine(): Engine | null {
    return this.#engine;
  }
  /** The first difference, `null` while there is none. */
  get difference(): Difference | null {
    return this.#difference;
  }
  /** Whether the journal's last line was an orderly end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The strategies that the first line may name, told before it is taken; else they are those of kbot. */
  use(registry: readonly Registration[]): void {
    this.#registry = registry;
  }

  /** Takes one entry, in order. The reason where the journal cannot be replayed. */
  take(entry: JournalEntry, line: number): string | null {
    switch (entry.kind) {
      case "header": {
        const options = entry.header.config;
        if (!isEngineOptions(options)) return "The first line holds no engine options";
        const lacking = lackingLimits(options);
        if (lacking.length > 0) {
          return `The first line lacks the risk limits ${
            lacking.join(", ")
          }: kbot ${options.version} did not have them yet`;
        }
        if (this.#engine !== null) return "A second first line within one run";
        return this.#begin(options);
      }
      case "part":
        return null;
      case "input": {
        if (this.#engine === null) return "An input comes before the first line's options";
        this.#settle(line);
        const actions = this.#engine.step(entry.input);
        this.#onActions(actions);
        this.#owed = actions.filter((action) => action.type !== "log").map(encodeAction);
        return null;
      }
      case "action":
        this.#compare(line, entry.text);
        return null;
      case "checkpoint":
        this.#settle(line);
        this.#compareHash(line, entry.checkpoint.hash);
        return null;
      case "end":
        this.#settle(line);
        this.#compareHash(line, entry.end.hash);
        this.#ended = true;
        return null;
    }
  }

  /** Another version's options may name strategies or parameters that do not exist here. */
  #begin(options: EngineOptions): string | null {
    try {
      this.#engine = new Engine(options, this.#registry);
      return null;
    } catch (error) {
      return `No engine can be made from the first line: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #compare(line: number, text: string): void {
    const found = this.#owed.shift();
    // The entry's text is the action alone; ours is the whole line.
    if (found === `{"a":${text}}` || found === text) return;
    this.#differ(line, text, found ?? "nothing");
  }

  #compareHash(line: number, hash: string): void {
    const found = this.#engine?.decisionHash ?? "";
    if (found !== hash) this.#differ(line, `decision hash ${hash}`, `decision hash ${found}`);
  }

  /** Before the next input, every action must have been seen; a run that was killed may end in the middle of them. */
  #settle(line: number): void {
    if (this.#owed.length > 0) this.#differ(line, "nothing", this.#owed[0]);
    this.#owed = [];
  }

  #differ(line: number, expected: string, found: string): void {
    this.#difference ??= { line, input: this.#engine?.inputs ?? 0, expected: cut(expected), found: cut(found) };
  }
}

const LIMITS: Readonly<Record<keyof Omit<RiskLimits, "correlation">, true>> = {
  order: true,
  trade: true,
  market: true,
  openExposure: true,
  categoryPercent: true,
  correlatedPercent: true,
  dailyLoss: true,
  dailyLossPercent: true,
  priceCeiling: true,
  fairValueBound: true,
};

/** Limits that an older version did not have: nobody can say what it would have decided with them. */
function lackingLimits({ risk }: EngineOptions): string[] {
  const found: Readonly<Record<string, unknown>> = { ...risk };
  return Object.keys(LIMITS).filter((name) => typeof found[name] !== "number");
}

/** The journal is our own: what is checked is that it is the right kind of line, not every field of it. */
function isEngineOptions(value: unknown): value is EngineOptions {
  if (typeof value !== "object" || value === null) return false;
  const { run, instance, execution, startedAt, capital, risk, paper, index, strategies, resume } = value as Record<
    string,
    unknown
  >;
  return typeof run === "string" && typeof instance === "string" && Number.isSafeInteger(startedAt) &&
    (execution === "paper" || execution === "live") && (capital === null || Number.isSafeInteger(capital)) &&
    Array.isArray(strategies) &&
    [risk, paper, index, resume].every((part) => typeof part === "object" && part !== null);
}
