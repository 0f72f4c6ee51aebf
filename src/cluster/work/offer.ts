/**
 * A sweep's offer to the workers: by its head they see whether they can take part, in its body stands what the trials have in common.
 * @module
 */

import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { z } from "zod";
import type { DataIdentity } from "../../backtest/search/data_identity.ts";
import { OBJECTIVES } from "../../backtest/search/choices.ts";
import type { PackGiven } from "../../backtest/search/sweep_messages.ts";
import type { TrialSettings } from "../../backtest/search/trial.ts";
import { isObject } from "../../engine/journal_shape.ts";
import { money } from "../../core/units.ts";
import { packed, parsed, type Unpacked, unpacked } from "../packed.ts";

/** Settings as they travel: periods are what each finds in its own data. */
export type OfferedSettings = Omit<TrialSettings, "periods">;

export interface OfferBody {
  readonly settings: OfferedSettings;
  /** What a worker must come to by its own data, as by `basisOf`. */
  readonly basis: string;
  readonly packs: readonly PackGiven[];
}

export interface OfferHead extends DataIdentity {
  readonly sweep: string;
  /** The program, as by `buildName`. */
  readonly build: string;
  readonly strategy: string;
  /** What the bot is called that the sweep runs at. */
  readonly from: string;
  readonly pieces: number;
  /** Of the pieces together. */
  readonly sha256: string;
}

/** NATS takes 1 MiB a message, and answers with such a piece in base64. */
const PIECE_BYTES = 512 * 1024;
/** A sweep may have some dozens of packs, which take 256 KiB each at most. */
const PIECES_MAX = 32;
const PACKS_MAX = 1_000;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const HEAD = z.strictObject({
  sweep: z.string().regex(/^[0-9a-f]{1,64}$/),
  build: z.string().min(1).max(200),
  data: hash,
  spot: hash.nullable(),
  strategy: z.string().min(1).max(200),
  from: z.string().min(1).max(200),
  pieces: z.int().min(1).max(PIECES_MAX),
  sha256: hash,
});

/** It comes from the same build, whole by its hash: what is in it was checked where it was made. */
const ENGINE = z.custom<TrialSettings["engine"]>((value) => isObject(value) && Array.isArray(value.strategies));
const BODY = z.strictObject({
  settings: z.strictObject({
    engine: ENGINE,
    capital: z.int().transform(money),
    strategy: z.string(),
    objective: z.enum(OBJECTIVES),
  }),
  basis: hash,
  packs: z.array(z.strictObject({ file: z.string(), base64: z.base64() })).max(PACKS_MAX),
});

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export interface EncodedOffer {
  readonly head: Uint8Array;
  readonly pieces: readonly Uint8Array[];
}

/** @returns in words why it cannot travel, where it is too large */
export function encodeOffer(
  head: Omit<OfferHead, "pieces" | "sha256">,
  { settings, basis, packs }: OfferBody,
): EncodedOffer | { readonly error: string } {
  const given = packs.map(({ file, bytes }) => ({ file, base64: Buffer.from(bytes).toString("base64") }));
  const body = packed({ settings, basis, packs: given });
  const pieces = Array.from(
    { length: Math.ceil(body.length / PIECE_BYTES) },
    (_, k) => body.subarray(k * PIECE_BYTES, (k + 1) * PIECE_BYTES),
  );
  if (pieces.length > PIECES_MAX) {
    return {
      error: `Settings and packs take ${body.length} bytes, more than workers are sent: ${PIECES_MAX * PIECE_BYTES}`,
    };
  }
  const whole: OfferHead = { ...head, pieces: pieces.length, sha256: sha256Of(body) };
  return { head: new TextEncoder().encode(JSON.stringify(whole)), pieces };
}

export const decodeHead = (bytes: Uint8Array): Unpacked<OfferHead> => parsed("Offer", HEAD, bytes);

export function decodeBody({ sha256 }: OfferHead, pieces: readonly Uint8Array[]): Unpacked<OfferBody> {
  const bytes = Buffer.concat(pieces);
  // A sweep that is started again at this moment writes other pieces.
  if (sha256Of(bytes) !== sha256) return { ok: false, reason: "Offer is not whole, or of two sweeps" };
  const read = unpacked("Offer", BODY, bytes);
  if (!read.ok) return read;
  const packs = read.value.packs.map(({ file, base64 }) => ({
    file,
    bytes: Uint8Array.from(Buffer.from(base64, "base64")),
  }));
  return { ok: true, value: { ...read.value, packs } };
}
