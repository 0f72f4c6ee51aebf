/**
 * For tests: what a cycle of markets is given, with nothing else on the exchange, so that days go by at once.
 * @module
 */

import { type Micros, micros } from "../../core/units.ts";
import type { ExchangeEvent } from "./events.ts";
import { FaultSwitches } from "./faults.ts";
import { TradingFloor } from "./floor.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { CycleParts } from "./market_cycle.ts";
import { Random } from "./random.ts";
import { Timeline } from "./timeline.ts";

export interface Listing {
  readonly parts: CycleParts;
  readonly markets: ReadonlyMap<string, ListedMarket>;
  /** Everything that was told, in order. */
  readonly told: readonly ExchangeEvent[];
  /** Markets that paid, in order. */
  readonly paid: readonly ListedMarket[];
  advanceTo(time: Micros): void;
  /** The markets of an event in order of listing. */
  of(event: string): readonly ListedMarket[];
}

export function listingAt(startAt: Micros, seed: number): Listing {
  const timeline = new Timeline(micros(startAt));
  const markets = new Map<string, ListedMarket>();
  const told: ExchangeEvent[] = [];
  const paid: ListedMarket[] = [];
  const emit = (event: ExchangeEvent) => void told.push(event);
  return {
    parts: {
      timeline,
      floor: new TradingFloor(emit, Random.named(seed, "trades")),
      emit,
      random: Random.named(seed, "cycle"),
      faults: new FaultSwitches([]),
      markets,
      pay: (market) => void paid.push(market),
    },
    markets,
    told,
    paid,
    advanceTo: (time) => timeline.advanceTo(time),
    of: (event) => [...markets.values()].filter((market) => market.event === event),
  };
}
