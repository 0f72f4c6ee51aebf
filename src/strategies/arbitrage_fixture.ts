/**
 * Hand-made events for the tests of arbitrage.
 * @module
 */

import type { Market } from "../core/market.ts";
import { count, micros, money } from "../core/units.ts";
import { arbitrage } from "./arbitrage.ts";
import { register } from "./registry.ts";
import type { GroupOpinion, GroupView, Opinion, StrategyView } from "./strategy.ts";
import { after, type Pair, type Scene, viewOf } from "./view_fixture.ts";

export const EVENT = "KXHIGHNY-26NOV20";

/** One market of an event, as a test writes it down: best YES bid and ask in cents, with contracts, and what it is on. */
export interface Quoted {
  readonly ticker: string;
  readonly bid?: Pair;
  readonly ask?: Pair;
  readonly market?: Partial<Market>;
  readonly scene?: Omit<Scene, "market" | "yes" | "no">;
}

/** Markets of a temperature: below 50 degrees, 50 to 51, 52 to 53, above 53. Together they leave nothing out. */
export const BUCKETS: readonly Pick<Market, "ticker" | "strikeType" | "floorStrike" | "capStrike">[] = [
  { ticker: `${EVENT}-T50`, strikeType: "less", floorStrike: null, capStrike: 50 },
  { ticker: `${EVENT}-B50.5`, strikeType: "between", floorStrike: 50, capStrike: 51 },
  { ticker: `${EVENT}-B52.5`, strikeType: "between", floorStrike: 52, capStrike: 53 },
  { ticker: `${EVENT}-T53`, strikeType: "greater", floorStrike: 53, capStrike: null },
];

/** The buckets with these best bids and asks in cents, `null` for none, a hundred contracts each. */
export const buckets = (prices: readonly (readonly [bid: number | null, ask: number | null])[]): Quoted[] =>
  prices.map(([bid, ask], at) => ({
    ticker: BUCKETS[at].ticker,
    ...(bid === null ? {} : { bid: [bid, 100] }),
    ...(ask === null ? {} : { ask: [ask, 100] }),
    market: BUCKETS[at],
  }));

/** A ladder of thresholds with these best bids and asks in cents. */
export const ladder = (
  prices: readonly (readonly [bid: number, ask: number])[],
  event = "KXBTCD-26NOV2013",
): Quoted[] =>
  prices.map(([bid, ask], at) => ({
    ticker: `${event}-T${84_000 + 250 * at}`,
    bid: [bid, 100],
    ask: [ask, 100],
    market: { event, series: event.split("-")[0], strikeType: "greater", floorStrike: 84_000 + 250 * at },
  }));

const inUnits = (level: Pair | undefined, of: (cents: number) => number): Pair[] =>
  level === undefined ? [] : [[of(level[0]), Math.round(level[1] * 100)]];

/** A market's view; it closes in an hour. */
export const viewOfQuoted = ({ ticker, bid, ask, market, scene }: Quoted): StrategyView =>
  viewOf({
    ...scene,
    market: { event: EVENT, series: "KXHIGHNY", closeTime: after(4_200), roundDigits: 2, ...market, ticker },
    yes: inUnits(bid, (cents) => Math.round(cents * 100)),
    no: inUnits(ask, (cents) => 10_000 - Math.round(cents * 100)),
    view: { secondsToClose: 3_600, probability: null, ...scene?.view },
  });

/** What a group strategy sees of these markets. */
export function groupOf(markets: readonly Quoted[], change: Partial<GroupView> = {}): GroupView {
  const views = markets.map(viewOfQuoted);
  const lastOrderAt = micros(Math.max(...views.map((each) => each.lastOrderAt)));
  return {
    at: after(600),
    group: views[0].market.event,
    markets: views,
    unseen: [],
    over: [],
    joinedAt: micros(after(0)),
    nav: money(10_000_000_000),
    recovering: false,
    lastOrderAt,
    lastBasketAt: lastOrderAt,
    ...change,
  };
}

/** With these parameters; sets of four legs are not bounded by what they may lose. */
export const bound = (parameters: Readonly<Record<string, unknown>> = {}) =>
  register(arbitrage).bind({ max_leg_loss: 1_000, ...parameters });

/** Holding so many contracts, of which the last order left so many seconds ago. */
export const holding = (
  quoted: readonly Quoted[],
  contracts: readonly number[],
  secondsAgo: number | null = 5,
): Quoted[] =>
  quoted.map((each, at) => ({
    ...each,
    scene: {
      ...each.scene,
      view: {
        ...each.scene?.view,
        position: count(contracts[at] * 100),
        ownPosition: count(contracts[at] * 100),
        lastOrderAt: secondsAgo === null ? micros(0) : after(600 - secondsAgo),
      },
    },
  }));

/** Every order wanted: market, side, price in cents, contracts, signal. */
export const ordersOf = (opinions: GroupOpinion) =>
  [...opinions].flatMap(([ticker, { targets }]) =>
    targets.map(({ side, price, count, signal }) => [ticker.split("-").at(-1), side, price / 100, count / 100, signal])
  );

/** The reasons of markets that keep still, each once. */
export const reasonsOf = (
  opinions: GroupOpinion,
): string[] => [
  ...new Set([...opinions.values()].flatMap(({ refusal }: Opinion) => refusal === null ? [] : [refusal.code])),
];
