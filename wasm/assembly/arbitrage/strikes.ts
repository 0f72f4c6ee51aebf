// Strikes of one ladder that are out of order. Slots go from the likeliest YES to the least likely; where a later one's bid
// is above an earlier one's ask, YES of the earlier and NO of the later cost less than the $1 that one of them pays.

import { STRIKES } from "./hits";
import { weighPair } from "./pairs";
import { NO_BID, Scanner } from "./scanner";

/**
 * From the last slot to the first with the highest bid behind each, eight slots a turn: only a slot whose ask is below
 * that bid is looked at pair by pair.
 */
export function scanStrikes(scanner: Scanner, group: i32, start: i32, count: i32, confidence: f64): void {
  const blocks = (count + 7) >> 3;
  const none = i16x8.splat(<i16> NO_BID);
  let behind = none;
  for (let block = blocks - 1; block >= 0; block--) {
    const first = start + block * 8;
    const at = <usize> first * 2;
    let highest = v128.load(scanner.bids + at);
    highest = i16x8.max_s(highest, v128.shuffle<i16>(highest, none, 1, 2, 3, 4, 5, 6, 7, 8));
    highest = i16x8.max_s(highest, v128.shuffle<i16>(highest, none, 2, 3, 4, 5, 6, 7, 8, 9));
    highest = i16x8.max_s(highest, v128.shuffle<i16>(highest, none, 4, 5, 6, 7, 8, 9, 10, 11));
    highest = i16x8.max_s(highest, behind);
    const later = v128.shuffle<i16>(highest, behind, 1, 2, 3, 4, 5, 6, 7, 8);
    let lanes = i16x8.bitmask(i16x8.gt_s(later, v128.load(scanner.asks + at)));
    behind = v128.shuffle<i16>(highest, highest, 0, 0, 0, 0, 0, 0, 0, 0);
    while (lanes !== 0) {
      scanRow(scanner, group, first + ctz(lanes), start + blocks * 8, confidence);
      lanes &= lanes - 1;
    }
  }
}

/** All pairs of one slot with later ones. */
function scanRow(scanner: Scanner, group: i32, slot: i32, end: i32, confidence: f64): void {
  const ask = i16x8.splat(load<i16>(scanner.asks + <usize> slot * 2));
  for (let block = (slot + 1) & ~7; block < end; block += 8) {
    let lanes = i16x8.bitmask(i16x8.gt_s(v128.load(scanner.bids + <usize> block * 2), ask));
    if (block <= slot) lanes &= ~((2 << (slot - block)) - 1);
    while (lanes !== 0) {
      weighPair(scanner, STRIKES, group, scanner.quotes, slot, scanner.quotes, block + ctz(lanes), confidence);
      lanes &= lanes - 1;
    }
  }
}
