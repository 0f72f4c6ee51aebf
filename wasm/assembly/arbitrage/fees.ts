// What a leg costs at most, in whole micro-dollars: the bound of `worstCaseFee` in src/core/fees.ts (KALSHI.md 7.2), which
// every order of that price, size and number of fills is charged at or below. All integers, everything rounded up.

import { take } from "../orderbook/memory";

const SCHEDULES_MAX: i32 = 32;
const PRICES = 10_000;
/** Of a schedule: numerator, denominator, whether fills are rounded, then per price the whole units of $0.0001 a contract. */
const TABLE = 24;
const SCHEDULE_BYTES: usize = TABLE + (PRICES + 2) * 2;
/** A direct member's cash moves in steps of $0.0001 (micro-dollars). */
const CASH_STEP: i64 = 100;

let schedules: usize = 0;
let known: i32 = 0;

function scheduleAt(schedule: i32): usize {
  return schedules + <usize> schedule * SCHEDULE_BYTES;
}

/**
 * Learns a schedule: its fee is price x (10,000 - price) x count x numerator / denominator micro-dollars. The same one is
 * learnt once; -1 where there is no room for another.
 */
export function learnSchedule(numerator: i64, denominator: i64, rounded: bool): i32 {
  if (schedules === 0) schedules = take(<usize> SCHEDULES_MAX * SCHEDULE_BYTES);
  for (let index = 0; index < known; index++) {
    const at = scheduleAt(index);
    const same = load<i64>(at) === numerator && load<i64>(at, 8) === denominator && load<i32>(at, 16) === <i32> rounded;
    if (same) return index;
  }
  if (known === SCHEDULES_MAX) return -1;
  const at = scheduleAt(known);
  store<i64>(at, numerator);
  store<i64>(at, denominator, 8);
  store<i32>(at, <i32> rounded, 16);
  for (let price = 0; price <= PRICES; price++) {
    // Micro-dollars a contract are units of $0.0001 a hundredth of it.
    const whole = <i64> (price * (PRICES - price)) * numerator / denominator;
    store<i16>(at + <usize> price * 2, <i16> whole, TABLE);
  }
  return known++;
}

/** The fee of one contract in whole units of $0.0001, rounded down. */
export function wholeFee(schedule: i32, price: i32): i32 {
  return <i32> load<i16>(scheduleAt(schedule) + <usize> price * 2, TABLE);
}

/** The most that `count` hundredths of a contract can be charged in so many fills. */
export function legFee(schedule: i32, price: i32, count: i32, fillsMax: i32): i64 {
  const at = scheduleAt(schedule);
  const denominator = load<i64>(at, 8);
  const product = <i64> (price * (PRICES - price)) * <i64> count * load<i64>(at);
  const model = (product + denominator - 1) / denominator;
  if (load<i32>(at, 16) === 0) return model;
  const fills = <i64> min(count, max(1, fillsMax));
  if (price % 100 !== 0) return model + fills * CASH_STEP;
  return model === 0 ? 0 : model + fills + CASH_STEP;
}
