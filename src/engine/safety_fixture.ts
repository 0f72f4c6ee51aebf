/**
 * A run with every halt switched on, and a strategy that always wants the same: to sell what it holds of one market, and to
 * buy more of it. So what rests tells what may go out. For tests.
 * @module
 */

import { count, MICROS_PER_SECOND, money, price } from "../core/units.ts";
import type { ResumeState, StateRecord } from "../core/record.ts";
import { after, EVIDENCE } from "../execution/order_fixture.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import { register } from "../strategies/registry.ts";
import type { Opinion, Target } from "../strategies/strategy.ts";
import { z } from "zod";
import { anAccount, OTHER, Rig, TICKER } from "./engine_fixture.ts";
import { type EngineOptions, FRESH, type SafetyRules } from "./options.ts";

export const SAFETY: SafetyRules = {
  breakers: { maxDrawdownPercent: 20, consecutiveLosses: 2, coolDown: 60 * MICROS_PER_SECOND },
  autoHalts: {
    apiErrorPercent: 5,
    apiCallsMin: 20,
    feedStale: 5 * MICROS_PER_SECOND,
    clockOffset: 1 * MICROS_PER_SECOND,
  },
  recovery: { drawdownPercent: 5, fraction: 0.1 },
};

export const SCRIPTED = "scripted";
/** What it holds from the start, in hundredths: so much of what it wants closes. */
export const HELD = 1_000;

/** What makes the strategy misbehave; as a new run begins, nothing does. */
export interface Script {
  fails: boolean;
  /** Of the bid. */
  probability: number;
}

const wants = (side: Target["side"], at: number, probability: number): Target => ({
  side,
  price: price(at),
  count: count(HELD),
  timeInForce: "good_till_canceled",
  postOnly: true,
  signal: "test",
  kelly: 0.1,
  depth: count(100_000),
  evidence: { ...EVIDENCE, modelProbability: probability },
});

function scripted(script: Script) {
  const opinion = (targets: readonly Target[]): Opinion => ({ targets, refusal: null, edge: 0.05, edgeSide: "yes" });
  const ask = (): Target => wants("ask", 6_000, 0.5);
  return register({
    name: SCRIPTED,
    title: "Scripted",
    parameters: z.strictObject({}),
    hooks: { ...STANDARD_HOOKS, windUp: ({ ownPosition }) => opinion(ownPosition > 0 ? [ask()] : []) },
    trades: () => true,
    decide: () => {
      if (script.fails) throw new Error("as the script says");
      return opinion([ask(), wants("bid", 4_000, script.probability)]);
    },
  });
}

/** Ten contracts of the market are held, and one market was lost before. */
export const HOLDING: ResumeState = {
  ...FRESH,
  account: anAccount(),
  positions: [{
    kind: "position",
    ticker: TICKER,
    position: count(HELD),
    cost: money(5_000_000),
    realised: money(0),
    fees: money(0),
    strategy: SCRIPTED,
    parts: { [SCRIPTED]: count(HELD) },
    flows: { [SCRIPTED]: money(-5_000_000) },
    updatedAt: after(0),
  }],
};

/** A run and where its time stands. */
export interface Stage {
  readonly rig: Rig;
  readonly script: Script;
  /** Lets so many seconds pass; the venue of a paper run answers meanwhile. */
  pass(seconds: number): void;
  /** Of the strategy in the market, what rests now. */
  rests(): readonly string[];
  /** The seconds that passed since noon. */
  readonly now: number;
}

/** A run begins, at so many seconds after noon, and both markets stand at so many cents. */
export function stageAt(seconds: number, change: Partial<EngineOptions> = {}, cents = 50): Stage {
  const script: Script = { fails: false, probability: 0.5 };
  const options: Partial<EngineOptions> = {
    startedAt: after(seconds),
    strategies: [{ name: SCRIPTED, enabled: true, parameters: {} }],
    safety: SAFETY,
    resume: HOLDING,
    ...change,
  };
  const rig = new Rig(options, [scripted(script)]);
  let now = seconds;
  rig.market(now, { closeTime: after(50_000) });
  rig.market(now, { ticker: OTHER, event: "KXETH15M-26NOV200715", series: "KXETH15M", closeTime: after(50_000) });
  for (const ticker of [TICKER, OTHER]) {
    rig.book(now, [[cents * 100 - 100, 100_000]], [[9_900 - cents * 100, 100_000]], null, ticker);
  }
  const stage: Stage = {
    rig,
    script,
    pass: (by) => {
      const end = now + by;
      while (now < end) rig.clock(now = Math.min(end, now + 0.5));
    },
    rests: () =>
      [...rig.engine.desk.orders.openIn(TICKER)]
        .filter(({ phase }) => phase === "resting").map(({ intent }) => intent.side).sort(),
    get now() {
      return now;
    },
  };
  return stage;
}

/** What the next run of the same state directory begins with: the records of this one folded, as the store folds them. */
export function resumeOf({ rig }: Stage): ResumeState {
  const { resume } = rig.engine.options;
  const records = rig.all("record").map(({ record }) => record);
  const newest = <Kind extends StateRecord["kind"]>(
    kind: Kind,
    before: readonly Extract<StateRecord, { kind: Kind }>[],
    key: (record: Extract<StateRecord, { kind: Kind }>) => string,
  ) => {
    const rows = new Map(before.map((record) => [key(record), record]));
    for (const record of records) {
      if (record.kind !== kind) continue;
      const row = record as Extract<StateRecord, { kind: Kind }>;
      rows.set(key(row), row);
    }
    return [...rows.values()];
  };
  const settled = new Set(rig.records("settlement").map(({ ticker }) => ticker));
  return {
    ...FRESH,
    account: rig.records("account").at(-1) ?? resume.account,
    positions: newest("position", resume.positions, ({ ticker }) => ticker)
      .filter(({ ticker }) => !settled.has(ticker)),
    halts: newest("halt", resume.halts, ({ name }) => name)
      .filter(({ active, persistent }) => active && persistent),
    strategies: newest("strategy", resume.strategies ?? [], ({ name }) => name),
  };
}

/** The next run of the same state directory. */
export const restarted = (stage: Stage, change: Partial<EngineOptions> = {}, cents = 50): Stage =>
  stageAt(stage.now + 1, { resume: resumeOf(stage), ...change }, cents);
