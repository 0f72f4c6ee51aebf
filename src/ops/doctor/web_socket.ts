/**
 * Does the exchange accept our WebSocket?
 * @module
 */

import { dataPath, orderPath } from "../../venues/kalshi/paths.ts";
import { type Check, fail, pass } from "./check.ts";
import { DNS } from "./dns.ts";
import { ProbeSocket } from "./probe_socket.ts";
import { PRIVATE_KEY } from "./private_key.ts";

export const WEB_SOCKET = "websocket";

const UPGRADE_MS = 10_000;

export const webSocket: Check = {
  name: WEB_SOCKET,
  needs: [DNS, PRIVATE_KEY],
  async run(context) {
    const { ws } = context.found("venue").chosen.host;
    const opened = await ProbeSocket.open(ws, context.found("signer"), context.request.answerMs ?? UPGRADE_MS);
    if (!opened.ok) {
      const unsigned = /\b(401|1008)\b/.test(opened.reason);
      return fail(
        opened.reason,
        unsigned
          ? "See signature: the upgrade is signed with the same key"
          : `Check venue.ws (--venue-ws), and proxies between here and ${
            new URL(ws).host
          } that do not let WebSockets through`,
      );
    }
    context.atEnd(() => opened.value.close());
    context.note("socket", opened.value);
    const { frames, fast_orders: fastOrders } = context.found("config").venue;
    const ways = `data by ${dataPath(true, frames)}, orders by ${orderPath(true, fastOrders ? 1 : null)}`;
    return pass(`Accepted by ${ws}; a run takes ${ways}`);
  },
};
