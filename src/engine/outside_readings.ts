/**
 * What is known beside the venue and its indices: other venues' quotes, the weather, and the market for fed funds.
 * @module
 */

import type { FedFundsInput, PeerQuoteInput } from "../core/input.ts";
import { PeerQuotes } from "./peer_quotes.ts";
import { type WeatherInput, WeatherReadings } from "./weather_readings.ts";

export class OutsideReadings {
  readonly peers = new PeerQuotes();
  readonly weather = new WeatherReadings();
  #fedFunds: FedFundsInput | null = null;

  /** The newest word; `null` before the first. */
  get fedFunds(): FedFundsInput | null {
    return this.#fedFunds;
  }

  /** Takes one word in; the reason where it is refused. */
  take(input: PeerQuoteInput | WeatherInput | FedFundsInput): string | null {
    switch (input.type) {
      case "peer_quote":
        return this.peers.take(input);
      case "fed_funds":
        return this.#takeFedFunds(input);
      default:
        return this.weather.take(input);
    }
  }

  #takeFedFunds(input: FedFundsInput): string | null {
    const wrong = input.futures.find(({ price }) => !(price > 0 && price < 200));
    if (wrong !== undefined) return `Fed funds: ${wrong.price} is no price of ${wrong.month}`;
    this.#fedFunds = input;
    return null;
  }
}
