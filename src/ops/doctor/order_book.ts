/**
 * Does a subscription to an order book bring its snapshot?
 * @module
 */

import { type Check, fail, pass } from "./check.ts";
import { MARKETS } from "./markets.ts";
import { WEB_SOCKET } from "./web_socket.ts";

export const SNAPSHOT_MS = 10_000;

export const orderBook: Check = {
  name: "order book",
  needs: [MARKETS, WEB_SOCKET],
  async run(context) {
    const [{ ticker }] = context.found("openMarkets");
    const started = performance.now();
    const snapshot = await context.found("socket").ask(
      { cmd: "subscribe", params: { channels: ["orderbook_delta"], market_tickers: [ticker], use_yes_price: false } },
      (frame) =>
        frame.kind === "input" && frame.input.type === "book_snapshot" && frame.input.ticker === ticker
          ? frame.input
          : null,
      context.request.answerMs ?? SNAPSHOT_MS,
    );
    if (!snapshot.ok) return fail(`${ticker}: ${snapshot.reason}`, "Try again; if it stays, see the log of a run");
    const { yes, no } = snapshot.value;
    const ms = (performance.now() - started).toFixed(0);
    return pass(`${ticker}: snapshot in ${ms} ms, ${yes.length} YES and ${no.length} NO levels`);
  },
};
