/**
 * How much of a bankroll each bet on one event deserves (REQUIREMENTS.md S8). Bets on the outcomes of one event are not
 * independent: what loses on one wins on another, and each sized alone would be too much together. Here they are sized
 * together, so that expected logarithmic wealth over the event's states is greatest.
 *
 * Fractional Kelly is full Kelly with that fraction of the wealth; the rest never plays. For a single bet that is the
 * fraction times {@link feeAdjustedKelly}, and asked again with what was bought in the position, it wants nothing more.
 * @module
 */

import { logarithm } from "./elementary.ts";
import { type GrowthProblem, maximiseGrowth } from "./joint_kelly_ascent.ts";
import { DEFAULT_SIZING, edgeScale, type KellySizing, sizingError } from "./kelly.ts";

/** YES or NO of a market, dollars per contract. */
export interface EventInstrument {
  readonly name: string;
  /** What a contract costs, its fee included. */
  readonly cost: number;
  /** What it pays in each state, less the settlement fee. */
  readonly payoffs: readonly number[];
  /** Contracts that can be had at this cost; unlimited where absent. */
  readonly depth?: number;
  /** Dollars that may be staked on it; unlimited where absent. */
  readonly cap?: number;
  /** Dollars staked on it already, a part of {@link EventPosition.cost}; needed where edges are scaled. */
  readonly held?: number;
}

/** What is held in the event already. */
export interface EventPosition {
  /** What it pays in each state, dollars. */
  readonly payoffs: readonly number[];
  /** What it cost, dollars. */
  readonly cost: number;
}

export interface JointBet {
  /** Of the event's states, of which exactly one comes true. */
  readonly probabilities: readonly number[];
  readonly instruments: readonly EventInstrument[];
  /** Net asset value, what is held in the event at its cost, dollars. */
  readonly wealth: number;
  readonly position?: EventPosition;
  /** Most that may be staked in all now, dollars; what the wealth allows where absent. */
  readonly budget?: number;
}

export interface InstrumentStake {
  readonly name: string;
  /** Dollars, fee included. */
  readonly stake: number;
  /** Of the wealth. */
  readonly fraction: number;
  /** What the stake buys; not rounded. */
  readonly contracts: number;
  /** Expected profit of a contract, dollars. */
  readonly edge: number;
}

export type JointStakes =
  | {
    readonly ok: true;
    /** One for each instrument, in their order. */
    readonly stakes: readonly InstrumentStake[];
    /** Expected rise of the logarithm of the wealth that plays, before the edges were scaled. */
    readonly growth: number;
    /** The most that this could still be short of the best: a proven bound. */
    readonly gap: number;
    readonly steps: number;
  }
  | { readonly ok: false; readonly reason: string };

/** More states than any event has strikes, and YES and NO of each. */
export const STATES_MAX = 512;
export const INSTRUMENTS_MAX = 1_024;
/** Probabilities may add up to one but for rounding. */
const SUM_TOLERANCE = 1e-6;

/** Less than a micro-dollar is no money; what it would be divided by must not leave the numbers. */
const LEAST = 1e-6;
/** Far more than a contract pays. */
const MOST_PAYOFF = 1_000;
/** No model knows a smaller probability; the wealth that it would keep back for its state is lost in rounding. */
const IMPOSSIBLE = 1e-12;
const isMoney = (value: number): boolean => value >= 0 && value <= Number.MAX_SAFE_INTEGER;
/** A cap or a depth: infinite means none. */
const isCap = (value: number): boolean => value >= 0;

/**
 * The stakes of an event's instruments, together. None is negative, together they are at most the budget and the cash of
 * the wealth that plays, so that wealth is negative in no state, a state thought impossible included.
 *
 * @example
 * ```ts
 * import { jointKelly } from "./joint_kelly.ts";
 * import assert from "node:assert/strict";
 * const sizing = { fraction: 1, mode: "scale", leastEdge: 0, targetEdge: 0 } as const;
 * const result = jointKelly({
 *   probabilities: [0.5, 0.3, 0.2],
 *   instruments: [
 *     { name: "low", cost: 0.4, payoffs: [1, 0, 0] },
 *     { name: "middle", cost: 0.25, payoffs: [0, 1, 0] },
 *   ],
 *   wealth: 1_000,
 * }, sizing);
 * assert.ok(result.ok);
 * // The closed form: a reserve of 0.2 / 0.35 is kept, and each is staked p - reserve x cost of the wealth.
 * assert.deepEqual(result.stakes.map(({ stake }) => stake.toFixed(3)), ["271.429", "157.143"]);
 * ```
 */
export function jointKelly(bet: JointBet, sizing: KellySizing = DEFAULT_SIZING): JointStakes {
  const reason = sizingError(sizing) ?? betError(bet);
  if (reason !== null) return { ok: false, reason };
  const edges = bet.instruments.map((instrument) => edgeOf(bet, instrument));
  const { wealth, position } = bet;
  const held = position?.cost ?? 0;
  const playing = sizing.mode === "scale" ? wealth * sizing.fraction : wealth;
  const cash = playing - held;
  const allowed = sizing.mode === "scale" ? cash : Math.min(cash, wealth * sizing.fraction - held);
  const budget = Math.max(0, Math.min(allowed, bet.budget ?? Infinity));
  if (!(budget > 0 && playing >= LEAST)) {
    return answer(bet, edges, bet.instruments.map(() => 0), { growth: 0, gap: 0, steps: 0 });
  }
  const caps = bet.instruments.map((instrument, at) =>
    edges[at] >= sizing.leastEdge ? Math.min(capOf(instrument), budget) : 0
  );
  const problem = problemOf(bet, caps.map((cap) => cap / playing), budget / playing, cash, playing);
  const found = maximiseGrowth(problem);
  const growth = growthOf(problem, found.stakes);
  // Rounding may leave a growth of nothing below nothing; keeping still is at least as good.
  const full = growth > 0 ? found.stakes : new Float64Array(caps.length);
  const stakes = bet.instruments.map((instrument, at) => {
    const { held: mine = 0 } = instrument;
    const scale = edgeScale(edges[at], sizing);
    return Math.min(caps[at], Math.max(0, scale * (full[at] * playing + mine) - mine));
  });
  return answer(bet, edges, withinBudget(stakes, budget), { ...found, growth: Math.max(0, growth) });
}

/** Rounding must not spend a dollar that is not there. */
function withinBudget(stakes: readonly number[], budget: number): readonly number[] {
  let left = budget;
  return stakes.map((stake) => {
    const allowed = Math.min(stake, left);
    left -= allowed;
    return allowed;
  });
}

function answer(
  { instruments, wealth }: JointBet,
  edges: readonly number[],
  amounts: readonly number[],
  { growth, gap, steps }: { readonly growth: number; readonly gap: number; readonly steps: number },
): JointStakes {
  const stakes = instruments.map(({ name, cost }, at): InstrumentStake => ({
    name,
    stake: amounts[at],
    fraction: amounts[at] / wealth,
    contracts: amounts[at] / cost,
    edge: edges[at],
  }));
  return { ok: true, stakes, growth, gap, steps };
}

/** Expected profit of a contract. */
function edgeOf({ probabilities }: JointBet, { payoffs, cost }: EventInstrument): number {
  let expected = 0;
  for (const [state, payoff] of payoffs.entries()) expected += probabilities[state] * payoff;
  return expected - cost;
}

const capOf = ({ cost, depth = Infinity, cap = Infinity }: EventInstrument): number => Math.min(cap, depth * cost);

/** As the ascent wants it: the wealth that plays is 1, and impossible states are left out. */
function problemOf(
  { probabilities, instruments, position }: JointBet,
  caps: readonly number[],
  budget: number,
  cash: number,
  playing: number,
): GrowthProblem {
  const possible = probabilities.map((_, state) => state).filter((state) => probabilities[state] > IMPOSSIBLE);
  const total = possible.reduce((sum, state) => sum + probabilities[state], 0);
  const returns = new Float64Array(instruments.length * possible.length);
  for (const [at, { payoffs, cost }] of instruments.entries()) {
    for (const [s, state] of possible.entries()) returns[at * possible.length + s] = payoffs[state] / cost - 1;
  }
  return {
    probabilities: Float64Array.from(possible, (state) => probabilities[state] / total),
    start: Float64Array.from(possible, (state) => (cash + (position?.payoffs[state] ?? 0)) / playing),
    returns,
    caps: Float64Array.from(caps),
    budget,
  };
}

/** Expected rise of the logarithm of wealth. */
function growthOf({ probabilities, start, returns }: GrowthProblem, stakes: Float64Array): number {
  const states = probabilities.length;
  let growth = 0;
  for (let s = 0; s < states; s++) {
    let change = 0;
    for (let i = 0; i < stakes.length; i++) change += stakes[i] * returns[i * states + s];
    growth += probabilities[s] * logarithmOnePlus(change / start[s]);
  }
  return growth;
}

/** Below it four terms of the series are exact, where 1 + x would have lost what the growth of a small stake is. */
const SMALL = 1e-4;

const logarithmOnePlus = (x: number): number =>
  Math.abs(x) < SMALL ? x * (1 - x * (1 / 2 - x * (1 / 3 - x / 4))) : logarithm(1 + x);

/** Why this cannot be sized, `null` where it can. */
function betError(bet: JointBet): string | null {
  const { wealth, budget = 0 } = bet;
  if (!(wealth >= LEAST && isMoney(wealth))) return `Wealth must be a micro-dollar or more, found ${wealth}`;
  if (!isCap(budget)) return `Budget must be 0 or more, found ${budget}`;
  return statesError(bet) ?? positionError(bet) ?? instrumentsError(bet);
}

function statesError({ probabilities }: JointBet): string | null {
  const { length } = probabilities;
  if (!(length >= 1 && length <= STATES_MAX)) return `An event has 1 to ${STATES_MAX} states, found ${length}`;
  let sum = 0;
  for (const [state, probability] of probabilities.entries()) {
    if (!(probability >= 0 && probability <= 1)) {
      return `Probability of state ${state + 1} must be within 0 and 1, found ${probability}`;
    }
    sum += probability;
  }
  return Math.abs(sum - 1) <= SUM_TOLERANCE ? null : `Probabilities of the states must add up to 1, found ${sum}`;
}

function positionError({ probabilities, position }: JointBet): string | null {
  if (position === undefined) return null;
  const { payoffs, cost } = position;
  if (!isMoney(cost)) return `What a position cost must be 0 or more, found ${cost}`;
  if (payoffs.length === probabilities.length && payoffs.every(isMoney)) return null;
  return `A position pays 0 or more in each of ${probabilities.length} states, found ${payoffs.join(", ")}`;
}

function instrumentsError({ probabilities, instruments }: JointBet): string | null {
  if (instruments.length > INSTRUMENTS_MAX) {
    return `At most ${INSTRUMENTS_MAX} instruments are sized together, found ${instruments.length}`;
  }
  for (const { name, cost, payoffs, depth = 0, cap = 0, held = 0 } of instruments) {
    if (!(cost >= LEAST && isMoney(cost))) return `Cost of ${name} must be a micro-dollar or more, found ${cost}`;
    if (payoffs.length !== probabilities.length || !payoffs.every((payoff) => payoff >= 0 && payoff <= MOST_PAYOFF)) {
      return `${name} pays 0 to ${MOST_PAYOFF} in each of ${probabilities.length} states, found ${payoffs.join(", ")}`;
    }
    if (!isCap(depth)) return `Depth of ${name} must be 0 or more, found ${depth}`;
    if (!isCap(cap)) return `Cap of ${name} must be 0 or more, found ${cap}`;
    if (!isMoney(held)) return `What is staked on ${name} must be 0 or more, found ${held}`;
  }
  return null;
}
