/**
 * What stands under the key of an account: who leads it, and the count by which everybody can tell one leader from the next.
 * @module
 */

import { isObject } from "../../engine/journal_shape.ts";

/** As it is written, JSON. */
export interface LeaseRecord {
  /** Grows by one whenever the lease is taken, and never else: the fencing token. */
  readonly epoch: number;
  /** The process that holds it, another one at each start: a bot is not taken for what it was before. */
  readonly holder: string;
  /** What its bot is called: `cluster.name`. */
  readonly name: string;
  /** The word of its state directory that begins its client order ids. */
  readonly instance: string;
  readonly execution: "paper" | "live";
  /** Where it trades: bots of two venues never share a lease. */
  readonly venue: string;
  /** Counts within the epoch: tells which of several renewals this is. */
  readonly renewals: number;
  /** How long it lasts without a renewal, milliseconds, as its holder has it. */
  readonly ttlMs: number;
  /** Its holder gave it up: whoever wants it need not wait. */
  readonly released: boolean;
  /** The words of all that held it lately, the newest last: how their orders are known. */
  readonly instances: readonly string[];
}

/** Far more bots than share one account. */
export const INSTANCES_MAX = 16;
const RECORD_CHARS_MAX = 8_192;
const TTL_MS_MAX = 600_000;
const WORD = /^[A-Za-z0-9_-]{1,64}$/;
const INSTANCE = /^k[0-9a-f]{8}$/;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isWord = (value: unknown): value is string => typeof value === "string" && WORD.test(value);
const isInstance = (value: unknown): value is string => typeof value === "string" && INSTANCE.test(value);

/** `null` where the text is no such record: then nobody may take it for a free lease. */
export function parseLease(text: string): LeaseRecord | null {
  if (text.length > RECORD_CHARS_MAX) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { epoch, holder, name, instance, execution, venue, renewals, ttlMs, released, instances } = value;
  if (!isCount(epoch) || epoch === 0 || !isCount(renewals) || !isCount(ttlMs)) return null;
  if (ttlMs === 0 || ttlMs > TTL_MS_MAX) return null;
  if (!isWord(holder) || !isWord(name) || !isInstance(instance)) return null;
  if (execution !== "paper" && execution !== "live") return null;
  if (typeof venue !== "string" || venue === "" || typeof released !== "boolean") return null;
  if (!Array.isArray(instances) || instances.length > INSTANCES_MAX || !instances.every(isInstance)) return null;
  return { epoch, holder, name, instance, execution, venue, renewals, ttlMs, released, instances };
}

/** The words with one more at the end; the oldest go. */
export const withInstance = (instances: readonly string[], instance: string): readonly string[] =>
  [...instances.filter((each) => each !== instance), instance].slice(-INSTANCES_MAX);
