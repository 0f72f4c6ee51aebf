/**
 * Every reason for which less than everything may be sent.
 *
 * @module
 */

import type { TradingState } from "./trading_state.ts";

/** What a halt is of. */
export type HaltScope = "whole" | "strategy" | "index" | "market";

export interface HaltKind {
  /** The halt's first word; what it is about stands behind it: `feed_stale BRTI`. */
  readonly name: string;
  readonly scope: HaltScope;
  readonly level: Exclude<TradingState, "active">;
  /** It survives a restart. */
  readonly persistent: boolean;
  readonly lifts: "resume" | "start" | "itself" | "nobody";
  /** What must be true before it ends, in words for people. */
  readonly first: string;
}

/** One row each; a market's own book is looked at wherever it is decided about, and is no halt that is written down. */
export const HALTS: readonly HaltKind[] = [
  { name: "kill", scope: "whole", level: "halted", persistent: true, lifts: "resume", first: "nothing" },
  { name: "reduce", scope: "whole", level: "reducing", persistent: true, lifts: "resume", first: "nothing" },
  {
    name: "daily_loss",
    scope: "whole",
    level: "halted",
    persistent: true,
    lifts: "resume",
    first: "the account has been read in this run: the day's loss counts from there on",
  },
  {
    name: "drawdown",
    scope: "whole",
    level: "halted",
    persistent: true,
    lifts: "resume",
    first: "the account has been read in this run: the drawdown counts from there on",
  },
  { name: "model", scope: "whole", level: "halted", persistent: true, lifts: "resume", first: "nothing" },
  {
    name: "journal",
    scope: "whole",
    level: "halted",
    persistent: false,
    lifts: "itself",
    first: "the journal can be written",
  },
  {
    name: "store",
    scope: "whole",
    level: "halted",
    persistent: false,
    lifts: "itself",
    first: "the store and the audit trail can be written",
  },
  {
    name: "api_errors",
    scope: "whole",
    level: "halted",
    persistent: false,
    lifts: "itself",
    first: "for 10 s at most half as many of the last minute's requests failed as are allowed",
  },
  {
    name: "clock_offset",
    scope: "whole",
    level: "halted",
    persistent: false,
    lifts: "itself",
    first: "for 10 s the clock may be within half of what is allowed of the exchange's",
  },
  {
    name: "standby",
    scope: "whole",
    level: "halted",
    persistent: false,
    lifts: "itself",
    first: "this bot holds the account's lease, which another one has or nobody can be asked for",
  },
  {
    name: "lease",
    scope: "whole",
    level: "halted",
    persistent: false,
    lifts: "nobody",
    first: "another run begins: this one held the account's lease and does not any more",
  },
  {
    name: "shutdown",
    scope: "whole",
    level: "halted",
    persistent: false,
    lifts: "nobody",
    first: "another run begins",
  },
  {
    name: "consecutive_losses",
    scope: "strategy",
    level: "reducing",
    persistent: true,
    lifts: "start",
    first: "its cool-down is over",
  },
  {
    name: "order_group",
    scope: "strategy",
    level: "halted",
    persistent: true,
    lifts: "start",
    first: "nothing: its orders wait until the exchange has reset its group",
  },
  {
    name: "feed_stale",
    scope: "index",
    level: "halted",
    persistent: false,
    lifts: "itself",
    first: "for 5 s the index was no older than four fifths of what is allowed",
  },
  {
    name: "sequence_gap",
    scope: "market",
    level: "halted",
    persistent: false,
    lifts: "itself",
    first: "its book was read anew",
  },
];

/** One that stands in the state and that nobody here knows is taken as the strictest: a person lifts it. */
const UNKNOWN: Omit<HaltKind, "name"> = {
  scope: "whole",
  level: "halted",
  persistent: true,
  lifts: "resume",
  first: "nothing",
};

/** The row of a halt that stands, by its first word. */
export function kindOf(name: string): HaltKind {
  const word = name.split(" ", 1)[0];
  return HALTS.find((each) => each.name === word) ?? { name: word, ...UNKNOWN };
}
