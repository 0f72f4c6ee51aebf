/**
 * The checksum of POSIX's `cksum`: a CRC over the bytes and their number.
 * @module
 */

const POLYNOMIAL = 0x04c11db7;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ POLYNOMIAL : value << 1;
  return value;
});

/**
 * What `cksum` prints of its standard input.
 *
 * @example
 * ```ts
 * import { cksum } from "./cksum.ts";
 * import assert from "node:assert/strict";
 * assert.equal(cksum(new TextEncoder().encode("123456789")), "930766865 9");
 * ```
 */
export function cksum(bytes: Uint8Array): string {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ TABLE[(crc >>> 24) ^ byte];
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) {
    crc = (crc << 8) ^ TABLE[(crc >>> 24) ^ (length & 0xff)];
  }
  return `${~crc >>> 0} ${bytes.length}`;
}
