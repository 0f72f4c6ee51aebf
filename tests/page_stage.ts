/**
 * What tests of the page stand on: a real browser, and a server whose run is faked. One browser serves all tests of a file;
 * each test has a server of its own and, by contexts, nothing of what the browser kept of another.
 * @module
 */

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { FakeSources } from "../src/server/fake_sources.ts";
import { type ServerOptions, startServer } from "../src/server/server.ts";
import { buildPage } from "../static/build.ts";
import { BROWSER_MS, hasChromium, launchChromium } from "./chromium.ts";
import { keepPort } from "./ports.ts";

export const TOKEN = "the-token-of-the-browser-test";
/** A market of the faked run. */
export const BTC = "KXBTC15M-26SEP251515-15";

export interface PageStage {
  readonly browser: Browser;
  readonly page: Page;
  readonly sources: FakeSources;
  readonly port: number;
  stopServer(): Promise<void>;
  /** At the same port, in all else as wanted. */
  startServer(changes?: Partial<ServerOptions>): Promise<void>;
  /** What the page complained about: exceptions, refused resources, policy violations. */
  readonly complaints: string[];
}

const SIZE = { width: 1440, height: 1000 };

/** The first test of a file starts it, the last ends it. */
let shared: Promise<Browser> | null = null;
let testsLeft = 0;

async function startBrowser(): Promise<Browser> {
  await buildPage();
  return await launchChromium();
}

async function onStage(play: (stage: PageStage) => Promise<void>, viewport = SIZE): Promise<void> {
  const browser = await (shared ??= startBrowser());
  const sources = new FakeSources();
  sources.log("Started");
  // It comes back where it was: nobody else may have taken that meanwhile.
  using kept = keepPort();
  const { port } = kept;
  const open = async (changes: Partial<ServerOptions> = {}) => {
    const server = await startServer({ hostname: "127.0.0.1", port, token: TOKEN, sources, ...changes });
    if (!server.ok) assert.fail(server.reason);
    return server;
  };
  let server = await open();
  try {
    const page = await browser.newPage({ viewport });
    page.setDefaultTimeout(BROWSER_MS);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.goto(server.url);
    await fresh(page);
    await play({
      browser,
      page,
      sources,
      port,
      complaints,
      stopServer: () => server.stop(),
      startServer: async (changes) => {
        server = await open(changes);
      },
    });
  } finally {
    for (const context of browser.contexts()) await context.close();
    await server.stop();
    if (--testsLeft === 0) await browser.close();
  }
}

export const fresh = (page: Page) => page.waitForSelector('body[data-fresh="yes"]');
export const stale = (page: Page) => page.waitForSelector('body[data-fresh="no"]');

/** Waits until the element shows a text that matches. */
export async function shows(page: Page, selector: string, wanted: RegExp): Promise<void> {
  await page.locator(selector).filter({ hasText: wanted }).first().waitFor();
}

export const cell = (ticker: string, label: string) =>
  `#markets tr:has(th:has-text("${ticker}")) td[data-label="${label}"]`;

/** Skipped aloud where there is no Chromium. */
export function browserTest(claim: string, play: (stage: PageStage) => Promise<void>, viewport = SIZE): void {
  testsLeft++;
  Deno.test({
    name: claim,
    ignore: !hasChromium,
    // The browser and its driver outlive a test.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => onStage(play, viewport),
  });
}
