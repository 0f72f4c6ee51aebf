/**
 * A server whose account trades busily on made-up sources, for so many seconds, as a process of its own: prints its address,
 * takes one line on stdin for each stretch, and after each prints the processor time that it took.
 *
 *     deno run -A tests/bench/pages_server_process.ts MARKETS SECONDS
 */

import process from "node:process";
import { FakeSources, sampleMarket, sampleTrade } from "../../src/server/fake_sources.ts";
import { startServer } from "../../src/server/server.ts";

const [markets, seconds] = Deno.args.map(Number);
const ticker = (k: number): string => `KXBTC15M-26SEP251515-${k}`;

const sources = new FakeSources();
sources.change({ markets: Array.from({ length: markets }, (_, k) => sampleMarket(ticker(k))) });
const server = await startServer({ hostname: "127.0.0.1", port: 0, token: "bench-token", sources });
if (!server.ok) throw new Error(server.reason);
console.log(server.url);

/** A tenth of a second of trading: a tenth of all markets moves, the account changes, now and then there is a fill or a word. */
let tick = 0;
function trade(): void {
  tick++;
  const { engine } = sources;
  const rows = engine.markets.map((row, k) =>
    k % 10 === tick % 10 ? { ...row, bid: `0.${5_000 + tick % 900}`, modelProbability: 0.5 + (tick % 90) / 200 } : row
  );
  const account = { ...engine.account, nav: `${10_000 + tick % 100}.000000` };
  sources.change({ at: new Date(Date.UTC(2026, 8, 25) + tick * 100).toISOString(), markets: rows, account });
  if (tick % 10 === 0) sources.trade(sampleTrade(`b-${tick}`));
  if (tick % 5 === 0) sources.log(`Book of ${ticker(tick % markets)} is synced`);
  sources.changeStatus({ uptimeSeconds: tick / 10 });
}

const timer = setInterval(trade, 100);
for await (const _ of Deno.stdin.readable) {
  const began = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const { user, system } = process.cpuUsage(began);
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6 }));
}
clearInterval(timer);
await server.stop();
