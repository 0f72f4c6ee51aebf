// What a leg costs at most, in micro-dollars: the bound of `worstCaseFee` in src/core/fees.ts (KALSHI.md 7.2), which every
// order of that price, size and number of fills is charged at or below. Everything is rounded up.
//
// Whole numbers in f64, two legs at a time: all stay below 2^53 (src/models/arbitrage_fees.ts sees to it), so every product
// and sum is exact.

import { take } from "../memory/arena";

const SCHEDULES_MAX: i32 = 64;
const PRICES: i32 = 10_000;
/** A whole cent a fill: less than $0.000001 more, and one step of the account's cash ($0.0001) kept at the end. */
const CENT_FILL: f64 = 1.0;
/** Between cents every fill may keep a step. */
const STEP: f64 = 100.0;

// Of a schedule: numerator, denominator, whether fills are rounded, then a record for each price.
const NUMERATOR = 0;
const DENOMINATOR = 8;
const ROUNDED = 16;
const TABLE: usize = 24;
// Of a price: the fee of a hundredth of a contract x denominator, what a fill adds, the whole units of $0.0001 a contract.
const UNIT = 0;
const FILL = 8;
const WHOLE = 16;
const PRICE_BYTES: usize = 24;
const SCHEDULE_BYTES: usize = TABLE + (<usize> PRICES + 1) * PRICE_BYTES;

let schedules: usize = 0;
let known: i32 = 0;

function scheduleAt(schedule: i32): usize {
  return load<usize>(schedules + <usize> schedule * 4);
}

/**
 * Learns a schedule: its fee is price x (10,000 - price) x count x numerator / denominator micro-dollars. The same one is
 * learnt once; -1 where there is no room for another.
 */
export function learnSchedule(numerator: f64, denominator: f64, rounded: bool): i32 {
  if (schedules === 0) schedules = take(<usize> SCHEDULES_MAX * 4);
  for (let index = 0; index < known; index++) {
    const at = scheduleAt(index);
    const fraction = load<f64>(at, NUMERATOR) === numerator && load<f64>(at, DENOMINATOR) === denominator;
    if (fraction && load<i32>(at, ROUNDED) === <i32> rounded) return index;
  }
  if (known === SCHEDULES_MAX) return -1;
  const at = take(SCHEDULE_BYTES);
  store<usize>(schedules + <usize> known * 4, at);
  store<f64>(at, numerator, NUMERATOR);
  store<f64>(at, denominator, DENOMINATOR);
  store<i32>(at, <i32> rounded, ROUNDED);
  for (let price = 0; price <= PRICES; price++) {
    const record = at + TABLE + <usize> price * PRICE_BYTES;
    const unit = <f64> (price * (PRICES - price)) * numerator;
    store<f64>(record, unit, UNIT);
    store<f64>(record, rounded ? roundingOfFill(price, unit) : 0, FILL);
    // Micro-dollars a hundredth of a contract are units of $0.0001 a contract.
    store<i32>(record, <i32> (unit / denominator), WHOLE);
  }
  return known++;
}

function roundingOfFill(price: i32, unit: f64): f64 {
  if (price % 100 !== 0) return STEP;
  return unit === 0 ? 0 : CENT_FILL;
}

function priceAt(schedule: i32, price: i32): usize {
  return scheduleAt(schedule) + TABLE + <usize> price * PRICE_BYTES;
}

export function unitFee(schedule: i32, price: i32): f64 {
  return load<f64>(priceAt(schedule, price), UNIT);
}

export function fillRounding(schedule: i32, price: i32): f64 {
  return load<f64>(priceAt(schedule, price), FILL);
}

/** The fee of one contract in whole units of $0.0001, rounded down. */
export function wholeFee(schedule: i32, price: i32): i32 {
  return load<i32>(priceAt(schedule, price), WHOLE);
}

/** The sum of the most that two legs of `count` hundredths of a contract can be charged, each in so many fills at most. */
export function pairFee(
  firstUnit: f64,
  secondUnit: f64,
  firstRounding: f64,
  secondRounding: f64,
  count: f64,
  fillsMax: f64,
  denominator: f64,
): f64 {
  const product = f64x2.mul(f64x2.replace_lane(f64x2.splat(firstUnit), 1, secondUnit), f64x2.splat(count));
  const divisor = f64x2.splat(denominator);
  const one = f64x2.splat(1);
  const floor = f64x2.floor(f64x2.div(product, divisor));
  // The float's quotient may be off by one; the remainder is exact.
  const rest = f64x2.sub(product, f64x2.mul(floor, divisor));
  const upward = f64x2.add(
    v128.and(f64x2.gt(rest, f64x2.splat(0)), one),
    v128.and(f64x2.gt(rest, divisor), one),
  );
  const each = f64x2.replace_lane(f64x2.splat(firstRounding), 1, secondRounding);
  const kept = v128.and(f64x2.eq(each, f64x2.splat(CENT_FILL)), f64x2.splat(STEP));
  const rounding = f64x2.add(f64x2.mul(each, f64x2.splat(min<f64>(count, fillsMax))), kept);
  const fees = f64x2.add(f64x2.add(floor, upward), rounding);
  return f64x2.extract_lane(fees, 0) + f64x2.extract_lane(fees, 1);
}
