// Order book changes from the bytes of their frames, and the books that they change, each in a memory of its own: whoever
// loads this makes one instance that reads and another that keeps books, and calls the `start` of what it wants.
//
// No export takes or returns an i64, which would be a BigInt: numbers and sizes travel as f64, exact below 2^53.

import * as change from "./orderbook/change";
import { take } from "./memory/arena";
import * as names from "./orderbook/names";

export {
  agrees,
  begin,
  best,
  changeLevel,
  levels,
  makeBook,
  markStale,
  phase,
  release,
  sizeAt,
} from "./orderbook/books";

/** Far above the longest book change; a longer frame is nothing that is read here. */
const ROOM_BYTES = 4_096;
/** Loads may reach beyond the last byte. */
const SLACK_BYTES = 64;

/** What {@link read} found, as f64 in this order: sid, seq, side (0 YES, 1 NO), price, contracts, time, name. */
const FOUND_BYTES = 7 * 8;

let input: usize = 0;
let found: usize = 0;

/** Has to be called once before anything is read. The memory does not grow afterwards, so that views of it stay. */
export function startReading(): void {
  input = take(ROOM_BYTES + SLACK_BYTES);
  found = take(FOUND_BYTES);
  names.start();
}

/** Where the bytes of a frame are put. */
export function room(): usize {
  return input;
}

export function roomBytes(): i32 {
  return ROOM_BYTES;
}

/** Where what was read is left. */
export function foundAt(): usize {
  return found;
}

/** Reads the change of so many bytes that was put into the room. `false` where it is none, or not a plain one. */
export function read(length: i32): bool {
  if (length > ROOM_BYTES || !change.readChange(input, input + <usize> length)) return false;
  store<f64>(found, <f64> change.sid);
  store<f64>(found, <f64> change.seq, 8);
  store<f64>(found, <f64> change.side, 16);
  store<f64>(found, <f64> change.price, 24);
  store<f64>(found, <f64> change.delta, 32);
  // Milliseconds since 1970; -1 where the frame has none.
  store<f64>(found, <f64> change.time, 40);
  // -1 where the ticker is not known.
  store<f64>(found, <f64> names.find(change.ticker, change.tickerLength), 48);
  return true;
}

/** Remembers the ticker of what was read; gives its name's number, -1 where there is no room for another. */
export function learnTicker(): i32 {
  return names.learn(change.ticker, change.tickerLength);
}

/** Where the ticker of what was read stands, from the start of the frame. */
export function tickerAt(): i32 {
  return <i32> (change.ticker - input);
}

export function tickerLength(): i32 {
  return change.tickerLength;
}

/** Forgets every ticker. */
export function forgetTickers(): void {
  names.forget();
}
