/**
 * The port: node's HTTP server in front of the Hono application, and `ws` for the sockets. Deno's own server could not
 * send the pings with the body "heartbeat" that the real exchange sends (KALSHI.md 5.1).
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Hono } from "hono";
import { WebSocketServer } from "ws";
import type { Micros } from "../../core/units.ts";
import type { Authenticator } from "./auth.ts";
import type { Connection, SocketSink } from "./hub.ts";
import { NO_ANSWER_HEADER } from "./replies.ts";

export const SOCKET_PATH = "/trade-api/ws/v2";

const BODY_BYTES_MAX = 1_048_576;
const MESSAGE_BYTES_MAX = 1_048_576;
/** Shorter frames are not compressed. */
const DEFLATE_BYTES_MIN = 256;
/** Of wall time: a heartbeat is for the network, not for the simulation. */
export const DEFAULT_HEARTBEAT_MS = 10_000;
const POLICY_VIOLATION = 1008;
const SERVICE_RESTART = 1012;
/** A client that does not answer a ping within this is not waited for. */
const PONG_PATIENCE_MS = 1_000;
/** How long the other side of a cut connection may take to read what was sent and to go. */
const CUT_PATIENCE_MS = 1_000;
const TRY_AGAIN_LATER = 1013;

/** What is used of a `ws` socket; the package has no types of its own. */
interface ServerSocket {
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  ping(body: string): void;
  once(event: "pong" | "close", listener: () => void): void;
  off(event: "pong" | "close", listener: () => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "message", listener: (data: unknown) => void): void;
  on(event: "error" | "close", listener: () => void): void;
}

/** Who is let in, and what time it is. */
export interface Doorman {
  readonly authenticator: Authenticator;
  readonly clock: { now(): Micros };
}

/** Sockets of the feeds beside the exchange's own. */
export interface FeedDoor {
  /** Whether an upgrade to this path is let in: 101, or the status of its refusal. */
  admission(path: string): 101 | 404 | 503;
  connect(sink: SocketSink, path: string, query: string): Connection | null;
}

export interface ListenerParts {
  readonly app: Hono;
  /** Takes new sockets; `null` where there are too many. */
  readonly hub: { connect(sink: SocketSink): Connection | null };
  /** `null` where there are none. */
  readonly feeds: FeedDoor | null;
  readonly house: Doorman;
  readonly hostname: string;
  readonly port: number;
  /** Wall time between pings. */
  readonly heartbeatMs: number;
  /** Offers permessage-deflate. */
  readonly deflate: boolean;
}

export interface Listener {
  readonly port: number;
  /** Resolves when every connection that was cut is gone: its client knows by then. */
  cutsEnded(): Promise<void>;
  close(): Promise<void>;
}

/** Simulated time, to the second: the exchange's clock is what a client measures with it. */
const dateHeader = (house: Doorman): string => new Date(house.clock.now() / 1_000).toUTCString();

const headerText = (value: string | string[] | undefined): string | null =>
  value === undefined ? null : Array.isArray(value) ? value[0] ?? null : value;

/** The request's body; `null` where it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  // Without either header there is no body, and Deno 2.4 would wait for one for ever.
  const announced = request.headers["content-length"] ?? request.headers["transfer-encoding"];
  if (announced === undefined || announced === "0") return "";
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk as Uint8Array;
    length += bytes.length;
    if (length > BODY_BYTES_MAX) return null;
    chunks.push(bytes);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(whole);
}

/**
 * Breaks off in the middle of an answer. Closing the connection before a single byte would not do: HTTP clients send the
 * request again by themselves then.
 */
function loseAnswer(response: ServerResponse): void {
  response.writeHead(201, { "content-type": "application/json", "content-length": "512" });
  response.write("{", () => response.destroy());
}

async function answer(parts: ListenerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  if (body === null) {
    response.writeHead(413).end();
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    const text = headerText(value);
    if (text !== null) headers.set(name, text);
  }
  const method = request.method ?? "GET";
  const bodied = method !== "GET" && method !== "HEAD" && body !== "";
  const url = `http://${parts.hostname.includes(":") ? "localhost" : parts.hostname}${request.url ?? "/"}`;
  const reply = await parts.app.fetch(new Request(url, { method, headers, body: bodied ? body : undefined }));
  if (reply.headers.has(NO_ANSWER_HEADER)) return loseAnswer(response);
  const text = await reply.text();
  response.setHeader("date", dateHeader(parts.house));
  for (const [name, value] of reply.headers) response.setHeader(name, value);
  response.statusCode = reply.status;
  if (reply.status === 204) response.end();
  else response.end(text);
}

/** What the upgrade's signature says: the body of the 401, or `null`. */
function checkUpgrade(house: Doorman, request: IncomingMessage) {
  return house.authenticator.check({
    key: headerText(request.headers["kalshi-access-key"]),
    timestamp: headerText(request.headers["kalshi-access-timestamp"]),
    signature: headerText(request.headers["kalshi-access-signature"]),
    method: "GET",
    path: SOCKET_PATH,
  });
}

const NOT_FOUND = { error: { code: "not_found", message: "not found" } };
const UNAVAILABLE = { error: { code: "service_unavailable", message: "service unavailable" } };

function refuseUpgrade(socket: Duplex, status: string, body: unknown): void {
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status}`,
    "content-type: application/json",
    `content-length: ${new TextEncoder().encode(text).length}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}

/**
 * Deno 2.4 can answer an upgrade with nothing but 101, and cannot cut an upgraded connection. There a refused client is
 * let in and closed at once, and a dropped one gets a closing handshake.
 */
const OLD_UPGRADES = /^2\.[0-4]\./.test(Deno.version.deno);

function drop(socket: ServerSocket): void {
  if (OLD_UPGRADES) socket.close(SERVICE_RESTART, "");
  else socket.terminate();
}

/**
 * A socket as its session has it. Cut off, it still writes out what was handed over and then ends without a closing
 * handshake: whoever counts frames, as a run in lockstep does, misses none.
 */
function sinkOf(socket: ServerSocket, stream: Duplex, cutting: Set<Promise<void>>): SocketSink {
  let cut = false;
  return {
    open: () => !cut && socket.readyState === socket.OPEN,
    send: (text) => socket.send(text),
    buffered: () => socket.bufferedAmount,
    close: (code, reason) => socket.close(code, reason),
    // The answer to a ping comes behind what was sent before it.
    heardOut: () =>
      new Promise((resolve) => {
        if (socket.readyState !== socket.OPEN) return resolve();
        const heard = () => {
          clearTimeout(patience);
          socket.off("pong", heard);
          socket.off("close", heard);
          resolve();
        };
        const patience = setTimeout(heard, PONG_PATIENCE_MS);
        socket.once("pong", heard);
        socket.once("close", heard);
        socket.ping("");
      }),
    drop: () => {
      if (cut) return;
      cut = true;
      if (OLD_UPGRADES) return drop(socket);
      stream.end();
      const patience = setTimeout(() => drop(socket), CUT_PATIENCE_MS);
      const gone = new Promise<void>((resolve) => {
        socket.on("close", () => {
          clearTimeout(patience);
          cutting.delete(gone);
          resolve();
        });
      });
      cutting.add(gone);
    },
  };
}

type Connect = (sink: SocketSink) => Connection | null;

/** Gives a connected socket its session. */
function attach(sink: SocketSink, socket: ServerSocket, connect: Connect, { house, heartbeatMs }: ListenerParts): void {
  const connection = connect(sink);
  if (connection === null) {
    socket.close(TRY_AGAIN_LATER, "too many connections");
    return;
  }
  const heartbeat = setInterval(() => {
    if (socket.readyState === socket.OPEN) socket.ping("heartbeat");
  }, heartbeatMs);
  socket.on("message", (data) => {
    house.clock.now();
    connection.session.receive(String(data));
  });
  // An error is always followed by a close, which is where the session ends.
  socket.on("error", () => {});
  socket.on("close", () => {
    clearInterval(heartbeat);
    connection.close();
  });
}

/** Listens; rejects where the port cannot be had. */
export async function listen(parts: ListenerParts): Promise<Listener> {
  const { house } = parts;
  const cutting = new Set<Promise<void>>();
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: parts.deflate ? { threshold: DEFLATE_BYTES_MIN } : false,
    maxPayload: MESSAGE_BYTES_MAX,
  });
  const server = createServer((request, response) => {
    answer(parts, request, response).catch(() => response.destroy());
  });
  const upgradeFeed = (feeds: FeedDoor, request: IncomingMessage, socket: Duplex, head: Uint8Array) => {
    const [path, query = ""] = (request.url ?? "").split("?");
    const admission = feeds.admission(path);
    if (admission === 404 && !OLD_UPGRADES) return refuseUpgrade(socket, "404 Not Found", NOT_FOUND);
    if (admission === 503 && !OLD_UPGRADES) return refuseUpgrade(socket, "503 Service Unavailable", UNAVAILABLE);
    sockets.handleUpgrade(request, socket, head, (webSocket: ServerSocket) => {
      if (admission !== 101) webSocket.close(admission === 404 ? POLICY_VIOLATION : TRY_AGAIN_LATER, "");
      else attach(sinkOf(webSocket, socket, cutting), webSocket, (sink) => feeds.connect(sink, path, query), parts);
    });
  };
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Uint8Array) => {
    socket.on("error", () => socket.destroy());
    const path = (request.url ?? "").split("?")[0];
    if (path !== SOCKET_PATH) {
      if (parts.feeds === null) return refuseUpgrade(socket, "404 Not Found", NOT_FOUND);
      house.clock.now();
      return upgradeFeed(parts.feeds, request, socket, head);
    }
    const failure = await checkUpgrade(house, request);
    if (failure !== null && !OLD_UPGRADES) return refuseUpgrade(socket, "401 Unauthorized", failure);
    sockets.handleUpgrade(request, socket, head, (webSocket: ServerSocket) => {
      if (failure !== null) webSocket.close(POLICY_VIOLATION, failure.error.code);
      else attach(sinkOf(webSocket, socket, cutting), webSocket, (sink) => parts.hub.connect(sink), parts);
    });
  };
  server.on("upgrade", (request, socket, head) => {
    upgrade(request, socket, head).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(parts.port, parts.hostname, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async cutsEnded() {
      await Promise.all(cutting);
    },
    async close() {
      for (const socket of sockets.clients) drop(socket);
      sockets.close();
      server.closeAllConnections?.();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
