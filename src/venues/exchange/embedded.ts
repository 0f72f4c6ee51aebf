/**
 * The main thread's side of an exchange that runs in a Worker and moves in lockstep with its user (DESIGN.md 1).
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { ExchangeInfo, ExchangeOptions } from "./server.ts";
import type { TapeRequest } from "./tape/recorded_moments.ts";
import type { WorkerReply, WorkerRequest } from "./worker_messages.ts";

export interface EmbeddedExchange {
  readonly info: ExchangeInfo;
  /** RSA, PKCS#8. */
  readonly privateKeyPem: string;
  /** Simulated time at the start. */
  readonly startedAt: Micros;
  /**
   * Moves simulated time; resolves once every frame that this caused is in the sockets' buffers. `over` where nothing more
   * is recorded; a simulation never is.
   */
  advance(to: Micros): Promise<{ readonly now: Micros; readonly frames: number; readonly over: boolean }>;
  /** Text frames handed to sockets so far, all connections together. */
  frames(): Promise<number>;
  /** Turns a fault on or off; rejects for a name that is none. */
  setFault(name: string, on: boolean): Promise<void>;
  stop(): Promise<void>;
}

interface Waiting {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (reason: Error) => void;
}

/** One question at a time is the rule; a few may overlap. More than this many waiting is a bug. */
const WAITING_MAX = 64;

/** Questions to a Worker, answered in order. */
class Conversation {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #broken: Error | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = (event: MessageEvent<WorkerReply>) => {
      const waiting = this.#waiting.shift();
      if (event.data.type === "failed") waiting?.reject(new Error(event.data.reason));
      else waiting?.resolve(event.data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.end(new Error(`The exchange's worker failed: ${event.message}`));
    };
  }

  ask(request: WorkerRequest): Promise<WorkerReply> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.reject(new Error("Too many questions to the exchange's worker"));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  /** Nothing will be answered any more. */
  end(reason: Error): void {
    this.#broken = reason;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(reason);
    this.#worker.terminate();
  }
}

const unexpected = (reply: WorkerReply): Error => new Error(`Unexpected reply of the exchange's worker: ${reply.type}`);

/**
 * Starts an exchange in a Worker.
 * @param tape a recording that it plays instead of simulating
 * @throws Error with the exchange's own reason: an unknown fault, a port in use, nothing recorded there, ...
 */
export async function startEmbeddedExchange(
  options: ExchangeOptions,
  tape: TapeRequest | null = null,
): Promise<EmbeddedExchange> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const conversation = new Conversation(worker);
  let started: WorkerReply;
  try {
    started = await conversation.ask({ type: "start", options, tape });
  } catch (error) {
    worker.terminate();
    throw error;
  }
  if (started.type !== "started") throw unexpected(started);
  let stopped: Promise<void> | null = null;
  return {
    info: started.info,
    privateKeyPem: started.privateKeyPem,
    startedAt: started.now,
    async advance(to) {
      const reply = await conversation.ask({ type: "advance", to });
      if (reply.type !== "advanced") throw unexpected(reply);
      return { now: reply.now, frames: reply.frames, over: reply.over };
    },
    async frames() {
      const reply = await conversation.ask({ type: "frames" });
      if (reply.type !== "frames") throw unexpected(reply);
      return reply.frames;
    },
    async setFault(name, on) {
      const reply = await conversation.ask({ type: "fault", name, on });
      if (reply.type !== "fault") throw unexpected(reply);
    },
    stop() {
      stopped ??= conversation.ask({ type: "stop" }).then(
        () => conversation.end(new Error("The exchange has been stopped")),
        () => conversation.end(new Error("The exchange could not be stopped")),
      );
      return stopped;
    },
  };
}
