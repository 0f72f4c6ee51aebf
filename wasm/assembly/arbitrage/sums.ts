// Outcomes of one event bought together. One of them at least comes true: all YES pay $1. At most one comes true: NO on n
// of them pays $(n - 1) at least.

import { legFee } from "./fees";
import { ALL_NO, ALL_YES, offer } from "./hits";
import { askOf, askSizeOf, bidOf, bidSizeOf, Scanner } from "./scanner";

const ONE_DOLLAR = 10_000;

function horizontalSum(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3);
}

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
  if (exhaustive && horizontalSum(asks) < ONE_DOLLAR) buyAllYes(scanner, group, start, count, confidence);
  if (exclusive && horizontalSum(bids) > ONE_DOLLAR) buyAllNo(scanner, group, start, count, confidence);
}

function buyAllYes(scanner: Scanner, group: i32, start: i32, count: i32, confidence: f64): void {
  let contracts = scanner.countMax;
  let price: i64 = 0;
  for (let slot = start; slot < start + count; slot++) {
    const ask = askOf(scanner.quotes, slot);
    if (ask === 0) return;
    contracts = min(contracts, askSizeOf(scanner.quotes, slot));
    price += ask;
  }
  let fees: i64 = 0;
  for (let slot = start; slot < start + count; slot++) {
    const schedule = <i32> load<u8>(scanner.schedules + <usize> slot);
    fees += legFee(schedule, askOf(scanner.quotes, slot), contracts, scanner.fillsPerLeg);
  }
  const paid = price * <i64> contracts;
  const gross = <i64> ONE_DOLLAR * <i64> contracts - paid;
  offer(scanner, ALL_YES, group, start, start + count - 1, contracts, count, gross, fees, paid, confidence);
}

function buyAllNo(scanner: Scanner, group: i32, start: i32, count: i32, confidence: f64): void {
  let contracts = scanner.countMax;
  let legs = 0;
  let bids: i64 = 0;
  for (let slot = start; slot < start + count; slot++) {
    const bid = bidOf(scanner.quotes, slot);
    if (bid === 0) {
      if (scanner.leaveOutMissing === 0) return;
      continue;
    }
    contracts = min(contracts, bidSizeOf(scanner.quotes, slot));
    bids += bid;
    legs++;
  }
  let fees: i64 = 0;
  for (let slot = start; slot < start + count; slot++) {
    const bid = bidOf(scanner.quotes, slot);
    if (bid === 0) continue;
    fees += legFee(<i32> load<u8>(scanner.schedules + <usize> slot), bid, contracts, scanner.fillsPerLeg);
  }
  const gross = (bids - ONE_DOLLAR) * <i64> contracts;
  const paid = (<i64> legs * ONE_DOLLAR - bids) * <i64> contracts;
  offer(scanner, ALL_NO, group, start, start + count - 1, contracts, legs, gross, fees, paid, confidence);
}
