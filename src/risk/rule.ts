/**
 * What a rule of the guardian is, and the two ways to write one: by saying itself what is wrong, or by measuring something
 * that has a limit.
 * @module
 */

import {
  count as contracts,
  formatCount,
  formatMoney,
  formatPrice,
  type Money,
  money,
  price as dollars,
} from "../core/units.ts";
import { type Proposal, type Refusal, type RiskLimits, riskOf, type Stakes } from "./limits.ts";

/** What keeps orders back for another reason than the order itself: `null` and `false` where nothing does. */
export interface Circumstances {
  readonly halt: string | null;
  /** Why only what closes may go. */
  readonly reducing: string | null;
  /** The exchange takes no orders there, refused some a moment ago, or has stopped the strategy. */
  readonly pause: string | null;
  /** The market's fee type, where nobody knows what it charges. */
  readonly unknownFee: string | null;
  /** Its price is none of its market's. */
  readonly offGrid: boolean;
  /** An order of the same basket is in the same market. */
  readonly twice: boolean;
}

/** Nothing keeps an order back but itself. */
export const CLEAR: Circumstances = {
  halt: null,
  reducing: null,
  pause: null,
  unknownFee: null,
  offGrid: false,
  twice: false,
};

/** An order before the guardian. */
export interface Ask {
  readonly proposal: Proposal;
  readonly circumstances: Circumstances;
  readonly stakes: Stakes;
  readonly limits: RiskLimits;
}

export type MeasureUnit = "dollars" | "dollars per contract" | "contracts";

/** What a rule measures: integers in the unit of core/units.ts. */
export interface Measure {
  readonly name: string;
  readonly unit: MeasureUnit;
  /** Before the order. */
  readonly used: number;
  /** By the order. */
  readonly added: number;
  /** The most that both may come to. */
  readonly limit: number;
}

/** Why an order may not go. */
export interface OrderRefusal extends Refusal {
  /** The name of the rule. */
  readonly rule: string;
  /** What the rule allows, with its unit, and what was found; `null` where it knows no such thing. */
  readonly limit: string | null;
  readonly value: string | null;
  readonly market: string;
}

type Finding = Pick<OrderRefusal, "text" | "limit" | "value">;

export interface Rule {
  /** A word for counting: `order_cap`, `market_cap`, ... */
  readonly code: string;
  readonly name: string;
  /** `null` where the order may go. */
  readonly check: (ask: Ask) => Finding | null;
  /** What it measures of this order; empty where it does not apply, or measures nothing. */
  readonly measures: (ask: Ask) => readonly Measure[];
}

export const NO_MEASURES: readonly Measure[] = [];

/** A rule that says itself what is wrong. */
export const said = (code: string, name: string, check: Rule["check"]): Rule => ({
  code,
  name,
  check,
  measures: () => NO_MEASURES,
});

/** A rule that keeps something below a limit. */
export const measured = (
  code: string,
  name: string,
  measures: Rule["measures"],
  inWords: (measure: Measure) => string,
): Rule => ({
  code,
  name,
  measures,
  check(ask) {
    for (const measure of measures(ask)) {
      // What is no number passes no limit.
      if (measure.used + measure.added <= measure.limit) continue;
      const { used, added, limit, unit } = measure;
      return { text: inWords(measure), value: inUnit(used + added, unit), limit: inUnit(limit, unit) };
    }
    return null;
  },
});

const FORMATS: Readonly<Record<MeasureUnit, (amount: number) => string>> = {
  dollars: (amount) => formatMoney(money(amount)),
  "dollars per contract": (amount) => formatPrice(dollars(amount)),
  contracts: (amount) => formatCount(contracts(amount)),
};

/** A measure's amount as an exact decimal, without its unit. */
export const formatMeasure = (amount: number, unit: MeasureUnit): string => FORMATS[unit](amount);

/** The same with it. */
export const inUnit = (amount: number, unit: MeasureUnit): string => `${formatMeasure(amount, unit)} ${unit}`;

/** A cap on what is at stake: what the order opens is bounded, what it closes is not. */
export const cap = (
  code: string,
  name: string,
  amounts: (ask: Ask, risk: Money) => readonly Omit<Measure, "unit">[],
): Rule =>
  measured(
    code,
    name,
    (ask) =>
      ask.proposal.opening === 0
        ? NO_MEASURES
        : amounts(ask, riskOf(ask.proposal)).map((amount) => ({ ...amount, unit: "dollars" })),
    ({ name: what, used, added, limit }) =>
      `${what}: ${formatMoney(money(used))} at risk and ${formatMoney(money(added))} more, allowed ${
        formatMoney(money(limit))
      }`,
  );
