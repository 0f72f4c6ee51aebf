// The same market on two venues: YES bought where it is offered for less than is bid for it on the other.

import { BUY_FROM_PEER, SELL_TO_PEER } from "./hits";
import { weighPair } from "./pairs";
import { Scanner } from "./scanner";

/** The pair of a slot is of no group. */
const NO_GROUP = -1;

export function scanVenues(scanner: Scanner): void {
  const slots = scanner.peerSlots;
  for (let first = 0; first < slots; first += 8) {
    const at = <usize> first * 2;
    const out = i16x8.gt_s(v128.load(scanner.peerBids + at), v128.load(scanner.asks + at));
    const back = i16x8.gt_s(v128.load(scanner.bids + at), v128.load(scanner.peerAsks + at));
    if (!v128.any_true(v128.or(out, back))) continue;
    let lanes = i16x8.bitmask(out);
    while (lanes !== 0) {
      const slot = first + ctz(lanes);
      const confidence = load<f64>(scanner.confidences + <usize> slot * 8);
      weighPair(scanner, SELL_TO_PEER, NO_GROUP, scanner.quotes, slot, scanner.peerQuotes, slot, confidence);
      lanes &= lanes - 1;
    }
    lanes = i16x8.bitmask(back);
    while (lanes !== 0) {
      const slot = first + ctz(lanes);
      const confidence = load<f64>(scanner.confidences + <usize> slot * 8);
      weighPair(scanner, BUY_FROM_PEER, NO_GROUP, scanner.peerQuotes, slot, scanner.quotes, slot, confidence);
      lanes &= lanes - 1;
    }
  }
}
