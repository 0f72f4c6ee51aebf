/**
 * HTTP/1.1 requests as bytes. What does not change between two requests to the same address is encoded once.
 * @module
 */

/** A request with everything that goes over the wire. */
export interface RawRequest {
  readonly method: string;
  /** From the root of the host, with its query. */
  readonly target: string;
  /** Names and values that HTTP allows: from a signer, or constants. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const TARGET = /^\/[\x21-\x7e]{0,4000}$/;
const METHOD = /^[A-Z]{1,10}$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;
const HEADER_NAME = /^[A-Za-z0-9-]+$/;
/** Addresses that are remembered: a few are used again and again. Those with a query name an order, and are not. */
const REMEMBERED_MAX = 16;
const ROOM = 8_192;
const encoder = new TextEncoder();

/** Encodes requests to one host. The bytes of a request are overwritten by the next one. */
export class RequestWriter {
  readonly #fixed: string;
  readonly #heads = new Map<string, Uint8Array>();
  #room = new Uint8Array(ROOM);

  /** @param host as in the address: with its port where it has one */
  constructor(host: string) {
    this.#fixed = ` HTTP/1.1\r\nhost: ${host}\r\naccept: */*\r\naccept-encoding: identity\r\nuser-agent: kbot\r\n`;
  }

  /** @throws RangeError where method, target or a header could not stand in a request */
  encode({ method, target, headers, body }: RawRequest): Uint8Array {
    const head = this.#head(method, target);
    let lines = "";
    for (const name in headers) {
      const value = headers[name];
      if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) throw new RangeError(`Header ${name} cannot be sent`);
      lines += `${name}: ${value}\r\n`;
    }
    const content = body === null ? null : encoder.encode(body);
    if (content !== null) lines += `content-length: ${content.length}\r\n`;
    lines += "\r\n";
    const needed = head.length + lines.length + (content?.length ?? 0);
    if (needed > this.#room.length) this.#room = new Uint8Array(needed * 2);
    this.#room.set(head);
    let at = head.length;
    at += encoder.encodeInto(lines, this.#room.subarray(at)).written;
    if (content !== null) this.#room.set(content, at);
    return this.#room.subarray(0, at + (content?.length ?? 0));
  }

  #head(method: string, target: string): Uint8Array {
    const key = `${method} ${target}`;
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    if (!METHOD.test(method) || !TARGET.test(target)) throw new RangeError("Request line cannot be sent");
    const head = encoder.encode(key + this.#fixed);
    if (this.#heads.size < REMEMBERED_MAX && !target.includes("?")) this.#heads.set(key, head);
    return head;
  }
}
