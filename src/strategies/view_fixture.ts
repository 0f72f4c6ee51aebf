/**
 * A hand-made view of one market for the tests of strategies.
 * @module
 */

import assert from "node:assert/strict";
import { Book } from "../core/book.ts";
import type { Level } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import { after, aMarket, NOON } from "../core/market_fixture.ts";
import { PriceGrid } from "../core/price_grid.ts";
import { count, micros, MICROS_PER_SECOND, money, price } from "../core/units.ts";
import type { EventReading, IndexReading, Opinion, SpotReading, StrategyView, Target } from "./strategy.ts";

export { after };

export type Pair = readonly [price: number, count: number];

/** What is unlike {@link viewOf}'s calm scene. */
export interface Scene {
  readonly market?: Partial<Market>;
  readonly yes?: readonly Pair[];
  readonly no?: readonly Pair[];
  readonly index?: Partial<IndexReading> | null;
  readonly spot?: Partial<SpotReading> | null;
  readonly event?: Partial<EventReading>;
  /** Basis points by seconds back. */
  readonly moves?: Readonly<Record<number, number>>;
  readonly view?: Partial<StrategyView>;
  readonly prepare?: (book: Book) => void;
}

const levels = (from: readonly Pair[]): Level[] => from.map(([at, size]) => [price(at), count(size)]);

/** Ten minutes after noon: bid 0.49, ask 0.51, 100 contracts each, 5 minutes to go, probability one half, nothing held, no spot prices. */
export function viewOf(scene: Scene = {}): StrategyView {
  const market = aMarket(scene.market);
  const grid = PriceGrid.from(market.priceRanges);
  assert.ok(grid instanceof PriceGrid);
  const book = new Book();
  book.replace(levels(scene.yes ?? [[4_900, 10_000]]), levels(scene.no ?? [[4_900, 10_000]]), NOON);
  scene.prepare?.(book);
  const at = after(600);
  const index: IndexReading = {
    value: 84_000,
    age: 500_000,
    lag: 0,
    volatility: 1e-4,
    source: "official",
    basisSd: 0,
    move: (seconds) => scene.moves?.[seconds] ?? null,
    ...scene.index,
  };
  const spot: SpotReading = { vwap: 84_000, last: 84_000, exchanges: 5, age: 0, latency: 0, ...scene.spot };
  return {
    at,
    market,
    grid,
    book,
    quotedAt: micros(at - 10 * MICROS_PER_SECOND),
    index: scene.index === null ? null : index,
    spot: scene.spot === undefined || scene.spot === null ? null : spot,
    probability: 0.5,
    secondsToClose: 300,
    position: count(0),
    restingBid: null,
    restingAsk: null,
    restingBidLeft: count(0),
    restingAskLeft: count(0),
    rivalBid: book.bid,
    rivalAsk: book.ask,
    event: { strikeBelow: null, lastOrderAt: micros(0), held: false, ...scene.event },
    nav: money(10_000_000_000),
    recovering: false,
    headroom: money(500_000_000),
    orders: [],
    unheard: count(0),
    flow: null,
    peer: null,
    climate: null,
    fedFunds: null,
    lastOrderAt: micros(0),
    ownPosition: scene.view?.position ?? count(0),
    ...scene.view,
  };
}

/** The one target of an opinion that has one, and no refusal. */
export function onlyTarget(opinion: Opinion): Target {
  assert.equal(opinion.refusal, null, JSON.stringify(opinion.refusal));
  assert.equal(opinion.targets.length, 1);
  return opinion.targets[0];
}
