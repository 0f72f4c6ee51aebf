// Tickers by their bytes, numbered in the order in which they were learnt.

import { take } from "../memory/arena";

/** More than are ever live at once; when it is full, whoever uses it forgets all and begins anew. */
const NAMES_MAX = 4_096;
/** The longest ticker that is read. */
export const NAME_BYTES_MAX = 200;
/** A power of two, well above the number of names: open addressing. */
const SLOTS: u32 = 16_384;

// Of a name's record.
const HASH = 0;
const LENGTH = 4;
const BYTES = 8;
const RECORD_BYTES = BYTES + NAME_BYTES_MAX;

let slots: usize = 0;
let records: usize = 0;
let count: i32 = 0;

export function start(): void {
  slots = take(SLOTS * 4);
  records = take(NAMES_MAX * RECORD_BYTES);
}

export function forget(): void {
  memory.fill(slots, 0, SLOTS * 4);
  count = 0;
}

function record(name: i32): usize {
  return records + <usize> name * RECORD_BYTES;
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

/** The number of this name, byte for byte; -1 where it is not known. */
export function find(at: usize, length: i32): i32 {
  const hash = hashOf(at, length);
  let slot = hash & (SLOTS - 1);
  let entry = load<i32>(slots + (slot << 2));
  while (entry !== 0) {
    const known = record(entry - 1);
    if (load<u32>(known, HASH) === hash && load<i32>(known, LENGTH) === length && same(known + BYTES, at, length)) {
      return entry - 1;
    }
    slot = (slot + 1) & (SLOTS - 1);
    entry = load<i32>(slots + (slot << 2));
  }
  return -1;
}

/** A number for a name that is not known; -1 where there is no room for another. */
export function learn(at: usize, length: i32): i32 {
  if (count >= NAMES_MAX) return -1;
  const made = record(count);
  const hash = hashOf(at, length);
  store<u32>(made, hash, HASH);
  store<i32>(made, length, LENGTH);
  memory.copy(made + BYTES, at, length);
  let slot = hash & (SLOTS - 1);
  while (load<i32>(slots + (slot << 2)) !== 0) slot = (slot + 1) & (SLOTS - 1);
  store<i32>(slots + (slot << 2), ++count);
  return count - 1;
}
