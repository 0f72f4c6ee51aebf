/**
 * WebSocket frames as bytes (RFC 6455 5): what a server sends is taken apart, what a client sends is put together.
 * Knows nothing of sockets. No extension is ever agreed on, so a bit reserved for one is an error.
 * @module
 */

/** What came over the connection. Bytes are lent: they are overwritten once the call returns. */
export interface FrameHandler {
  message(bytes: Uint8Array, isText: boolean): void;
  ping(bytes: Uint8Array): void;
  pong(bytes: Uint8Array): void;
  /** `code` is 1005 where the frame gave none. Nothing else is reported afterwards. */
  close(code: number, reason: string): void;
}

/** What the other side did wrong, with the code to close for (RFC 6455 7.4.1). */
export class ProtocolError extends Error {
  override name = "ProtocolError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const PROTOCOL_ERROR = 1002;
export const NO_CODE = 1005;
export const ABNORMAL = 1006;
export const NOT_UTF8 = 1007;
export const TOO_BIG = 1009;

export const TEXT = 0x1;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;
const CONTINUATION = 0x0;
const BINARY = 0x2;

const BUFFER_BYTES = 256 * 1024;
/** Reads get at least so much room. */
const ROOM_MIN = 32 * 1024;
const CONTROL_MAX = 125;
const strict = new TextDecoder("utf-8", { fatal: true });

/** True where every byte is ASCII, and the text therefore valid UTF-8. */
export function isAscii(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~7;
  let high = 0;
  let at = 0;
  for (; at < whole; at += 8) high |= view.getInt32(at, true) | view.getInt32(at + 4, true);
  let rest = 0;
  for (; at < bytes.length; at++) rest |= bytes[at];
  return (high & 0x80808080) === 0 && (rest & 0x80) === 0;
}

function isUtf8(bytes: Uint8Array): boolean {
  if (isAscii(bytes)) return true;
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Takes apart what a server sends. Bytes are read straight into {@link room}, then {@link filled} reports frames. */
export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #payloadMax: number;
  readonly #isKnownAscii: (text: Uint8Array) => boolean;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #from = 0;
  #to = 0;
  /** Parts of a fragmented message so far, copied; `null` between messages. */
  #parts: Uint8Array[] | null = null;
  #partsLength = 0;
  #partsText = false;
  #closed = false;

  /**
   * @param payloadMax the longest message, fragments together
   * @param isKnownAscii asked of a text before its bytes are checked, by whoever reads it and may know already; `false`
   * has them checked
   */
  constructor(handler: FrameHandler, payloadMax: number, isKnownAscii: (text: Uint8Array) => boolean = () => false) {
    this.#handler = handler;
    this.#payloadMax = payloadMax;
    this.#isKnownAscii = isKnownAscii;
  }

  /** Where the next bytes are to be put. Valid until the next call. */
  room(): Uint8Array {
    if (this.#from === this.#to) {
      this.#from = this.#to = 0;
      // One message of megabytes is no reason to hold them for good.
      if (this.#buffer.length > BUFFER_BYTES * 4) this.#buffer = new Uint8Array(BUFFER_BYTES);
    }
    if (this.#buffer.length - this.#to < ROOM_MIN) {
      const held = this.#to - this.#from;
      if (this.#buffer.length - held >= ROOM_MIN) {
        this.#buffer.copyWithin(0, this.#from, this.#to);
      } else {
        const larger = new Uint8Array(this.#buffer.length * 2);
        larger.set(this.#buffer.subarray(this.#from, this.#to));
        this.#buffer = larger;
      }
      this.#from = 0;
      this.#to = held;
    }
    return this.#buffer.subarray(this.#to);
  }

  /** Puts bytes that were read elsewhere: what came behind the handshake. */
  put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const room = this.room();
      const part = bytes.subarray(at, at + room.length);
      room.set(part);
      at += part.length;
      this.filled(part.length);
    }
  }

  /**
   * So many bytes were put into {@link room}: reports every frame that is whole now.
   * @throws ProtocolError where the server breaks the protocol; nothing may be read after it
   */
  filled(length: number): void {
    this.#to += length;
    while (!this.#closed && this.#frame());
  }

  /** True where the connection may end here without having cut a message. */
  get idle(): boolean {
    return this.#from === this.#to && this.#parts === null;
  }

  /** Reports one frame; `false` while none is whole. */
  #frame(): boolean {
    const buffer = this.#buffer;
    const held = this.#to - this.#from;
    if (held < 2) return false;
    const first = buffer[this.#from];
    const second = buffer[this.#from + 1];
    const opcode = first & 0x0f;
    const final = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0) throw new ProtocolError(PROTOCOL_ERROR, "Frame has a reserved bit set");
    if ((second & 0x80) !== 0) throw new ProtocolError(PROTOCOL_ERROR, "Frame of the server is masked");
    let length = second;
    let start = this.#from + 2;
    if (opcode >= CLOSE) {
      if (length > CONTROL_MAX || !final) throw new ProtocolError(PROTOCOL_ERROR, "Control frame is long or in parts");
    } else if (length >= 126) {
      const extended = length === 126 ? 2 : 8;
      if (held < 2 + extended) return false;
      length = this.#extendedLength(start, extended);
      start += extended;
    }
    this.#check(opcode, length);
    const end = start + length;
    if (end > this.#to) return false;
    this.#from = end;
    this.#dispatch(opcode, final, buffer.subarray(start, end));
    return true;
  }

  #extendedLength(at: number, bytes: 2 | 8): number {
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset + at, bytes);
    if (bytes === 2) {
      const length = view.getUint16(0);
      if (length < 126) throw new ProtocolError(PROTOCOL_ERROR, "Length is written longer than it need be");
      return length;
    }
    const high = view.getUint32(0);
    if (high >= 0x80000000) throw new ProtocolError(PROTOCOL_ERROR, "Length has its highest bit set");
    const length = high * 0x100000000 + view.getUint32(4);
    if (length < 0x10000) throw new ProtocolError(PROTOCOL_ERROR, "Length is written longer than it need be");
    return length;
  }

  /** Judged before the payload is there, so that nobody waits for what will not be taken. */
  #check(opcode: number, length: number): void {
    switch (opcode) {
      case TEXT:
      case BINARY:
        if (this.#parts !== null) throw new ProtocolError(PROTOCOL_ERROR, "A message begins inside another one");
        break;
      case CONTINUATION:
        if (this.#parts === null) throw new ProtocolError(PROTOCOL_ERROR, "A continuation continues nothing");
        break;
      case CLOSE:
      case PING:
      case PONG:
        return;
      default:
        throw new ProtocolError(PROTOCOL_ERROR, `Frame of unknown kind ${opcode}`);
    }
    if (this.#partsLength + length > this.#payloadMax) {
      throw new ProtocolError(TOO_BIG, `Message is longer than ${this.#payloadMax} bytes`);
    }
  }

  #dispatch(opcode: number, final: boolean, payload: Uint8Array): void {
    switch (opcode) {
      case PING:
        return this.#handler.ping(payload);
      case PONG:
        return this.#handler.pong(payload);
      case CLOSE:
        return this.#close(payload);
    }
    if (final && this.#parts === null) return this.#message(payload, opcode === TEXT);
    if (this.#parts === null) {
      this.#parts = [];
      this.#partsText = opcode === TEXT;
    }
    // An empty part adds nothing, and a server could send them without end.
    if (payload.length > 0) this.#parts.push(payload.slice());
    this.#partsLength += payload.length;
    if (!final) return;
    const whole = joined(this.#parts, this.#partsLength);
    this.#parts = null;
    this.#partsLength = 0;
    this.#message(whole, this.#partsText);
  }

  #message(payload: Uint8Array, isText: boolean): void {
    if (isText && !this.#isKnownAscii(payload) && !isUtf8(payload)) {
      throw new ProtocolError(NOT_UTF8, "Text is not UTF-8");
    }
    this.#handler.message(payload, isText);
  }

  #close(payload: Uint8Array): void {
    if (payload.length === 1) throw new ProtocolError(PROTOCOL_ERROR, "Close frame holds half a code");
    const code = payload.length === 0 ? NO_CODE : payload[0] << 8 | payload[1];
    if (payload.length > 0 && !mayBeSent(code)) {
      throw new ProtocolError(PROTOCOL_ERROR, `Close code ${code} is not sent`);
    }
    const words = payload.subarray(2);
    if (!isUtf8(words)) throw new ProtocolError(NOT_UTF8, "Reason for closing is not UTF-8");
    this.#closed = true;
    this.#handler.close(code, new TextDecoder().decode(words));
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Codes that may stand in a close frame (RFC 6455 7.4). */
export function mayBeSent(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_CODE && code !== ABNORMAL;
}

/** One whole frame of a client, masked with four random bytes. */
export function clientFrame(opcode: number, payload: Uint8Array, mask: Uint8Array): Uint8Array {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 0x10000 ? 2 : 8;
  const frame = new Uint8Array(2 + extended + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  const view = new DataView(frame.buffer);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) {
    view.setUint32(2, Math.floor(length / 0x100000000));
    view.setUint32(6, length >>> 0);
  }
  const start = 2 + extended + 4;
  frame.set(mask, start - 4);
  for (let at = 0; at < length; at++) frame[start + at] = payload[at] ^ mask[at & 3];
  return frame;
}

/** The payload of a close frame. */
export function closePayload(code: number, reason = ""): Uint8Array {
  const words = new TextEncoder().encode(reason).subarray(0, CONTROL_MAX - 2);
  return Uint8Array.from([code >> 8, code & 0xff, ...words]);
}
