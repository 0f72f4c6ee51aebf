/**
 * The spot exchanges by name. One more is a file that makes its protocol, and a line here.
 * @module
 */

import { binance, binanceUs } from "./binance.ts";
import { bitstamp } from "./bitstamp.ts";
import { bullish } from "./bullish.ts";
import { coinbase } from "./coinbase.ts";
import { cryptoCom } from "./crypto_com.ts";
import { gemini } from "./gemini.ts";
import { kraken } from "./kraken.ts";
import type { SpotProtocol } from "./protocol.ts";

export const SPOT_PROTOCOLS: readonly SpotProtocol[] = [
  coinbase,
  kraken,
  bitstamp,
  gemini,
  cryptoCom,
  bullish,
  binance,
  binanceUs,
];

/** The protocol of an exchange, `null` for a name that is none. */
export function spotProtocol(exchange: string): SpotProtocol | null {
  return SPOT_PROTOCOLS.find((protocol) => protocol.exchange === exchange) ?? null;
}
