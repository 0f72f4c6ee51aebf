/**
 * How resting paper orders are filled: what is assumed of the queue before them, and of the quotes that we take.
 *
 * Books show sizes, not orders. When contracts leave our level and nobody traded, others cancelled, and nobody can see
 * whether they stood before us or behind. With `a` contracts before us, `b` behind us and `c` cancelled:
 *
 * | model | of the cancelled contracts, `min(b, p c)` stood behind us, where p is |
 * | --- | --- |
 * | risk_averse | 1: only trades move us up, or a level that shows less than what we thought to be before us |
 * | power | `b^n / (b^n + a^n)` |
 * | power2 | `b^n / (a + b)^n` |
 * | power3 | `1 - (a / (a + b))^n` |
 * | log | `ln(1 + b) / (ln(1 + b) + ln(1 + a))` |
 * | log2 | `ln(1 + b) / ln(1 + a + b)` |
 * | fifo_optimistic | 0 and `b` is not looked at: whoever cancelled stood before us |
 *
 * The probabilities are those that hftbacktest publishes for its `RiskAdverseQueueModel` and its `ProbQueueModel` with
 * `PowerProbQueueFunc`, `PowerProbQueueFunc2`, `PowerProbQueueFunc3`, `LogProbQueueFunc` and `LogProbQueueFunc2`, after
 * E. Rigtorp, "Estimating order queue position" (2013). `a` and `b` are in contracts there, as here.
 *
 * Counts stay whole hundredths of a contract: the probability alone is a float, and `p c` is rounded up, so that a fraction
 * counts as behind us. What that costs is below 0.01 contract for each cancel.
 *
 * What we took of a level is not taken twice: `risk_averse` has it gone for as long as the level shows any, because nothing
 * says that anybody quoted anew; the others until the level changes.
 *
 * `simple` knows no queue: so many of a hundred orders fill whenever the market touches their price, the others never.
 * @module
 */

import { type Count, count, ONE_CONTRACT, type Price, price } from "../core/units.ts";

export const FILL_MODELS = [
  "risk_averse",
  "power",
  "power2",
  "power3",
  "log",
  "log2",
  "fifo_optimistic",
  "simple",
] as const;
export type FillModelName = (typeof FILL_MODELS)[number];

export interface FillSettings {
  readonly model: FillModelName;
  /** The `n` of the power models. */
  readonly power: number;
  /** `simple`: orders of a hundred that fill. */
  readonly simpleFillPercent: number;
  /** `simple`: what taking costs more than the level shows, hundredths of a percent of the price. */
  readonly simpleSlippageBp: number;
  /** `simple`: another one draws other orders. */
  readonly simpleSeed: number;
}

/** What journals of older versions mean, and what an absent section means. */
export const DEFAULT_FILLS: FillSettings = {
  model: "risk_averse",
  power: 3,
  simpleFillPercent: 70,
  simpleSlippageBp: 5,
  simpleSeed: 0,
};

/** Of contracts that were cancelled at a level, how many are taken to have stood before us. */
export type CancelModel = (ahead: Count, behind: Count, cancelled: Count) => Count;

export interface FillModel {
  readonly name: FillModelName | "pessimistic" | "optimistic";
  /** `null`: there is no queue, and every touch fills. */
  readonly cancelledAhead: CancelModel | null;
  /**
   * How long contracts that we took count as gone although the recorded book goes on showing them: until their level
   * changes, because somebody quoted anew there, or for as long as it shows any.
   */
  readonly takenUntil: "change" | "gone";
  /** Whether an order can fill at all. */
  readonly fills: (clientOrderId: string) => boolean;
  /** What a taking fill costs beyond the price that is paid for its side, before the limit is looked at. */
  readonly slippage: (paid: Price) => Price;
}

/** `risk_averse`: whoever cancelled stood behind us. */
export const NONE_AHEAD: CancelModel = () => count(0);
/** `fifo_optimistic`: whoever cancelled stood before us. */
export const ALL_AHEAD: CancelModel = (ahead, _behind, cancelled) => count(Math.min(ahead, cancelled));

/** How probable it is that a cancelled contract stood behind us, by the contracts before us and behind us. */
export type ProbabilityBehind = (ahead: number, behind: number) => number;

export const powerBehind = (n: number): ProbabilityBehind => (ahead, behind) =>
  behind ** n / (behind ** n + ahead ** n);
export const power2Behind = (n: number): ProbabilityBehind => (ahead, behind) => behind ** n / (ahead + behind) ** n;
export const power3Behind = (n: number): ProbabilityBehind => (ahead, behind) => 1 - (ahead / (ahead + behind)) ** n;
export const logBehind: ProbabilityBehind = (ahead, behind) =>
  Math.log1p(behind) / (Math.log1p(behind) + Math.log1p(ahead));
export const log2Behind: ProbabilityBehind = (ahead, behind) => Math.log1p(behind) / Math.log1p(ahead + behind);

/** Splits cancelled contracts by such a probability, in whole hundredths, in doubt behind us. */
export function byProbability(probability: ProbabilityBehind): CancelModel {
  return (ahead, behind, cancelled) => {
    if (ahead === 0) return count(0);
    const p = probability(ahead / ONE_CONTRACT, behind / ONE_CONTRACT);
    // A quotient of two infinities, from a large power of a large queue, says nothing: then all were behind us.
    const wanted = Number.isNaN(p) ? cancelled : Math.min(cancelled, Math.ceil(p * cancelled));
    return count(Math.min(ahead, cancelled - Math.min(behind, wanted)));
  };
}

function cancelModel({ model, power }: FillSettings): CancelModel | null {
  switch (model) {
    case "risk_averse":
      return NONE_AHEAD;
    case "power":
      return byProbability(powerBehind(power));
    case "power2":
      return byProbability(power2Behind(power));
    case "power3":
      return byProbability(power3Behind(power));
    case "log":
      return byProbability(logBehind);
    case "log2":
      return byProbability(log2Behind);
    case "fifo_optimistic":
      return ALL_AHEAD;
    case "simple":
      return null;
  }
}

/** The model that these settings choose. */
export function fillModel(settings: FillSettings, slippage: Price): FillModel {
  const { model, simpleFillPercent, simpleSlippageBp, simpleSeed } = settings;
  const simple = model === "simple";
  return {
    name: model,
    cancelledAhead: cancelModel(settings),
    takenUntil: model === "risk_averse" ? "gone" : "change",
    fills: simple ? (clientOrderId) => isDrawn(clientOrderId, simpleFillPercent, simpleSeed) : () => true,
    slippage: simple ? (paid) => price(Math.ceil(paid * simpleSlippageBp / 10_000)) : () => slippage,
  };
}

/** Between these two lies what any of the queue models makes of the same orders. */
export const pessimisticModel = (slippage: Price): FillModel => ({
  name: "pessimistic",
  cancelledAhead: NONE_AHEAD,
  takenUntil: "gone",
  fills: () => true,
  slippage: () => slippage,
});
export const optimisticModel = (slippage: Price): FillModel => ({
  name: "optimistic",
  cancelledAhead: ALL_AHEAD,
  takenUntil: "change",
  fills: () => true,
  slippage: () => slippage,
});

/** Whether an order is one of the so many in a hundred: decided by its id alone, so that every run of it decides alike. */
export function isDrawn(clientOrderId: string, percent: number, seed: number): boolean {
  return hash32(clientOrderId, seed) / 2 ** 32 < percent / 100;
}

/**
 * MurmurHash3's 32-bit mixing over the text's code units (Austin Appleby, public domain): client order ids differ in their
 * last digits only, and every bit of the result depends on each.
 */
export function hash32(text: string, seed: number): number {
  let hash = seed | 0;
  for (let k = 0; k < text.length; k++) {
    let word = Math.imul(text.charCodeAt(k), 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
