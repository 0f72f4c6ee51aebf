/**
 * How bytes get to a NATS server and back, for the client library: by Deno's own sockets. Node's, as Deno has them, cannot
 * begin TLS on a connection that is in use in versions before 2.8, and a server that hangs before it says who it is would
 * cost a socket at each attempt.
 * @module
 */

import type { ConnectionOptions, Server } from "@nats-io/nats-core";
import { errors } from "@nats-io/nats-core";
import type { Transport } from "@nats-io/nats-core/internal";
import { isObject } from "../engine/journal_shape.ts";

const READ_BYTES = 64 * 1024;
/** A server says who it is in some hundred bytes, with the addresses of a large cluster in some thousand. */
const INFO_BYTES_MAX = 256 * 1024;
/** What waits to be written; the library bounds what it hands over by its own requests, this bounds a server that reads nothing. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
const LINE_FEED = 10;

/** What a server says first, as far as it is looked at here. */
interface ServerWords {
  readonly tlsRequired: boolean;
  readonly tlsAvailable: boolean;
}

export class NatsTransport implements Transport {
  readonly lang = "nats.js";
  readonly version = "3.4.0";
  closeError?: Error;
  #connection: Deno.TcpConn | Deno.TlsConn | null = null;
  #isEncrypted = false;
  #isClosed = false;
  /** Read before the library asks for it. */
  #first: Uint8Array | null = null;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | null = null;
  readonly #ended = Promise.withResolvers<void | Error>();

  get isClosed(): boolean {
    return this.#isClosed;
  }

  isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  /** @throws what kept it from connecting */
  async connect({ hostname, port, tlsName }: Server, { tls }: ConnectionOptions): Promise<void> {
    try {
      const connection = await Deno.connect({ hostname, port });
      this.#connection = connection;
      if (this.#isClosed) throw new errors.ConnectionError("closed while connecting");
      connection.setNoDelay(true);
      const first = await readLine(connection);
      this.#first = first;
      const wantsTls = tls !== null && tls !== undefined;
      const { tlsRequired, tlsAvailable } = wordsOf(first);
      if (tlsRequired && !wantsTls) throw new errors.ConnectionError("server asks for a secure connection");
      if (wantsTls && !tlsRequired && !tlsAvailable) throw new errors.ConnectionError("server does not support 'tls'");
      if (!wantsTls) return;
      const caCerts = tls.ca === undefined ? [] : [tls.ca];
      const secured = await Deno.startTls(connection, { hostname: tlsName || hostname, caCerts });
      this.#connection = secured;
      await secured.handshake();
      this.#isEncrypted = true;
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /** Whatever comes, until it is closed: never throws. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#first !== null) yield this.#first;
    this.#first = null;
    while (!this.#isClosed && this.#connection !== null) {
      const room = new Uint8Array(READ_BYTES);
      let length: number | null = null;
      try {
        length = await this.#connection.read(room);
      } catch (error) {
        this.#end(error instanceof Error ? error : undefined);
      }
      if (length === null) return this.#end();
      yield room.subarray(0, length);
    }
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed) return;
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    if (this.#waitingBytes > WAITING_BYTES_MAX) return this.#end(new Error("The server takes nothing"));
    this.#writing ??= this.#write().finally(() => this.#writing = null);
  }

  /** Writes what waits, unless something went wrong, and closes. */
  async close(error?: Error): Promise<void> {
    if (error === undefined) await this.#writing;
    this.#end(error);
  }

  disconnect(): void {
    this.#end();
  }

  discard(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  closed(): Promise<void | Error> {
    return this.#ended.promise;
  }

  async #write(): Promise<void> {
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        this.#waitingBytes -= next.length;
        for (let done = 0; done < next.length && this.#connection !== null;) {
          done += await this.#connection.write(next.subarray(done));
        }
      }
    } catch (error) {
      this.#end(error instanceof Error ? error : undefined);
    }
  }

  #end(error?: Error): void {
    if (this.#isClosed) return this.#drop();
    this.#isClosed = true;
    if (error !== undefined) this.closeError = error;
    this.discard();
    this.#drop();
    this.#ended.resolve(error);
  }

  #drop(): void {
    try {
      this.#connection?.close();
    } catch {
      // It was closed already, or belongs to the secured one.
    }
    this.#connection = null;
  }
}

/** Reads to the end of the first line; nothing comes behind it before the client has spoken. */
async function readLine(connection: Deno.TcpConn): Promise<Uint8Array> {
  let line = new Uint8Array(0);
  while (line.at(-1) !== LINE_FEED) {
    const room = new Uint8Array(READ_BYTES);
    const length = await connection.read(room);
    if (length === null) throw new errors.ConnectionError("closed by the server before it said who it is");
    if (line.length + length > INFO_BYTES_MAX) throw new errors.ConnectionError("no NATS server: a line without end");
    const longer = new Uint8Array(line.length + length);
    longer.set(line);
    longer.set(room.subarray(0, length), line.length);
    line = longer;
  }
  return line;
}

function wordsOf(line: Uint8Array): ServerWords {
  const found = /^INFO\s+(\{.*\})\s*$/.exec(new TextDecoder().decode(line));
  let said: unknown = null;
  try {
    said = JSON.parse(found?.[1] ?? "null");
  } catch {
    // Refused below.
  }
  if (!isObject(said)) throw new errors.ConnectionError("no NATS server: it does not say who it is");
  return { tlsRequired: said.tls_required === true, tlsAvailable: said.tls_available === true };
}
