/**
 * Frames to measure with: a stretch of a recorded session of one market where the recordings are beside the project,
 * otherwise made-up ones of the same shape.
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lineBatches } from "../../src/backtest/recording/line_batches.ts";

export const RECORDING = fileURLToPath(new URL("../../../shared/data/kxbtc15m_ws", import.meta.url));
export const SPOT = fileURLToPath(
  new URL("../../../shared/data/spot/coinbase_btcusd_trades.csv.gz", import.meta.url),
);
const FRAME_KEY = '"frame":';

export interface SampleFrames {
  readonly source: "recorded" | "synthetic";
  /** The text of a snapshot frame, which the deltas follow in sequence. */
  readonly snapshot: string;
  readonly deltas: readonly string[];
}

/** True where the recorded sessions are there. */
export function recordingIsThere(): boolean {
  try {
    return Deno.statSync(RECORDING).isDirectory && Deno.statSync(SPOT).isFile;
  } catch {
    return false;
  }
}

export async function sampleFrames(wanted: number): Promise<SampleFrames> {
  return (recordingIsThere() ? await recordedFrames(wanted) : null) ?? syntheticFrames(wanted);
}

/** The first snapshot of the first file that is followed by enough deltas on its connection. */
async function recordedFrames(wanted: number): Promise<SampleFrames | null> {
  const names = [...Deno.readDirSync(RECORDING)].map(({ name }) => name).filter((name) => name.endsWith(".ndjson.gz"));
  for (const name of names.sort()) {
    let snapshot: string | null = null;
    let deltas: string[] = [];
    for await (const { lines } of lineBatches(join(RECORDING, name))) {
      for (const line of lines) {
        const text = line.slice(line.indexOf(FRAME_KEY) + FRAME_KEY.length, -1);
        if (text.startsWith('{"type":"orderbook_snapshot"')) {
          snapshot = text;
          deltas = [];
        } else if (snapshot !== null && text.startsWith('{"type":"orderbook_delta"')) {
          deltas.push(text);
          if (deltas.length === wanted) return { source: "recorded", snapshot, deltas };
        }
      }
    }
  }
  return null;
}

/** Levels that grow and shrink around the middle of a book, none ever below zero. */
function syntheticFrames(wanted: number): SampleFrames {
  const TICKER = "KXBTC15M-26NOV200400-00";
  const MARKET = "b2912a32-ef47-4d03-938c-9c450fb9b196";
  const envelope = (type: string, seq: number, msg: object) => JSON.stringify({ type, sid: 2, seq, msg });
  const levels = Array.from({ length: 400 }, (_, k) => [((k + 20) / 1_000).toFixed(4), "500.00"]);
  const sides = { yes_dollars_fp: levels, no_dollars_fp: levels };
  const snapshot = envelope("orderbook_snapshot", 1, { market_ticker: TICKER, market_id: MARKET, ...sides });
  const deltas = Array.from({ length: wanted }, (_, k) => {
    const up = k % 2 === 0;
    const milliseconds = 1_790_000_000_000 + k * 7;
    return envelope("orderbook_delta", k + 2, {
      delta_fp: `${up ? "" : "-"}${1 + (k >> 1) % 90}.00`,
      market_id: MARKET,
      market_ticker: TICKER,
      price_dollars: ((20 + ((k >> 1) * 7_919) % 400) / 1_000).toFixed(4),
      side: (k >> 1) % 3 === 0 ? "no" : "yes",
      ts: `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`,
      ts_ms: milliseconds,
    });
  });
  return { source: "synthetic", snapshot, deltas };
}
