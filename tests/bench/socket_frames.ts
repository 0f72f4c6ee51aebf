/**
 * What the socket benchmarks send: a real market's book changes, the same for many markets at once, numbered through, as
 * WebSocket frames of a server.
 * @module
 */

import { sampleFrames } from "./sample_frames.ts";

export const SOCKET_MARKETS = 100;

const encoder = new TextEncoder();
/** How the sample's frames name their market and number. */
const TICKER = /"market_ticker":"([^"]+)"/;
const SEQ = /"seq":\d+/;

/** Numbers begin here, so that all of them have the same digits. */
export const FIRST_SEQ = 1_000_001;

/** Texts of frames: a snapshot for each market, then so many changes spread over the markets. */
export async function socketTexts(changes: number): Promise<string[]> {
  const { snapshot, deltas } = await sampleFrames(Math.ceil(changes / SOCKET_MARKETS));
  const ticker = TICKER.exec(snapshot)?.[1] ?? "";
  const own = Array.from({ length: SOCKET_MARKETS }, (_, k) => `${ticker.slice(0, -3)}-${k + 100}`);
  let seq = FIRST_SEQ - 1;
  const text = (sample: string, market: number): string =>
    sample.replace(TICKER, `"market_ticker":"${own[market]}"`).replace(SEQ, `"seq":${++seq}`);
  const texts = own.map((_, market) => text(snapshot, market));
  for (let k = 0; k < changes; k++) texts.push(text(deltas[Math.floor(k / SOCKET_MARKETS)], k % SOCKET_MARKETS));
  return texts;
}

/** What the tickers of all markets begin with: a dash and 100, 101, ... follow. */
export async function tickerStem(): Promise<string> {
  const { snapshot } = await sampleFrames(1);
  return (TICKER.exec(snapshot)?.[1] ?? "").slice(0, -3);
}

/** One text as an unmasked frame. */
export function serverFrame(text: string): Uint8Array {
  const payload = encoder.encode(text);
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 0x10000 ? 2 : 8;
  const frame = new Uint8Array(2 + extended + length);
  frame[0] = 0x81;
  frame[1] = extended === 0 ? length : extended === 2 ? 126 : 127;
  const view = new DataView(frame.buffer);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setUint32(6, length);
  frame.set(payload, 2 + extended);
  return frame;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
