/**
 * What a pack wants, checked as hard as if an enemy had written it, and put into the engine's form.
 * @module
 */

import { z } from "zod";
import { count, ONE_DOLLAR_PRICE, price } from "../core/units.ts";
import { type Bet, costOf, evidenceOf, feeOf, worthOf } from "../strategies/bet.ts";
import { no } from "../strategies/obstacles.ts";
import { type Opinion, type Target, TARGETS_PER_SIDE_MAX } from "../strategies/strategy.ts";
import type { StrategyView } from "../strategies/view.ts";
import { checked } from "./checked.ts";
import { PackError } from "./pack_error.ts";

/** Ten million contracts: beyond any order, and far below where notional leaves 2^53. */
const COUNT_MAX = 1_000_000_000;
const TARGETS_MAX = 2 * TARGETS_PER_SIDE_MAX;
const WORD = /^[a-z][a-z0-9_]{0,39}$/;

const word = z.string().regex(WORD).meta({ allowed: "a word of at most 40 small letters, digits and _" });
const side = z.enum(["bid", "ask"]).meta({ allowed: "bid (buys YES) or ask (buys NO)" });
const fraction = z.number().min(0).max(1);
const edge = z.number().min(-1).max(1).nullable().default(null).meta({ allowed: "a number from -1 to 1, or null" });

const target = z.strictObject({
  side,
  price: z.int().min(1).max(ONE_DOLLAR_PRICE - 1).meta({
    allowed: "a whole number of ten-thousandths of a dollar from 1 to 9999, on the market's grid",
  }),
  count: z.int().min(1).max(COUNT_MAX).meta({
    allowed: `a whole number of hundredths of a contract from 1 to ${COUNT_MAX}`,
  }),
  timeInForce: z.enum(["good_till_canceled", "immediate_or_cancel", "fill_or_kill"]).meta({
    allowed: "good_till_canceled, immediate_or_cancel or fill_or_kill",
  }),
  postOnly: z.boolean().default(false).meta({ allowed: "true or false" }),
  reduceOnly: z.boolean().default(false).meta({ allowed: "true or false" }),
  signal: word,
  kelly: fraction.meta({ allowed: "a number from 0 to 1" }),
  probability: fraction.nullable().optional().meta({ allowed: "a number from 0 to 1, or null" }),
  edge,
});

const answer = z.strictObject({
  targets: z.array(target).max(TARGETS_MAX).default([]).meta({ allowed: `a list of at most ${TARGETS_MAX} targets` }),
  refusal: z.strictObject({
    code: word,
    text: z.string().regex(/^\P{C}+$/u).max(200).meta({ allowed: "a text of 1 to 200 characters in one line" }),
  }).nullable().default(null).meta({ allowed: "an object with code and text, or null" }),
  edge,
  edgeSide: z.enum(["yes", "no"]).nullable().default(null).meta({ allowed: "yes, no or null" }),
}).meta({ allowed: "an object with targets, refusal, edge and edgeSide" });

type Wanted = z.output<typeof target>;

const NOTHING = no("nothing_wanted", "The pack wants nothing here");

/**
 * Reads an answer about the market of a view.
 *
 * @param json as the sandbox gave it
 * @throws PackError that names the place, what was found and what is allowed
 */
export function opinionOf(json: string, view: StrategyView): Opinion {
  const { targets, refusal, edge, edgeSide } = checked(answer, JSON.parse(json), "answer");
  if (targets.length > 0) {
    const wanted = targets.map((each, k) => targetOf(each, view, `answer.targets.${k}`));
    return { targets: wanted, refusal: null, edge, edgeSide };
  }
  return { targets: [], refusal: refusal ?? NOTHING, edge, edgeSide };
}

function targetOf(wanted: Wanted, view: StrategyView, place: string): Target {
  const { side, timeInForce, postOnly, reduceOnly, signal, kelly } = wanted;
  const at = price(wanted.price);
  if (!view.grid.has(at)) {
    const near = [view.grid.floor(at), view.grid.ceil(at)].filter((each) => each !== null).join(" or ");
    throw new PackError(`${place}.price: Found ${at}, which ${view.market.ticker} does not take, allowed: ${near}`);
  }
  if (postOnly && timeInForce !== "good_till_canceled") {
    throw new PackError(`${place}.postOnly: Found true beside ${timeInForce}, allowed: true where an order may rest`);
  }
  const size = count(wanted.count);
  const probability = wanted.probability === undefined ? view.probability : wanted.probability;
  const depth = view.book.sizeAgainst(side, at);
  const common = { side, price: at, count: size, timeInForce, postOnly, reduceOnly, signal, kelly, depth } as const;
  const bet = betOf(wanted, view, probability);
  const spot = view.index?.value ?? null;
  if (probability !== null) return { ...common, evidence: evidenceOf(view, bet, size, { spot, probability, kelly }) };
  // The edge is the pack's own word, or 0: without a probability nothing follows from it.
  const evidence = evidenceOf(view, bet, size, { spot, probability: 0, kelly });
  return { ...common, evidence: { ...evidence, modelProbability: null } };
}

/** What the order costs, and what the pack expects of it: its own word, else what follows from the probability. */
function betOf(wanted: Wanted, view: StrategyView, probability: number | null): Bet {
  const { side } = wanted;
  const at = price(wanted.price);
  const cost = costOf(side, at);
  const fee = feeOf(view.market, at, wanted.postOnly ? "maker" : "taker");
  const edge = wanted.edge ?? (probability === null ? 0 : worthOf(side, probability) - cost - fee);
  return { side, cost, fee, edge };
}
