/**
 * The status page of a real demo in a real browser: what it shows is what the API says and what the journal holds.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { AccountView, SettlementView, TradeView } from "../src/engine/view.ts";
import { readJournal } from "../src/store/journal_reader.ts";
import { hasChromium, launchChromium } from "./chromium.ts";
import { allLive, FeedStage } from "./feed_stage.ts";
import { Kbot, temporaryDirectory } from "./process.ts";
import { until } from "./trading_stage.ts";

/** How long the demo may take until a market settled and something was traded; a bound, not a claim. */
const PATIENCE_MS = 300_000;

/** What the tiles say of one moment, without the decoration. */
async function shown(page: Page): Promise<Record<"cash" | "fees" | "realised" | "fills", number>> {
  const texts = await page.evaluate(() =>
    ["cash", "fees", "realised", "fills"].map((id) => document.querySelector<HTMLElement>(`#${id}`)?.innerText ?? "")
  );
  const [cash, fees, realised, fills] = texts.map((text) => Number(text.replaceAll(/[$,+]/g, "").replaceAll("−", "-")));
  return { cash, fees, realised, fills };
}

async function get<T>(url: string, path: string): Promise<T> {
  return await (await fetch(new URL(path, url))).json() as T;
}

/** Reads the page, once it is as far as the API, between two equal answers of that, so that both speak of the same moment. */
async function agree(page: Page, url: string): Promise<AccountView> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline;) {
    const { account: before, inputs } = await get<{ account: AccountView; inputs: number }>(url, "/api/v1/account");
    await page.waitForFunction((least) => Number(document.body.dataset.inputs) >= least, inputs);
    const found = await shown(page);
    const { account: after } = await get<{ account: AccountView }>(url, "/api/v1/account");
    if (before.fills !== after.fills || before.cash !== after.cash || before.realised !== after.realised) continue;
    // The page rounds to what people read: cents, or all digits.
    const differs = (["cash", "realised", "fees"] as const).filter((name) =>
      Math.abs(found[name] - Number(after[name])) >= 0.0051
    );
    const says = `The page says ${JSON.stringify(found)}, the API ${JSON.stringify(after)}`;
    assert.deepEqual([found.fills, differs], [after.fills, []], says);
    return after;
  }
  throw new Error("The account changed too fast to compare");
}

async function journaled(journal: string): Promise<{ trades: Map<string, number>; settled: Map<string, number> }> {
  const found = { trades: new Map<string, number>(), settled: new Map<string, number>() };
  for await (const event of readJournal(journal)) {
    if (event.kind !== "entries") continue;
    for (const entry of event.entries) {
      if (entry.kind !== "action" || entry.action.type !== "record") continue;
      const { record } = JSON.parse(entry.text) as { record: Record<string, string & number> };
      if (record.kind === "trade") found.trades.set(record.tradeId, record.fee);
      else if (record.kind === "settlement") found.settled.set(record.ticker, record.pnl);
    }
  }
  return found;
}

Deno.test({
  name: "the page of a running demo agrees with the API and with the journal, and its kill switch cancels everything",
  ignore: !hasChromium,
  async fn() {
    await using state = await temporaryDirectory();
    // One series: the browser has something of the processor, too.
    const args = ["demo", "--speed", "15", "--seed", "7", "--port", "0", "--state", state.path];
    await using demo = new Kbot(args, { KBOT_VENUE__SERIES: "KXBTC15M" });
    const [, url] = await demo.until(/Status page: (http\S+)/);
    await using browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url);
    await page.waitForSelector('body[data-fresh="yes"]');
    assert.match(await page.locator("#mode").innerText(), /SIMULATED EXCHANGE/i);

    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { account } = await get<{ account: AccountView }>(url, "/api/v1/account");
      if (account.fills > 0 && account.wins + account.losses > 0) break;
      assert.ok(Date.now() < deadline, `No fill and settlement within ${PATIENCE_MS} ms: ${JSON.stringify(account)}`);
      await page.waitForTimeout(200);
    }
    await agree(page, url);

    const token = (await Deno.readTextFile(join(state.path, "token"))).trim();
    await page.locator("#kill").click();
    await page.locator("#token").fill(token);
    await page.locator("#control-confirm").click();
    await page.waitForSelector("#halted:not([hidden])");
    const open = async () => (await get<{ orders: unknown[] }>(url, "/api/v1/orders")).orders.length;
    await until("all orders to be cancelled", async () => await open() === 0, PATIENCE_MS);
    const halted = await agree(page, url);
    assert.ok(halted.settled >= halted.wins + halted.losses && halted.wins + halted.losses > 0);
    assert.equal(await open(), 0);
    const { trades } = await get<{ trades: TradeView[] }>(url, "/api/v1/trades?limit=1000");
    const { settlements } = await get<{ settlements: SettlementView[] }>(url, "/api/v1/settlements");

    demo.signal("SIGINT");
    const ended = await demo.end();
    assert.equal(ended.code, 0, ended.stderr);
    const journal = /journal {3}(\S+)/.exec(ended.stdout)?.[1] ?? "";
    const held = await journaled(journal);
    assert.equal(trades.length, halted.fills);
    for (const trade of trades) assert.equal(trade.fee, ((held.trades.get(trade.tradeId) ?? NaN) / 1e6).toFixed(6));
    assert.ok(settlements.length > 0);
    for (const { ticker, pnl } of settlements) {
      assert.equal(pnl, ((held.settled.get(ticker) ?? NaN) / 1e6).toFixed(6));
    }
    assert.deepEqual(complaints, []);
  },
});

Deno.test({
  name: "an exchange that is cut is named on the page, loses its weight there, and gets it back",
  ignore: !hasChromium,
  async fn() {
    await using stage = await FeedStage.open();
    await stage.until("all feeds live", allLive);
    await using browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(stage.page);
    await page.waitForSelector('body[data-fresh="yes"]');
    const row = page.locator("#prices tr", { hasText: /coinbase\s*BTC/ });
    const shows = (pattern: RegExp) => row.filter({ hasText: pattern }).waitFor();
    await shows(/live.*[1-9]\d*\.\d%/s);
    const banner = page.locator("#sources");
    await banner.waitFor({ state: "hidden" });

    await stage.strike("coinbase", ["down", "403"]);
    await banner.filter({ hasText: /Without data: coinbase: .*(Cannot reach|403)/ }).waitFor();
    await shows(/down.*\b0\.0%/s);
    const source = page.locator("#feeds tr", { hasText: /coinbase\s*spot.*none/s });
    await source.filter({ hasText: /Cannot reach/ }).waitFor();

    await stage.strike("coinbase", "up");
    await banner.waitFor({ state: "hidden" });
    await shows(/live.*[1-9]\d*\.\d%/s);
    assert.deepEqual(complaints, []);
  },
});
