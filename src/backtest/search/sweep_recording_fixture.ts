/**
 * A small recording that is made up, for tests: quarter-hour markets one after the other, a walking index, and a book whose quotes
 * follow it, late or at once.
 */

import { Random } from "../../venues/exchange/random.ts";

/** Noon of a day in May, UTC: 8 o'clock in the morning in the exchange's time. */
const START = Date.UTC(2026, 4, 13, 12) / 1_000;
const WINDOW = 900;
/** Index values and quotes come only in the last part of each window, to keep it small. */
const HEARD_SECONDS = 240;
const QUOTE_EVERY = 4;
/** Of the index, dollars a root second. */
const DEVIATION = 8;

const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");

/** In the exchange's own time, as tickers have it: four hours behind UTC in May. */
function tickerOf(close: number): string {
  const local = new Date((close - 4 * 3_600) * 1_000).toISOString();
  return `KXBTC15M-26MAY${local.slice(8, 10)}${local.slice(11, 13)}${local.slice(14, 16)}-${local.slice(14, 16)}`;
}

export interface MadeUp {
  readonly markets: number;
  readonly seed: number;
  /** Its quotes know of an index so many seconds ago: who knows of the newest earns by that. */
  readonly lateSeconds: number;
}

/** Writes `frames.ndjson`, `settlements_made_up.csv` and `prices.csv` into a folder; the tickers in order of time. */
export async function writeRecording(
  folder: string,
  { markets, seed, lateSeconds }: MadeUp,
): Promise<readonly string[]> {
  const random = Random.named(seed, "recording");
  const frames: string[] = [];
  const settlements = [
    "ticker,open_time_utc,close_time_utc,floor_strike,expiration_value,expiration_value_source,result",
  ];
  const prices = ["exchange_ts_us,recv_ns,price_usd,trade_id"];
  const tickers: string[] = [];
  let price = 80_000;
  for (let k = 0; k < markets; k++) {
    const open = START + k * WINDOW;
    const close = open + WINDOW;
    const ticker = tickerOf(close);
    const strike = price;
    const say = (second: number, body: object) => frames.push(JSON.stringify({ recv_ns: second * 1e9, ...body }));
    const first = close - HEARD_SECONDS;
    const info = { close_time: iso(close), market_ticker: ticker, status: "active", strike };
    say(first, { control: "watch_market", market_ticker: ticker, info });
    say(first, { control: "ws_connected", market_ticker: ticker, info: {} });
    const path: number[] = [];
    let bid = 0;
    let seq = 1;
    const change = (second: number, cents: number, side: string, delta: string) => {
      const msg = { market_ticker: ticker, price_dollars: (cents / 100).toFixed(4), delta_fp: delta, side };
      say(second, { frame: { type: "orderbook_delta", sid: 2, seq: ++seq, msg: { ...msg, ts_ms: second * 1_000 } } });
    };
    for (let at = 0; at < HEARD_SECONDS; at++) {
      const second = first + at;
      price = Math.round((price + DEVIATION * random.normal()) * 100) / 100;
      path.push(price);
      prices.push(`${second * 1_000_000},${second * 1e9},${price},${prices.length}`);
      if (at % QUOTE_EVERY !== 0) continue;
      const seen = path[Math.max(0, at - lateSeconds)];
      const z = (seen - strike) / (DEVIATION * Math.sqrt(Math.max(20, HEARD_SECONDS - at)));
      const wanted = Math.min(95, Math.max(3, Math.round(100 / (1 + Math.exp(-1.7 * z)))));
      if (bid === 0) {
        const msg = {
          market_ticker: ticker,
          yes_dollars_fp: [[(wanted / 100).toFixed(4), "60.00"]],
          no_dollars_fp: [[((98 - wanted) / 100).toFixed(4), "60.00"]],
        };
        say(second, { frame: { type: "orderbook_snapshot", sid: 2, seq, msg } });
      } else if (wanted !== bid) {
        change(second, bid, "yes", "-60.00");
        change(second, 98 - bid, "no", "-60.00");
        change(second, wanted, "yes", "60.00");
        change(second, 98 - wanted, "no", "60.00");
      }
      bid = wanted;
    }
    const average = path.slice(-60).reduce((sum, each) => sum + each, 0) / 60;
    const result = average >= strike ? "yes" : "no";
    settlements.push(`${ticker},${iso(open)},${iso(close)},${strike},${average.toFixed(2)},kalshi_api,${result}`);
    tickers.push(ticker);
    // The price walks on unheard until the next window is looked at.
    price = Math.round((price + DEVIATION * Math.sqrt(WINDOW - HEARD_SECONDS) * 0.1 * random.normal()) * 100) / 100;
  }
  await Deno.writeTextFile(`${folder}/frames.ndjson`, frames.join("\n") + "\n");
  await Deno.writeTextFile(`${folder}/settlements_made_up.csv`, settlements.join("\n") + "\n");
  await Deno.writeTextFile(`${folder}/prices.csv`, prices.join("\n") + "\n");
  return tickers;
}
