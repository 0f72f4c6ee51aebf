// Finds arbitrage among the best quotes of many markets (src/models/arbitrage.ts says what is found and what it means).
// Quotes are changed in place, one call a change; a scan copies nothing.
//
// A scanner is a number that `open` gives. No export takes or returns an i64, which would be a BigInt.

import { fillRounding, learnSchedule, unitFee, wholeFee } from "./arbitrage/fees";
import { forgetHits, hitField } from "./arbitrage/hits";
import { GROUP_BYTES, NO_ASK, NO_BID, openScanner, QUOTE_BYTES, Scanner } from "./arbitrage/scanner";
import { scanStrikes } from "./arbitrage/strikes";
import { scanSums } from "./arbitrage/sums";
import { scanVenues } from "./arbitrage/venues";

const EVENT = 0;
const LADDER = 1;

const SUMS = 1;
const STRIKES = 2;
const VENUES = 4;

const ONE_DOLLAR = 10_000;

/** A scanner with room for so many slots, groups and results, all empty; 0 where there is none. */
export function open(slots: i32, groups: i32, kept: i32): usize {
  const scanner = openScanner(slots, groups, kept);
  return scanner === null ? 0 : changetype<usize>(scanner);
}

/** Gives a scanner back; its memory is used again. */
export function close(handle: usize): void {
  changetype<Scanner>(handle).inUse = 0;
}

export function configure(
  handle: usize,
  fillsPerLeg: i32,
  countMax: i32,
  netMin: f64,
  leaveOutMissing: bool,
  denominator: f64,
): void {
  const scanner = changetype<Scanner>(handle);
  scanner.fillsPerLeg = <f64> fillsPerLeg;
  scanner.denominator = denominator;
  scanner.countMax = countMax;
  scanner.netMin = netMin;
  scanner.leaveOutMissing = <i32> leaveOutMissing;
}

/** The number of a fee of price x (10,000 - price) x count x numerator / denominator; -1 where there are too many. */
export function schedule(numerator: f64, denominator: f64, rounded: bool): i32 {
  return learnSchedule(numerator, denominator, rounded);
}

/**
 * Lays out the next group, behind the last: 0 outcomes of an event, 1 strikes of a ladder. Its first slot, a multiple of
 * eight; -1 where it does not fit.
 */
export function addGroup(
  handle: usize,
  kind: i32,
  count: i32,
  exclusive: bool,
  exhaustive: bool,
  confidence: f64,
): i32 {
  const scanner = changetype<Scanner>(handle);
  const start = scanner.slots;
  const padded = (count + 7) & ~7;
  if (count < 1 || start + padded > scanner.slotsCapacity || scanner.groups === scanner.groupsCapacity) return -1;
  for (let slot = start; slot < start + padded; slot++) {
    clearQuote(handle, slot);
    clearPeer(handle, slot);
    // Behind the last outcome: adds nothing to a sum of asks.
    if (kind === EVENT && slot >= start + count) store<i16>(scanner.asks + <usize> slot * 2, 0);
  }
  const record = scanner.groupRecords + <usize> scanner.groups * GROUP_BYTES;
  store<i32>(record, kind);
  store<i32>(record, start, 4);
  store<i32>(record, count, 8);
  store<i32>(record, <i32> exclusive, 12);
  store<i32>(record, <i32> exhaustive, 16);
  store<f64>(record, confidence, 24);
  scanner.slots = start + padded;
  scanner.groups++;
  return start;
}

/** What fees a slot's market pays here and on the other venue, if it is there, and how far that pair is believed. */
export function describe(handle: usize, slot: i32, own: i32, peer: i32, hasPeer: bool, confidence: f64): void {
  const scanner = changetype<Scanner>(handle);
  if (hasPeer) scanner.peerSlots = max(scanner.peerSlots, slot + 1);
  store<u8>(scanner.schedules + <usize> slot, <u8> own);
  store<u8>(scanner.peerSchedules + <usize> slot, <u8> peer);
  store<f64>(scanner.confidences + <usize> slot * 8, confidence);
}

/**
 * A side is missing where its price is not inside $0 and $1 or nothing stands there; both are where the book is crossed or
 * locked, which is not to be traded on.
 */
function put(
  asks: usize,
  bids: usize,
  quotes: usize,
  fees: i32,
  slot: i32,
  countMax: i32,
  bid: i32,
  bidSize: f64,
  ask: i32,
  askSize: f64,
): void {
  let hasBid = bid > 0 && bid < ONE_DOLLAR && bidSize >= 1;
  let hasAsk = ask > 0 && ask < ONE_DOLLAR && askSize >= 1;
  if (hasBid && hasAsk && bid >= ask) {
    hasBid = false;
    hasAsk = false;
  }
  const record = quotes + <usize> slot * QUOTE_BYTES;
  store<i32>(record, hasAsk ? ask : 0);
  store<i32>(record, hasAsk ? <i32> min<f64>(askSize, <f64> countMax) : 0, 4);
  store<i32>(record, hasBid ? bid : 0, 8);
  store<i32>(record, hasBid ? <i32> min<f64>(bidSize, <f64> countMax) : 0, 12);
  store<f64>(record, hasAsk ? unitFee(fees, ask) : 0, 16);
  store<f64>(record, hasBid ? unitFee(fees, bid) : 0, 24);
  store<f64>(record, hasAsk ? fillRounding(fees, ask) : 0, 32);
  store<f64>(record, hasBid ? fillRounding(fees, bid) : 0, 40);
  store<i16>(asks + <usize> slot * 2, <i16> (hasAsk ? ask + wholeFee(fees, ask) : NO_ASK));
  store<i16>(bids + <usize> slot * 2, <i16> (hasBid ? bid - wholeFee(fees, bid) : NO_BID));
}

/** The best quotes of a slot's market: prices in units of $0.0001, sizes in 0.01 contract, 0 where a side is empty. */
export function setQuote(handle: usize, slot: i32, bid: i32, bidSize: f64, ask: i32, askSize: f64): void {
  const scanner = changetype<Scanner>(handle);
  const fees = <i32> load<u8>(scanner.schedules + <usize> slot);
  put(scanner.asks, scanner.bids, scanner.quotes, fees, slot, scanner.countMax, bid, bidSize, ask, askSize);
}

/** The same on the other venue. */
export function setPeer(handle: usize, slot: i32, bid: i32, bidSize: f64, ask: i32, askSize: f64): void {
  const scanner = changetype<Scanner>(handle);
  const fees = <i32> load<u8>(scanner.peerSchedules + <usize> slot);
  put(scanner.peerAsks, scanner.peerBids, scanner.peerQuotes, fees, slot, scanner.countMax, bid, bidSize, ask, askSize);
}

/** Nothing is known of the market any more. */
export function clearQuote(handle: usize, slot: i32): void {
  setQuote(handle, slot, 0, 0, 0, 0);
}

export function clearPeer(handle: usize, slot: i32): void {
  setPeer(handle, slot, 0, 0, 0, 0);
}

/** Searches anew: 1 sums of events, 2 strikes of ladders, 4 pairs with the other venue, or any sum of them. */
export function scan(handle: usize, kinds: i32): void {
  const scanner = changetype<Scanner>(handle);
  forgetHits(scanner);
  for (let group = 0; group < scanner.groups; group++) {
    const record = scanner.groupRecords + <usize> group * GROUP_BYTES;
    const start = load<i32>(record, 4);
    const count = load<i32>(record, 8);
    const confidence = load<f64>(record, 24);
    if (load<i32>(record) === LADDER) {
      if (kinds & STRIKES) scanStrikes(scanner, group, start, count, confidence);
    } else if (kinds & SUMS) {
      scanSums(scanner, group, start, count, load<i32>(record, 12) !== 0, load<i32>(record, 16) !== 0, confidence);
    }
  }
  if (kinds & VENUES) scanVenues(scanner);
}

/** How many the last scan found. */
export function found(handle: usize): i32 {
  return changetype<Scanner>(handle).found;
}

/** How many of these were kept: the best by score. */
export function kept(handle: usize): i32 {
  return changetype<Scanner>(handle).kept;
}

/** One figure of one that was kept (hits.ts says which), in no order. */
export function hit(handle: usize, index: i32, field: i32): f64 {
  return hitField(changetype<Scanner>(handle), index, field);
}

/**
 * A figure of a slot's quotes: 0 ask, 1 its size, 2 bid, 3 its size; 4 to 7 the same on the other venue. 0 where missing.
 */
export function quoted(handle: usize, slot: i32, field: i32): i32 {
  const scanner = changetype<Scanner>(handle);
  const quotes = field < 4 ? scanner.quotes : scanner.peerQuotes;
  return load<i32>(quotes + <usize> slot * QUOTE_BYTES + <usize> (field & 3) * 4);
}
