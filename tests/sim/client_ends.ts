/**
 * The platform's own `fetch` and `WebSocket`, as a simulated process has them.
 * @module
 */

import type { EventQueue } from "./event_queue.ts";
import type { ExchangeHost } from "./exchange_host.ts";
import { never, type SimulatedProcess } from "./process.ts";
import type { HttpOutcome, HttpRequest, ServerSocket, SocketSession } from "./server_end.ts";

export interface FetchParts {
  readonly process: SimulatedProcess;
  readonly queue: EventQueue;
  readonly host: ExchangeHost;
  readonly request: HttpRequest;
  readonly signal: AbortSignal | null;
}

const broken = (): TypeError =>
  new TypeError("error sending request", { cause: new Error("connection closed before message completed") });

/** One request; it arrives though the process dies meanwhile. */
export function fetchOver({ process, queue, host, request, signal }: FetchParts): Promise<Response> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    let over = false;
    const settle = (act: () => void): void => {
      if (over || process.dead) return;
      over = true;
      act();
    };
    signal?.addEventListener("abort", () => settle(() => reject(signal.reason)));
    queue.after(host.latency(), () => {
      host.request(request, (outcome) => {
        process.later(host.latency(), () => {
          if (process.operate(`an answer to ${request.method} ${request.target}`) !== null) return;
          settle(() =>
            outcome.kind === "broken" && outcome.begun === "" ? reject(broken()) : resolve(responseOf(outcome))
          );
        });
      });
    });
  });
}

function responseOf(outcome: HttpOutcome): Response {
  if (outcome.kind === "answer") {
    const { status, headers, text } = outcome;
    return new Response(status === 204 ? null : text, { status, headers });
  }
  const begun = new TextEncoder().encode(outcome.begun);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(begun);
    },
    pull(controller) {
      controller.error(broken());
    },
  });
  return new Response(body, { status: 200, headers: { "content-type": "application/json" } });
}

/** Where the real feed's hosts are found at the simulated one. */
const FEED_HOSTS: Readonly<Record<string, string>> = {
  "ws-feed.exchange.coinbase.com": "coinbase",
  "api.exchange.coinbase.com": "coinbase",
};

/** A feed's socket, of the platform's own kind. */
export class FeedSocket extends EventTarget {
  binaryType = "blob";
  readyState = 0;
  readonly bufferedAmount = 0;
  readonly #process: SimulatedProcess;
  readonly #queue: EventQueue;
  readonly #host: ExchangeHost;
  #session: SocketSession | null = null;
  #arrives = 0;

  constructor(process: SimulatedProcess, queue: EventQueue, host: ExchangeHost, url: string) {
    super();
    this.#process = process;
    this.#queue = queue;
    this.#host = host;
    const name = FEED_HOSTS[new URL(url).hostname];
    process.later(host.latency() * 3, () => this.#connect(name));
  }

  static restTarget(url: URL): string {
    const name = FEED_HOSTS[url.hostname];
    return name === undefined ? "/unknown" : `/feeds/${name}/rest${url.pathname}${url.search}`;
  }

  #connect(name: string | undefined): void {
    if (this.readyState !== 0) return;
    const socket = {
      open: true,
      send: (text: string) => this.#later(() => this.#tell(new MessageEvent("message", { data: text }))),
      ping: () => {},
      close: () => this.#later(() => this.#end()),
      drop: () => this.#later(() => this.#end()),
      cut: () => this.#end(),
    };
    this.#session = name === undefined ? null : this.#host.openFeed(name, socket as unknown as ServerSocket);
    if (this.#session === null) return this.#end();
    this.readyState = 1;
    this.#tell(new Event("open"));
  }

  send(text: string): void {
    if (this.#process.dead || this.#process.operate("a text to a feed") !== null) return;
    this.#queue.after(this.#host.latency(), () => this.#session?.text(text));
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 2;
    this.#process.later(this.#host.latency(), () => this.#end());
  }

  /** In order. */
  #later(act: () => void): void {
    this.#arrives = Math.max(this.#arrives, this.#queue.now + this.#host.latency());
    this.#process.later(this.#arrives - this.#queue.now, act);
  }

  #tell(event: Event): void {
    if (this.readyState === 3 || this.#process.dead) return;
    if (this.#process.operate("a text of a feed") !== null) return void never();
    this.dispatchEvent(event);
  }

  #end(): void {
    if (this.readyState === 3) return;
    this.#session?.closed();
    this.#tell(new CloseEvent("close", { code: 1006, reason: "" }));
    this.readyState = 3;
  }
}
