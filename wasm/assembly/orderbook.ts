// From the bytes of a WebSocket to changed order books, without leaving this memory: unmasked text frames that hold a plain
// book change are taken apart, numbered against their subscription and applied. Everything else (snapshots, other
// types, control frames, parts, gaps) is left where it is, and the caller deals with it in TypeScript.
//
// No export takes or returns an i64, which would be a BigInt: numbers and sizes travel as f64, exact below 2^53.

import {
  add,
  bestOf,
  clear,
  clearAll,
  find,
  findOrMake,
  levelsOf,
  phaseOf,
  setPhase,
  sizeOf,
  STALE,
  SYNCED,
  take,
} from "./orderbook/books";
import * as change from "./orderbook/change";

const ROOM_BYTES = 1_048_576;
/** Loads may reach beyond the last byte. */
const SLACK_BYTES = 64;
const NAME_BYTES = 256;
const SIDS_MAX = 1_024;
const NO_NUMBER: i64 = -1;

let input: usize = 0;
let name: usize = 0;
let sequences: usize = 0;
let applied: i32 = 0;
let blocked: bool = false;

/** Begins anew: no markets, no numbers. Has to be called before anything else. */
export function reset(): void {
  clearAll();
  input = take(ROOM_BYTES + SLACK_BYTES);
  name = take(NAME_BYTES);
  sequences = take(SIDS_MAX * 8);
  for (let sid = 0; sid < SIDS_MAX; sid++) store<i64>(sequences + <usize> sid * 8, NO_NUMBER);
  applied = 0;
}

/** Where bytes of the connection are put. */
export function room(): usize {
  return input;
}

export function roomBytes(): i32 {
  return ROOM_BYTES;
}

/** Where the name of a market is put for `market`. */
export function nameRoom(): usize {
  return name;
}

/** The market whose name of so many bytes was put there; -1 where there is no room for another. */
export function market(length: i32): i32 {
  return findOrMake(name, length);
}

/** Forgets what was known of a market: levels follow, then it is synced. */
export function begin(which: i32): void {
  clear(which);
  setPhase(which, SYNCED);
}

export function markStale(which: i32): void {
  setPhase(which, STALE);
}

/** 0 nothing heard, 1 synced, 2 stale. */
export function phase(which: i32): i32 {
  return phaseOf(which);
}

/** Changes one level; 0 YES, 1 NO. `false` where it would go below zero. */
export function changeLevel(which: i32, side: i32, price: i32, delta: f64): bool {
  return add(which, side, price, <i64> delta);
}

export function best(which: i32, side: i32): i32 {
  return bestOf(which, side);
}

export function levels(which: i32, side: i32): i32 {
  return levelsOf(which, side);
}

export function sizeAt(which: i32, side: i32, price: i32): f64 {
  return <f64> sizeOf(which, side, price);
}

/** The number that a subscription has come to: the next frame must follow it. */
export function setSequence(sid: i32, seq: f64): void {
  if (sid >= 0 && sid < SIDS_MAX) store<i64>(sequences + <usize> sid * 8, <i64> seq);
}

export function sequence(sid: i32): f64 {
  return sid >= 0 && sid < SIDS_MAX ? <f64> load<i64>(sequences + <usize> sid * 8) : -1;
}

/** Changes applied since the start. */
export function changes(): i32 {
  return applied;
}

/** Whether the last `consume` stopped at something that it leaves to the caller, and not for want of bytes. */
export function isBlocked(): bool {
  return blocked;
}

/** Applies the frames between `at` and `end`, one after the other; gives where it stopped. */
export function consume(at: usize, end: usize): usize {
  blocked = false;
  while (end - at >= 2) {
    // A whole text frame, unmasked.
    if (load<u8>(at) !== 0x81) break;
    let length: usize = load<u8>(at, 1);
    let payload = at + 2;
    if (length === 126) {
      if (end - at < 4) return at;
      length = <usize> bswap<u16>(load<u16>(at, 2));
      payload = at + 4;
      if (length < 126) break;
    } else if (length > 126) {
      break;
    }
    const behind = payload + length;
    if (behind > end) return at;
    if (!apply(payload, behind)) break;
    at = behind;
  }
  blocked = end - at >= 2;
  return at;
}

/** Applies one change; `false`, and nothing changed, where anything about it is not as expected. */
function apply(at: usize, end: usize): bool {
  if (!change.readChange(at, end)) return false;
  if (change.sid >= SIDS_MAX) return false;
  const counter = sequences + <usize> change.sid * 8;
  if (load<i64>(counter) + 1 !== change.seq) return false;
  const which = find(change.ticker, change.tickerLength);
  if (which < 0 || phaseOf(which) !== SYNCED) return false;
  if (!add(which, change.side, change.price, change.delta)) return false;
  store<i64>(counter, change.seq);
  applied++;
  return true;
}

/** Reads the change of so many bytes that was put into `room`, and changes nothing. */
export function read(length: i32): bool {
  return length <= ROOM_BYTES && change.readChange(input, input + <usize> length);
}

// What the last `read` found.
export function readSid(): f64 {
  return <f64> change.sid;
}

export function readSeq(): f64 {
  return <f64> change.seq;
}

/** Where the ticker stands, from the start of the frame. */
export function readTicker(): i32 {
  return <i32> (change.ticker - input);
}

export function readTickerLength(): i32 {
  return change.tickerLength;
}

export function readSide(): i32 {
  return change.side;
}

export function readPrice(): i32 {
  return change.price;
}

export function readDelta(): f64 {
  return <f64> change.delta;
}

/** Milliseconds since 1970; -1 where the frame has none. */
export function readTime(): f64 {
  return <f64> change.time;
}
