/**
 * CRC-32 as in zlib and ISO 3309, of texts of ASCII characters.
 * @module
 */

const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  return rest;
});

/** A checksum of texts one after the other, without joining them. */
export class Crc32 {
  #rest = -1;

  update(text: string): void {
    let rest = this.#rest;
    for (let at = 0; at < text.length; at++) rest = TABLE[(rest ^ text.charCodeAt(at)) & 0xff] ^ (rest >>> 8);
    this.#rest = rest;
  }

  /** An unsigned whole number below 2^32. */
  get value(): number {
    return ~this.#rest >>> 0;
  }
}
