/**
 * Signs ahead in a thread of its own. It imports the private key as one that cannot be read out again, and says nothing
 * but that it failed.
 * @module
 */

import { importSigningKey, signText } from "../signature.ts";
import { SignatureBoard } from "./board.ts";
import { Rota } from "./rota.ts";
import type { SigningReply, SigningRequest } from "./worker_messages.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<SigningRequest>) => void) | null;
  postMessage(reply: SigningReply): void;
}

const scope = self as unknown as WorkerScope;

class Signing {
  readonly #rota: Rota;
  readonly #board: SignatureBoard;
  readonly #key: Promise<CryptoKey>;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(start: SigningRequest & { readonly type: "start" }) {
    this.#rota = new Rota(start.maxAgeMs);
    this.#board = new SignatureBoard(start.board);
    this.#key = importSigningKey({ algorithm: start.algorithm, der: start.der }).finally(() => start.der.fill(0));
    // Told at once, and not only when something is to be signed: a rejection that nobody hears ends the process.
    this.#key.catch(fail);
  }

  add(place: number, pair: number, text: string): void {
    this.#rota.add({ place, pair, text });
    this.#wake();
  }

  remove(place: number): void {
    this.#rota.remove(place);
  }

  /** One signature at a time: the next one begins when this one has rested. */
  #wake(): void {
    if (this.#busy) return;
    clearTimeout(this.#timer);
    const next = this.#rota.next(Date.now());
    if (next === Infinity) return;
    if (typeof next === "number") {
      this.#timer = setTimeout(() => this.#wake(), next);
      return;
    }
    this.#busy = true;
    this.#sign(next).then((rest) => {
      this.#busy = false;
      this.#timer = setTimeout(() => this.#wake(), rest);
    }, fail);
  }

  async #sign(pair: { readonly place: number; readonly pair: number; readonly text: string }): Promise<number> {
    const key = await this.#key;
    const started = performance.now();
    const timestampMs = Date.now();
    const signature = await signText(key, timestampMs + pair.text);
    if (this.#rota.wants(pair)) this.#board.write(pair.place, pair.pair, timestampMs, signature);
    return this.#rota.signed(pair, timestampMs, performance.now() - started);
  }
}

let signing: Signing | null = null;

function fail(error: unknown): void {
  scope.postMessage({ type: "failed", reason: error instanceof Error ? error.message : "Signing failed" });
}

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case "start":
      signing = new Signing(data);
      return;
    case "sign":
      return signing?.add(data.place, data.pair, data.text);
    case "forget":
      return signing?.remove(data.place);
  }
};
