/**
 * The spot exchanges by name. One more is a file that makes its protocol, and a line here.
 * @module
 */

import { bitstamp } from "./bitstamp.ts";
import { coinbase } from "./coinbase.ts";
import { gemini } from "./gemini.ts";
import { kraken } from "./kraken.ts";
import type { SpotProtocol } from "./protocol.ts";

export const SPOT_PROTOCOLS: readonly SpotProtocol[] = [
  coinbase,
  kraken,
  bitstamp,
  gemini,
];

/** The protocol of an exchange, `null` for a name that is none. */
export function spotProtocol(exchange: string): SpotProtocol | null {
  return SPOT_PROTOCOLS.find((protocol) => protocol.exchange === exchange) ?? null;
}
