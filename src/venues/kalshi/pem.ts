/**
 * Private key files as WebCrypto wants them: PKCS#8 DER (KALSHI.md 2.1). No error says anything about the key's bytes.
 * @module
 */

/** The two kinds of key that the exchange knows. */
export type KeyAlgorithm = "RSA-PSS" | "Ed25519";

/** A private key in the one form that WebCrypto imports. */
export interface Pkcs8Key {
  readonly algorithm: KeyAlgorithm;
  readonly der: Uint8Array<ArrayBuffer>;
}

const PEM_LENGTH_MAX = 64 * 1024;
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
/** AlgorithmIdentifier { rsaEncryption, NULL }. */
const RSA_ALGORITHM = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const RSA_OBJECT_ID = RSA_ALGORITHM.slice(2, 13);
const ED25519_OBJECT_ID = [0x06, 0x03, 0x2b, 0x65, 0x70];

/**
 * Reads a PEM text with one private key: RSA as PKCS#1 (`RSA PRIVATE KEY`, what the exchange's site hands out) or
 * PKCS#8, Ed25519 as PKCS#8 (`PRIVATE KEY`).
 * @throws Error in words for the person who put the file there, without any of its content
 */
export function readPrivateKey(pem: string): Pkcs8Key {
  const match = pem.length <= PEM_LENGTH_MAX ? BLOCK.exec(pem) : null;
  if (match === null) {
    throw new Error('Private key is no PEM file: wanted a block "-----BEGIN PRIVATE KEY-----" or "RSA PRIVATE KEY"');
  }
  const label = match[1];
  switch (label) {
    case "RSA PRIVATE KEY":
      return { algorithm: "RSA-PSS", der: wrapPkcs1(decodeBase64(match[2])) };
    case "PRIVATE KEY": {
      const der = decodeBase64(match[2]);
      return { algorithm: algorithmOf(der), der };
    }
    case "ENCRYPTED PRIVATE KEY":
      throw new Error("Private key is encrypted with a passphrase: store it decrypted in a file of mode 600");
    default:
      throw new Error(`Private key file holds a block "${label}": allowed are "PRIVATE KEY" and "RSA PRIVATE KEY"`);
  }
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.replace(/\s+/g, "")), (character) => character.charCodeAt(0));
  } catch {
    throw new Error("Private key file is damaged: its block is no base64");
  }
}

/** PKCS#8 = SEQUENCE { version 0, algorithm, OCTET STRING { the PKCS#1 key } } (RFC 5208). */
function wrapPkcs1(pkcs1: Uint8Array): Uint8Array<ArrayBuffer> {
  const version = [INTEGER, 0x01, 0x00];
  const key = tagged(OCTET_STRING, pkcs1);
  return tagged(SEQUENCE, Uint8Array.from([...version, ...RSA_ALGORITHM, ...key]));
}

function tagged(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const length: number[] = [];
  if (content.length < 0x80) {
    length.push(content.length);
  } else {
    for (let rest = content.length; rest > 0; rest >>>= 8) length.unshift(rest & 0xff);
    length.unshift(0x80 | length.length);
  }
  return Uint8Array.from([tag, ...length, ...content]);
}

/** The algorithm stands within the first bytes of a PKCS#8 key, before the key itself. */
function algorithmOf(der: Uint8Array): KeyAlgorithm {
  const head = Array.from(der.subarray(0, 32)).join(",");
  if (head.includes(ED25519_OBJECT_ID.join(","))) return "Ed25519";
  if (head.includes(RSA_OBJECT_ID.join(","))) return "RSA-PSS";
  throw new Error("Private key is of a kind that the exchange does not take: allowed are RSA and Ed25519");
}
