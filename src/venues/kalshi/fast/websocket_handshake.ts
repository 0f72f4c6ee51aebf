/**
 * The opening handshake of a WebSocket (RFC 6455 4.1), as bytes: the request, and whether the answer agrees to it.
 * @module
 */

import { latin1, parseHead, ResponseReader } from "./http_response.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY_BYTES = 16;
const HEAD_BYTES_MAX = 64 * 1024;
/** Words that come with a refusal. */
const BODY_BYTES_MAX = 64 * 1024;
const HEADER = /^[A-Za-z0-9-]+: [\x20-\x7e]*$/;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** A new random key, and what the server has to make of it. */
export async function handshakeKey(): Promise<{ readonly key: string; readonly accept: string }> {
  const key = base64(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + GUID));
  return { key, accept: base64(new Uint8Array(digest)) };
}

/**
 * The request for an upgrade. No extension is offered.
 * @throws RangeError where a header could not stand in a request
 */
export function upgradeRequest(url: URL, key: string, headers: Readonly<Record<string, string>>): Uint8Array {
  const lines = [
    `host: ${url.host}`,
    "upgrade: websocket",
    "connection: Upgrade",
    `sec-websocket-key: ${key}`,
    "sec-websocket-version: 13",
    "user-agent: kbot",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  for (const line of lines) {
    if (!HEADER.test(line)) throw new RangeError(`Header cannot be sent: ${line.split(":")[0]}`);
  }
  return new TextEncoder().encode(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
}

export type HandshakeState =
  /** `rest` came behind the answer: the first frames. */
  | { readonly kind: "open"; readonly rest: Uint8Array }
  /** An HTTP answer that is no upgrade, with its words. */
  | { readonly kind: "refused"; readonly status: number; readonly body: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Reads the answer to an upgrade out of bytes that arrive in any pieces. */
export class HandshakeReader {
  readonly #accept: string;
  #held = new Uint8Array(0);
  /** Where the answer turned out to be no upgrade. */
  #refusal: ResponseReader | null = null;

  /** @param accept what the server has to make of the key */
  constructor(accept: string) {
    this.#accept = accept;
  }

  /** `null` while more has to come. */
  push(bytes: Uint8Array): HandshakeState | null {
    if (this.#refusal !== null) return this.#refused(this.#refusal, bytes);
    const whole = new Uint8Array(this.#held.length + bytes.length);
    whole.set(this.#held);
    whole.set(bytes, this.#held.length);
    this.#held = whole;
    const text = String.fromCharCode(...whole.subarray(0, 12));
    // Until the status is there nothing can be said; nonsense is left to the reader of ordinary answers.
    if (text.length < 12) return "HTTP/1.1 101".startsWith(text) || /^HTTP\/1/.test(text) ? null : this.#asOrdinary();
    if (text !== "HTTP/1.1 101") return this.#asOrdinary();
    const end = endOfHead(whole);
    if (end === null) {
      return whole.length > HEAD_BYTES_MAX ? failed(`Head of the answer is longer than ${HEAD_BYTES_MAX} bytes`) : null;
    }
    return this.#judge(latin1(whole.subarray(0, end)), whole.slice(end + 4));
  }

  /** The connection was closed. */
  end(): HandshakeState {
    const state = this.#refusal?.end() ?? null;
    if (state?.kind === "whole") return refusalOf(state.response);
    return failed("connection was closed during the handshake");
  }

  #asOrdinary(): HandshakeState | null {
    this.#refusal = new ResponseReader(BODY_BYTES_MAX);
    return this.#refused(this.#refusal, this.#held);
  }

  #refused(reader: ResponseReader, bytes: Uint8Array): HandshakeState | null {
    const state = reader.push(bytes);
    if (state === null) return null;
    if (state.kind === "whole") return refusalOf(state.response);
    // Words that never end are no reason to forget the status.
    return state.status === null ? failed(state.reason) : { kind: "refused", status: state.status, body: "" };
  }

  #judge(text: string, rest: Uint8Array): HandshakeState {
    const head = parseHead(text);
    if (typeof head === "string") return failed(head);
    const of = (name: string): string => (head.headers.get(name) ?? "").trim();
    const names = of("connection").toLowerCase().split(",").map((name) => name.trim());
    if (of("upgrade").toLowerCase() !== "websocket") return failed("Answer does not upgrade to a WebSocket");
    if (!names.includes("upgrade")) return failed("Answer lacks the header connection: upgrade");
    if (of("sec-websocket-accept") !== this.#accept) return failed("Answer does not belong to the key that was sent");
    if (of("sec-websocket-extensions") !== "") return failed("Server uses an extension that was not offered");
    if (of("sec-websocket-protocol") !== "") return failed("Server uses a protocol that was not asked for");
    return { kind: "open", rest };
  }
}

const failed = (reason: string): HandshakeState => ({ kind: "failed", reason });

const refusalOf = ({ status, body }: { readonly status: number; readonly body: Uint8Array }): HandshakeState => ({
  kind: "refused",
  status,
  body: new TextDecoder().decode(body),
});

function endOfHead(bytes: Uint8Array): number | null {
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  return null;
}
