// Reading JSON from bytes in memory. Loads may reach up to 16 bytes beyond what they look for: whoever calls leaves room.

/** Where the last call went wrong or stopped. Results that a function cannot return besides its value. */
export let position: usize = 0;
export let number: i64 = 0;

/** Behind the text of plain characters that begins at `at`, and the quote that ends it; 0 where there is none. */
export function behindText(at: usize, end: usize): usize {
  const quotes = i8x16.splat(0x22);
  const escapes = i8x16.splat(0x5c);
  while (at < end) {
    const bytes = v128.load(at);
    const quote = i8x16.bitmask(i8x16.eq(bytes, quotes));
    // Controls, escapes, DEL and whatever is not ASCII: as signed bytes the latter are below zero.
    const odd = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.lt_s(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, escapes)),
        i8x16.eq(bytes, i8x16.splat(0x7f)),
      ),
    );
    if ((quote | odd) !== 0) {
      const first = ctz(quote | odd);
      const found = at + <usize> first;
      return (quote >>> first & 1) !== 0 && found < end ? found + 1 : 0;
    }
    at += 16;
  }
  return 0;
}

/**
 * A whole number of at most so many digits, without a sign and leading zeros, that a comma or a brace ends: left in
 * `number`, and where it ends in `position`. `false` where there is none.
 */
export function wholeNumber(at: usize, end: usize, digitsMax: i32): bool {
  const start = at;
  let value: i64 = 0;
  let byte = <u32> load<u8>(at);
  while (byte - 0x30 < 10) {
    value = value * 10 + <i64> (byte - 0x30);
    byte = <u32> load<u8>(++at);
    if (at - start > <usize> digitsMax) return false;
  }
  if (at === start || at >= end) return false;
  if (at - start > 1 && load<u8>(start) === 0x30) return false;
  if (byte !== 0x2c && byte !== 0x7d) return false;
  number = value;
  position = at;
  return true;
}

/**
 * A decimal text up to the quote that ends it, as a whole number of 10^-decimals: left in `number`, and what lies behind
 * the quote in `position`. `false` where it is none, or not exact.
 */
export function decimalText(at: usize, end: usize, decimals: i32): bool {
  const negative = load<u8>(at) === 0x2d;
  if (negative) at++;
  let value: i64 = 0;
  let digits = 0;
  let fraction = -1;
  for (;; at++) {
    const byte = <u32> load<u8>(at);
    if (byte - 0x30 < 10) {
      digits++;
      if (fraction >= 0 && ++fraction > decimals) return false;
      if (digits > 15 - decimals) return false;
      value = value * 10 + <i64> (byte - 0x30);
    } else if (byte === 0x2e && fraction < 0) {
      fraction = 0;
    } else {
      break;
    }
  }
  if (at >= end || load<u8>(at) !== 0x22 || digits === 0 || fraction === 0) return false;
  for (let k = max(fraction, 0); k < decimals; k++) value *= 10;
  number = negative ? -value : value;
  position = at + 1;
  return true;
}
