/**
 * What comes on the socket, as text or as bytes: handed to the recorder, looked at for when it was sent, and parsed.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import { type ClockOffset, sendingTime } from "./clock_offset.ts";
import { FrameBytes } from "./fast/frame_bytes.ts";
import type { UnknownFields } from "./fields.ts";
import { type Frames, type ParsedFrame, parseFrame } from "./frames.ts";
import type { BytesHandler } from "./socket.ts";

export interface FrameIntakeOptions {
  readonly clock: Clock;
  readonly frames: Frames;
  readonly unknown: UnknownFields;
  /** Learns from when frames were sent. */
  readonly offset: ClockOffset;
  /** Hears every frame as it came. */
  readonly onRaw?: (text: string, at: Micros) => void;
}

/** Frames that are looked at for when they were sent: one in so long is enough. */
const SAMPLE_EVERY = 200_000;

export class FrameIntake {
  readonly #options: FrameIntakeOptions;
  readonly #onFrame: (frame: ParsedFrame, connection: number) => void;
  #sampledAt = -Infinity;

  constructor(options: FrameIntakeOptions, onFrame: (frame: ParsedFrame, connection: number) => void) {
    this.#options = options;
    this.#onFrame = onFrame;
  }

  text(text: string, connection: number): void {
    const { clock, unknown, onRaw } = this.#options;
    const at = clock.now();
    onRaw?.(text, at);
    if (this.#samples(at)) this.#sample(text, at);
    this.#onFrame(parseFrame(text, at, connection, unknown), connection);
  }

  /** Takes the bytes themselves; `undefined` where frames are wanted as texts. */
  bytes(): BytesHandler | undefined {
    const { frames, clock, unknown, onRaw } = this.#options;
    if (frames === "json") return undefined;
    const parser = new FrameBytes(frames);
    return {
      isKnownAscii: (bytes) => parser.isKnown(bytes),
      message: (bytes, connection) => {
        const at = clock.now();
        onRaw?.(new TextDecoder().decode(bytes), at);
        if (this.#samples(at)) this.#sample(new TextDecoder().decode(bytes), at);
        this.#onFrame(parser.parse(bytes, at, connection, unknown), connection);
      },
    };
  }

  #samples(at: Micros): boolean {
    return at >= this.#sampledAt + SAMPLE_EVERY;
  }

  /** Its own time of sending; a frame without one tells by what it is about. */
  #sample(text: string, at: Micros): void {
    // Whether or not it has a stamp: looking for one in every frame would cost as much as reading it.
    this.#sampledAt = at;
    const sentAt = sendingTime(text);
    if (sentAt !== null) this.#options.offset.observeFrame(sentAt, at);
  }
}
