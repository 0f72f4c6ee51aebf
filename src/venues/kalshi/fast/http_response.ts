/**
 * One HTTP/1.1 response out of bytes that arrive in any pieces (RFC 9112). Knows nothing of sockets.
 *
 * It is strict: what no proper server sends (bare line feeds, folded headers, two lengths) is refused, because a response
 * that could be read in two ways must not decide what became of an order.
 * @module
 */

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined with ", ". */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** True where another request may follow on the connection. */
  readonly reusable: boolean;
}

export type Refused =
  /** No HTTP response, or not within the bounds. `status` where it was read already. */
  { readonly kind: "malformed" | "too long"; readonly status: number | null; readonly reason: string };

/** `null` while more has to come. */
export type ReadState = { readonly kind: "whole"; readonly response: HttpResponse } | Refused | null;

const HEAD_BYTES_MAX = 64 * 1024;
const CHUNK_LINE_MAX = 1_024;
const INTERIM_MAX = 8;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/;
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,8})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const LENGTH = /^\d{1,15}$/;
const CR = 13;
const LF = 10;

export interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly keepsAlive: boolean;
}

type Step = "more" | "again" | "whole";

export class ResponseReader {
  readonly #bodyBytesMax: number;
  /** What came and is not understood yet, from {@link #from} to {@link #to}. */
  #held = new Uint8Array(4_096);
  #from = 0;
  #to = 0;
  #searchedTo = 0;
  #head: Head | null = null;
  #interim = 0;
  #framing: "length" | "chunked" | "close" = "length";
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #part: "size" | "data" | "data end" | "trailer" = "size";
  #trailerBytes = 0;
  #body = new Uint8Array(0);
  #bodyLength = 0;
  #state: ReadState = null;

  constructor(bodyBytesMax: number) {
    this.#bodyBytesMax = bodyBytesMax;
  }

  /** Takes the next bytes, which are copied. Bytes beyond the end make the connection unusable for another request. */
  push(bytes: Uint8Array): ReadState {
    if (this.#state !== null) return this.#state;
    this.#hold(bytes);
    let step: Step = "again";
    while (step === "again" && this.#state === null) step = this.#head === null ? this.#readHead() : this.#readBody();
    if (this.#state === null && step === "whole") this.#finish(this.#from === this.#to);
    return this.#state;
  }

  /** The connection was closed: the end of a body without a length, and a broken response otherwise. */
  end(): ReadState {
    if (this.#state === null && this.#head !== null && this.#framing === "close") this.#finish(false);
    return this.#state;
  }

  #hold(bytes: Uint8Array): void {
    const needed = this.#to - this.#from + bytes.length;
    if (this.#to + bytes.length > this.#held.length) {
      const room = needed > this.#held.length ? new Uint8Array(Math.max(needed, this.#held.length * 2)) : this.#held;
      room.set(this.#held.subarray(this.#from, this.#to));
      this.#held = room;
      this.#searchedTo -= this.#from;
      this.#to -= this.#from;
      this.#from = 0;
    }
    this.#held.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  #refuse(kind: Refused["kind"], reason: string): Step {
    this.#state = { kind, status: this.#head?.status ?? null, reason };
    return "more";
  }

  /** The next line without its end; `null` while it is not whole. A bare line feed ends no line. */
  #line(lengthMax: number): string | null {
    for (let at = Math.max(this.#from, this.#searchedTo); at + 1 < this.#to; at++) {
      if (this.#held[at] !== CR || this.#held[at + 1] !== LF) continue;
      const text = latin1(this.#held.subarray(this.#from, at));
      this.#from = at + 2;
      this.#searchedTo = this.#from;
      return text;
    }
    this.#searchedTo = Math.max(this.#from, this.#to - 1);
    if (this.#to - this.#from > lengthMax) this.#refuse("malformed", `Line is longer than ${lengthMax} bytes`);
    return null;
  }

  #readHead(): Step {
    const end = this.#endOfHead();
    if (end === null) {
      if (this.#to - this.#from > HEAD_BYTES_MAX) {
        return this.#refuse("malformed", `Head is longer than ${HEAD_BYTES_MAX} bytes`);
      }
      return "more";
    }
    const text = latin1(this.#held.subarray(this.#from, end));
    this.#from = end + 4;
    this.#searchedTo = this.#from;
    const head = parseHead(text);
    if (typeof head === "string") return this.#refuse("malformed", head);
    if (head.status >= 200) {
      this.#head = head;
      return this.#frame(head);
    }
    if (head.status === 101 || ++this.#interim > INTERIM_MAX) {
      return this.#refuse("malformed", `Unexpected interim response ${head.status}`);
    }
    return "again";
  }

  #endOfHead(): number | null {
    for (let at = Math.max(this.#from, this.#searchedTo); at + 3 < this.#to; at++) {
      if (this.#held[at] !== CR || this.#held[at + 1] !== LF) continue;
      if (this.#held[at + 2] === CR && this.#held[at + 3] === LF) return at;
    }
    this.#searchedTo = Math.max(this.#from, this.#to - 3);
    return null;
  }

  /** How the body is delimited (RFC 9112 6.3). */
  #frame({ status, headers }: Head): Step {
    const encoding = headers.get("transfer-encoding");
    const length = headers.get("content-length");
    if (status === 204 || status === 304) return "whole";
    const coding = headers.get("content-encoding") ?? "identity";
    if (coding !== "identity") return this.#refuse("malformed", `Body is compressed (${coding.slice(0, 40)})`);
    if (encoding !== undefined) {
      if (length !== undefined) return this.#refuse("malformed", "Both a length and a transfer encoding are given");
      if (encoding.toLowerCase() !== "chunked") {
        return this.#refuse("malformed", `Unknown transfer encoding "${encoding.slice(0, 40)}"`);
      }
      this.#framing = "chunked";
      return "again";
    }
    if (length === undefined) {
      this.#framing = "close";
      return "again";
    }
    if (!LENGTH.test(length)) return this.#refuse("malformed", `Content length is "${length.slice(0, 40)}"`);
    this.#left = Number(length);
    if (this.#left > this.#bodyBytesMax) return this.#refuse("too long", `Body of ${length} bytes`);
    return "again";
  }

  #readBody(): Step {
    switch (this.#framing) {
      case "length":
        this.#take(this.#left);
        return this.#left === 0 ? "whole" : "more";
      case "close":
        this.#left = this.#to - this.#from;
        this.#take(this.#left);
        return "more";
      case "chunked":
        return this.#readChunk();
    }
  }

  #readChunk(): Step {
    switch (this.#part) {
      case "size": {
        const line = this.#line(CHUNK_LINE_MAX);
        if (line === null) return "more";
        const size = CHUNK_SIZE.exec(line);
        if (size === null) return this.#refuse("malformed", `Chunk size is "${line.slice(0, 40)}"`);
        this.#left = parseInt(size[1], 16);
        this.#part = this.#left === 0 ? "trailer" : "data";
        return "again";
      }
      case "data":
        this.#take(this.#left);
        if (this.#left > 0) return "more";
        this.#part = "data end";
        return "again";
      case "data end": {
        if (this.#to - this.#from < 2) return "more";
        if (this.#held[this.#from] !== CR || this.#held[this.#from + 1] !== LF) {
          return this.#refuse("malformed", "Chunk does not end where its size says");
        }
        this.#from += 2;
        this.#part = "size";
        return "again";
      }
      case "trailer": {
        const line = this.#line(HEAD_BYTES_MAX);
        if (line === null) return "more";
        if (line === "") return "whole";
        this.#trailerBytes += line.length;
        if (this.#trailerBytes > HEAD_BYTES_MAX || !HEADER_LINE.test(line)) {
          return this.#refuse("malformed", "Trailer is no header");
        }
        return "again";
      }
    }
  }

  /** Moves up to so many bytes into the body. */
  #take(wanted: number): void {
    const taken = Math.min(wanted, this.#to - this.#from);
    if (this.#bodyLength + taken > this.#bodyBytesMax) {
      this.#refuse("too long", `Body of more than ${this.#bodyBytesMax} bytes`);
      return;
    }
    const needed = this.#bodyLength + taken;
    if (needed > this.#body.length) {
      const room = new Uint8Array(Math.max(needed, this.#body.length * 2, Math.min(this.#left, 65_536)));
      room.set(this.#body.subarray(0, this.#bodyLength));
      this.#body = room;
    }
    this.#body.set(this.#held.subarray(this.#from, this.#from + taken), this.#bodyLength);
    this.#bodyLength += taken;
    this.#from += taken;
    this.#searchedTo = this.#from;
    this.#left -= taken;
  }

  #finish(nothingFollows: boolean): void {
    if (this.#head === null) return;
    const { status, headers, keepsAlive } = this.#head;
    const body = this.#body.subarray(0, this.#bodyLength);
    const reusable = keepsAlive && nothingFollows && this.#framing !== "close";
    this.#state = { kind: "whole", response: { status, headers, body, reusable } };
  }
}

/** Bytes as characters of the same number. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** A head without its last empty line; the reason where it is none. */
export function parseHead(text: string): Head | string {
  const [statusLine, ...lines] = text.split("\r\n");
  const status = STATUS_LINE.exec(statusLine);
  if (status === null) return `No HTTP response: it begins with ${JSON.stringify(statusLine.slice(0, 40))}`;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const header = HEADER_LINE.exec(line);
    if (header === null) return `No header line: ${JSON.stringify(line.slice(0, 40))}`;
    const name = header[1].toLowerCase();
    const known = headers.get(name);
    // The same length twice is as good as once (RFC 9110 8.6).
    if (name === "content-length" && known === header[2]) continue;
    headers.set(name, known === undefined ? header[2] : `${known}, ${header[2]}`);
  }
  const options = (headers.get("connection") ?? "").toLowerCase().split(",").map((option) => option.trim());
  const keepsAlive = status[1] === "1" ? !options.includes("close") : options.includes("keep-alive");
  return { status: Number(status[2]), headers, keepsAlive };
}
