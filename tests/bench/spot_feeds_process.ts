/**
 * What eight spot feeds at 500 messages a second each take of one core, sockets included: processor time of this process
 * against the time that passed, the exchanges being another process. Prints one JSON object.
 *
 *     deno run -A tests/bench/spot_feeds_process.ts [SECONDS]
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import type { FeedContext } from "../../src/feeds/feed.ts";
import { SPOT_PROTOCOLS } from "../../src/feeds/spot/registry.ts";
import { SpotFeed } from "../../src/feeds/spot/spot_feed.ts";
import { WallClock } from "../../src/ops/clock.ts";
import { SPOT_RATE } from "./spot_streams.ts";

const seconds = Number(Deno.args[0] ?? 10);
/** Connecting, the first books, and making the code quick are not what is measured. */
const WARM_UP_SECONDS = 3;

const server = new Deno.Command(Deno.execPath(), {
  args: [
    ...["run", "--quiet", "-A", "--no-check", fileURLToPath(new URL("spot_server_process.ts", import.meta.url))],
    String(seconds + WARM_UP_SECONDS + 2),
  ],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const { value } = await server.stdout.getReader().read();
const { port } = JSON.parse(new TextDecoder().decode(value)) as { readonly port: number };

const context: FeedContext = {
  clock: new WallClock(),
  sink: () => {},
  log: () => {},
  jitter: Math.random,
  lockstep: false,
  userAgent: "kbot",
  onRaw: null,
};
const feeds = SPOT_PROTOCOLS.map((protocol) =>
  new SpotFeed(context, {
    protocol: { ...protocol, address: (ws) => ws },
    assets: ["BTC"],
    ws: `ws://127.0.0.1:${port}/${protocol.exchange}`,
    rest: `http://127.0.0.1:${port}`,
  })
);
const messages = () => feeds.reduce((sum, feed) => sum + feed.framesReceived(), 0);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const feed of feeds) feed.start();
await pause(WARM_UP_SECONDS * 1_000);
const [cpuBefore, wallBefore, messagesBefore] = [process.cpuUsage(), performance.now(), messages()];
await pause(seconds * 1_000);
const { user, system } = process.cpuUsage(cpuBefore);
const [wallMs, heard] = [performance.now() - wallBefore, messages() - messagesBefore];
const refused = feeds.flatMap((feed) =>
  Object.entries(feed.status().refused).map(([why, count]) => [feed.name, why, count])
);
console.log(JSON.stringify({
  feeds: feeds.length,
  messages_per_second: Math.round(heard / (wallMs / 1_000)),
  wanted_per_second: SPOT_RATE * feeds.length,
  share_of_one_core: (user + system) / 1_000 / wallMs,
  micros_per_message: (user + system) / heard,
  books_in_sync: feeds.filter((feed) => feed.book("BTC") !== null).length,
  refused,
}));
for (const feed of feeds) await feed.stop();
await server.stdin.close();
await server.status;
Deno.exit(0);
