/**
 * One TCP connection between a simulated process and the exchange: bytes in order, each direction with its own delays;
 * it may be read slowly, and break at any byte.
 * @module
 */

import type { EventQueue } from "./event_queue.ts";
import { never, type SimulatedProcess } from "./process.ts";

export interface LinkParts {
  readonly process: SimulatedProcess;
  readonly queue: EventQueue;
  /** Microseconds that bytes travel. */
  readonly latency: () => number;
  /** Bytes that one read yields at most. */
  readonly readMax: () => number;
  /** Hears what the process writes, when it does. */
  readonly onWrite: (bytes: Uint8Array) => void;
}

/** What the other end does with what arrives there. */
export interface FarEnd {
  bytes(bytes: Uint8Array): void;
  /** The process has closed its end, or is gone. */
  closed(): void;
}

const reset = (): Error => new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)");

const SLOW_READ_DELAY = 20_000;

export class Link {
  readonly #parts: LinkParts;
  readonly #inbox: Uint8Array[] = [];
  /** A read that waits. */
  #reading: { readonly into: Uint8Array; readonly settle: (length: number | null | Error) => void } | null = null;
  #over: "no" | "ended" | "reset" = "no";
  #closed = false;
  #farClosed = false;
  /** Bytes under way, in each direction: nothing overtakes them. */
  #arrivesHere = 0;
  #arrivesThere = 0;
  /** Under way, to be handed over at one moment together. */
  #gathering: { readonly sentAt: number; readonly pieces: Uint8Array[] } | null = null;
  #far: FarEnd = { bytes: () => {}, closed: () => {} };

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  attach(far: FarEnd): void {
    this.#far = far;
  }

  /** Whether bytes sent from the far end may still arrive. */
  get open(): boolean {
    return !this.#farClosed && this.#over === "no";
  }

  // The process's end, as `Deno.Conn` has it.

  setNoDelay(): void {}

  read(into: Uint8Array): Promise<number | null> {
    const { process } = this.#parts;
    if (process.dead) return never();
    if (this.#closed) return Promise.reject(new Deno.errors.BadResource("Bad resource ID"));
    return new Promise((resolve, reject) => {
      const settle = (length: number | null | Error) => {
        if (process.dead || process.operate("a read of the network") !== null) return;
        if (length instanceof Error) reject(length);
        else resolve(length);
      };
      this.#reading = { into, settle };
      this.#look();
    });
  }

  write(bytes: Uint8Array): Promise<number> {
    const { process } = this.#parts;
    if (process.dead) return never();
    if (this.#closed) return Promise.reject(new Deno.errors.BadResource("Bad resource ID"));
    if (this.#over === "reset") return Promise.reject(reset());
    const death = process.operate("a write to the network");
    const length = death === "before" ? 0 : death === "during" ? process.random.integer(0, bytes.length) : bytes.length;
    if (length > 0) this.#parts.onWrite(bytes);
    this.#carry(bytes.slice(0, length));
    return death === null ? Promise.resolve(length) : never();
  }

  close(): void {
    if (this.#closed) throw new Deno.errors.BadResource("Bad resource ID");
    this.#closed = true;
    const reading = this.#reading;
    this.#reading = null;
    reading?.settle(new Deno.errors.BadResource("Bad resource ID"));
    this.abandon();
  }

  /** The process is gone, or has closed: the far end hears of it when what was sent before has arrived. */
  abandon(): void {
    const { queue, latency } = this.#parts;
    this.#arrivesThere = Math.max(this.#arrivesThere, queue.now + latency());
    queue.after(this.#arrivesThere - queue.now, () => this.#farEnds());
  }

  // The far end.

  send(bytes: Uint8Array): void {
    if (!this.open) return;
    const { process, queue, latency } = this.#parts;
    if (this.#gathering?.sentAt === queue.now) {
      this.#gathering.pieces.push(bytes);
      return;
    }
    this.#arrivesHere = Math.max(this.#arrivesHere, queue.now + latency());
    const gathering = { sentAt: queue.now, pieces: [bytes] };
    this.#gathering = gathering;
    process.later(this.#arrivesHere - queue.now, () => {
      if (this.#gathering === gathering) this.#gathering = null;
      if (this.#over === "reset" || this.#closed) return;
      this.#inbox.push(...gathering.pieces);
      this.#look();
    });
  }

  /** The far end writes nothing more; what it wrote arrives. */
  end(): void {
    const { process, queue } = this.#parts;
    process.later(Math.max(0, this.#arrivesHere - queue.now) + 1, () => {
      if (this.#over === "no") this.#over = "ended";
      this.#look();
    });
  }

  /** The connection breaks at once: what is under way is lost. */
  cut(): void {
    if (this.#over === "reset") return;
    this.#over = "reset";
    this.#inbox.length = 0;
    this.#look();
    this.#farEnds();
  }

  #farEnds(): void {
    if (this.#farClosed) return;
    this.#farClosed = true;
    this.#far.closed();
  }

  #carry(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#over !== "no") return;
    const { queue, latency } = this.#parts;
    this.#arrivesThere = Math.max(this.#arrivesThere, queue.now + latency());
    queue.after(this.#arrivesThere - queue.now, () => {
      if (this.#over !== "reset" && !this.#farClosed) this.#far.bytes(bytes);
    });
  }

  #look(): void {
    const { process, readMax } = this.#parts;
    if (this.#reading === null || process.dead) return;
    const { into, settle } = this.#reading;
    if (this.#inbox.length === 0) {
      if (this.#over === "no") return;
      this.#reading = null;
      return settle(this.#over === "ended" ? null : reset());
    }
    this.#reading = null;
    const most = Math.min(into.length, readMax());
    let length = 0;
    while (length < most && this.#inbox.length > 0) {
      const part = this.#inbox[0].subarray(0, most - length);
      into.set(part, length);
      length += part.length;
      if (part.length === this.#inbox[0].length) this.#inbox.shift();
      else this.#inbox[0] = this.#inbox[0].subarray(part.length);
    }
    if (most === into.length || this.#inbox.length === 0) return settle(length);
    process.later(SLOW_READ_DELAY, () => settle(length));
  }
}
