/**
 * Do values of the settlement index come over the WebSocket? (KALSHI.md 5.9)
 * @module
 */

import { settlementIndexOf } from "../../core/ticker.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { SNAPSHOT_MS } from "./order_book.ts";
import { lookedAt } from "./series.ts";
import { WEB_SOCKET } from "./web_socket.ts";

export const settlementIndex: Check = {
  name: "settlement index",
  needs: [WEB_SOCKET],
  async run(context) {
    const index = lookedAt(context).map(settlementIndexOf).find((each) => each !== null) ?? null;
    if (index === null) return skip("The configured series settle on no index that the exchange sends");
    const started = performance.now();
    const value = await context.found("socket").ask(
      { cmd: "subscribe", params: { channels: ["cfbenchmarks_value"], index_ids: [index] } },
      (frame) =>
        frame.kind === "input" && frame.input.type === "index" && frame.input.index === index ? frame.input : null,
      context.request.answerMs ?? SNAPSHOT_MS,
    );
    if (!value.ok) {
      return fail(`${index}: ${value.reason}`, "Without it nothing is traded; try again, then ask the exchange");
    }
    return pass(`${index}: ${value.value.value} after ${(performance.now() - started).toFixed(0)} ms`);
  },
};
