/**
 * What came of a trial, as it is kept at the servers: a line of JSON and the profits as they are in memory, so that nothing is
 * rounded on the way.
 * @module
 */

import { z } from "zod";
import type { TrialRan } from "../../backtest/search/sweep_pool.ts";
import { micros } from "../../core/units.ts";
import { packedBytes, parsed, type Unpacked, unpackedBytes } from "../packed.ts";

export interface Answer {
  /** Who ran it. */
  readonly worker: string;
  readonly ran: TrialRan;
}

const NEWLINE = 10;
const BYTES = Float64Array.BYTES_PER_ELEMENT;

const HEAD = z.discriminatedUnion("ok", [
  z.strictObject({
    ok: z.literal(true),
    worker: z.string(),
    orders: z.int().min(0),
    fills: z.int().min(0),
    through: z.int().transform(micros).nullable(),
    stoppedEarly: z.boolean(),
  }),
  z.strictObject({ ok: z.literal(false), worker: z.string(), reason: z.string() }),
]);

export function encodeAnswer({ worker, ran }: Answer): Uint8Array {
  const { profits, ...result } = ran.ok ? ran.result : { profits: new Float64Array(), reason: ran.reason };
  const head = new TextEncoder().encode(`${JSON.stringify({ ok: ran.ok, worker, ...result })}\n`);
  const bytes = new Uint8Array(head.length + profits.length * BYTES);
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  profits.forEach((each, k) => view.setFloat64(head.length + k * BYTES, each, true));
  return packedBytes(bytes);
}

export function decodeAnswer(bytes: Uint8Array): Unpacked<Answer> {
  const plain = unpackedBytes("Answer", bytes);
  if (!plain.ok) return plain;
  const body = plain.value.indexOf(NEWLINE) + 1;
  const size = plain.value.length - body;
  if (body === 0 || size % BYTES !== 0) return { ok: false, reason: "Answer is cut off" };
  const head = parsed("Answer", HEAD, plain.value.subarray(0, body));
  if (!head.ok) return head;
  if (!head.value.ok) {
    const { worker, reason } = head.value;
    return { ok: true, value: { worker, ran: { ok: false, reason } } };
  }
  const view = new DataView(plain.value.buffer, plain.value.byteOffset + body, size);
  const profits = Float64Array.from({ length: size / BYTES }, (_, k) => view.getFloat64(k * BYTES, true));
  const { worker, ok: _, ...result } = head.value;
  return { ok: true, value: { worker, ran: { ok: true, result: { profits, ...result } } } };
}

/** Whether both came to the same, whoever ran them. */
export function isSameAnswer(a: TrialRan, b: TrialRan): boolean {
  if (!a.ok || !b.ok) return a.ok === b.ok;
  const { profits: left, ...rest } = a.result;
  const { profits: right, ...others } = b.result;
  return left.length === right.length && left.every((each, k) => Object.is(each, right[k])) &&
    rest.orders === others.orders && rest.fills === others.fills && rest.through === others.through &&
    rest.stoppedEarly === others.stoppedEarly;
}
