// What a scan found: the best by score are kept, in a buffer of fixed size, with a heap of their places whose first is the
// worst of them. Equal scores rank by kind, then by first and second slot, so that the order of finding is of no matter.

import { logarithm } from "./logarithm";
import { HIT_BYTES, Scanner } from "./scanner";

// Of a hit, all f64 in this order: kind, group, first slot, second slot, contracts, legs, gross, fees, capital, score,
// rank among equal scores.
const SCORE = 72;
const RANK = 80;
const FIELDS = 11;

export const ALL_YES = 0;
export const ALL_NO = 1;
export const STRIKES = 2;
export const SELL_TO_PEER = 3;
export const BUY_FROM_PEER = 4;

export function forgetHits(scanner: Scanner): void {
  scanner.kept = 0;
  scanner.found = 0;
}

export function hitField(scanner: Scanner, hit: i32, field: i32): f64 {
  if (hit < 0 || hit >= scanner.kept || field < 0 || field >= FIELDS) return NaN;
  return load<f64>(scanner.hits + <usize> hit * HIT_BYTES + <usize> field * 8);
}

/** Whether the hit at one place ranks behind that at another. */
function isWorse(scanner: Scanner, a: i32, b: i32): bool {
  const first = scanner.hits + <usize> a * HIT_BYTES;
  const second = scanner.hits + <usize> b * HIT_BYTES;
  const difference = load<f64>(first, SCORE) - load<f64>(second, SCORE);
  return difference !== 0 ? difference < 0 : load<f64>(first, RANK) > load<f64>(second, RANK);
}

function placeAt(scanner: Scanner, node: i32): i32 {
  return load<i32>(scanner.heap + <usize> node * 4);
}

function setPlace(scanner: Scanner, node: i32, place: i32): void {
  store<i32>(scanner.heap + <usize> node * 4, place);
}

function siftUp(scanner: Scanner, from: i32): void {
  const place = placeAt(scanner, from);
  let node = from;
  while (node > 0) {
    const parent = (node - 1) >> 1;
    const above = placeAt(scanner, parent);
    if (!isWorse(scanner, place, above)) break;
    setPlace(scanner, node, above);
    node = parent;
  }
  setPlace(scanner, node, place);
}

function siftDown(scanner: Scanner): void {
  const place = placeAt(scanner, 0);
  let node = 0;
  let child = 1;
  while (child < scanner.kept) {
    if (child + 1 < scanner.kept && isWorse(scanner, placeAt(scanner, child + 1), placeAt(scanner, child))) child++;
    const below = placeAt(scanner, child);
    if (!isWorse(scanner, below, place)) break;
    setPlace(scanner, node, below);
    node = child;
    child = 2 * node + 1;
  }
  setPlace(scanner, node, place);
}

/** Products of much smaller scores lose their digits. */
const SMALLEST_PRECISE: f64 = 1e-200;

/** Above ln(1 + count / 100), from the bits of its whole part alone. */
function logarithmBound(count: i32): f64 {
  return <f64> (32 - clz(1 + count / 100)) * 0.6931472;
}

/** Takes an arbitrage of so many hundredths of a contract, unless too many better ones are there. */
export function offer(
  scanner: Scanner,
  kind: i32,
  group: i32,
  first: i32,
  second: i32,
  count: i32,
  legs: i32,
  gross: f64,
  fees: f64,
  paid: f64,
  confidence: f64,
): void {
  const net = gross - fees;
  const capital = paid + fees;
  scanner.found++;
  let place = scanner.kept;
  const full = place === scanner.keptMax;
  if (full) {
    // Most are far behind the worst that is kept: seen without a division or a logarithm.
    place = placeAt(scanner, 0);
    const worst = load<f64>(scanner.hits + <usize> place * HIT_BYTES, SCORE);
    const isPrecise = worst > SMALLEST_PRECISE;
    if (isPrecise && net * confidence * logarithmBound(count) < worst * capital * 0.999999) return;
  }
  const score = net / capital * confidence * logarithm(1.0 + <f64> count / 100.0);
  // Below 2^35: five kinds, 2^16 slots twice.
  const rank = (<f64> kind * 65_536.0 + <f64> first) * 65_536.0 + <f64> second;
  if (full) {
    const worst = scanner.hits + <usize> place * HIT_BYTES;
    const lead = score - load<f64>(worst, SCORE);
    if (lead < 0 || (lead === 0 && rank > load<f64>(worst, RANK))) return;
  }
  const at = scanner.hits + <usize> place * HIT_BYTES;
  store<f64>(at, <f64> kind);
  store<f64>(at, <f64> group, 8);
  store<f64>(at, <f64> first, 16);
  store<f64>(at, <f64> second, 24);
  store<f64>(at, <f64> count, 32);
  store<f64>(at, <f64> legs, 40);
  store<f64>(at, gross, 48);
  store<f64>(at, fees, 56);
  store<f64>(at, capital, 64);
  store<f64>(at, score, SCORE);
  store<f64>(at, rank, RANK);
  if (full) return siftDown(scanner);
  setPlace(scanner, place, place);
  scanner.kept++;
  siftUp(scanner, place);
}
