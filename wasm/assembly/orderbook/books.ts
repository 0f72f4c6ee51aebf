// Order books in linear memory: per market two sides of bids, per side the contracts at every price in one flat array.
// A side begins with one slot per cent, goes on with one per $0.001 once it sees such a price, and with one per $0.0001
// where it has to: most markets need the first only, a tenth and a hundredth of the memory.

import { take } from "../memory/arena";

const BOOKS_MAX = 16_384;
const RECORD_BYTES = 56;
const PRICES = 10_000;
const STEP_FIRST = 100;

// Of a side's record: an array for each step, taken when it is first needed and kept for the next market of the record.
const SLOTS_OF_100 = 0;
const SLOTS_OF_10 = 4;
const SLOTS_OF_1 = 8;
const STEP = 12;
const BEST = 16;
const LEVELS = 20;
const SIDE_BYTES = 24;
// Of a book's record, behind its two sides.
const PHASE = 48;
/** The free book behind this one, plus one. */
const NEXT_FREE = 52;

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

/** Where the record names the array of this step. */
function pointerOf(part: usize, step: i32): usize {
  return part + <usize> (step === 100 ? SLOTS_OF_100 : step === 10 ? SLOTS_OF_10 : SLOTS_OF_1);
}

function slotsOf(part: usize): usize {
  return load<usize>(pointerOf(part, load<i32>(part, STEP)));
}

/** The array of this step, all zeros. */
function cleared(part: usize, step: i32): usize {
  const bytes: usize = <usize> (PRICES / step + 1) * 8;
  const pointer = pointerOf(part, step);
  let slots = load<usize>(pointer);
  if (slots === 0) {
    slots = take(bytes);
    store<usize>(pointer, slots);
  } else {
    memory.fill(slots, 0, bytes);
  }
  return slots;
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
    cleared(part, STEP_FIRST);
    store<i32>(part, STEP_FIRST, STEP);
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

/** Goes on with slots so fine that this price has one. */
function refine(part: usize, price: i32): void {
  const before = load<i32>(part, STEP);
  const step = price % 10 === 0 ? 10 : 1;
  const coarse = slotsOf(part);
  const fine = cleared(part, step);
  const each = before / step;
  for (let k = 0; k <= PRICES / before; k++) {
    store<i64>(fine + <usize> (k * each) * 8, load<i64>(coarse + <usize> k * 8));
  }
  store<i32>(part, step, STEP);
}

/**
 * Changes one level, 0 YES or 1 NO, of a synced book. 0 where the book is not synced, 1 where it was changed, 2 where the
 * level would go below zero: the book is stale then.
 */
export function changeLevel(book: i32, side: i32, price: i32, delta: f64): i32 {
  if (load<i32>(record(book), PHASE) !== SYNCED) return IGNORED;
  const part = sideOf(book, side);
  if (price % load<i32>(part, STEP) !== 0) refine(part, price);
  const step = load<i32>(part, STEP);
  const slots = slotsOf(part);
  const slot = slots + <usize> (price / step) * 8;
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
