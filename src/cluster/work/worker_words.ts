/**
 * What a worker says of itself while it works for a sweep, some seconds apart; nothing depends on it but what a person is shown.
 * @module
 */

import { z } from "zod";
import { parsed, type Unpacked } from "../packed.ts";

const TEXT_MAX = 1_000;
const THREADS_MAX = 64;

const WORDS = z.discriminatedUnion("type", [
  /** It takes part. Inputs are those that it took since it said so last. */
  z.strictObject({
    type: z.literal("working"),
    worker: z.string().max(TEXT_MAX),
    threads: z.int().min(1).max(THREADS_MAX),
    busy: z.int().min(0).max(THREADS_MAX),
    inputs: z.int().min(0),
  }),
  /** It does not take part: it has other data, or is another kbot. */
  z.strictObject({ type: z.literal("refused"), worker: z.string().max(TEXT_MAX), reason: z.string().max(TEXT_MAX) }),
  /** Something went wrong, and what was done about it. */
  z.strictObject({ type: z.literal("trouble"), worker: z.string().max(TEXT_MAX), text: z.string().max(TEXT_MAX) }),
  /** It ends. */
  z.strictObject({ type: z.literal("gone"), worker: z.string().max(TEXT_MAX) }),
]);

export type WorkerWords = z.output<typeof WORDS>;

export const encodeWords = (words: WorkerWords): Uint8Array => new TextEncoder().encode(JSON.stringify(words));

export const decodeWords = (bytes: Uint8Array): Unpacked<WorkerWords> => parsed("Worker's message", WORDS, bytes);

/** Texts of any length as they may be sent. */
export const shortText = (text: string): string => text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 3)}...`;
