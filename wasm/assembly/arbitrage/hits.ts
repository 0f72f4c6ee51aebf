// What a scan found: the best by score are kept, in a buffer of fixed size, with a heap beside it whose first is the worst
// of them. Equal scores rank by kind, then by first and second slot, so that the order of finding is of no matter.

import { logarithm } from "./logarithm";
import { HEAP_BYTES, HIT_BYTES, Scanner } from "./scanner";

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

// Of a node of the heap: score, rank, place of the hit, all f64, so that sorting touches nothing else.

function nodeAt(scanner: Scanner, node: i32): usize {
  return scanner.heap + <usize> (node * HEAP_BYTES);
}

/** Whether a score and rank stand behind those of a node. */
function isBehind(score: f64, rank: f64, node: usize): bool {
  const other = load<f64>(node);
  return score < other || (score === other && rank > load<f64>(node, 8));
}

function setNode(node: usize, score: f64, rank: f64, place: f64): void {
  store<f64>(node, score);
  store<f64>(node, rank, 8);
  store<f64>(node, place, 16);
}

function copyNode(to: usize, from: usize): void {
  setNode(to, load<f64>(from), load<f64>(from, 8), load<f64>(from, 16));
}

/** Puts a node into the heap at its end. */
function siftUp(scanner: Scanner, end: i32, score: f64, rank: f64, place: f64): void {
  let node = end;
  while (node > 0) {
    const parent = (node - 1) >> 1;
    const above = nodeAt(scanner, parent);
    if (!isBehind(score, rank, above)) break;
    copyNode(nodeAt(scanner, node), above);
    node = parent;
  }
  setNode(nodeAt(scanner, node), score, rank, place);
}

/** Puts a node into the heap in place of the first. */
function siftDown(scanner: Scanner, score: f64, rank: f64, place: f64): void {
  const kept = scanner.kept;
  let node = 0;
  let child = 1;
  while (child < kept) {
    let below = nodeAt(scanner, child);
    if (child + 1 < kept && isBehind(load<f64>(below, HEAP_BYTES), load<f64>(below, HEAP_BYTES + 8), below)) {
      child++;
      below += HEAP_BYTES;
    }
    if (isBehind(score, rank, below)) break;
    copyNode(nodeAt(scanner, node), below);
    node = child;
    child = 2 * node + 1;
  }
  setNode(nodeAt(scanner, node), score, rank, place);
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
  const worst = scanner.heap;
  const full = scanner.kept === scanner.keptMax;
  if (full) {
    // Most are far behind the worst that is kept: seen without a division or a logarithm.
    const least = load<f64>(worst);
    const isPrecise = least > SMALLEST_PRECISE;
    if (isPrecise && net * confidence * logarithmBound(count) < least * capital * 0.999999) return;
  }
  const score = net / capital * confidence * logarithm(1.0 + <f64> count / 100.0);
  // Below 2^35: five kinds, 2^16 slots twice.
  const rank = (<f64> kind * 65_536.0 + <f64> first) * 65_536.0 + <f64> second;
  if (full && isBehind(score, rank, worst)) return;
  const place = full ? <i32> load<f64>(worst, 16) : scanner.kept;
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
  if (full) return siftDown(scanner, score, rank, <f64> place);
  siftUp(scanner, scanner.kept++, score, rank, <f64> place);
}
