// Outcomes of one event bought together. One of them at least comes true: all YES pay $1. At most one comes true: NO on n
// of them pays $(n - 1) at least.

import { pairFee } from "./fees";
import { ALL_NO, ALL_YES, offer } from "./hits";
import {
  askOf,
  askRoundingOf,
  askSizeOf,
  askUnitOf,
  bidOf,
  bidRoundingOf,
  bidSizeOf,
  bidUnitOf,
  Scanner,
} from "./scanner";

const ONE_DOLLAR = 10_000;

/** Places behind the last outcome have an ask of 0 and no bid, and change no sum. */
export function scanSums(
  scanner: Scanner,
  group: i32,
  start: i32,
  count: i32,
  exclusive: bool,
  exhaustive: bool,
  confidence: f64,
): void {
  let asks = i32x4.splat(0);
  let bids = i32x4.splat(0);
  const nothing = i16x8.splat(0);
  const end = <usize> (start + count) * 2;
  for (let at = <usize> start * 2; at < end; at += 16) {
    asks = i32x4.add(asks, i32x4.extadd_pairwise_i16x8_s(v128.load(scanner.asks + at)));
    bids = i32x4.add(bids, i32x4.extadd_pairwise_i16x8_s(i16x8.max_s(nothing, v128.load(scanner.bids + at))));
  }
  const halves = i32x4.add(
    v128.shuffle<i32>(asks, bids, 0, 1, 4, 5),
    v128.shuffle<i32>(asks, bids, 2, 3, 6, 7),
  );
  const askSum = i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
  const bidSum = i32x4.extract_lane(halves, 2) + i32x4.extract_lane(halves, 3);
  if (exhaustive && askSum < ONE_DOLLAR) buyAllYes(scanner, group, start, count, confidence);
  if (exclusive && bidSum > ONE_DOLLAR) buyAllNo(scanner, group, start, count, confidence);
}

/** The most that one leg can be charged. */
function legFee(scanner: Scanner, unit: f64, rounding: f64, contracts: f64): f64 {
  return pairFee(unit, 0, rounding, 0, contracts, scanner.fillsPerLeg, scanner.denominator);
}

function buyAllYes(scanner: Scanner, group: i32, start: i32, count: i32, confidence: f64): void {
  const quotes = scanner.quotes;
  let size = scanner.countMax;
  let price = 0;
  for (let slot = start; slot < start + count; slot++) {
    const ask = askOf(quotes, slot);
    if (ask === 0) return;
    size = min(size, askSizeOf(quotes, slot));
    price += ask;
  }
  const contracts = <f64> size;
  let fees: f64 = 0;
  for (let slot = start; slot < start + count; slot++) {
    fees += legFee(scanner, askUnitOf(quotes, slot), askRoundingOf(quotes, slot), contracts);
  }
  const gross = <f64> (ONE_DOLLAR - price) * contracts;
  if (!(gross - fees > scanner.netMin)) return;
  const paid = <f64> price * contracts;
  offer(scanner, ALL_YES, group, start, start + count - 1, size, count, gross, fees, paid, confidence);
}

function buyAllNo(scanner: Scanner, group: i32, start: i32, count: i32, confidence: f64): void {
  const quotes = scanner.quotes;
  let size = scanner.countMax;
  let legs = 0;
  let bids = 0;
  for (let slot = start; slot < start + count; slot++) {
    const bid = bidOf(quotes, slot);
    if (bid === 0) {
      if (scanner.leaveOutMissing === 0) return;
      continue;
    }
    size = min(size, bidSizeOf(quotes, slot));
    bids += bid;
    legs++;
  }
  const contracts = <f64> size;
  let fees: f64 = 0;
  for (let slot = start; slot < start + count; slot++) {
    if (bidOf(quotes, slot) === 0) continue;
    fees += legFee(scanner, bidUnitOf(quotes, slot), bidRoundingOf(quotes, slot), contracts);
  }
  const gross = <f64> (bids - ONE_DOLLAR) * contracts;
  if (!(gross - fees > scanner.netMin)) return;
  const paid = <f64> (legs * ONE_DOLLAR - bids) * contracts;
  offer(scanner, ALL_NO, group, start, start + count - 1, size, legs, gross, fees, paid, confidence);
}
