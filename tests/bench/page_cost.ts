/**
 * What the status page costs a browser (`deno run -A tests/bench/page_cost.ts [OTHER_BUILD]`): its bytes, how soon it shows
 * something, whether anything jumps, and the main thread's time for each update with 1,000 markets. Given the directory of
 * another build, both take turns in one browser, so that their ratio means something on a busy machine.
 * @module
 */

import type { Browser, CDPSession, Page } from "playwright-core";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FakeSources, sampleMarket } from "../../src/server/fake_sources.ts";
import { startServer } from "../../src/server/server.ts";
import { buildPage } from "../../static/build.ts";
import { launchChromium } from "../chromium.ts";

const MARKETS = 1_000;
/** Rows that change with each update. */
const CHANGED = 200;
const UPDATES = 60;
const UPDATE_MS = 100;
const TURNS = 3;

interface Cost {
  readonly bytes: number;
  readonly firstContentMs: number;
  /** Sum of the scores of all shifts (web-vitals: good below 0.1). */
  readonly shift: number;
  /** Of the main thread, for each update: scripts, layout and style, everything. */
  readonly scriptMs: number;
  readonly layoutMs: number;
  readonly taskMs: number;
  /** The longest that the thread did not answer, as far as tasks above 50 ms are told. */
  readonly longestMs: number;
}

async function compressedBytes(directory: URL): Promise<number> {
  const { index, files } = JSON.parse(await Deno.readTextFile(new URL("manifest.json", directory)));
  let bytes = 0;
  for (const name of [index, ...Object.keys(files)]) {
    const body = new Blob([await Deno.readFile(new URL(name, directory))]).stream();
    bytes += (await new Response(body.pipeThrough(new CompressionStream("gzip"))).bytes()).length;
  }
  return bytes;
}

async function cost(browser: Browser, directory: URL): Promise<Cost> {
  const sources = new FakeSources();
  const markets = Array.from({ length: MARKETS }, (_, k) => sampleMarket(`KXBTC-26SEP2517-T${80_000 + k * 10}`));
  sources.change({ markets });
  const server = await startServer({ hostname: "127.0.0.1", port: 0, token: "t", sources, pageDirectory: directory });
  if (!server.ok) throw new Error(server.reason);
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto(server.url);
    await page.waitForSelector('body[data-fresh="yes"]');
    await page.waitForTimeout(1_000);
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    const before = await metrics(session);
    for (let k = 0; k < UPDATES; k++) {
      const next = sources.engine.markets.map((row, at) =>
        (at + k) % (MARKETS / CHANGED) === 0 ? { ...row, bid: `0.${4000 + (k * 7 + at) % 900}`, edge: at / 1e5 } : row
      );
      sources.change({ markets: next, at: new Date(Date.parse(sources.engine.at) + UPDATE_MS).toISOString() });
      await page.waitForTimeout(UPDATE_MS);
    }
    const after = await metrics(session);
    const each = (name: string) => ((after[name] - before[name]) * 1_000) / UPDATES;
    return {
      ...await seen(page),
      bytes: await compressedBytes(directory),
      scriptMs: each("ScriptDuration"),
      layoutMs: each("LayoutDuration") + each("RecalcStyleDuration"),
      taskMs: each("TaskDuration"),
    };
  } finally {
    await context.close();
    await server.stop();
  }
}

/** Runs in the page, before anything of it. */
function watch(): void {
  const kept = { shift: 0, longest: 0 };
  Object.assign(globalThis, { kept });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) kept.shift += (entry as unknown as { value: number }).value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) kept.longest = Math.max(kept.longest, duration);
  }).observe({ type: "longtask", buffered: true });
}

const seen = (page: Page): Promise<Pick<Cost, "firstContentMs" | "shift" | "longestMs">> =>
  page.evaluate(() => {
    const { kept } = globalThis as unknown as { kept: { shift: number; longest: number } };
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    return { firstContentMs: paint?.startTime ?? NaN, shift: kept.shift, longestMs: kept.longest };
  });

async function metrics(session: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

await buildPage();
const own = new URL("../../static/build/", import.meta.url);
const builds: [name: string, directory: URL][] = [["this build", own]];
if (Deno.args[0] !== undefined) builds.push(["the other", pathToFileURL(`${resolve(Deno.args[0])}/`)]);
const browser = await launchChromium();
try {
  const costs = new Map<string, Cost[]>(builds.map(([name]) => [name, []]));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, directory] of builds) costs.get(name)?.push(await cost(browser, directory));
  }
  for (const [name, turns] of costs) {
    const figure = (pick: (cost: Cost) => number, digits = 1) => middle(turns.map(pick)).toFixed(digits);
    console.log(
      `${name}: ${figure(({ bytes }) => bytes / 1_000)} kB compressed, first content after ` +
        `${figure(({ firstContentMs }) => firstContentMs, 0)} ms, layout shift ${figure(({ shift }) => shift, 3)}; ` +
        `an update of ${CHANGED} of ${MARKETS} markets takes ${figure(({ scriptMs }) => scriptMs)} ms of scripts, ` +
        `${figure(({ layoutMs }) => layoutMs)} ms of layout, ${figure(({ taskMs }) => taskMs)} ms in all; ` +
        `longest task ${figure(({ longestMs }) => longestMs, 0)} ms`,
    );
  }
} finally {
  await browser.close();
}
