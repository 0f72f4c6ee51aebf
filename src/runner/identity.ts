/**
 * What a state directory belongs to: one venue and one kind of execution, so that paper and real money, or two
 * exchanges, never mix in one account; and the word that begins all its client order ids.
 * @module
 */

import { join } from "node:path";
import { messageOf } from "../store/message.ts";
import { writeWhole } from "../store/whole_file.ts";

export interface Identity {
  /** `kalshi`, `demo`, `sim` (the embedded exchange) or the REST address of another. */
  readonly venue: string;
  readonly execution: "paper" | "live";
  readonly instance: string;
}

export type IdentityResult =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: string };

const FILE = "identity.json";
const INSTANCE = /^k[0-9a-f]{8}$/;

/** A word that no other state directory has. */
export function newInstance(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return "k" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same word for the same seed: for an exchange that is born with the run, so that a run repeats itself exactly. */
export const seededInstance = (seed: number): string => "k" + (seed >>> 0).toString(16).padStart(8, "0");

/** Where a state directory says whom it belongs to. */
export const identityFile = (stateDirectory: string): string => join(stateDirectory, FILE);

/** Reads whom the directory belongs to, or claims it where it is new. */
export async function claimIdentity(stateDirectory: string, wanted: Identity): Promise<IdentityResult> {
  const path = identityFile(stateDirectory);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return { ok: false, reason: `Cannot read ${path}: ${error}` };
    return await write(path, wanted);
  }
  const found = parseIdentity(text);
  if (found === null) {
    return { ok: false, reason: `${path} is not readable as a state's identity: ${text.slice(0, 80)}` };
  }
  if (found.venue === wanted.venue && found.execution === wanted.execution) return { ok: true, identity: found };
  return {
    ok: false,
    reason:
      `State in ${stateDirectory} belongs to ${found.execution} trading at ${found.venue}, not to ${wanted.execution} ` +
      `trading at ${wanted.venue}; name another directory with --state`,
  };
}

async function write(path: string, identity: Identity): Promise<IdentityResult> {
  try {
    await writeWhole(path, new TextEncoder().encode(JSON.stringify(identity) + "\n"));
    return { ok: true, identity };
  } catch (error) {
    return { ok: false, reason: `${path} cannot be written: ${messageOf(error)}` };
  }
}

/** What such a file says; `null` where it is not readable as one. */
export function parseIdentity(text: string): Identity | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { venue, execution, instance } = value as Record<string, unknown>;
  if (typeof venue !== "string" || (execution !== "paper" && execution !== "live")) return null;
  if (typeof instance !== "string" || !INSTANCE.test(instance)) return null;
  return { venue, execution, instance };
}

/** Whether every run of a state starts with an account of its own: that of the embedded exchange does. */
export async function startsOver(stateDirectory: string): Promise<boolean> {
  const text = await Deno.readTextFile(identityFile(stateDirectory)).catch(() => "");
  return parseIdentity(text)?.venue === "sim";
}
