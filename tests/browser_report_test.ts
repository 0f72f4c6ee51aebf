/**
 * A report in a real browser that has no network. Needs Debian's chromium; without it these tests are skipped and say so.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { simulatedFindings } from "../src/backtest/report/findings_fixture.ts";
import { reportHtml } from "../src/backtest/report/report.ts";
import { WORLD } from "../src/backtest/report/trading_fixture.ts";
import { BROWSER_MS, hasChromium, launchChromium } from "./chromium.ts";
import { temporaryDirectory } from "./process.ts";

/** Enough trades that not all are shown at once. */
const FINDINGS = simulatedFindings({ ...WORLD, markets: 52 });
const HOSTILE = `"><img src=x onerror="document.title='owned'">`;

interface Stage {
  /** Opens the report on a screen of that width; the policy's violations and every error are complaints. */
  open(width: number, colorScheme: "light" | "dark"): Promise<Page>;
}

/** One browser for all tests of this file: the first starts it, the last ends it. */
let shared: Promise<Browser> | null = null;
let testsLeft = 0;

function browserTest(claim: string, play: (stage: Stage) => Promise<void>): void {
  testsLeft++;
  Deno.test({
    name: claim,
    ignore: !hasChromium,
    // The browser's driver keeps its own handles; the browser itself is closed by the last test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using directory = await temporaryDirectory();
      const file = join(directory.path, "report.html");
      const trades = FINDINGS.trades.map((trade, k) => k % 100 === 99 ? { ...trade, ticker: HOSTILE } : trade);
      await Deno.writeTextFile(file, reportHtml({ ...FINDINGS, trades }));
      const browser = await (shared ??= launchChromium());
      const complaints: string[] = [];
      try {
        await play({ open: (width, scheme) => open(browser, file, width, scheme, complaints) });
      } finally {
        for (const context of browser.contexts()) await context.close();
        if (--testsLeft === 0) await browser.close();
      }
      assert.deepEqual(complaints, []);
    },
  });
}

async function open(
  browser: Browser,
  file: string,
  width: number,
  colorScheme: "light" | "dark",
  complaints: string[],
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
  const page = await context.newPage();
  page.setDefaultTimeout(BROWSER_MS);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}

browserTest("a report opens without a network and is nowhere wider than the screen", async ({ open }) => {
  for (const width of [1280, 360]) {
    const page = await open(width, "dark");
    const size = await page.evaluate(
      () => [document.documentElement.scrollWidth, document.documentElement.clientWidth],
    );
    assert.deepEqual(size, [width, width]);
    assert.match(await page.title(), /^SIMULATED MARKET AND FILLS: /);
  }
});

browserTest(
  "the trade table shows the first, then all, and is sorted by its heads with the keyboard",
  async ({ open }) => {
    const page = await open(360, "dark");
    const rows = page.locator("#trades-table tbody tr");
    const textsOf = (place: number) =>
      rows.evaluateAll((all, k) => all.map((row) => row.children[k].textContent ?? ""), place);
    const heads = await page.locator("#trades-table thead th").allTextContents();
    const sortedBy = async (name: string) => {
      await page.locator(`#trades-table thead button:text-is("${name}")`).press("Enter");
      return await textsOf(heads.indexOf(name));
    };
    assert.equal(await rows.count(), 200);
    await page.locator("#trades-more button").press("Enter");
    assert.equal(await rows.count(), FINDINGS.trades.length);
    assert.equal(await page.locator("#trades-more button").isVisible(), false);
    const profits = (await sortedBy("P&L")).map((text) => Number(text.replace("−", "-").replace(/[$,+]/g, "")));
    assert.deepEqual(profits, profits.toSorted((one, other) => other - one));
    const markets = await sortedBy("Market");
    assert.deepEqual(markets, markets.toSorted());
    assert.equal(markets[0], HOSTILE, "shown as the text that it is");
    assert.equal(await page.locator("img").count(), 0);
  },
);

browserTest("light and dark are chosen by the system, then by the reader, and paper is light", async ({ open }) => {
  const page = await open(1280, "dark");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await page.getByRole("button", { name: "Switch to light colours" }).click();
  const light = await ground();
  assert.notEqual(light, dark);
  await page.getByRole("button", { name: "Switch to dark colours" }).click();
  assert.equal(await ground(), dark);
  await page.emulateMedia({ media: "print" });
  assert.equal(await ground(), "rgb(255, 255, 255)");
  assert.equal(await page.locator(".mode.simulated").isVisible(), true);
  assert.equal(await page.locator("nav").isVisible(), false);

  const other = await open(1280, "light");
  await other.getByRole("button", { name: "Switch to dark colours" }).waitFor();
  // A mark tells what it stands for at once, and Escape takes that away.
  await other.locator("#days-chart-title").waitFor({ state: "attached" });
  await other.locator(`svg:has(> #days-chart-title) .bar`).first().hover();
  assert.match(await other.locator("#hint").innerText(), /^2026-05-11\n[+−]\$/);
  await other.keyboard.press("Escape");
  assert.equal(await other.locator("#hint").isVisible(), false);
});

browserTest("nothing in either theme keeps anybody from reading it, by the rules of axe", async ({ open }) => {
  for (const [width, scheme] of [[1280, "dark"], [360, "light"]] as const) {
    const page = await open(width, scheme);
    await page.evaluate(() => {
      for (const each of document.querySelectorAll("details")) each.open = true;
      // Two hundred rows and markets that are alike would only take their time.
      for (const all of ["#trades-table tbody tr", "#by-market tbody tr", "article", ".chart .strip"]) {
        [...document.querySelectorAll(all)].slice(5).forEach((each) => each.remove());
      }
    });
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const found = await (globalThis as unknown as { readonly axe: typeof axe }).axe.run(document);
      return found.violations.map(({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html)}`
      );
    });
    assert.deepEqual(violations, [], scheme);
  }
});
