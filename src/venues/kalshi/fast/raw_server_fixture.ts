/**
 * For tests: a server that says on each connection exactly the bytes that the test wants, over TCP or TLS.
 * @module
 */

import { latin1 } from "./http_response.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "./certificate_fixture.ts";

/** The client closed while the server waited for it. */
export class ClientGone extends Error {}

/** One connection as the server sees it. */
export class Peer {
  readonly #connection: Deno.Conn;
  /** Everything that the client sent so far, one character per byte. */
  received = "";
  ended = false;
  #wake: () => void = () => {};

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
    void this.#read();
  }

  /** Sends text (one byte per character) or bytes. */
  async send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? Uint8Array.from(data, (character) => character.charCodeAt(0)) : data;
    try {
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    } catch {
      // The client is gone: what it does about that is what the test looks at.
    }
  }

  /** Sends in pieces that arrive one by one. */
  async sendSlowly(data: string, length: number): Promise<void> {
    for (let at = 0; at < data.length; at += length) {
      await this.send(data.slice(at, at + length));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Waits until this holds for what was received; a test that waits for ever is stopped by its runner. */
  async until(holds: (received: string) => boolean): Promise<string> {
    while (!holds(this.received)) {
      if (this.ended) throw new ClientGone(`The client closed after ${JSON.stringify(this.received.slice(0, 500))}`);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.received;
  }

  /** Waits for the next whole request, takes it away, and gives it. */
  async request(): Promise<string> {
    const lengthOf = (text: string): number => {
      const end = text.indexOf("\r\n\r\n");
      return end < 0 ? Infinity : end + 4 + Number(/content-length: (\d+)/.exec(text.slice(0, end))?.[1] ?? 0);
    };
    const text = await this.until((received) => received.length >= lengthOf(received));
    const length = lengthOf(text);
    this.received = text.slice(length);
    return text.slice(0, length);
  }

  /** Waits until the client has closed. */
  async closed(): Promise<void> {
    while (!this.ended) await new Promise<void>((resolve) => this.#wake = resolve);
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // Closed already.
    }
  }

  async #read(): Promise<void> {
    const room = new Uint8Array(65_536);
    try {
      for (;;) {
        const length = await this.#connection.read(room);
        if (length === null) break;
        this.received += latin1(room.subarray(0, length));
        this.#wake();
      }
    } catch {
      // Closed by the test, or reset by the client.
    }
    this.ended = true;
    this.close();
    this.#wake();
  }
}

export class RawServer {
  readonly secure: boolean;
  readonly peers: Peer[] = [];
  readonly #listener: Deno.Listener;
  readonly #serve: (peer: Peer, index: number) => unknown;
  readonly #serving: Promise<void>;

  /** @param serve called for each connection with its number from 0 up */
  constructor(serve: (peer: Peer, index: number) => unknown = () => {}, secure = false) {
    this.secure = secure;
    this.#serve = serve;
    const at = { hostname: "127.0.0.1", port: 0 };
    this.#listener = secure ? Deno.listenTls({ ...at, cert: TEST_CERTIFICATE, key: TEST_KEY }) : Deno.listen(at);
    this.#serving = this.#accept();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** `http://127.0.0.1:PORT`, or with `https:`. */
  get origin(): string {
    return `${this.secure ? "https" : "http"}://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    try {
      this.#listener.close();
    } catch {
      // Closed already.
    }
    for (const peer of this.peers) peer.close();
    await this.#serving;
    for (const peer of this.peers) await peer.closed();
  }

  async #accept(): Promise<void> {
    for (;;) {
      let connection: Deno.Conn;
      try {
        connection = await this.#listener.accept();
      } catch {
        return;
      }
      const peer = new Peer(connection);
      this.peers.push(peer);
      void this.#served(peer, this.peers.length - 1);
    }
  }

  /** A client that goes away is no failure of the server; a failed assertion in there is one of the test. */
  async #served(peer: Peer, index: number): Promise<void> {
    try {
      await this.#serve(peer, index);
    } catch (error) {
      if (!(error instanceof ClientGone)) throw error;
    }
  }
}

/** A whole response with a JSON body. */
export const response = (status: number, body: string, ...headers: readonly string[]): string =>
  [`HTTP/1.1 ${status} X`, `content-length: ${body.length}`, ...headers].join("\r\n") + `\r\n\r\n${body}`;
