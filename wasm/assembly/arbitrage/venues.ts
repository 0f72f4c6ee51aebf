// The same market on two venues: YES bought where it is offered for less than is bid for it on the other.

import { legFee } from "./fees";
import { BUY_FROM_PEER, offer, SELL_TO_PEER } from "./hits";
import { askOf, askSizeOf, bidOf, bidSizeOf, Scanner } from "./scanner";

const ONE_DOLLAR = 10_000;

export function scanVenues(scanner: Scanner): void {
  const slots = scanner.slots;
  for (let first = 0; first < slots; first += 8) {
    const at = <usize> first * 2;
    const out = i16x8.gt_s(v128.load(scanner.peerBids + at), v128.load(scanner.asks + at));
    const back = i16x8.gt_s(v128.load(scanner.bids + at), v128.load(scanner.peerAsks + at));
    if (!v128.any_true(v128.or(out, back))) continue;
    let lanes = i16x8.bitmask(out);
    while (lanes !== 0) {
      const slot = first + ctz(lanes);
      weigh(scanner, SELL_TO_PEER, slot, scanner.quotes, scanner.schedules, scanner.peerQuotes, scanner.peerSchedules);
      lanes &= lanes - 1;
    }
    lanes = i16x8.bitmask(back);
    while (lanes !== 0) {
      const slot = first + ctz(lanes);
      weigh(scanner, BUY_FROM_PEER, slot, scanner.peerQuotes, scanner.peerSchedules, scanner.quotes, scanner.schedules);
      lanes &= lanes - 1;
    }
  }
}

function weigh(
  scanner: Scanner,
  kind: i32,
  slot: i32,
  buying: usize,
  buyingSchedules: usize,
  selling: usize,
  sellingSchedules: usize,
): void {
  const ask = askOf(buying, slot);
  const bid = bidOf(selling, slot);
  const count = min(scanner.countMax, min(askSizeOf(buying, slot), bidSizeOf(selling, slot)));
  const contracts = <i64> count;
  const fees = legFee(<i32> load<u8>(buyingSchedules + <usize> slot), ask, count, scanner.fillsPerLeg) +
    legFee(<i32> load<u8>(sellingSchedules + <usize> slot), bid, count, scanner.fillsPerLeg);
  const gross = <i64> (bid - ask) * contracts;
  const paid = <i64> (ask + ONE_DOLLAR - bid) * contracts;
  const confidence = load<f64>(scanner.confidences + <usize> slot * 8);
  offer(scanner, kind, -1, slot, slot, count, 2, gross, fees, paid, confidence);
}
