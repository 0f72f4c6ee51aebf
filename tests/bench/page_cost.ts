/**
 * What the status page costs a browser: its bytes, how soon it shows something, whether anything jumps, and the main thread's
 * time for each update with 1,000 markets. Given the directory of another build (`deno run -A tests/bench/page_cost.ts
 * OTHER_BUILD`), both take turns in one browser, so that their ratio means something on a busy machine.
 * @module
 */

import type { Browser, CDPSession, Page } from "playwright-core";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FakeSources, sampleMarket } from "../../src/server/fake_sources.ts";
import { startServer } from "../../src/server/server.ts";
import { hasChromium, launchChromium } from "../chromium.ts";
import { median } from "./measure.ts";
import { renderTable, type Row, type Section, times } from "./table.ts";

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

/** Of a build and, where there is another, how much of that one's it takes. */
function rowsOf(own: readonly Cost[], other: readonly Cost[] | undefined): readonly Row[] {
  const row = (what: string, pick: (cost: Cost) => number, show: (value: number) => string, budget = ""): Row => {
    const [value, otherValue] = [own, other].map((turns) => turns === undefined ? null : median(turns.map(pick)));
    const beside = otherValue === null ? "" : `${times((value ?? NaN) / otherValue)} of ${show(otherValue)}`;
    return { what, figure: show(value ?? NaN), beside, budget };
  };
  const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
  const update = `an update of ${CHANGED} of ${MARKETS} markets`;
  return [
    row("the page, compressed", ({ bytes }) => bytes, (bytes) => `${(bytes / 1_000).toFixed(1)} kB`, "200 kB"),
    row("first content", ({ firstContentMs }) => firstContentMs, milliseconds),
    row("layout shift, sum of scores", ({ shift }) => shift, (score) => score.toFixed(3), "0.1"),
    row(`${update}, main thread`, ({ taskMs }) => taskMs, milliseconds, `${UPDATE_MS} ms`),
    row("  scripts", ({ scriptMs }) => scriptMs, milliseconds),
    row("  layout and style", ({ layoutMs }) => layoutMs, milliseconds),
    row("longest task", ({ longestMs }) => longestMs, milliseconds),
  ];
}

/** @param other the directory of another build of the page */
export async function pageCost(other?: string): Promise<Section> {
  const title = "The page in Chromium";
  if (!hasChromium) return { title, rows: [{ what: "needs Chromium", figure: "skipped", beside: "", budget: "" }] };
  const builds = [new URL("../../static/build/", import.meta.url)];
  if (other !== undefined) builds.push(pathToFileURL(`${resolve(other)}/`));
  const costs = builds.map((): Cost[] => []);
  const browser = await launchChromium();
  try {
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [k, directory] of builds.entries()) costs[k].push(await cost(browser, directory));
    }
  } finally {
    await browser.close();
  }
  return { title, rows: rowsOf(costs[0], costs[1]) };
}

if (import.meta.main) console.log(renderTable([await pageCost(Deno.args[0])]));
