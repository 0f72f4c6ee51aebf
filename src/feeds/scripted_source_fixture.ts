/**
 * A source of data on a local port that does what a test tells it to, and a context for the feeds that listen to it.
 * @module
 */

import assert from "node:assert/strict";
import type { Input } from "../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { SteppedClock } from "../ops/clock.ts";
import type { FeedContext } from "./feed.ts";

export const START = 1_790_000_000_000_000 as Micros;
export const later = (seconds: number): Micros => (START + seconds * MICROS_PER_SECOND) as Micros;

/** A context whose time is moved by hand, and everything that a feed said in it. */
export interface ScriptedContext {
  readonly context: FeedContext & { readonly clock: SteppedClock };
  readonly inputs: Input[];
  readonly lines: string[];
  readonly raw: string[];
}

export function scriptedContext(changes: Partial<FeedContext> = {}): ScriptedContext {
  const inputs: Input[] = [];
  const lines: string[] = [];
  const raw: string[] = [];
  const context = {
    sink: (input: Input) => void inputs.push(input),
    log: (level: string, text: string) => void lines.push(`${level} ${text}`),
    jitter: () => 0,
    lockstep: false,
    userAgent: "kbot-test (someone@example.org)",
    onRaw: (source: string, text: string) => void raw.push(`${source} ${text}`),
    ...changes,
    clock: new SteppedClock(START),
  };
  return { context, inputs, lines, raw };
}

/** Waits until it is so, in real time: what goes over a socket takes a moment. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let round = 0; round < 12_000; round++) {
    if (isSo()) return;
    await new Promise((look) => setTimeout(look, 5));
  }
  assert.fail(`Never came: ${what}`);
}

/** Of the event loop, after which an error that nobody caught must have been told of. */
const TURNS = 50;

/** Does it, and gives the errors that nobody caught meanwhile. */
export async function defectsOf(work: () => Promise<void>): Promise<readonly string[]> {
  const defects: string[] = [];
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    defects.push(String(event.reason));
  };
  globalThis.addEventListener("unhandledrejection", listener);
  try {
    await work();
    // Told of only after the current turn of the event loop, and on a busy machine not always after the first.
    for (let turn = 0; turn < TURNS && defects.length === 0; turn++) {
      await new Promise((look) => setTimeout(look, 2));
    }
  } finally {
    globalThis.removeEventListener("unhandledrejection", listener);
  }
  return defects;
}

type Route = (request: Request) => Response | Promise<Response>;

export class ScriptedSource {
  readonly received: string[] = [];
  readonly requests: Request[] = [];
  /** The status that upgrades are refused with, `null` to accept them. */
  refuseUpgrade: number | null = null;
  #routes = new Map<string, Route>();
  readonly #sockets = new Set<WebSocket>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get ws(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}/ws`;
  }

  get rest(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Sockets that are open now. */
  get sockets(): number {
    return this.#sockets.size;
  }

  on(path: string, route: Route): this {
    this.#routes.set(path, route);
    return this;
  }

  send(message: unknown): void {
    for (const socket of this.#sockets) socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    for (const socket of this.#sockets) socket.send(bytes);
  }

  closeSockets(code = 1001, reason = ""): void {
    for (const socket of this.#sockets) socket.close(code, reason);
    this.#sockets.clear();
  }

  async stop(): Promise<void> {
    this.closeSockets();
    await this.#server.shutdown();
  }

  #answer(request: Request): Response | Promise<Response> {
    if (request.headers.get("upgrade") !== "websocket") {
      this.requests.push(request);
      const route = this.#routes.get(new URL(request.url).pathname);
      return route === undefined ? new Response("nothing here", { status: 404 }) : route(request);
    }
    if (this.refuseUpgrade !== null) return new Response("<html>no</html>", { status: this.refuseUpgrade });
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.addEventListener("open", () => this.#sockets.add(socket));
    socket.addEventListener("close", () => this.#sockets.delete(socket));
    socket.addEventListener("message", ({ data }) => this.received.push(String(data)));
    return response;
  }
}

/** What a peer answers an upgrade with, byte by byte: for what no well-behaved server does. */
export class RawPeer {
  /** Called with each connection once its request was read. */
  readonly #behave: (connection: Deno.TcpConn, upgrade: () => Promise<void>) => Promise<void>;
  readonly #listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  readonly #connections: Deno.TcpConn[] = [];

  constructor(behave: (connection: Deno.TcpConn, upgrade: () => Promise<void>) => Promise<void>) {
    this.#behave = behave;
    void this.#listen();
  }

  get ws(): string {
    return `ws://127.0.0.1:${this.#listener.addr.port}/`;
  }

  stop(): void {
    this.#listener.close();
    for (const connection of this.#connections) closeQuietly(connection);
  }

  async #listen(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.push(connection);
      await this.#serve(connection).catch(() => {});
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(8_192);
    const length = await connection.read(buffer) ?? 0;
    const key = /sec-websocket-key: (\S+)/i.exec(new TextDecoder().decode(buffer.subarray(0, length)))?.[1] ?? "";
    await this.#behave(connection, async () => {
      const text = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      const accept = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-1", text))));
      const head = `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
        `sec-websocket-accept: ${accept}\r\n\r\n`;
      await connection.write(new TextEncoder().encode(head));
    });
  }
}

export function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
