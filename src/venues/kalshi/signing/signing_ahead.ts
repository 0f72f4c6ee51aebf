/**
 * Signatures that are there before they are needed. An RSA signature takes Deno one to two milliseconds, an Ed25519 one
 * about 60 us and two turns of the event loop: more than all else between a decision and its bytes on the socket. It
 * covers the time, the method and the path but not the body, so a Worker signs what orders need, again and again, and an
 * order leaves with the newest.
 *
 * How old a signature may be is a setting, far inside the exchange's window (KALSHI.md 2.2). Where none is fresh, the
 * caller signs in place: slower, never wrong.
 * @module
 */

import type { Pkcs8Key } from "../pem.ts";
import { type AccessHeaders, accessHeaders } from "../signature.ts";
import { PLACES, SignatureBoard, type Signed } from "./board.ts";
import type { SigningReply, SigningRequest } from "./worker_messages.ts";

export interface SigningAheadOptions {
  /** What a signature may be old, milliseconds. */
  readonly maxAgeMs: number;
  /** Told once where there will be no signatures ahead any more, and why. */
  readonly onTrouble: (reason: string) => void;
}

/** Room for the pairs that are always signed; the rest of the board is for orders that may be cancelled. */
const ALWAYS_MAX = 8;
const ONCE_MAX = PLACES - ALWAYS_MAX;

/** How often the newest signatures are made headers, so that an order need not do it. */
const LOOK_EVERY_MS = 50;

interface Place {
  readonly place: number;
  readonly pair: number;
  /** Of the newest signature that was looked at. */
  made: { readonly signed: Signed; readonly headers: AccessHeaders } | null;
}

export class SigningAhead {
  readonly #keyId: string;
  readonly #maxAgeMs: number;
  readonly #board = new SignatureBoard();
  readonly #onTrouble: (reason: string) => void;
  #worker: Worker | null;
  readonly #looking: ReturnType<typeof setInterval>;
  #pairs = 0;
  readonly #always = new Map<string, Place>();
  /** Oldest first: it makes room. */
  readonly #once = new Map<string, Place>();
  readonly #free: number[] = Array.from({ length: ONCE_MAX }, (_, k) => ALWAYS_MAX + k);

  constructor(keyId: string, key: Pkcs8Key, options: SigningAheadOptions) {
    this.#keyId = keyId;
    this.#maxAgeMs = options.maxAgeMs;
    this.#onTrouble = options.onTrouble;
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
    const worker = new Worker(new URL("./signing_worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<SigningReply>) => this.#failed(data.reason);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#failed(event.message);
    };
    // A copy, because sending it empties it.
    const der = key.der.slice();
    const { algorithm } = key;
    const { memory } = this.#board;
    this.#tell({ type: "start", algorithm, der, board: memory, maxAgeMs: this.#maxAgeMs }, [der.buffer]);
  }

  /** Signs this pair from now on for good. At most eight; a query is not signed and is cut off. */
  always(method: string, path: string): void {
    const text = signedPart(method, path);
    if (this.#always.has(text)) return;
    if (this.#always.size >= ALWAYS_MAX) throw new RangeError(`More than ${ALWAYS_MAX} pairs that are always signed`);
    this.#add(this.#always, text, this.#always.size);
  }

  /** Signs this pair until it is forgotten: the cancel of an order that rests. The oldest one makes room. */
  expect(method: string, path: string): void {
    const text = signedPart(method, path);
    if (this.#once.has(text) || this.#always.has(text)) return;
    let place = this.#free.pop();
    if (place === undefined) {
      const oldest = this.#once.entries().next();
      if (oldest.done) return;
      const [known, freed] = oldest.value;
      this.#once.delete(known);
      place = freed.place;
    }
    this.#add(this.#once, text, place);
  }

  forget(method: string, path: string): void {
    const text = signedPart(method, path);
    const found = this.#once.get(text);
    if (found === undefined) return;
    this.#once.delete(text);
    this.#free.push(found.place);
    this.#tell({ type: "forget", place: found.place });
  }

  /** Headers for this pair that were signed not too long ago; `null` where there are none. */
  ready(method: string, path: string, nowMs: number): AccessHeaders | null {
    if (this.#worker === null) return null;
    const text = signedPart(method, path);
    const found = this.#always.get(text) ?? this.#once.get(text);
    if (found === undefined) return null;
    const made = this.#newest(found);
    return made === null || Math.abs(nowMs - made.signed.timestampMs) > this.#maxAgeMs ? null : made.headers;
  }

  #newest(place: Place): Place["made"] {
    const signed = this.#board.read(place.place, place.pair);
    if (signed === null) return null;
    if (place.made?.signed !== signed) {
      const headers = accessHeaders(this.#keyId, String(signed.timestampMs), signed.signature);
      place.made = { signed, headers };
    }
    return place.made;
  }

  #look(): void {
    for (const place of this.#always.values()) this.#newest(place);
    for (const place of this.#once.values()) this.#newest(place);
  }

  stop(): void {
    clearInterval(this.#looking);
    this.#worker?.terminate();
    this.#worker = null;
  }

  #add(into: Map<string, Place>, text: string, place: number): void {
    const pair = ++this.#pairs;
    into.set(text, { place, pair, made: null });
    this.#tell({ type: "sign", place, pair, text });
  }

  #tell(request: SigningRequest, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(request, transfer);
  }

  #failed(reason: string): void {
    if (this.#worker === null) return;
    this.stop();
    this.#onTrouble(`Requests are signed one by one, which takes longer: ${reason}`);
  }
}

/** What is signed besides the time (KALSHI.md 2.1). */
function signedPart(method: string, path: string): string {
  const query = path.indexOf("?");
  return method.toUpperCase() + (query < 0 ? path : path.slice(0, query));
}
