/**
 * The README's pictures of the status page: of the demo, which says itself that its exchange is simulated.
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { AccountView, OrderView } from "../src/engine/view.ts";
import { Kbot, temporaryDirectory } from "./process.ts";

const SIZE = { width: 1280, height: 1000 };
/** Fills that a picture is to show, and how long they may take to come. */
const FILLS_LEAST = 40;
const PATIENCE_MS = 240_000;
/** For lines that start with the page. */
const WATCH_MS = 20_000;

const target = (name: string): string => fileURLToPath(new URL(`../static/page/${name}.png`, import.meta.url));

/** @returns the files that were drawn */
export async function drawPage(browser: Browser): Promise<readonly string[]> {
  await using state = await temporaryDirectory();
  await using demo = new Kbot(["demo", "--speed", "10", "--seed", "7", "--port", "0", "--state", state.path]);
  const [, url] = await demo.until(/Status page: (http\S+)/);
  const page = await browser.newPage({ viewport: SIZE, colorScheme: "dark" });
  await page.goto(url);
  await page.waitForSelector('body[data-fresh="yes"]');
  await traded(url, page);
  await page.waitForTimeout(WATCH_MS);
  const files = [target("page"), target("market")];
  await page.screenshot({ path: files[0] });
  await page.click(`#markets a.opens:has-text("${await tickerOf(url)}")`);
  await page.waitForTimeout(WATCH_MS);
  await page.screenshot({ path: files[1] });
  demo.signal("SIGINT");
  await demo.end();
  return files;
}

async function traded(url: string, page: Page): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { account } = await get<{ account: AccountView }>(url, "/api/v1/account");
    if (account.fills >= FILLS_LEAST && account.wins + account.losses > 0) return;
    if (Date.now() > deadline) throw new Error(`The demo made ${account.fills} fills in ${PATIENCE_MS} ms`);
    await page.waitForTimeout(500);
  }
}

/** Of a market on an index, best one with an order of ours. */
async function tickerOf(url: string): Promise<string> {
  const { orders } = await get<{ orders: readonly OrderView[] }>(url, "/api/v1/orders");
  return orders.find(({ ticker }) => ticker.startsWith("KXBTC15M-"))?.ticker ?? "KXBTC15M-";
}

async function get<Body>(url: string, path: string): Promise<Body> {
  return await (await fetch(new URL(path, url))).json() as Body;
}
