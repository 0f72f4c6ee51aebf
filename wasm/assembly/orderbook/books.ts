// Order books in linear memory: per market two sides of bids, per side the contracts at every price in one flat array.
// Most markets quote on multiples of $0.001; a side that sees a finer price goes on with one slot per $0.0001.

import { take } from "./memory";

const BOOKS_MAX = 16_384;
const RECORD_BYTES = 48;
const PRICES = 10_000;
const COARSE_STEP = 10;
const COARSE_BYTES: usize = (PRICES / COARSE_STEP + 1) * 8;
const FINE_BYTES: usize = (PRICES + 1) * 8;

// Of a side's record. Both arrays are taken when they are first needed, and kept for the next market of the record.
const COARSE = 0;
const FINE = 4;
const STEP = 8;
const BEST = 12;
const LEVELS = 16;
const SIDE_BYTES = 20;
// Of a book's record, behind its two sides.
const PHASE = 40;
/** The free book behind this one, plus one. */
const NEXT_FREE = 44;

const EMPTY = 0;
const SYNCED = 1;
const STALE = 2;

// What became of a change.
const IGNORED = 0;
const APPLIED = 1;
const NEGATIVE = 2;

let records: usize = 0;
let count: i32 = 0;
let firstFree: i32 = 0;

function record(book: i32): usize {
  return records + <usize> book * RECORD_BYTES;
}

function sideOf(book: i32, side: i32): usize {
  return record(book) + <usize> (side * SIDE_BYTES);
}

function slotsOf(part: usize): usize {
  return load<i32>(part, STEP) === 1 ? load<usize>(part, FINE) : load<usize>(part, COARSE);
}

/** An empty book; -1 where there is no room for another. */
export function makeBook(): i32 {
  if (records === 0) records = take(BOOKS_MAX * RECORD_BYTES);
  if (firstFree !== 0) {
    const book = firstFree - 1;
    firstFree = load<i32>(record(book), NEXT_FREE);
    return book;
  }
  return count >= BOOKS_MAX ? -1 : count++;
}

/** Gives a book back: its number is used again. */
export function release(book: i32): void {
  store<i32>(record(book), EMPTY, PHASE);
  store<i32>(record(book), firstFree, NEXT_FREE);
  firstFree = book + 1;
}

/** Empties both sides: levels follow, and it is synced. */
export function begin(book: i32): void {
  for (let side = 0; side < 2; side++) {
    const part = sideOf(book, side);
    if (load<usize>(part, COARSE) === 0) store<usize>(part, take(COARSE_BYTES), COARSE);
    else memory.fill(load<usize>(part, COARSE), 0, COARSE_BYTES);
    store<i32>(part, COARSE_STEP, STEP);
    store<i32>(part, 0, BEST);
    store<i32>(part, 0, LEVELS);
  }
  store<i32>(record(book), SYNCED, PHASE);
}

export function markStale(book: i32): void {
  store<i32>(record(book), STALE, PHASE);
}

/** 0 nothing heard, 1 synced, 2 stale. */
export function phase(book: i32): i32 {
  return load<i32>(record(book), PHASE);
}

/** Goes on with one slot per $0.0001. */
function refine(part: usize): void {
  const coarse = load<usize>(part, COARSE);
  let fine = load<usize>(part, FINE);
  if (fine === 0) {
    fine = take(FINE_BYTES);
    store<usize>(part, fine, FINE);
  } else {
    memory.fill(fine, 0, FINE_BYTES);
  }
  for (let k = 0; k <= PRICES / COARSE_STEP; k++) {
    store<i64>(fine + <usize> (k * COARSE_STEP) * 8, load<i64>(coarse + <usize> k * 8));
  }
  store<i32>(part, 1, STEP);
}

/**
 * Changes one level, 0 YES or 1 NO, of a synced book. 0 where the book is not synced, 1 where it was changed, 2 where the
 * level would go below zero: the book is stale then.
 */
export function changeLevel(book: i32, side: i32, price: i32, delta: f64): i32 {
  if (load<i32>(record(book), PHASE) !== SYNCED) return IGNORED;
  const part = sideOf(book, side);
  if (load<i32>(part, STEP) !== 1 && price % COARSE_STEP !== 0) refine(part);
  const step = load<i32>(part, STEP);
  const slots = slotsOf(part);
  const slot = slots + <usize> (step === 1 ? price : price / COARSE_STEP) * 8;
  const before = load<i64>(slot);
  const after = before + <i64> delta;
  if (after < 0) {
    markStale(book);
    return NEGATIVE;
  }
  store<i64>(slot, after);
  if (before === 0 && after !== 0) {
    store<i32>(part, load<i32>(part, LEVELS) + 1, LEVELS);
    if (price > load<i32>(part, BEST)) store<i32>(part, price, BEST);
  } else if (before !== 0 && after === 0) {
    store<i32>(part, load<i32>(part, LEVELS) - 1, LEVELS);
    if (price === load<i32>(part, BEST)) {
      let at = slot;
      while (at > slots && load<i64>(at) === 0) at -= 8;
      store<i32>(part, <i32> ((at - slots) / 8) * step, BEST);
    }
  }
  return APPLIED;
}

export function best(book: i32, side: i32): i32 {
  return load<i32>(sideOf(book, side), BEST);
}

export function levels(book: i32, side: i32): i32 {
  return load<i32>(sideOf(book, side), LEVELS);
}

export function sizeAt(book: i32, side: i32, price: i32): f64 {
  const part = sideOf(book, side);
  const step = load<i32>(part, STEP);
  if (step === 0 || price % step !== 0) return 0;
  return <f64> load<i64>(slotsOf(part) + <usize> (price / step) * 8);
}

/** Whether a side has this best price with so many contracts, and so many levels. */
export function agrees(book: i32, side: i32, price: i32, size: f64, count: i32): bool {
  const part = sideOf(book, side);
  return load<i32>(part, BEST) === price && load<i32>(part, LEVELS) === count &&
    (price === 0 || sizeAt(book, side, price) === size);
}
