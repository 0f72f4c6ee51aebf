/**
 * What may change while a run trades: the limits of risk, and the parameters of strategies.
 *
 * | what is asked | what becomes of it |
 * | --- | --- |
 * | another limit | counts from the next order on, tighter or wider; what rests is made to match it by the next decision |
 * | a tighter bound of prices | the same, and what rests and may open something is taken back: no decision asks again at which price it rests |
 * | other parameters of a strategy | it is asked with them from now on; whether it runs is left as it is |
 * | anything that cannot be | nothing is changed, and why is written down |
 *
 * It lifts nothing: a halt stays until who or what lifts it does, and what ends by itself (auto_halts.ts) or waits for a
 * cool-down is bounded by rules that are none of these.
 * @module
 */

import type { SettingsInput } from "../core/input.ts";
import { type Money, money, ONE_DOLLAR_PRICE, type Price, price } from "../core/units.ts";
import type { RecoveryRules } from "../models/drawdown_recovery.ts";
import type { BreakerRules } from "../risk/breakers.ts";
import { HARD_ORDER_LIMIT, type RiskLimits } from "../risk/limits.ts";
import { type BoundStrategy, rebind, type Registration } from "../strategies/registry.ts";
import type { Desk } from "./desk.ts";
import type { Step } from "./step.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** Limits in force, in two parts as the desk keeps them. */
interface Bounds {
  readonly risk: RiskLimits;
  /** `null` in journals of versions without. */
  readonly breakers: BreakerRules | null;
}

interface Limit {
  /** Of one that is counted in whole units; `null` where any number is one. A journal may hold what no configuration does. */
  readonly most: number | null;
  readonly change: (bounds: Bounds, value: number) => Bounds;
}

const amount = (name: "order" | "trade" | "market" | "openExposure" | "dailyLoss"): Limit => ({
  most: Number.MAX_SAFE_INTEGER,
  change: ({ risk, breakers }, value) => {
    const most: Money = money(value);
    return { risk: { ...risk, [name]: most }, breakers };
  },
});
const share = (name: "categoryPercent" | "correlatedPercent" | "dailyLossPercent"): Limit => ({
  most: null,
  change: ({ risk, breakers }, value) => ({ risk: { ...risk, [name]: value }, breakers }),
});
const priced = (name: "priceCeiling" | "fairValueBound"): Limit => ({
  most: ONE_DOLLAR_PRICE,
  change: ({ risk, breakers }, value) => {
    const bound: Price = price(value);
    return { risk: { ...risk, [name]: bound }, breakers };
  },
});
const breaker = (name: "maxDrawdownPercent" | "consecutiveLosses", most: number | null): Limit => ({
  most,
  change: ({ risk, breakers }, value) => ({
    risk,
    breakers: breakers === null ? null : { ...breakers, [name]: value },
  }),
});

/** Every limit that may change, by the name that a journal has it under. */
const LIMITS = {
  order: amount("order"),
  trade: amount("trade"),
  market: amount("market"),
  openExposure: amount("openExposure"),
  categoryPercent: share("categoryPercent"),
  correlatedPercent: share("correlatedPercent"),
  dailyLoss: amount("dailyLoss"),
  dailyLossPercent: share("dailyLossPercent"),
  priceCeiling: priced("priceCeiling"),
  fairValueBound: priced("fairValueBound"),
  maxDrawdownPercent: breaker("maxDrawdownPercent", null),
  consecutiveLosses: breaker("consecutiveLosses", Number.MAX_SAFE_INTEGER),
} as const satisfies Readonly<Record<string, Limit>>;

export type ChangeableLimit = keyof typeof LIMITS;

export const CHANGEABLE_LIMITS: readonly ChangeableLimit[] = Object.keys(LIMITS).filter(isChangeable);

/** Their values, by name. */
export function limitValues(risk: RiskLimits, breakers: BreakerRules): Readonly<Record<ChangeableLimit, number>> {
  const { order, trade, market, openExposure, categoryPercent, correlatedPercent } = risk;
  const { dailyLoss, dailyLossPercent, priceCeiling, fairValueBound } = risk;
  const { maxDrawdownPercent, consecutiveLosses } = breakers;
  return {
    ...{ order, trade, market, openExposure, categoryPercent, correlatedPercent },
    ...{ dailyLoss, dailyLossPercent, priceCeiling, fairValueBound, maxDrawdownPercent, consecutiveLosses },
  };
}

function isChangeable(name: string): name is ChangeableLimit {
  return Object.hasOwn(LIMITS, name);
}

export class Settings {
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #strategies: ReadonlyMap<string, BoundStrategy>;
  readonly #registry: readonly Registration[];
  readonly #recovery: RecoveryRules | undefined;
  readonly #changed = new Map<string, Parameters>();

  /** @param strategies all of them, those that are off too */
  constructor(
    step: Step,
    desk: Desk,
    strategies: readonly BoundStrategy[],
    registry: readonly Registration[],
    recovery: RecoveryRules | undefined,
  ) {
    this.#step = step;
    this.#desk = desk;
    this.#strategies = new Map(strategies.map((strategy) => [strategy.name, strategy]));
    this.#registry = registry;
    this.#recovery = recovery;
  }

  /** The parameters that a strategy got since the start; `undefined` where it has those that it began with. */
  parametersOf(strategy: string): Parameters | undefined {
    return this.#changed.get(strategy);
  }

  /** Takes all of it, or nothing. False where it was nothing. */
  take({ limits, strategies, text, via }: SettingsInput): boolean {
    const bounds = this.#boundsWith(limits);
    if (typeof bounds === "string") return this.#refuse(bounds, via);
    const bound: [BoundStrategy, BoundStrategy, Parameters][] = [];
    for (const { name, parameters } of strategies) {
      const held = this.#strategies.get(name);
      const next = this.#bind(name, parameters);
      if (held === undefined || typeof next === "string") {
        return this.#refuse(typeof next === "string" ? next : `No strategy is called ${name}`, via);
      }
      bound.push([held, next, parameters]);
    }
    const { priceCeiling, fairValueBound } = this.#desk.limits;
    this.#desk.limit(bounds.risk, bounds.breakers);
    if (bounds.risk.priceCeiling < priceCeiling || bounds.risk.fairValueBound < fairValueBound) this.#pullOpening();
    for (const [held, next, parameters] of bound) {
      rebind(held, next);
      this.#changed.set(held.name, parameters);
    }
    this.#step.audit("settings_changed", null, `By ${via}: ${text}`);
    return true;
  }

  /** Those that may rest as they do are sent again by the next decision. */
  #pullOpening(): void {
    for (const order of [...this.#desk.orders.open()]) {
      if (!order.intent.reduceOnly) this.#desk.cancel(order, "Prices are bounded tighter now");
    }
  }

  #boundsWith(limits: SettingsInput["limits"]): Bounds | string {
    let bounds: Bounds = { risk: this.#desk.limits, breakers: this.#desk.breakers };
    for (const [name, value] of Object.entries(limits)) {
      if (!isChangeable(name)) return `${name} is no limit that may change: they are ${CHANGEABLE_LIMITS.join(", ")}`;
      if (value < 0) return `Limit ${name} cannot be ${value}: allowed is 0 or more`;
      const { most, change } = LIMITS[name];
      if (most !== null && (!Number.isSafeInteger(value) || value > most)) {
        return `Limit ${name} cannot be ${value}: allowed is a whole number up to ${most}`;
      }
      bounds = change(bounds, value);
    }
    if (bounds.risk.order > HARD_ORDER_LIMIT) {
      return `Limit order cannot be ${bounds.risk.order}: ${HARD_ORDER_LIMIT} is a hard cap`;
    }
    return bounds;
  }

  /** The reason where it cannot be made. */
  #bind(name: string, parameters: Parameters): BoundStrategy | string {
    const registered = this.#registry.find((strategy) => strategy.name === name);
    if (registered === undefined) return `No strategy is called ${name}`;
    try {
      return registered.bind(parameters, this.#recovery);
    } catch (error) {
      return `Strategy ${name} does not take these parameters: ${
        error instanceof Error ? error.message : String(error)
      }`;
    }
  }

  #refuse(reason: string, via: string): false {
    this.#step.audit("settings_refused", null, `By ${via}: ${reason}`);
    this.#step.log("error", `Settings are not changed. ${reason}`);
    return false;
  }
}
