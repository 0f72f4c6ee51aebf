// Order books in linear memory: per market two sides of bids, per side the contracts at every price in one flat array.
// Most markets quote on multiples of $0.001; a side that sees a finer price goes on with one slot per $0.0001.

const MARKETS_MAX = 16_384;
/** A power of two, well above the number of markets: open addressing. */
const TABLE_SLOTS: u32 = 65_536;
const RECORD_BYTES = 48;
const PRICES = 10_000;
const COARSE_STEP = 10;
const TICKER_BYTES_MAX = 200;
const PAGE: usize = 65_536;

// Of a side's record.
const SLOTS = 0;
const STEP = 4;
const BEST = 8;
const LEVELS = 12;
const SIDE_BYTES = 16;
// Of a market's record, behind its two sides.
const PHASE = 32;
const TICKER = 36;
const TICKER_LENGTH = 40;
const HASH = 44;

export const SYNCED = 1;
export const STALE = 2;

const start: usize = (__heap_base + 15) & ~15;
let top: usize = start;
let table: usize = 0;
let records: usize = 0;
let count: i32 = 0;

/** So many bytes of zeros, aligned. */
export function take(bytes: usize): usize {
  const at = top;
  top = (at + bytes + 15) & ~15;
  const missing = <isize> top - <isize> (<usize> memory.size() * PAGE);
  if (missing > 0 && memory.grow(<i32> ((<usize> missing + PAGE - 1) / PAGE)) < 0) unreachable();
  memory.fill(at, 0, bytes);
  return at;
}

/** Forgets every market. */
export function clearAll(): void {
  top = start;
  table = take(TABLE_SLOTS * 4);
  records = take(MARKETS_MAX * RECORD_BYTES);
  count = 0;
}

function record(market: i32): usize {
  return records + <usize> market * RECORD_BYTES;
}

function hashOf(at: usize, length: i32): u32 {
  let hash: u64 = <u64> length;
  let k = 0;
  for (; k + 8 <= length; k += 8) hash = (hash ^ load<u64>(at + k)) * 0x9e3779b97f4a7c15;
  for (; k < length; k++) hash = (hash ^ <u64> load<u8>(at + k)) * 0x9e3779b97f4a7c15;
  return <u32> (hash >> 32);
}

function same(one: usize, other: usize, length: i32): bool {
  let k = 0;
  for (; k + 8 <= length; k += 8) if (load<u64>(one + k) !== load<u64>(other + k)) return false;
  for (; k < length; k++) if (load<u8>(one + k) !== load<u8>(other + k)) return false;
  return true;
}

/** The market of this name, byte for byte; -1 where it is not known. */
export function find(at: usize, length: i32): i32 {
  const hash = hashOf(at, length);
  let slot = hash & (TABLE_SLOTS - 1);
  let entry = load<i32>(table + (slot << 2));
  while (entry !== 0) {
    const known = record(entry - 1);
    if (
      load<u32>(known, HASH) === hash && load<i32>(known, TICKER_LENGTH) === length &&
      same(load<usize>(known, TICKER), at, length)
    ) return entry - 1;
    slot = (slot + 1) & (TABLE_SLOTS - 1);
    entry = load<i32>(table + (slot << 2));
  }
  return -1;
}

/** The market of this name, made where it is not known; -1 where there is no room for another, or its name is too long. */
export function findOrMake(at: usize, length: i32): i32 {
  const known = find(at, length);
  if (known >= 0) return known;
  if (count >= MARKETS_MAX || length > TICKER_BYTES_MAX || length === 0) return -1;
  const made = record(count);
  const name = take(length);
  memory.copy(name, at, length);
  const hash = hashOf(at, length);
  store<usize>(made, name, TICKER);
  store<i32>(made, length, TICKER_LENGTH);
  store<u32>(made, hash, HASH);
  for (let side = 0; side < 2; side++) {
    const part = made + <usize> (side * SIDE_BYTES);
    store<usize>(part, take((PRICES / COARSE_STEP + 1) * 8), SLOTS);
    store<i32>(part, COARSE_STEP, STEP);
  }
  let slot = hash & (TABLE_SLOTS - 1);
  while (load<i32>(table + (slot << 2)) !== 0) slot = (slot + 1) & (TABLE_SLOTS - 1);
  store<i32>(table + (slot << 2), ++count);
  return count - 1;
}

export function phaseOf(market: i32): i32 {
  return load<i32>(record(market), PHASE);
}

export function setPhase(market: i32, phase: i32): void {
  store<i32>(record(market), phase, PHASE);
}

function sideOf(market: i32, side: i32): usize {
  return record(market) + <usize> (side * SIDE_BYTES);
}

/** Empties both sides. */
export function clear(market: i32): void {
  for (let side = 0; side < 2; side++) {
    const part = sideOf(market, side);
    memory.fill(load<usize>(part, SLOTS), 0, <usize> (PRICES / load<i32>(part, STEP) + 1) * 8);
    store<i32>(part, 0, BEST);
    store<i32>(part, 0, LEVELS);
  }
}

/** Goes on with one slot per $0.0001. */
function refine(part: usize): void {
  const coarse = load<usize>(part, SLOTS);
  const fine = take((PRICES + 1) * 8);
  for (let k = 0; k <= PRICES / COARSE_STEP; k++) {
    store<i64>(fine + <usize> (k * COARSE_STEP) * 8, load<i64>(coarse + <usize> k * 8));
  }
  store<usize>(part, fine, SLOTS);
  store<i32>(part, 1, STEP);
}

/** Adds a signed change at a price. `false`, and nothing changed, where the level would go below zero. */
export function add(market: i32, side: i32, price: i32, delta: i64): bool {
  const part = sideOf(market, side);
  if (load<i32>(part, STEP) !== 1 && price % COARSE_STEP !== 0) refine(part);
  const step = load<i32>(part, STEP);
  const slots = load<usize>(part, SLOTS);
  const slot = slots + <usize> (step === 1 ? price : price / COARSE_STEP) * 8;
  const before = load<i64>(slot);
  const after = before + delta;
  if (after < 0) return false;
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
  return true;
}

export function bestOf(market: i32, side: i32): i32 {
  return load<i32>(sideOf(market, side), BEST);
}

export function levelsOf(market: i32, side: i32): i32 {
  return load<i32>(sideOf(market, side), LEVELS);
}

export function sizeOf(market: i32, side: i32, price: i32): i64 {
  const part = sideOf(market, side);
  const step = load<i32>(part, STEP);
  if (price % step !== 0) return 0;
  return load<i64>(load<usize>(part, SLOTS) + <usize> (price / step) * 8);
}
