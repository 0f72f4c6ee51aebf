/**
 * What is said between the bot and the Worker that signs for it.
 * @module
 */

import type { KeyAlgorithm } from "../pem.ts";

export type SigningRequest =
  | {
    readonly type: "start";
    readonly algorithm: KeyAlgorithm;
    /** PKCS#8, transferred: this thread's copy is empty afterwards. */
    readonly der: Uint8Array<ArrayBuffer>;
    readonly board: SharedArrayBuffer;
    readonly maxAgeMs: number;
  }
  | { readonly type: "sign"; readonly place: number; readonly pair: number; readonly text: string }
  | { readonly type: "forget"; readonly place: number };

/** Signatures go over the board; a message means that there will be none. The reason says nothing about the key. */
export type SigningReply = { readonly type: "failed"; readonly reason: string };
