/**
 * Every rule that an order must pass before it may leave, cheapest first (REQUIREMENTS.md K1, K5). There is no other way
 * out: paper, live, backtest and replay ask here, and so does whoever explains an order afterwards.
 *
 * An order that only closes lowers what is at stake: it must go even where a cap has been passed already, so that the rules
 * about bets and caps ask about what an order opens.
 * @module
 */

import { formatMoney, formatPrice, type Money, money, ONE_DOLLAR_PRICE } from "../core/units.ts";
import { HARD_ORDER_LIMIT, openingCost, type Proposal, shareOf } from "./limits.ts";
import {
  type Ask,
  cap,
  inUnit,
  type Measure,
  measured,
  NO_MEASURES,
  type OrderRefusal,
  type Rule,
  said,
} from "./rule.ts";

/** By how much an order raises a worst case: NO not at all, as long as another market of an event with one winner has more. */
const beyond = (risk: Money, { side }: Proposal, room: Money | undefined): number =>
  side === "ask" ? Math.max(0, risk - (room ?? 0)) : risk;

/** Whether the order is a bet, which a model has to justify. */
const isBet = ({ opening, exit }: Proposal): boolean => opening > 0 && !exit;

const hasProbability = ({ fairProbability }: Proposal): boolean => fairProbability >= 0 && fairProbability <= 1;

const costOf = ({ side, price }: Proposal): number => openingCost(side, price);

/** What a contract of the bought side is worth by the model, $0.0001. */
const worthOf = ({ side, fairProbability }: Proposal): number =>
  Math.floor((side === "bid" ? fairProbability : 1 - fairProbability) * ONE_DOLLAR_PRICE);

const perContract = (name: string, added: number, limit: number): Measure => ({
  name,
  unit: "dollars per contract",
  used: 0,
  added,
  limit,
});

/** The rules that bind each order, in the order in which they are asked. */
export const RULES: readonly Rule[] = [
  said(
    "no_size",
    "An order has a size",
    ({ proposal: { count } }) =>
      count > 0
        ? null
        : { text: `Size is ${count / 100} contracts`, value: `${count / 100} contracts`, limit: "above 0" },
  ),
  said(
    "halted",
    "Nothing leaves while a halt stands",
    ({ circumstances: { halt } }) => halt === null ? null : { text: halt, value: null, limit: null },
  ),
  said(
    "reducing",
    "Only what a strategy closes of its own leaves while it is reducing",
    ({ circumstances, proposal }) => {
      const { reducing } = circumstances;
      if (reducing === null || proposal.ownOpening === 0) return null;
      const value = inUnit(proposal.ownOpening, "contracts");
      const text = `Only what closes may go, and ${value} would open: ${reducing}`;
      return { text, value, limit: inUnit(0, "contracts") };
    },
  ),
  said(
    "paused",
    "Nothing leaves where the exchange takes nothing",
    ({ circumstances: { pause } }) => pause === null ? null : { text: pause, value: null, limit: null },
  ),
  said(
    "basket_twice",
    "A basket has one order in a market",
    ({ circumstances: { twice }, proposal: { ticker } }) =>
      twice
        ? { text: `A basket has one order in a market, and ${ticker} has two`, value: "2 orders", limit: "1 order" }
        : null,
  ),
  said(
    "fee_unknown",
    "What the market charges is known",
    ({ circumstances: { unknownFee } }) =>
      unknownFee === null
        ? null
        : { text: `Nobody knows what fee type ${unknownFee} charges`, value: unknownFee, limit: null },
  ),
  said("price_off_grid", "The price is on the market's grid", ({ circumstances: { offGrid }, proposal }) => {
    const { price, ticker } = proposal;
    if (price > 0 && price < ONE_DOLLAR_PRICE && !offGrid) return null;
    const text = offGrid
      ? `${formatPrice(price)} is no price of ${ticker}`
      : `Price ${price / 10_000} is outside 0 to 1`;
    return { text, value: inUnit(price, "dollars per contract"), limit: "between 0 and 1 dollars per contract" };
  }),
  said("would_open", "What is to close opens nothing", ({ proposal: { reduceOnly, opening } }) => {
    if (!reduceOnly || opening === 0) return null;
    const value = inUnit(opening, "contracts");
    return { text: `Only what closes may go, and ${value} would open`, value, limit: inUnit(0, "contracts") };
  }),
  said("no_fair_value", "A bet has a probability", ({ proposal }) => {
    const { fairProbability } = proposal;
    if (!isBet(proposal) || hasProbability(proposal)) return null;
    return { text: `Probability is ${fairProbability}`, value: String(fairProbability), limit: "0 to 1" };
  }),
  said(
    "kelly_not_positive",
    "A bet's Kelly fraction is positive",
    ({ proposal }) =>
      !isBet(proposal) || proposal.kelly > 0
        ? null
        : { text: `Kelly fraction is ${proposal.kelly}`, value: String(proposal.kelly), limit: "above 0" },
  ),
  measured(
    "price_ceiling",
    "Nothing is bought for nearly a dollar",
    ({ proposal, limits }) =>
      // At the ceiling itself nothing is bought.
      proposal.opening === 0
        ? NO_MEASURES
        : [perContract("Price of a contract", costOf(proposal), limits.priceCeiling - 1)],
    ({ added, limit }) => `Buying at ${added / 10_000}, allowed is below ${(limit + 1) / 10_000}`,
  ),
  measured(
    "beyond_fair_value",
    "A bet's price lies within a bound of fair value",
    ({ proposal, limits }) =>
      isBet(proposal) && hasProbability(proposal)
        ? [perContract(
          "Price against the model's fair value",
          costOf(proposal),
          worthOf(proposal) + limits.fairValueBound,
        )]
        : NO_MEASURES,
    ({ added, limit }) => `Buying at ${added / 10_000}, fair and its bound are ${(limit / 10_000).toFixed(4)}`,
  ),
  measured(
    "fee_inversion",
    "The fee is less than what can be won",
    ({ proposal }) => {
      const { opening, count, worstFee } = proposal;
      if (opening === 0) return NO_MEASURES;
      const wins = count * (ONE_DOLLAR_PRICE - costOf(proposal));
      // A fee that takes all that can be won is too much already.
      const limit = wins - 1;
      return [{ name: "Fee at worst against what can be won", unit: "dollars", used: 0, added: worstFee, limit }];
    },
    ({ added, limit }) =>
      `The fee ${formatMoney(money(added))} takes all that the order can win: ${formatMoney(money(limit + 1))}`,
  ),
  measured(
    "beyond_depth",
    "No more is taken than is displayed",
    ({ proposal: { opening, isTaker, count, depth } }) =>
      opening === 0 || !isTaker
        ? NO_MEASURES
        : [{ name: "Contracts displayed", unit: "contracts", used: 0, added: count, limit: depth }],
    ({ added, limit }) => `${added / 100} contracts wanted, ${limit / 100} displayed`,
  ),
  cap(
    "canary_order_cap",
    "Cap of one order of the canary",
    ({ stakes: { canary } }, added) =>
      canary == null ? [] : [{ name: "One order of the canary", used: 0, added, limit: canary.order }],
  ),
  cap("order_cap", "Cap of one order", ({ limits }, added) => [
    { name: "One order", used: 0, added, limit: Math.min(limits.order, HARD_ORDER_LIMIT) },
  ]),
  cap("trade_cap", "Cap of one trade", ({ stakes, limits }, added) => [
    { name: "One trade", used: stakes.trade, added, limit: limits.trade },
  ]),
  cap("market_cap", "Cap of one market", ({ proposal, stakes, limits }, added) => [
    { name: `Market ${proposal.ticker}`, used: stakes.market, added, limit: limits.market },
  ]),
  cap(
    "position_limit",
    "The exchange's own limit of a market",
    ({ stakes: { positionLimit, market } }, added) =>
      positionLimit == null
        ? []
        : [{ name: "The exchange's position limit", used: market, added, limit: positionLimit }],
  ),
  cap(
    "canary_cap",
    "Cap of the canary",
    ({ proposal, stakes: { canary, total, noRoom } }, risk) =>
      canary == null ? [] : [{
        name: "Open exposure of the canary",
        used: total,
        added: beyond(risk, proposal, noRoom),
        limit: canary.exposure,
      }],
  ),
  cap("exposure_cap", "Cap of all that is open", ({ proposal, stakes, limits }, risk) => [{
    name: "Open exposure",
    used: stakes.total,
    added: beyond(risk, proposal, stakes.noRoom),
    limit: limits.openExposure,
  }]),
  cap("category_cap", "Share of NAV in one category", ({ proposal, stakes, limits }, risk) => [{
    name: `${limits.categoryPercent} % of NAV in one category`,
    used: stakes.category,
    added: beyond(risk, proposal, stakes.noRoom),
    limit: shareOf(stakes.nav, limits.categoryPercent),
  }]),
  cap("correlated_cap", "Share of NAV in markets that move together", ({ proposal, stakes, limits }, risk) => [{
    name: `${limits.correlatedPercent} % of NAV in markets that move together`,
    used: stakes.correlated,
    added: beyond(risk, proposal, stakes.noRoom),
    limit: shareOf(stakes.nav, limits.correlatedPercent),
  }]),
  cap(
    "group_cap",
    "Share of NAV in a group",
    ({ proposal, stakes: { nav, groups = [], noRoom } }, risk) =>
      groups.map(({ name, percent, used }) => ({
        name: `${percent} % of NAV in group ${name}`,
        used,
        added: beyond(risk, proposal, noRoom),
        limit: shareOf(nav, percent),
      })),
  ),
  cap(
    "budget_cap",
    "Budget of the strategy",
    ({ proposal, stakes: { budget, strategy, ownNoRoom } }, risk) =>
      budget === null ? [] : [{
        name: "The strategy's budget",
        used: strategy,
        added: beyond(risk, proposal, ownNoRoom),
        limit: budget,
      }],
  ),
  cap("cash", "Cash that no open order binds", ({ stakes }, added) => [
    { name: "Cash not bound by open orders", used: 0, added, limit: stakes.cash },
  ]),
];

/** The first rule that keeps an order back; `null` where it may go. */
export function checkOrder(ask: Ask): OrderRefusal | null {
  for (const { code, name, check } of RULES) {
    const found = check(ask);
    if (found !== null) return { code, rule: name, ...found, market: ask.proposal.ticker };
  }
  return null;
}
