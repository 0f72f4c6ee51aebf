/**
 * Values as compressed JSON: what is said between machines, and read with distrust.
 * @module
 */

import { gunzipSync, gzipSync } from "node:zlib";
import type { z } from "zod";
import { messageOf } from "../store/message.ts";

/** Unpacked, a message is never larger: the tickers of a year of quarter-hours take some megabytes. */
const UNPACKED_MAX = 64 << 20;

export const packed = (value: unknown): Uint8Array => packedBytes(new TextEncoder().encode(JSON.stringify(value)));

export const packedBytes = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 6 });

export type Unpacked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

/** @param what is read, for the reason: `Job` */
export function unpacked<Value>(what: string, schema: z.ZodType<Value>, bytes: Uint8Array): Unpacked<Value> {
  const plain = unpackedBytes(what, bytes);
  return plain.ok ? parsed(what, schema, plain.value) : plain;
}

export function unpackedBytes(what: string, bytes: Uint8Array): Unpacked<Uint8Array> {
  try {
    return { ok: true, value: gunzipSync(bytes, { maxOutputLength: UNPACKED_MAX }) };
  } catch (error) {
    return { ok: false, reason: `${what} of ${bytes.length} bytes cannot be unpacked: ${messageOf(error)}` };
  }
}

/** JSON of a wanted form. */
export const parsed = <Value>(what: string, schema: z.ZodType<Value>, bytes: Uint8Array): Unpacked<Value> =>
  parsedText(what, schema, new TextDecoder().decode(bytes));

export function parsedText<Value>(what: string, schema: z.ZodType<Value>, text: string): Unpacked<Value> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, reason: `${what} is no JSON: ${messageOf(error)}` };
  }
  const found = schema.safeParse(value);
  if (found.success) return { ok: true, value: found.data };
  const [{ path, message }] = found.error.issues;
  return { ok: false, reason: `${what} is not of this kbot's form: ${path.join(".")}: ${message}` };
}
