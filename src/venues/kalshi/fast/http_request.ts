/**
 * HTTP/1.1 requests as bytes. What does not change between two requests is not made again: the first lines of an
 * address stay as bytes, in the very room that the request is made in where the address is the same, and a header's line
 * stays with its value.
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
  /** Asked at the very moment of sending: why it must not leave any more, in words; `null` where it may. Absent: always. */
  readonly forbidden?: () => string | null;
}

const TARGET = /^\/[\x21-\x7e]{0,4000}$/;
const METHOD = /^[A-Z]{1,10}$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;
const HEADER_NAME = /^[A-Za-z0-9-]+$/;
/** Addresses that are remembered: a few are used again and again. Those with a query name an order, and are not. */
const REMEMBERED_MAX = 16;
const ROOM = 8_192;
/** In UTF-8, of one UTF-16 unit. */
const BYTES_PER_CHARACTER_MAX = 3;
const encoder = new TextEncoder();

/** Header names that are remembered with their last line: there are four. */
const LINES_MAX = 16;

interface Line {
  readonly value: string;
  readonly line: string;
}

/** Encodes requests to one host. The bytes of a request are overwritten by the next one. */
export class RequestWriter {
  readonly #fixed: string;
  readonly #heads = new Map<string, Uint8Array>();
  readonly #lines = new Map<string, Line>();
  #room = new Uint8Array(ROOM);
  /** What the room begins with. */
  #roomHead: Uint8Array | null = null;

  /** @param host as in the address: with its port where it has one */
  constructor(host: string) {
    this.#fixed = ` HTTP/1.1\r\nhost: ${host}\r\naccept: */*\r\naccept-encoding: identity\r\nuser-agent: kbot\r\n`;
  }

  /** @throws RangeError where method, target or a header could not stand in a request */
  encode({ method, target, headers, body }: RawRequest): Uint8Array {
    const head = this.#head(method, target);
    let lines = "";
    for (const name in headers) lines += this.#line(name, headers[name]);
    if (body === null) return this.#put(head, lines + "\r\n");
    const text = withBody(lines, body, body.length);
    const request = this.#put(head, text);
    // Beyond ASCII a body has more bytes than characters, and the length given was wrong.
    if (request.length === head.length + text.length) return request;
    return this.#put(head, withBody(lines, body, encoder.encode(body).length));
  }

  /** Puts the text behind the head, in one go. */
  #put(head: Uint8Array, text: string): Uint8Array {
    const needed = head.length + text.length * BYTES_PER_CHARACTER_MAX;
    if (needed > this.#room.length) {
      this.#room = new Uint8Array(needed * 2);
      this.#roomHead = null;
    }
    if (this.#roomHead !== head) this.#room.set(head);
    this.#roomHead = head;
    const { written } = encoder.encodeInto(text, this.#room.subarray(head.length));
    return this.#room.subarray(0, head.length + written);
  }

  #line(name: string, value: string): string {
    const known = this.#lines.get(name);
    if (known !== undefined && known.value === value) return known.line;
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) throw new RangeError(`Header ${name} cannot be sent`);
    const line = `${name}: ${value}\r\n`;
    if (known !== undefined || this.#lines.size < LINES_MAX) this.#lines.set(name, { value, line });
    return line;
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

const withBody = (lines: string, body: string, length: number): string =>
  `${lines}content-length: ${length}\r\n\r\n${body}`;
