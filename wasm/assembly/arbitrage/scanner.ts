// The memory of one scanner: a structure of arrays, a place ("slot") per market in each. What the search compares stands
// in arrays of i16, eight to a vector; what is only looked at where the comparison hits stands beside, one record a slot.
//
// Prices are units of $0.0001 (0 to 10,000), sizes units of 0.01 contract.

import { take } from "../memory/arena";

/** Markets of one scanner, and scanners that may be in use at once. */
export const SLOTS_MAX = 65_536;
export const GROUPS_MAX = 16_384;
export const KEPT_MAX = 4_096;
const SCANNERS_MAX = 256;

/** Nothing is offered at any price; nothing is bid at any price. Neither ever compares as a hit. */
export const NO_ASK: i32 = 32_767;
export const NO_BID: i32 = -32_768;

/**
 * Of a record in {@link Scanner.quotes}: ask, its size, bid, its size, each i32 (price 0 where missing), then what fees.ts
 * makes of the two prices: fee a unit of the ask, of the bid, rounding of a fill at the ask, at the bid, each f64.
 */
export const QUOTE_BYTES = 48;
/** Of a group: kind, first slot, slots, whether outcomes exclude each other, whether they cover everything, confidence. */
export const GROUP_BYTES = 32;
/** Of a found arbitrage, see hits.ts. */
export const HIT_BYTES = 88;
/** Of its node in the heap. */
export const HEAP_BYTES = 24;

@unmanaged
export class Scanner {
  inUse: i32;
  slotsCapacity: i32;
  groupsCapacity: i32;
  keptCapacity: i32;
  /** Whole vectors of slots that are laid out. */
  slots: i32;
  groups: i32;
  /** Slots up to the last that another venue has too. */
  peerSlots: i32;
  kept: i32;
  keptMax: i32;
  found: i32;
  fillsPerLeg: f64;
  /** Of all fees, see fees.ts. */
  denominator: f64;
  countMax: i32;
  leaveOutMissing: i32;
  /** What an arbitrage must earn more than, micro-dollars. */
  netMin: f64;
  /** Ask plus fee and bid less fee, per contract, the fee rounded down: no arbitrage is missed by comparing these. */
  asks: usize;
  bids: usize;
  peerAsks: usize;
  peerBids: usize;
  quotes: usize;
  peerQuotes: usize;
  schedules: usize;
  peerSchedules: usize;
  /** f64 per slot: how far a pair with the other venue is believed. */
  confidences: usize;
  groupRecords: usize;
  hits: usize;
  /** The worst of {@link hits} first, see hits.ts. */
  heap: usize;
}

let scanners: usize = 0;
let made: i32 = 0;

function scannerAt(index: i32): Scanner {
  return changetype<Scanner>(load<usize>(scanners + <usize> index * 4));
}

/** Room for so much: of a scanner that was given back, or new. `null` where there is none. */
export function openScanner(slots: i32, groups: i32, kept: i32): Scanner | null {
  if (slots < 8 || slots > SLOTS_MAX || groups > GROUPS_MAX || kept < 1 || kept > KEPT_MAX) return null;
  let free: Scanner | null = null;
  for (let index = 0; index < made; index++) {
    const scanner = scannerAt(index);
    if (scanner.inUse !== 0) continue;
    const fits = scanner.slotsCapacity >= slots && scanner.groupsCapacity >= groups && scanner.keptCapacity >= kept;
    if (fits) return begin(scanner, kept);
    free = scanner;
  }
  if (made === SCANNERS_MAX) {
    if (free === null) return null;
    takeArrays(free, slots, groups, kept);
    return begin(free, kept);
  }
  if (scanners === 0) scanners = take(SCANNERS_MAX * 4);
  const scanner = changetype<Scanner>(take(offsetof<Scanner>()));
  store<usize>(scanners + <usize> made * 4, changetype<usize>(scanner));
  made++;
  takeArrays(scanner, slots, groups, kept);
  return begin(scanner, kept);
}

/** The next power of two: memory is never given back, so a scanner that has to grow grows a few times at most. */
function roundUp(wanted: i32, least: i32): i32 {
  let room = least;
  while (room < wanted) room *= 2;
  return room;
}

/** No capacity becomes less. */
function takeArrays(scanner: Scanner, wantedSlots: i32, wantedGroups: i32, wantedKept: i32): void {
  const slots = max(scanner.slotsCapacity, roundUp(wantedSlots, 16));
  const groups = max(scanner.groupsCapacity, roundUp(wantedGroups, 4));
  const kept = max(scanner.keptCapacity, roundUp(wantedKept, 16));
  const many = <usize> slots;
  scanner.slotsCapacity = slots;
  scanner.groupsCapacity = groups;
  scanner.keptCapacity = kept;
  scanner.asks = take(many * 2);
  scanner.bids = take(many * 2);
  scanner.peerAsks = take(many * 2);
  scanner.peerBids = take(many * 2);
  scanner.quotes = take(many * QUOTE_BYTES);
  scanner.peerQuotes = take(many * QUOTE_BYTES);
  scanner.schedules = take(many);
  scanner.peerSchedules = take(many);
  scanner.confidences = take(many * 8);
  scanner.groupRecords = take(<usize> groups * GROUP_BYTES);
  scanner.hits = take(<usize> kept * HIT_BYTES);
  scanner.heap = take(<usize> kept * HEAP_BYTES);
}

function begin(scanner: Scanner, kept: i32): Scanner {
  scanner.inUse = 1;
  scanner.slots = 0;
  scanner.groups = 0;
  scanner.peerSlots = 0;
  scanner.kept = 0;
  scanner.found = 0;
  scanner.keptMax = kept;
  return scanner;
}

export function askOf(quotes: usize, slot: i32): i32 {
  return load<i32>(quotes + <usize> slot * QUOTE_BYTES);
}

export function askSizeOf(quotes: usize, slot: i32): i32 {
  return load<i32>(quotes + <usize> slot * QUOTE_BYTES, 4);
}

export function bidOf(quotes: usize, slot: i32): i32 {
  return load<i32>(quotes + <usize> slot * QUOTE_BYTES, 8);
}

export function bidSizeOf(quotes: usize, slot: i32): i32 {
  return load<i32>(quotes + <usize> slot * QUOTE_BYTES, 12);
}

export function askUnitOf(quotes: usize, slot: i32): f64 {
  return load<f64>(quotes + <usize> slot * QUOTE_BYTES, 16);
}

export function bidUnitOf(quotes: usize, slot: i32): f64 {
  return load<f64>(quotes + <usize> slot * QUOTE_BYTES, 24);
}

export function askRoundingOf(quotes: usize, slot: i32): f64 {
  return load<f64>(quotes + <usize> slot * QUOTE_BYTES, 32);
}

export function bidRoundingOf(quotes: usize, slot: i32): f64 {
  return load<f64>(quotes + <usize> slot * QUOTE_BYTES, 40);
}
