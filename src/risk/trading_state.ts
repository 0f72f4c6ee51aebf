/**
 * What may be sent: of the whole, and of each strategy.
 *
 * | state | what goes out |
 * | --- | --- |
 * | ACTIVE | all that risk allows |
 * | REDUCING | what closes, and cancels |
 * | HALTED | cancels alone |
 *
 * A state is the strictest of what stands: of the halts (halt_kinds.ts names each), and of a strategy its phase as well
 * (strategy_states.ts). So a state is never set: it follows, and a restart finds it again.
 *
 * Of the whole:
 *
 * | from | event | to | why |
 * | --- | --- | --- | --- |
 * | ACTIVE | reduce | REDUCING | a person lets only what closes go out |
 * | REDUCING | reduce | REDUCING | it stands already |
 * | HALTED | reduce | HALTED | what is stricter stands, and shows what is below once it is lifted |
 * | ACTIVE | halt | HALTED | a person, a breaker, a broken model, or a cause that ends by itself |
 * | REDUCING | halt | HALTED | the stricter counts |
 * | HALTED | halt | HALTED | one more has to end |
 * | REDUCING | resume | ACTIVE | a person lifts it |
 * | HALTED | resume | ACTIVE | a person lifts all that need one |
 * | HALTED | resume while a cause goes on | HALTED | what ends by itself no person lifts |
 * | HALTED | resume too early | HALTED | something must be true first: nothing is lifted |
 * | ACTIVE | resume | ACTIVE | nothing stands |
 * | HALTED | cause gone | ACTIVE | it was the only one |
 * | HALTED | cause gone while reduced | REDUCING | what a person asked for goes on |
 * | HALTED | cause gone while killed | HALTED | what a person asked for goes on |
 * | REDUCING | restart | REDUCING | it needs a person |
 * | HALTED | restart | HALTED | where it needs a person |
 * | HALTED | restart without a cause | ACTIVE | what ends by itself begins anew where its cause goes on |
 *
 * Of a strategy, while the whole is ACTIVE:
 *
 * | from | event | to | why |
 * | --- | --- | --- | --- |
 * | ACTIVE | wind up | REDUCING | a person lets it close what it holds |
 * | REDUCING | nothing held | HALTED | it was wound up: it is stopped |
 * | ACTIVE | stop | HALTED | a person |
 * | REDUCING | stop | HALTED | a person |
 * | ACTIVE | failure | HALTED | it threw, or its fuse at the exchange tripped |
 * | HALTED | start | ACTIVE | a person |
 * | REDUCING | start | ACTIVE | a person takes the winding up back |
 * | ACTIVE | losing markets | REDUCING | so many in a row that it has to cool down |
 * | REDUCING | start too early | REDUCING | it cools down: nothing is changed |
 * | REDUCING | start after the cool-down | ACTIVE | a person; its losses count anew |
 * | HALTED | restart | HALTED | what a person stopped, or what failed, stays |
 * | REDUCING | restart | REDUCING | what is wound up, or cools down, stays |
 * | HALTED | restart with another switch | ACTIVE | the configuration was changed since, and says so |
 *
 * @module
 */

export type TradingState = "active" | "reducing" | "halted";

export type StateEvent =
  | "reduce"
  | "halt"
  | "resume"
  | "resume while a cause goes on"
  | "resume too early"
  | "cause gone"
  | "cause gone while reduced"
  | "cause gone while killed"
  | "restart"
  | "restart without a cause"
  | "wind up"
  | "nothing held"
  | "stop"
  | "failure"
  | "start"
  | "start too early"
  | "losing markets"
  | "start after the cool-down"
  | "restart with another switch";

export interface Transition {
  readonly of: "whole" | "strategy";
  readonly from: TradingState;
  readonly event: StateEvent;
  readonly to: TradingState;
}

const row = (of: Transition["of"], from: TradingState, event: StateEvent, to: TradingState): Transition => ({
  of,
  from,
  event,
  to,
});

/** The tables above; there is no other way from one state to another. */
export const TRANSITIONS: readonly Transition[] = [
  row("whole", "active", "reduce", "reducing"),
  row("whole", "reducing", "reduce", "reducing"),
  row("whole", "halted", "reduce", "halted"),
  row("whole", "active", "halt", "halted"),
  row("whole", "reducing", "halt", "halted"),
  row("whole", "halted", "halt", "halted"),
  row("whole", "reducing", "resume", "active"),
  row("whole", "halted", "resume", "active"),
  row("whole", "halted", "resume while a cause goes on", "halted"),
  row("whole", "halted", "resume too early", "halted"),
  row("whole", "active", "resume", "active"),
  row("whole", "halted", "cause gone", "active"),
  row("whole", "halted", "cause gone while reduced", "reducing"),
  row("whole", "halted", "cause gone while killed", "halted"),
  row("whole", "reducing", "restart", "reducing"),
  row("whole", "halted", "restart", "halted"),
  row("whole", "halted", "restart without a cause", "active"),
  row("strategy", "active", "wind up", "reducing"),
  row("strategy", "reducing", "nothing held", "halted"),
  row("strategy", "active", "stop", "halted"),
  row("strategy", "reducing", "stop", "halted"),
  row("strategy", "active", "failure", "halted"),
  row("strategy", "halted", "start", "active"),
  row("strategy", "reducing", "start", "active"),
  row("strategy", "active", "losing markets", "reducing"),
  row("strategy", "reducing", "start too early", "reducing"),
  row("strategy", "reducing", "start after the cool-down", "active"),
  row("strategy", "halted", "restart", "halted"),
  row("strategy", "reducing", "restart", "reducing"),
  row("strategy", "halted", "restart with another switch", "active"),
];

const STRICTNESS: Readonly<Record<TradingState, number>> = { active: 0, reducing: 1, halted: 2 };

/** The strictest of what stands; active where nothing does. */
export function strictest(states: Iterable<TradingState>): TradingState {
  let worst: TradingState = "active";
  for (const state of states) if (STRICTNESS[state] > STRICTNESS[worst]) worst = state;
  return worst;
}
