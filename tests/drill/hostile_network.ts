/**
 * What lies between a client and the exchange when all goes wrong: a proxy for REST and WebSocket that spoils both as its
 * {@link Forecast} says, by a seed. It knows nothing of what is said through it.
 *
 * | a request may | and then |
 * | --- | --- |
 * | be refused with a 5xx | the exchange never saw it |
 * | have its connection reset before it was passed on | the exchange never saw it |
 * | be answered with a 5xx of the proxy's own | the exchange has done it |
 * | have its connection reset after it was passed on | the exchange has done it |
 * | be answered with half of the answer | the exchange has done it |
 * | never be answered | the exchange has done it |
 * | be answered late | the exchange has done it long ago |
 *
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import WebSocket, { WebSocketServer } from "ws";
import { Random } from "../../src/venues/exchange/random.ts";
import { type FrameCounts, HostileSocket, type OpenSocket, type Socket } from "./hostile_socket.ts";
import { CALM, Forecast, type Weather } from "./weather.ts";

export interface NetworkOptions {
  readonly seed: number;
  /** Where the exchange's REST and WebSocket are. */
  readonly rest: string;
  readonly ws: string;
  /** Replies to commands are spared and answers never late: nothing else moves before they came. */
  readonly lockstep: boolean;
}

interface Late {
  readonly dueAt: number;
  readonly send: () => void;
}

const FAILURES = [500, 502, 503, 504] as const;
const HTML = "<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>";

async function bodyOf(request: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of request) text += decoder.decode(chunk as Uint8Array, { stream: true });
  return text + decoder.decode();
}

export class HostileNetwork {
  readonly counts: FrameCounts = { received: 0, delivered: 0, dropped: 0, duplicated: 0, disordered: 0 };
  /** What befell requests and connections, by kind. */
  readonly deeds = new Map<string, number>();
  readonly #options: NetworkOptions;
  readonly #forecast: Forecast;
  readonly #requests: Random;
  readonly #frames: Random;
  readonly #sockets = new Set<HostileSocket>();
  readonly #acceptor = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #server: Server;
  #late: Late[] = [];
  #now = 0;
  #calm = false;

  private constructor(options: NetworkOptions) {
    this.#options = options;
    this.#forecast = new Forecast(Random.named(options.seed, "weather"));
    this.#requests = Random.named(options.seed, "requests");
    this.#frames = Random.named(options.seed, "frames");
    this.#server = createServer((request, response) => {
      this.#request(request, response).catch(() => response.destroy());
    });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  static async start(options: NetworkOptions): Promise<HostileNetwork> {
    const network = new HostileNetwork(options);
    await new Promise<void>((resolve) => network.#server.listen(0, "127.0.0.1", resolve));
    return network;
  }

  /** As the client is to be told. */
  get rest(): string {
    return this.#options.rest.replace(/:\d+/, `:${this.#port}`);
  }
  get ws(): string {
    return this.#options.ws.replace(/:\d+/, `:${this.#port}`);
  }
  get weather(): Weather {
    return this.#calm ? CALM : this.#forecast.at(this.#now);
  }
  /** Requests that the exchange has answered and the client not yet. */
  get late(): number {
    return this.#late.length;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing goes wrong any more. */
  calm(): void {
    this.#calm = true;
  }

  /** Time goes on: what was held back comes through, connections break. */
  advance(now: number, seconds: number): void {
    this.#now = now;
    const due = this.#late.filter(({ dueAt }) => this.#calm || dueAt <= now);
    this.#late = this.#late.filter((late) => !due.includes(late));
    for (const { send } of due) send();
    for (const socket of [...this.#sockets]) {
      socket.release();
      if (!this.#frames.chance(this.weather.cut * seconds)) continue;
      this.#did("socket cut");
      socket.cut();
    }
  }

  async stop(): Promise<void> {
    for (const { send } of this.#late.splice(0)) send();
    for (const socket of this.#sockets) socket.cut();
    this.#acceptor.close();
    this.#server.closeAllConnections?.();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #did(deed: string): void {
    this.deeds.set(deed, (this.deeds.get(deed) ?? 0) + 1);
  }

  /** One of several fates, none of them as a rule. */
  #fate(): keyof Weather | "none" {
    const { weather } = this;
    let left = this.#requests.uniform();
    for (const kind of ["refuse", "resetBefore", "failAfter", "resetAfter", "garble", "silence", "slow"] as const) {
      left -= weather[kind];
      if (left < 0) return kind;
    }
    return "none";
  }

  async #request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const fate = this.#fate();
    if (fate !== "none" && !(fate === "slow" && this.#options.lockstep)) this.#did(`request: ${fate}`);
    if (fate === "refuse") return this.#fail(response);
    if (fate === "resetBefore") return void request.socket.destroy();
    const answer = await this.#forward(request, body);
    switch (fate) {
      case "failAfter":
        return this.#fail(response);
      case "resetAfter":
        request.socket.destroy();
        return;
      case "silence":
        return;
      case "garble":
        return pass(answer, answer.text.slice(0, answer.text.length / 2), response);
      case "slow":
        if (this.#options.lockstep || this.#calm) break;
        this.#late.push({
          dueAt: this.#now + this.#requests.uniform() * this.weather.slowMax,
          send: () => pass(answer, answer.text, response),
        });
        return;
    }
    pass(answer, answer.text, response);
  }

  #fail(response: ServerResponse): void {
    const status = FAILURES[this.#requests.integer(0, FAILURES.length - 1)];
    const html = this.#requests.chance(0.5);
    response.writeHead(status, { "content-type": html ? "text/html" : "application/json" });
    response.end(html ? HTML : `{"error":{"code":"internal_server_error","message":"internal server error"}}`);
  }

  async #forward(request: IncomingMessage, body: string): Promise<Answer> {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (typeof value === "string" && (name.startsWith("kalshi-") || name === "content-type")) {
        headers.set(name, value);
      }
    }
    const reply = await fetch(new URL(request.url ?? "/", this.#options.rest), {
      method: request.method,
      headers,
      body: body === "" ? undefined : body,
    });
    return { status: reply.status, headers: [...reply.headers], text: await reply.text() };
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    socket.on("error", () => socket.destroy());
    if (this.#frames.chance(this.weather.refuseSocket)) {
      this.#did("socket refused");
      socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith("kalshi-")));
    const exchange: Socket = new (WebSocket as unknown as OpenSocket)(this.#options.ws, {
      headers,
      perMessageDeflate: false,
    });
    exchange.on("error", () => {});
    exchange.on("unexpected-response", (_request, response) => {
      exchange.terminate();
      socket.end(`HTTP/1.1 ${response.statusCode ?? 500} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    });
    exchange.on("open", () => {
      this.#acceptor.handleUpgrade(request, socket, head, (client: Socket) => this.#join(client, exchange));
    });
  }

  #join(client: Socket, exchange: Socket): void {
    const hostile = new HostileSocket(client, exchange, {
      random: this.#frames,
      weather: () => this.weather,
      now: () => this.#now,
      spareReplies: this.#options.lockstep,
      counts: this.counts,
    });
    this.#sockets.add(hostile);
    const end = (): void => {
      this.#sockets.delete(hostile);
      client.terminate();
      exchange.terminate();
    };
    client.on("error", () => {});
    client.on("close", end);
    exchange.on("close", end);
    exchange.on("message", (data) => hostile.frame(String(data)));
  }
}

interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

function pass(answer: Answer, text: string, response: ServerResponse): void {
  for (const [name, value] of answer.headers) {
    if (name === "content-type" || name === "date" || name.startsWith("retry-")) response.setHeader(name, value);
  }
  response.statusCode = answer.status;
  if (answer.status === 204) response.end();
  else response.end(text);
}
