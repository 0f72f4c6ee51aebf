/**
 * For tests: a client of the exchange that shares no code with kbot's own.
 * @module
 */

import WebSocket from "ws";
import type { ExchangeInfo } from "./server.ts";

/** Signs a text with a PKCS#8 key; standard base64. */
export async function sign(pem: string, kind: "rsa" | "ed25519", text: string, saltLength = 32): Promise<string> {
  const bytes = Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, "")), (each) => each.charCodeAt(0));
  const algorithm = kind === "rsa" ? { name: "RSA-PSS", hash: "SHA-256" } : { name: "Ed25519" };
  const key = await crypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
  const scheme = kind === "rsa" ? { name: "RSA-PSS", saltLength } : { name: "Ed25519" };
  const signature = await crypto.subtle.sign(scheme, key, new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

export interface TestKey {
  readonly keyId: string;
  readonly pem: string;
  readonly kind: "rsa" | "ed25519";
}

/** Whatever JSON holds: tests look into bodies of every shape, and a wrong guess is a failed assertion. */
type Json = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}

export class TestClient {
  readonly #info: ExchangeInfo;
  readonly #key: TestKey;
  readonly #sockets: TestSocket[] = [];

  constructor(info: ExchangeInfo, key: TestKey) {
    this.#info = info;
    this.#key = key;
  }

  async headers(method: string, path: string): Promise<Record<string, string>> {
    const timestamp = String(Date.now());
    return {
      "KALSHI-ACCESS-KEY": this.#key.keyId,
      "KALSHI-ACCESS-TIMESTAMP": timestamp,
      "KALSHI-ACCESS-SIGNATURE": await sign(this.#key.pem, this.#key.kind, timestamp + method + path),
    };
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const url = new URL(this.#info.rest + path);
    const headers = await this.headers(method, url.pathname);
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    return await answerOf(await fetch(url, { method, headers, body: text }));
  }

  get(path: string): Promise<Answer> {
    return this.call("GET", path);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.call("POST", path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.call("DELETE", path);
  }

  /** The simulation's own pages, without a key. */
  async simulation(path: string): Promise<Json> {
    return (await answerOf(await fetch(new URL(path, this.#info.rest)))).body;
  }

  async connect(): Promise<TestSocket> {
    const headers = await this.headers("GET", new URL(this.#info.ws).pathname);
    const socket = await TestSocket.open(this.#info.ws, headers);
    this.#sockets.push(socket);
    return socket;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text), headers: response.headers };
}

/** A socket that remembers every frame. */
export class TestSocket {
  readonly frames: Json[] = [];
  readonly texts: string[] = [];
  readonly pings: string[] = [];
  closed = false;
  readonly #socket: WebSocket;
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: unknown) => {
      this.texts.push(String(data));
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    socket.on("ping", (body: unknown) => {
      this.pings.push(String(body));
      this.#wake();
    });
    socket.on("close", () => {
      this.closed = true;
      this.#wake();
    });
    socket.on("error", () => {});
  }

  /** Rejects with the status of a refused upgrade. */
  static open(url: string, headers: Record<string, string>): Promise<TestSocket> {
    const socket = new WebSocket(url, { headers });
    const opened = new TestSocket(socket);
    return new Promise((resolve, reject) => {
      socket.on("open", () => resolve(opened));
      socket.on("unexpected-response", (_request: unknown, response: { statusCode: number }) => {
        reject(new Error(`refused with ${response.statusCode}`));
        socket.terminate();
      });
      socket.on("error", (error: Error) => reject(error));
    });
  }

  send(command: unknown): void {
    this.#socket.send(typeof command === "string" ? command : JSON.stringify(command));
  }

  /** Waits until this holds; a test that waits for ever is stopped by its runner. */
  async until(holds: (socket: TestSocket) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#wake = resolve);
  }

  /** What was agreed on with the server, such as compression. */
  get extensions(): string {
    return this.#socket.extensions;
  }

  ofType(type: string): Json[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  close(): void {
    this.#socket.terminate();
  }
}
