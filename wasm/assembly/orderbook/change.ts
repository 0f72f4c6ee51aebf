// One frame of type orderbook_delta, read from its bytes (KALSHI.md 5.6). Recognised is only what is plain, compact and
// well formed, with known keys none of which appears twice; the rest is left to the ordinary parser, which judges it.

import { NAME_BYTES_MAX } from "./names";
import { behindText, decimalText, number, position, wholeNumber } from "./text";

// What the last recognised frame said.
export let sid: i64 = 0;
export let seq: i64 = 0;
export let ticker: usize = 0;
export let tickerLength: i32 = 0;
/** 0 is YES, 1 is NO. */
export let side: i32 = 0;
/** $0.0001. */
export let price: i32 = 0;
/** 0.01 contract. */
export let delta: i64 = 0;
/** Milliseconds since 1970; -1 where the frame has none. */
export let time: i64 = -1;

const TYPE = 1;
const SID = 2;
const SEQ = 4;
const MSG = 8;
const SENDING = 16;
const TICKER = 1;
const MARKET_ID = 2;
const PRICE = 4;
const DELTA = 8;
const SIDE = 16;
const TIME = 32;
const TIME_MS = 64;
const CLIENT_ORDER = 128;
const SUBACCOUNT = 256;
const MILLISECONDS_MAX: i64 = 7_258_118_400_000;

/** Reads the frame between `at` and `end`; `false` where it is not recognised. */
export function readChange(at: usize, end: usize): bool {
  if (end - at < 64 || load<u8>(at) !== 0x7b) return false;
  let seen = 0;
  do {
    // At the brace or at a comma.
    if (load<u8>(at, 1) !== 0x22) return false;
    at += 2;
    let bit = 0;
    const key = load<u32>(at);
    if (key === 0x65707974) { // type":"orderbook_delta"
      if (!isDeltaType(at)) return false;
      at += 23;
      bit = TYPE;
    } else if (key === 0x22646973 && load<u8>(at, 4) === 0x3a) { // sid":
      if (!wholeNumber(at + 5, end, 15)) return false;
      sid = number;
      at = position;
      bit = SID;
    } else if (key === 0x22716573 && load<u8>(at, 4) === 0x3a) { // seq":
      if (!wholeNumber(at + 5, end, 15)) return false;
      seq = number;
      at = position;
      bit = SEQ;
    } else if (key === 0x2267736d && load<u16>(at, 4) === 0x7b3a) { // msg":{
      at = behindMessage(at + 6, end);
      if (at === 0) return false;
      bit = MSG;
    } else if (load<u64>(at) === 0x5f676e69646e6573 && load<u64>(at, 7) === 0x3a22736d5f73745f) { // sending_ts_ms":
      if (!wholeNumber(at + 15, end, 15)) return false;
      at = position;
      bit = SENDING;
    }
    if (bit === 0 || (seen & bit) !== 0) return false;
    seen |= bit;
  } while (load<u8>(at) === 0x2c);
  const needed = TYPE | SID | SEQ | MSG;
  return load<u8>(at) === 0x7d && at + 1 === end && (seen & needed) === needed;
}

function isDeltaType(at: usize): bool {
  return load<u64>(at) === 0x6f223a2265707974 && load<u64>(at, 8) === 0x6b6f6f6272656472 &&
    load<u64>(at, 15) === 0x2261746c65645f6b;
}

/** Behind the inner object that begins at `at`, its brace left out; 0 where it is not recognised. */
function behindMessage(at: usize, end: usize): usize {
  let seen = 0;
  time = -1;
  at--;
  do {
    if (load<u8>(at, 1) !== 0x22) return 0;
    const bit = readField(at + 2, end);
    if (bit === 0 || (seen & bit) !== 0) return 0;
    seen |= bit;
    at = fieldEnd;
  } while (load<u8>(at) === 0x2c);
  const needed = TICKER | PRICE | DELTA | SIDE;
  return load<u8>(at) === 0x7d && (seen & needed) === needed ? at + 1 : 0;
}

/** Behind the field that was read last. */
let fieldEnd: usize = 0;

function ended(at: usize, bit: i32): i32 {
  fieldEnd = at;
  return at === 0 ? 0 : bit;
}

/** Reads the field whose key begins at `at`; its bit, 0 where it is not recognised. */
function readField(at: usize, end: usize): i32 {
  const key = load<u64>(at);
  if (key === 0x745f74656b72616d && load<u64>(at, 8) === 0x223a2272656b6369) { // market_ticker":"
    const behind = behindText(at + 16, end);
    ticker = at + 16;
    tickerLength = <i32> (behind - ticker) - 1;
    return behind === 0 || tickerLength === 0 || tickerLength > NAME_BYTES_MAX ? 0 : ended(behind, TICKER);
  }
  if (key === 0x695f74656b72616d && load<u64>(at, 4) === 0x223a2264695f7465) { // market_id":"
    return ended(behindText(at + 12, end), MARKET_ID);
  }
  if (key === 0x6f645f6563697270 && load<u64>(at, 8) === 0x223a227372616c6c) { // price_dollars":"
    if (!decimalText(at + 16, end, 4) || number <= 0 || number >= 10_000) return 0;
    price = <i32> number;
    return ended(position, PRICE);
  }
  if (key === 0x70665f61746c6564 && load<u64>(at, 3) === 0x223a2270665f6174) { // delta_fp":"
    if (!decimalText(at + 11, end, 2)) return 0;
    delta = number;
    return ended(position, DELTA);
  }
  return readShortField(at, end);
}

function readShortField(at: usize, end: usize): i32 {
  const key = load<u32>(at);
  if (key === 0x65646973 && load<u32>(at, 3) === 0x223a2265) { // side":"
    if (load<u32>(at, 7) === 0x22736579) { // yes"
      side = 0;
      return ended(at + 11, SIDE);
    }
    if ((load<u32>(at, 7) & 0xffffff) !== 0x226f6e) return 0; // no"
    side = 1;
    return ended(at + 10, SIDE);
  }
  if (key === 0x3a227374 && load<u8>(at, 4) === 0x22) return ended(behindText(at + 5, end), TIME); // ts":"
  if (key === 0x6d5f7374 && load<u32>(at, 3) === 0x3a22736d) { // ts_ms":
    if (!wholeNumber(at + 7, end, 13) || number > MILLISECONDS_MAX) return 0;
    time = number;
    return ended(position, TIME_MS);
  }
  if (load<u64>(at) === 0x6f5f746e65696c63 && load<u64>(at, 10) === 0x223a2264695f7265) { // client_order_id":"
    return load<u16>(at, 8) === 0x6472 ? ended(behindText(at + 18, end), CLIENT_ORDER) : 0;
  }
  if (load<u64>(at) === 0x756f636361627573 && load<u64>(at, 4) === 0x3a22746e756f6363) { // subaccount":
    return wholeNumber(at + 12, end, 15) ? ended(position, SUBACCOUNT) : 0;
  }
  return 0;
}
