/**
 * For tests: a server on this machine that answers exactly what the test says, over real HTTP and a real WebSocket.
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

/** Where nobody listens. A port that was free a moment ago may be somebody's by now; this one is not given out. */
export const NOBODY = "127.0.0.1:2";

/** What a route gives: a body with a status, a broken connection, or silence. */
export type Answer = { readonly status?: number; readonly body?: unknown; readonly text?: string } | "break" | "hang";

export interface SeenRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface SeenCommand {
  readonly id: number;
  readonly cmd: string;
  readonly params: {
    readonly channels?: readonly string[];
    readonly market_tickers?: readonly string[];
    readonly action?: string;
    readonly sids?: readonly number[];
    readonly [key: string]: unknown;
  };
}

interface ServerSocket {
  send(text: string): void;
  close(code: number): void;
  terminate(): void;
  ping(): void;
  on(event: "message", listener: (data: { toString(): string }) => void): void;
}

interface UpgradeCheck {
  (info: { req: IncomingMessage }, decide: (ok: boolean, status?: number, message?: string) => void): void;
}

export class ScriptedExchange {
  readonly requests: SeenRequest[] = [];
  readonly commands: SeenCommand[] = [];
  readonly upgrades: SeenRequest["headers"][] = [];
  /** Called for every command; the default confirms everything and sends an empty snapshot for each market. */
  onCommand: (command: SeenCommand) => void = (command) => this.confirm(command);
  /** The status that upgrades are refused with, `null` to accept them. */
  refuseUpgrade: number | null = null;
  #routes = new Map<string, (request: SeenRequest) => Answer | Promise<Answer>>();
  #server = createServer((request, response) => void this.#serve(request, response));
  #sockets = new Set<ServerSocket>();
  #webSockets: { handleUpgrade: unknown; close(done: () => void): void };
  #nextSid = 1;
  #sids = new Map<string, number>();
  #seq = new Map<number, number>();
  #port = 0;
  /** Where a connection will break, none is used twice: the runtime repeats by itself what breaks on one that was used. */
  #endsConnections = false;

  constructor() {
    const verifyClient: UpgradeCheck = ({ req }, decide) => {
      this.upgrades.push(req.headers);
      if (this.refuseUpgrade === null) return decide(true);
      decide(false, this.refuseUpgrade, '{"error":{"code":"authentication_error","message":"no"}}');
    };
    const webSockets = new WebSocketServer({ server: this.#server, verifyClient });
    webSockets.on("connection", (socket: ServerSocket) => this.#connected(socket));
    this.#webSockets = webSockets;
  }

  async start(): Promise<this> {
    await new Promise<void>((listening) => this.#server.listen(0, "127.0.0.1", listening));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get rest(): string {
    return `http://127.0.0.1:${this.#port}/trade-api/v2`;
  }

  get ws(): string {
    return `ws://127.0.0.1:${this.#port}/trade-api/ws/v2`;
  }

  /** Answers a route such as `GET /markets`; where the last part is `*`, whatever stands there. */
  on(route: string, answer: Answer | ((request: SeenRequest) => Answer | Promise<Answer>)): this {
    if (answer === "break") this.#endsConnections = true;
    this.#routes.set(route, typeof answer === "function" ? answer : () => answer);
    return this;
  }

  /** Requests of one route so far. */
  seen(route: string): SeenRequest[] {
    return this.requests.filter(({ method, path }) => `${method} ${path}` === route);
  }

  /** Sends a text to every connected client. */
  send(frame: unknown): void {
    for (const socket of this.#sockets) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Sends a frame of a channel with the next number of its subscription; `skip` numbers are lost before it. */
  sendOn(channel: string, frame: Readonly<Record<string, unknown>>, skip = 0): void {
    const sid = this.#sids.get(channel) ?? 0;
    const seq = (this.#seq.get(sid) ?? 0) + 1 + skip;
    this.#seq.set(sid, seq);
    this.send({ ...frame, sid, seq });
  }

  confirm(command: SeenCommand): void {
    const { id, cmd, params } = command;
    const tickers = params.market_tickers ?? [];
    if (cmd === "subscribe") {
      for (const channel of params.channels ?? []) {
        const sid = this.#nextSid++;
        this.#sids.set(channel, sid);
        this.send({ id, type: "subscribed", msg: { channel, sid } });
        if (channel === "orderbook_delta") this.#snapshots(tickers);
      }
      return;
    }
    if (params.action === "get_snapshot") return this.#snapshots(tickers, { id });
    const channel = [...this.#sids].find(([, sid]) => sid === params.sids?.[0])?.[0] ?? "";
    this.sendOn(channel, { id, type: cmd === "unsubscribe" ? "unsubscribed" : "ok", msg: { market_tickers: tickers } });
    if (params.action === "add_markets" && channel === "orderbook_delta") this.#snapshots(tickers);
  }

  #snapshots(tickers: readonly string[], extra: Readonly<Record<string, unknown>> = {}): void {
    for (const market_ticker of tickers) {
      this.sendOn("orderbook_delta", { ...extra, type: "orderbook_snapshot", msg: { market_ticker } });
    }
  }

  /** Breaks every WebSocket without a word. */
  dropSockets(): void {
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets.clear();
    this.#sids.clear();
    this.#seq.clear();
    this.#nextSid = 1;
  }

  async stop(): Promise<void> {
    this.dropSockets();
    await new Promise<void>((closed) => this.#webSockets.close(() => closed()));
    this.#server.closeAllConnections();
    await new Promise<void>((closed) => this.#server.close(() => closed()));
  }

  #connected(socket: ServerSocket): void {
    this.#sockets.add(socket);
    socket.on("message", (data) => {
      const command = JSON.parse(data.toString()) as SeenCommand;
      this.commands.push(command);
      this.onCommand(command);
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://x");
    const text = await bodyOf(request);
    // The client broke off: nobody is left to answer.
    if (text === null) return;
    const path = url.pathname.replace("/trade-api/v2", "");
    const method = request.method ?? "GET";
    const seen: SeenRequest = {
      method,
      path,
      query: url.searchParams,
      headers: request.headers,
      body: text === "" ? null : JSON.parse(text),
    };
    this.requests.push(seen);
    const route = this.#routes.get(`${method} ${path}`) ??
      this.#routes.get(`${method} ${path.replace(/\/[^/]+$/, "/*")}`);
    const answer =
      await (route?.(seen) ?? { status: 404, body: { error: { code: "not_found", message: "not found" } } });
    if (answer === "hang") return;
    if (answer === "break") {
      request.socket.destroy();
      return;
    }
    if (this.#endsConnections) response.setHeader("connection", "close");
    response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
    response.end(answer.text ?? (answer.body === undefined ? "" : JSON.stringify(answer.body)));
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  let text = "";
  try {
    for await (const chunk of request) text += chunk;
  } catch {
    return null;
  }
  return text;
}
