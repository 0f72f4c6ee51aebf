// YES bought in one place and NO in another, one of which pays $1: what they earn after fees.

import { pairFee } from "./fees";
import { offer } from "./hits";
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

/** Weighs YES at the ask of one slot against NO at the bid of another, each in the quotes of its venue. */
export function weighPair(
  scanner: Scanner,
  kind: i32,
  group: i32,
  buying: usize,
  first: i32,
  selling: usize,
  second: i32,
  confidence: f64,
): void {
  const count = min(scanner.countMax, min(askSizeOf(buying, first), bidSizeOf(selling, second)));
  const contracts = <f64> count;
  const edge = <f64> (bidOf(selling, second) - askOf(buying, first));
  const gross = edge * contracts;
  const fees = pairFee(
    askUnitOf(buying, first),
    bidUnitOf(selling, second),
    askRoundingOf(buying, first),
    bidRoundingOf(selling, second),
    contracts,
    scanner.fillsPerLeg,
    scanner.denominator,
  );
  if (!(gross - fees > scanner.netMin)) return;
  offer(scanner, kind, group, first, second, count, 2, gross, fees, (ONE_DOLLAR - edge) * contracts, confidence);
}
