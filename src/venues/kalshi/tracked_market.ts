/**
 * What a market's times and status ask of the client. The exchange announces neither open nor close (KALSHI.md 5.7),
 * and a 15-minute market's strike appears only after its open (KALSHI.md 8.1), so that one has to look again.
 * @module
 */

import type { LifecycleInput } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { LifecycleNotice } from "./frames_lifecycle.ts";

/** Books are subscribed this long before a market opens. */
export const SUBSCRIBE_AHEAD = 60 * MICROS_PER_SECOND;
/** For this long after a change was due it is looked for every second; afterwards the regular look has to do. */
const LOOK_PATIENCE = 60 * MICROS_PER_SECOND;

/** True where the exchange has not said yet what the settlement number is compared with. */
export function isStrikeMissing(market: Market): boolean {
  switch (market.strikeType) {
    case "functional":
    case "custom":
    case "structured":
      return false;
    case "less":
    case "less_or_equal":
      return market.capStrike === null;
    case "between":
      return market.floorStrike === null || market.capStrike === null;
    case "greater":
    case "greater_or_equal":
      return market.floorStrike === null;
    case null:
      return market.floorStrike === null && market.capStrike === null;
  }
}

/** When something about the market should have changed that it does not show yet; `null` where nothing is due. */
export function overdueSince(market: Market, now: Micros): Micros | null {
  if (market.status === "initialized" && market.openTime <= now) return market.openTime;
  if (market.status === "active" && market.closeTime <= now) return market.closeTime;
  if (market.status === "active" && isStrikeMissing(market)) return market.openTime;
  return null;
}

/** True where the market should be looked at every second now. */
export function needsLook(market: Market, now: Micros): boolean {
  const since = overdueSince(market, now);
  return since !== null && now < since + LOOK_PATIENCE;
}

/** The next time at which the market's state or subscription changes by itself, `null` where none lies ahead. */
export function nextMoment(market: Market, now: Micros): number | null {
  const moments = [market.openTime - SUBSCRIBE_AHEAD, market.openTime, market.closeTime].filter((time) => time > now);
  return moments.length === 0 ? null : Math.min(...moments);
}

/** True while the market's book is wanted: from a minute before its open until it has settled. */
export const isBookWanted = (market: Market, now: Micros): boolean =>
  market.status === "initialized" ? market.openTime - SUBSCRIBE_AHEAD <= now : market.status !== "finalized";

/**
 * Reads lag behind: what was known about a strike is not forgotten because an older body comes late.
 */
export function mergeMarket(known: Market | undefined, read: Market): Market {
  if (known === undefined || !isStrikeMissing(read) || isStrikeMissing(known)) return read;
  return { ...read, strikeType: known.strikeType, floorStrike: known.floorStrike, capStrike: known.capStrike };
}

/** The market after a lifecycle notice, as far as the notice itself says. */
export function applyNotice(market: Market, notice: LifecycleNotice): Market {
  return {
    ...market,
    closeTime: notice.event === "close_date_updated" ? notice.closeTime ?? market.closeTime : market.closeTime,
    strikeType: notice.strikeType ?? market.strikeType,
    floorStrike: notice.floorStrike ?? market.floorStrike,
    capStrike: notice.capStrike ?? market.capStrike,
    priceRanges: notice.priceRanges ?? market.priceRanges,
  };
}

/** What a market's body says about its end, for those who did not hear it on the socket. */
export function endingOf(market: Market, at: Micros): LifecycleInput | null {
  const { ticker, result, settlementValue } = market;
  if (result === "") return null;
  if (market.status === "finalized") {
    return { type: "lifecycle", at, ticker, event: "settled", result, settlementValue };
  }
  if (market.status === "determined") {
    return { type: "lifecycle", at, ticker, event: "determined", result, settlementValue };
  }
  return null;
}

/** True where nothing that a reader of markets cares about differs. */
export const isSameMarket = (a: Market, b: Market): boolean => JSON.stringify(a) === JSON.stringify(b);
