/**
 * The exchange's end of a connection: HTTP/1.1 with keep-alive, and the WebSocket that an upgrade makes of it (RFC 6455).
 * @module
 */

import { createHash } from "node:crypto";
import type { Link } from "./link.ts";

export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What becomes of a request, as the client will see it. */
export type HttpOutcome =
  | { readonly kind: "answer"; readonly status: number; readonly headers: [string, string][]; readonly text: string }
  /** The connection breaks, after so many bytes of the answer. */
  | { readonly kind: "broken"; readonly begun: string };

/** Who takes the texts of a socket. */
export interface SocketSession {
  text(text: string): void;
  closed(): void;
}

export interface Serving {
  request(request: HttpRequest, reply: (outcome: HttpOutcome) => void): void;
  /** Lets a client in, or says with which status not; `null` says nothing at all, ever. */
  upgrade(
    request: HttpRequest,
    accept: (open: (socket: ServerSocket) => SocketSession) => void,
    refuse: (status: number | null) => void,
  ): void;
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const headText = (status: number, headers: readonly (readonly [string, string])[]): string =>
  [`HTTP/1.1 ${status} Simulated`, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");

/** An unmasked frame. */
function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const bytes = new Uint8Array(head + length);
  bytes[0] = 0x80 | opcode;
  if (head === 2) bytes[1] = length;
  else if (head === 4) {
    bytes[1] = 126;
    new DataView(bytes.buffer).setUint16(2, length);
  } else {
    bytes[1] = 127;
    new DataView(bytes.buffer).setBigUint64(2, BigInt(length));
  }
  bytes.set(payload, head);
  return bytes;
}

/** The exchange's side of an open WebSocket. */
export class ServerSocket {
  readonly #link: Link;
  #closing = false;

  constructor(link: Link) {
    this.#link = link;
  }
  get open(): boolean {
    return !this.#closing && this.#link.open;
  }
  send(text: string): void {
    if (this.open) this.#link.send(frame(1, encoder.encode(text)));
  }
  ping(): void {
    if (this.open) this.#link.send(frame(9, encoder.encode("heartbeat")));
  }
  close(code: number, reason: string): void {
    if (!this.open) return;
    this.#closing = true;
    this.#link.send(frame(8, new Uint8Array([code >> 8, code & 255, ...encoder.encode(reason)])));
    this.#link.end();
  }
  /** Everything sent arrives, and then the connection ends without a closing handshake. */
  drop(): void {
    this.#closing = true;
    this.#link.end();
  }
  cut(): void {
    this.#closing = true;
    this.#link.cut();
  }
}

export class ServerEnd {
  readonly #link: Link;
  readonly #serving: Serving;
  #held = new Uint8Array(0);
  #session: SocketSession | null = null;
  /** A request is being answered: the next one waits. */
  #busy = false;

  constructor(link: Link, serving: Serving) {
    this.#link = link;
    this.#serving = serving;
    link.attach({ bytes: (bytes) => this.#arrived(bytes), closed: () => this.#session?.closed() });
  }

  #arrived(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#held.length + bytes.length);
    joined.set(this.#held);
    joined.set(bytes, this.#held.length);
    this.#held = joined;
    while (this.#session === null ? this.#takeRequest() : this.#takeFrame());
  }

  #takeRequest(): boolean {
    if (this.#busy) return false;
    const text = new TextDecoder("latin1").decode(this.#held);
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const [first, ...lines] = text.slice(0, end).split("\r\n");
    const [method, target] = first.split(" ");
    const headers = Object.fromEntries(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }));
    const length = Number(headers["content-length"] ?? 0);
    if (this.#held.length < end + 4 + length) return false;
    const body = decoder.decode(this.#held.subarray(end + 4, end + 4 + length));
    this.#held = this.#held.slice(end + 4 + length);
    this.#busy = true;
    const request = { method, target, headers, body };
    if (headers.upgrade === undefined) this.#serving.request(request, (outcome) => this.#reply(outcome));
    else this.#upgrade(request);
    return true;
  }

  #reply(outcome: HttpOutcome): void {
    this.#busy = false;
    if (outcome.kind === "broken") {
      if (outcome.begun !== "") {
        const head = headText(200, [["content-type", "application/json"], ["content-length", "100000"]]);
        this.#link.send(encoder.encode(head + outcome.begun));
        return this.#link.end();
      }
      return this.#link.cut();
    }
    const body = encoder.encode(outcome.text);
    const headers: [string, string][] = outcome.status === 204
      ? outcome.headers
      : [...outcome.headers, ["content-length", String(body.length)]];
    this.#link.send(encoder.encode(headText(outcome.status, headers)));
    if (outcome.status !== 204) this.#link.send(body);
    while (this.#session === null && this.#takeRequest());
  }

  #upgrade(request: HttpRequest): void {
    this.#serving.upgrade(request, (open) => {
      const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + GUID).digest("base64");
      const head = headText(101, [["upgrade", "websocket"], ["connection", "Upgrade"], [
        "sec-websocket-accept",
        accept,
      ]]);
      this.#link.send(encoder.encode(head));
      this.#session = open(new ServerSocket(this.#link));
      while (this.#takeFrame());
    }, (status) => {
      if (status === null) return;
      this.#link.send(encoder.encode(headText(status, [["content-length", "0"], ["connection", "close"]])));
      this.#link.end();
    });
  }

  #takeFrame(): boolean {
    const held = this.#held;
    if (held.length < 6) return false;
    const short = held[1] & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (held.length < head + 4) return false;
    const view = new DataView(held.buffer, held.byteOffset);
    const length = short < 126 ? short : short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
    if (held.length < head + 4 + length) return false;
    const mask = held.subarray(head, head + 4);
    const payload = held.slice(head + 4, head + 4 + length).map((byte, at) => byte ^ mask[at % 4]);
    const opcode = held[0] & 0x0f;
    this.#held = held.slice(head + 4 + length);
    if (opcode === 1) this.#session?.text(decoder.decode(payload));
    else if (opcode === 8) this.#link.end();
    else if (opcode === 9) this.#link.send(frame(10, payload));
    return true;
  }
}
