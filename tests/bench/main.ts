/**
 * `deno task bench`: every figure that DESIGN.md 7 budgets, in one table. Ratios are taken within one run and hold
 * anywhere; absolute figures are of the machine at hand.
 *
 *     deno run -A tests/bench/main.ts [feed] [ccxt] [run] [socket] [order] [engine] [arbitrage] [backtest] [year] [memory] [growth] [start] [pages] [page]
 */

import { arbitragePath } from "./arbitrage_bench_native.ts";
import { backtestSpeed } from "./backtest_speed.ts";
import { ccxtPath } from "./ccxt_path.ts";
import { enginePath } from "./engine_path.ts";
import { feedPath } from "./feed_path.ts";
import { growth } from "./growth.ts";
import { memory } from "./memory.ts";
import { orderPath } from "./order_path.ts";
import { pageCost } from "./page_cost.ts";
import { pages } from "./pages.ts";
import { runPath } from "./run_path.ts";
import { socketPath } from "./socket_path.ts";
import { startUp } from "./start_up.ts";
import { renderTable, type Section } from "./table.ts";
import { year } from "./year.ts";

const SECTIONS: Readonly<Record<string, () => Section | Promise<Section>>> = {
  feed: feedPath,
  ccxt: ccxtPath,
  run: runPath,
  socket: socketPath,
  order: orderPath,
  engine: enginePath,
  arbitrage: () => arbitragePath(),
  backtest: backtestSpeed,
  year,
  memory,
  growth,
  start: startUp,
  pages,
  page: () => pageCost(),
};

const wanted = Deno.args.length === 0 ? Object.keys(SECTIONS) : Deno.args;
const sections: Section[] = [];
for (const name of wanted) {
  if (!Object.hasOwn(SECTIONS, name)) {
    console.error(`No section is called ${name}; there are: ${Object.keys(SECTIONS).join(", ")}`);
    Deno.exit(2);
  }
  sections.push(await SECTIONS[name]());
}
const { version: { deno, v8 }, build: { target } } = { version: Deno.version, build: Deno.build };
console.log(`Deno ${deno}, V8 ${v8}, ${target}, ${navigator.hardwareConcurrency} cores`);
console.log(renderTable(sections));
