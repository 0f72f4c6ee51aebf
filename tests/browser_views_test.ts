/**
 * The views of the status page in a real browser: one market, performance, the table of markets, the log, the kill switch, and
 * what they look and sound like in both themes. Needs Debian's chromium; without it these tests are skipped and say so.
 */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { sampleMarket, sampleTrade } from "../src/server/fake_sources.ts";
import { browserTest, BTC, cell, fresh, shows, TOKEN } from "./page_stage.ts";

const ETH = "KXETH15M-26SEP251515-15";
const HOUR_MS = 3_600_000;
const hash = (page: Page) => page.evaluate(() => location.hash);
const openMarket = (page: Page, ticker: string) => page.click(`#markets a.opens:has-text("${ticker}")`);

/** What axe finds serious or worse. */
async function troubles(page: Page): Promise<readonly string[]> {
  // The page's policy lets in no script of another; a test's goes past it.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      nodes: nodes.map(({ html }) => html.slice(0, 160)),
    }));
  });
  return found.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).join(" | ")}`);
}

browserTest(
  "a market opens by pointer and by keyboard, can be linked, and Back leads back to its place",
  async (stage) => {
    const { page, sources, complaints } = stage;
    await page.click(`#markets tr:has(th:has-text("${ETH}")) td[data-label="Spread"]`);
    await shows(page, "#market-title", new RegExp(`^${ETH}$`));
    assert.equal(await hash(page), `#/market/${ETH}`);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "market-title");
    assert.equal(await page.locator("#markets").isVisible(), false);
    await shows(page, "#market .stances", /Settlement edge\s*no edge\s*Edge below the least wanted\s*−0\.71¢ NO/i);
    await shows(page, "#market-why", /Edge below the least wanted/);
    await page.goBack();
    await page.locator("#markets").waitFor();
    assert.equal(await page.locator("#market").isVisible(), false);

    await page.focus(`#markets a.opens:has-text("${BTC}")`);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await shows(page, "#market-title", new RegExp(`^${ETH}$`));

    // What it says moves with the market.
    sources.changeMarket(ETH, { bid: "0.3300", spread: "0.0100", whyNot: null });
    await shows(page, "#market .figures", /Bid\s*33\.0¢\s*×88\s*Ask\s*34\.0¢/);
    await shows(page, "#market .figures", /Mid\s*33\.5¢/);
    await shows(page, "#market-why", /^May trade$/);
    await page.reload();
    await fresh(page);
    await shows(page, "#market-title", new RegExp(`^${ETH}$`));
    await page.click(".back");
    await page.locator("#markets").waitFor();
    assert.deepEqual(complaints, []);
  },
);

browserTest(
  "a market's view has the underlying with its cone, the book with our orders, and fills from the store",
  async (stage) => {
    const { page, sources } = stage;
    sources.change({ trades: [sampleTrade("t-99", { ticker: ETH })] });
    await openMarket(page, BTC);
    const price = page.locator('#market .chart[aria-label^="The price is"]');
    await price.waitFor();
    assert.match(await price.getAttribute("aria-label") ?? "", /is 84,123\.45, the strike 84,100\.00.*95 of 100 cases/);
    await price.locator("canvas").waitFor();
    await price.hover({ position: { x: 100, y: 90 } });
    await shows(page, "#market .reading", /^\d\d:\d\d:\d\d \d\d,\d{3}\.\d\d/);
    await shows(page, "#market-countdown", /^8:(20|1\d)$/);
    await shows(page, ".ladder tbody tr:nth-child(1)", /61\.0¢\s*505/);
    await shows(page, ".ladder tbody tr:nth-child(6)", /56\.0¢\s*145/);
    await shows(page, ".ladder tbody tr:nth-child(7)", /320\s*54\.0¢/);
    await shows(page, ".ladder tbody tr:nth-child(8):has([data-own])", /245 · ours 12 after 310\s*53\.0¢/);
    await shows(page, "#market .figures", /Model\s*58\.7%\s*± 1\.2%, 92\.0% sure/);
    await shows(page, "#market .figures", /YES if\s*≥ 84,100\s*BRTI/);
    await shows(page, "#market .figures", /Held\s*42 YES\s*at 53\.14¢/);
    // What was quoted before the page was opened is there too.
    const quotes = page.locator('#market .chart[aria-label^="The market\'s mid"] .u-over');
    await quotes.hover({ position: { x: 40, y: 90 } });
    await shows(page, "#market .chart-panel:nth-child(2) .reading", /^18:5\d:\d\d mid 4\d\.\d/);
    await shows(page, "#market .panel:has(#market-orders-title)", /53\.0¢\s*8 \/ 20/);
    await shows(page, "#market .panel:has(#market-trades-title)", /No trade/);
    sources.change({ trades: [sampleTrade("t-100", { price: "0.4100" }), ...sources.engine.trades] });
    await shows(page, "#market .panel:has(#market-trades-title)", /41\.0¢/);
  },
);

browserTest("a market without bids, without an index, or that is gone says so, and nothing says NaN", async (stage) => {
  const { page, sources, complaints } = stage;
  const fed = "KXFED-26DEC-T3.50";
  const nan = "NaN";
  sources.change({
    account: { ...sources.engine.account, nav: nan, cash: "Infinity", dailyPnl: "" },
    positions: [],
    limits: [{ name: "daily_loss", used: nan, limit: nan }],
    markets: [
      sampleMarket(fed, {
        index: null,
        bid: null,
        bidSize: null,
        spread: null,
        strike: null,
        modelProbability: NaN,
        edge: NaN,
      }),
      sampleMarket(BTC, { bid: nan, ask: nan, spread: nan, strike: NaN, closeTime: nan }),
    ],
  });
  await shows(page, "#nav", /^n\/a$/);
  await openMarket(page, fed);
  await shows(page, "#market .detail", /Nobody bids\. /);
  await shows(page, "#market .figures", /Bid\s*–.*Mid\s*–.*Model\s*–/s);
  assert.equal(await page.locator("#market-price-title").isVisible(), false);
  await page.goBack();
  await openMarket(page, BTC);
  await shows(page, "#market .figures", /Bid\s*n\/a/);
  await page.evaluate(() => location.hash = "#/market/KXGONE");
  await shows(page, "#market-why", /not followed now/);
  await page.goBack();
  await page.goBack();
  assert.doesNotMatch(await page.locator("body").innerText(), /NaN|undefined|Infinity/);
  assert.deepEqual(complaints, []);
});

browserTest(
  "a thousand markets are searched, filtered and ordered, and few rows are made",
  async ({ page, sources }) => {
    const rows = Array.from({ length: 1_000 }, (_, k) =>
      sampleMarket(`KXBTC-26SEP2517-T${80_000 + k * 10}`, {
        edge: k / 10_000,
        whyNot: k % 2 === 0 ? null : "No edge",
      }));
    sources.change({ markets: rows });
    await shows(page, "#markets-count", /^1000$/);
    const made = () => page.locator("#markets tbody tr[role=row]").count();
    assert.ok(await made() < 60);
    await page.click('#markets th button:has-text("Edge")');
    await shows(page, "#markets tbody tr[role=row]:first-child", /T89990/);
    assert.equal(await page.getAttribute("#markets th.sized[aria-sort]", "aria-sort"), "descending");
    await page.selectOption("#markets-filter", "tradable");
    await shows(page, "#markets .table-bar", /500 of 1000/);
    await shows(page, "#markets tbody tr[role=row]:first-child", /T89980/);
    await page.fill("#markets-search", "t8124");
    await shows(page, "#markets .table-bar", /1 of 1000/);
    await page.fill("#markets-search", "");
    await page.selectOption("#markets-filter", "all");
    await page.focus("#markets tbody tr[role=row]:first-child a");
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.activeElement?.textContent === "KXBTC-26SEP2517-T80000");
    assert.ok(await made() < 60);
    sources.changeMarket("KXBTC-26SEP2517-T80000", { bid: "0.1200" });
    await shows(page, cell("KXBTC-26SEP2517-T80000", "Bid"), /12\.0¢/);
  },
);

browserTest("rows of the table of markets are of one height on every screen", async ({ page, sources }) => {
  // With sizes and without, with a long reason and with none.
  sources.changeMarket(ETH, { whyNot: "long ".repeat(100), edge: null, edgeSide: null });
  const heights = () =>
    page.locator("#markets .windowed tbody tr[role=row]").evaluateAll((rows) => [
      ...new Set(rows.map((row) => row.getBoundingClientRect().height)),
    ]);
  for (const width of [360, 800, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    assert.equal((await heights()).length, 1, `${width} pixels: ${await heights()}`);
  }
});

for (
  const [how, hold] of [
    ["a pointer", async (page: Page) => {
      await page.hover("#kill");
      await page.mouse.down();
    }],
    ["Space", async (page: Page) => {
      await page.focus("#kill");
      await page.keyboard.down("Space");
    }],
  ] as const
) {
  browserTest(
    `the kill switch held with ${how} needs no second step, and let go early it asks`,
    async ({ page, sources }) => {
      await page.evaluate((token) => sessionStorage.setItem("kbot.token", token), TOKEN);
      const letGo = () => how === "Space" ? page.keyboard.up("Space") : page.mouse.up();
      // However long a busy machine takes from one to the other, the page's clock stands still meanwhile.
      await page.clock.install({ time: 0 });
      await page.clock.pauseAt(HOUR_MS);
      await hold(page);
      await letGo();
      await shows(page, "#control-title", /Stop all trading/);
      assert.deepEqual(sources.requests, [], "a short press alone does nothing");
      await page.clock.resume();
      await page.click("#control-cancel");
      await hold(page);
      await shows(page, "#control-result", /Trading is halted\. Halted: 2 orders cancelled/);
      await letGo();
      assert.deepEqual(sources.requests.map(({ command }) => command), ["kill"]);
      await page.locator("#halts").waitFor();
    },
  );
}

browserTest("ten thousand log lines a second leave the page answering, bounded, paused and searched", async (stage) => {
  const { page, sources } = stage;
  for (let k = 0; k < 30_000; k++) sources.log(`Flood ${k}`, k % 1_000 === 0 ? "warning" : "info");
  sources.log("The needle", "error", "haystack");
  await shows(page, "#log", /The needle/);
  await shows(page, "#log .table-bar", /lines came too fast to be shown/);
  assert.ok(await page.locator("#log li").count() < 50);
  await page.click('#log button:has-text("Pause")');
  sources.log("After the pause");
  await page.fill("#log-search", "HAYSTACK");
  await shows(page, "#log .table-bar", /1 line · paused/);
  await page.click("#log li");
  await shows(page, "#log .whole-line", /error haystack: The needle/);
  await page.fill("#log-search", "");
  await page.click('#log button:has-text("Go on")');
  await shows(page, "#log li:last-child", /After the pause/);
  await page.selectOption("#log-level", "error");
  await shows(page, "#log .table-bar", /^(?!.*After).*1 line /);
});

browserTest(
  "performance shows what the API works out, and why not where it cannot",
  async ({ page, sources, complaints }) => {
    await page.locator("#performance").scrollIntoViewIfNeeded();
    await shows(page, "#performance", /SIMULATED market/);
    await shows(page, "#performance .figures", /Profit and loss\s*\+\$23\.46\s*−\$11\.20 to \+\$58\.10/);
    await shows(page, "#performance .figures", /Sharpe\s*–\s*too little to tell/);
    const told = (label: string) => page.locator(`#performance [aria-label^="${label}"]`).getAttribute("aria-label");
    assert.match(await told("Calibration") ?? "", /55% expected, 56% came, of 18/);
    await shows(page, "#performance .performance-table", /50 to 60%\s*18\s*55\.0%\s*56\.0%\s*33\.0% to 78\.0%/);
    await shows(page, "#performance .performance-table", /settlement edge\s*12\s*38\s*\$4\.87\s*\+\$23\.46/);
    await shows(page, "#performance .figures", /From the model\s*\+\$30\.10\s*From execution\s*−\$1\.77/);
    await page.selectOption("#performance-strategy", "settlement_edge");
    await shows(page, "#performance", /SIMULATED market/);
    await page.waitForFunction(() => !document.querySelector("#performance")?.textContent?.includes("Working"));
    assert.deepEqual(sources.history.asked.at(-1), { strategy: "settlement_edge" });
    assert.match(await told("Edge") ?? "", /3¢ expected, 5¢ came, of 20/);
    assert.match(await told("Net asset value") ?? "", /from \$10,000\.00 to \$10,023\.46/);
    assert.match(await told("Profit and loss of") ?? "", /1 days: 2026-09-25 \+\$23\.46/);
    const figures = page.locator("#performance .figures");
    assert.ok(await figures.isVisible());
    sources.history.answer = { ok: false, code: "unavailable", reason: "Too many wait" };
    await page.selectOption("#performance-strategy", "");
    await shows(page, "#performance", /No figures now: Too many wait/);
    assert.ok(!await figures.isVisible(), "figures of another choice are not shown");
    await page.selectOption("#performance-strategy", "settlement_edge");
    assert.ok(await figures.isVisible(), "figures of the same choice stay");
    await page.reload();
    await fresh(page);
    await page.locator("#performance").scrollIntoViewIfNeeded();
    await shows(page, "#performance", /No figures now: Too many wait/);
    assert.deepEqual(complaints.filter((text) => !/503/.test(text)), []);
  },
);

browserTest(
  "risk tells what it refuses as it happens, and old halts where somebody looks",
  async ({ page, sources }) => {
    const [old] = sources.engine.refused;
    sources.change({ refused: [{ ...old, at: "2026-11-20T12:05:01Z", rule: "Price ceiling" }, old] });
    await shows(page, "#risk .entries li:first-child", /12:05:01\s*Price ceiling · settlement edge/);
    await shows(page, "#risk .entries li:nth-child(2)", /1012\.500000 dollars, allowed 1000\.000000 dollars/);
    sources.change({ refused: [] });
    await shows(page, "#risk", /Nothing was refused yet/);
    await page.click('#risk summary:has-text("halts")');
    await shows(page, "#risk details li:first-child", /09-25 18:59:30\s*kill · lifted · by page\s*Lifted by page/);
    await shows(page, "#risk details li:nth-child(4)", /feed stale · ETHUSD_RTI · \w+\s*Index ETHUSD_RTI is 6 s old/);
  },
);

browserTest("trades are searched, asked for by strategy and day, and taken along as CSV", async ({ page }) => {
  await page.fill("#trades-search", ETH);
  await page.waitForFunction(() => document.querySelectorAll("#trades tbody tr").length === 3);
  await page.fill("#trades-search", "");
  await page.fill("#trades-day", "2026-09-24");
  await shows(page, "#trades .table-bar", /0 found/);
  await page.fill("#trades-day", "2026-09-25");
  await page.selectOption("#trades-strategy", "settlement_edge");
  await shows(page, "#trades .table-bar", /9 found/);
  for (const token of [null, TOKEN]) {
    if (token !== null) await page.evaluate((text) => sessionStorage.setItem("kbot.token", text), token);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#trades .file")]);
    assert.equal(download.suggestedFilename(), "trades.csv");
    const text = await Deno.readTextFile(await download.path());
    assert.match(text, /^tradeId,at,ticker,/);
    assert.equal(text.trim().split("\r\n").length, 10);
  }
});

browserTest(
  "both themes are without serious findings, from the whole to one market, and the choice stays",
  async (stage) => {
    const { page, complaints } = stage;
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await ground();
    await page.click("#theme");
    const light = await ground();
    assert.notEqual(light, dark);
    await page.reload();
    await fresh(page);
    assert.equal(await ground(), light);
    await page.locator("#performance").scrollIntoViewIfNeeded();
    await shows(page, "#performance", /SIMULATED market/);
    for (const summary of await page.locator("#risk summary, #strategies li:first-child summary").all()) {
      await summary.click();
    }
    await page.locator(".parameter").first().waitFor();
    assert.deepEqual(await troubles(page), []);
    await openMarket(page, BTC);
    await page.locator("#market canvas").first().waitFor();
    assert.deepEqual(await troubles(page), []);
    const drawn = () =>
      page.locator("#market canvas").first().evaluate((node) => (node as HTMLCanvasElement).toDataURL());
    const inLight = await drawn();
    await page.click("#theme");
    assert.equal(await ground(), dark);
    assert.notEqual(await drawn(), inLight, "charts take the theme's colours at once");
    assert.deepEqual(await troubles(page), []);
    await page.goBack();
    assert.deepEqual(await troubles(page), []);
    await page.click("#kill");
    assert.deepEqual(await troubles(page), []);
    assert.deepEqual(complaints, []);
  },
);
