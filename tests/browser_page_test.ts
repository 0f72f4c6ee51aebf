/**
 * The status page in a real browser, on a server whose run is faked. Needs Debian's chromium; without it these tests
 * are skipped and say so.
 */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { sampleMarket, sampleStatus, sampleTrade, sampleView } from "../src/server/fake_sources.ts";
import { BROWSER_MS } from "./chromium.ts";
import { browserTest, BTC, cell, fresh, shows, stale, TOKEN } from "./page_stage.ts";

browserTest(
  "the first load shows the whole account, and nothing is refused or thrown",
  async ({ page, complaints }) => {
    for (
      const [selector, text] of [
        ["#mode-name", /^PAPER · SIMULATED EXCHANGE$/],
        ["#nav", /^\$10,023\.46$/],
        ["#cash", /^\$9,958\.41$/],
        ["#daily-pnl", /^\+\$23\.46$/],
        ["#uptime", /^1h 02m$/],
        ["#health", /Exchange latency\s*3\.4 ms.*Request errors\s*0\.2%.*Clock offset\s*−2\.0 ms/s],
        ["#health", /Sources\s*1 of 2\s*coinbase 34\.0 ms.*Active strategies\s*1 of 2/s],
        ["#health", /Journal lag\s*3\.2 ms.*Store lag\s*12\s*records wait/s],
        ["#indices", /BRTI.*84,123\.45.*old/],
        [cell(BTC, "Bid"), /54\.0¢/],
        [cell(BTC, "Ask"), /56\.0¢/],
        [cell(BTC, "Spread"), /2\.0¢/],
        [cell(BTC, "Model"), /58\.7%±1\.2/],
        [cell(BTC, "Strike"), /≥ 84,100/],
        [cell(BTC, "Queue"), /310/],
        [cell(BTC, "Edge"), /\+1\.42¢/],
        [cell(BTC, "Closes in"), /8:(20|1\d)/],
        [cell("KXETH15M-26SEP251530-30", "Book"), /stale/],
        [cell("KXETH15M-26SEP251530-30", "Trading"), /gap in the sequence/],
        ["#positions", new RegExp(`${BTC}.*42.*53\\.14¢`)],
        ["#orders", /unknown/],
        ["#trades tbody tr:first-child", /delay capture/],
        ["#settlements", /\+\$11\.25/],
        ["#prices tbody tr:first-child", /coinbase.*BTC.*live.*84,121\.10.*−0\.2 bp.*41\.0%.*34\.0 ms/],
        ["#prices tbody tr:nth-child(2)", /kraken.*stale.*0\.0%.*34 s/],
        ["#feeds", /kraken.*none.*connection closed/],
        ["#sources", /^Without data: kraken: Kraken: connection closed/],
        ["#risk", /Market exposure|market exposure/],
        ["#risk .entries", /12:04:59\s*Cap of one market · settlement edge/],
        ["footer", /API/],
        ["#log", /Started/],
        ["#connection", /^Connected$/],
      ] as const
    ) await shows(page, selector, text);
    assert.equal(await page.locator("#halts").isVisible(), false);
    assert.deepEqual(complaints, []);
  },
);

browserTest(
  "markets that have ended stand below the open ones and are not counted among them",
  async ({ page, sources }) => {
    const open = sources.engine.markets.length;
    await shows(page, "#markets-count", new RegExp(`^${open}$`));
    assert.equal(await page.locator(".closed").isVisible(), false);
    sources.change({
      markets: [
        ...sources.engine.markets,
        sampleMarket("KXBTC15M-26SEP251500-00", { status: "finalized", closeTime: "2026-09-25T19:00:00.000000Z" }),
        // Closed before its time.
        sampleMarket("KXBTC15M-26SEP251545-45", { status: "closed" }),
      ],
    });
    await shows(page, ".closed h3", /^Closed and settled$/);
    await shows(page, '.closed tr:has(th:has-text("251500-00"))', /settled/);
    await shows(page, '.closed tr:has(th:has-text("251545-45"))', /closed/);
    await shows(page, "#markets-count", new RegExp(`^${open}$`));
    assert.equal(await page.locator("#markets .scroll tbody tr[role=row]").count(), open);
  },
);

browserTest("what kept orders back longest in the last hour stands below the strategies", async ({ page, sources }) => {
  await shows(page, "#kept-back", /settlement edge: no edge\s*65%\s*market making: stopped\s*25%/);
  sources.change({ keptBack: { watchedSeconds: 0, reasons: [] } });
  await page.locator("#kept-back h3").waitFor({ state: "hidden" });
});

browserTest("numbers, trades and log lines move without a reload", async ({ page, sources, complaints }) => {
  await page.evaluate(() => document.body.setAttribute("data-mark", "same document"));
  sources.changeMarket(BTC, { bid: "0.6100", ask: null, askSize: null, modelProbability: NaN });
  await shows(page, cell(BTC, "Bid"), /61\.0¢/);
  await shows(page, cell(BTC, "Ask"), /^–$/);
  await shows(page, cell(BTC, "Model"), /^–$/);
  sources.trade(sampleTrade("t-new", { price: "0.0555", count: "7.50" }));
  await shows(page, "#trades tbody tr:first-child", /5\.55¢.*7\.5/);
  sources.log("A warning of some kind", "warning");
  await shows(page, '#log li[data-level="warning"]', /A warning of some kind/);
  sources.change({ account: { ...sources.engine.account, nav: "9876.540000", dailyPnl: "-123.460000" } });
  await shows(page, "#nav", /\$9,876\.54/);
  await shows(page, '#daily-pnl[data-tone="loss"]', /−\$123\.46/);
  sources.change({ markets: [sampleMarket("KXBTC15M-26SEP251545-45"), ...sources.engine.markets.slice(1)] });
  await shows(page, "#markets", /KXBTC15M-26SEP251545-45/);
  assert.equal(await page.locator(`#markets th:has-text("${BTC}")`).count(), 0);
  assert.equal(await page.getAttribute("body", "data-mark"), "same document");
  assert.deepEqual(complaints, []);
});

browserTest(
  "a new alert is a toast, a critical one until it is put away, and a notification where that is allowed",
  async (stage) => {
    const { page, sources, browser, port, complaints } = stage;
    const alert = (number: number, severity: "info" | "critical", text: string) => ({
      number,
      at: "2026-09-25T15:00:00Z",
      severity,
      event: "killed",
      text,
      count: number === 2 ? 3 : 1,
    });
    const channel = { name: "telegram", to: "1 chat", least: "info", delivered: 4, waiting: 1, lost: 2 } as const;
    const counts = { queued: 7, suppressed: 0, dropped: 2, failed: 3, retried: 2 };
    const channels = [{ ...channel, ...counts, lastDelivered: null, trouble: "Telegram answers 429" }];
    const unsaid = { repeated: 0, ignored: 0 };
    // It goes away by itself: who looks for it does so from before it comes.
    const toasted = page.locator(".toast").waitFor();
    sources.changeStatus({ alerts: { channels, recent: [alert(1, "info", "old")], unsaid } });
    await toasted;
    await shows(page, "#alerts li", /old/);

    const context = await browser.newContext({ permissions: ["notifications"] });
    const other = await context.newPage();
    other.setDefaultTimeout(BROWSER_MS);
    await other.addInitScript(() => {
      const heard: string[] = [];
      Object.assign(globalThis, { heard });
      const Told = function (title: string, { body }: { body: string }) {
        heard.push(`${title} | ${body}`);
      };
      Object.assign(globalThis, { Notification: Object.assign(Told, { permission: "granted" }) });
    });
    await other.goto(`http://127.0.0.1:${port}/`);
    await fresh(other);
    assert.equal(await other.locator(".toast").count(), 0);

    const recent = [alert(1, "info", "old"), alert(2, "critical", "<b>KILLED</b>")];
    sources.changeStatus({ alerts: { channels, recent, unsaid } });
    for (const each of [page, other]) {
      await shows(each, '.toast[data-severity="critical"]', /: <b>KILLED<\/b> \(3 times\)/);
      await shows(each, '#alerts li[data-severity="critical"]', /<b>KILLED/);
    }
    await shows(page, "#alerts dd", /^4 told, 1 waiting, 2 lost: Telegram answers 429$/);
    const told = await other.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
    assert.equal(told.length, 1);
    assert.match(told[0], /^kbot .*: critical \| <b>KILLED<\/b>$/);
    await page.click('.toast[data-severity="critical"] button');
    assert.equal(await page.locator('.toast[data-severity="critical"]').count(), 0);
    assert.deepEqual(complaints, []);
  },
);

browserTest("text from outside is shown as text", async ({ page, sources }) => {
  const hostile = '<img src=x onerror="document.title=1">';
  sources.log(hostile);
  sources.changeMarket(BTC, { whyNot: hostile });
  await shows(page, "#log", /<img src=x/);
  await shows(page, cell(BTC, "Trading"), /<img src=x/);
  assert.equal(await page.locator("main img").count(), 0);
});

browserTest(
  "a server that goes away makes the numbers look old and names another way to kill, and its return makes them live",
  async (stage) => {
    const { page, sources } = stage;
    await stage.stopServer();
    await stale(page);
    await shows(page, "#connection", /^Reconnecting…/);
    await shows(page, "#nav", /\$10,023\.46/);
    await page.click("#kill");
    await page.fill("#token", TOKEN);
    await page.click("#control-confirm");
    await shows(page, "#control-result", /kbot did not answer\. On its server, `kbot kill` does the same/);
    await page.click("#control-cancel");
    sources.change({ account: { ...sources.engine.account, nav: "10100.000000" } });
    await stage.startServer();
    await fresh(page);
    await shows(page, "#connection", /^Connected$/);
    await shows(page, "#nav", /\$10,100\.00/);
  },
);

browserTest("a kill by the keyboard alone", async ({ page, sources }) => {
  await page.focus("#kill");
  await page.keyboard.press("Enter");
  await page.keyboard.type(TOKEN);
  await page.keyboard.press("Enter");
  await shows(page, "#control-result", /Trading is halted/);
  await page.keyboard.press("Escape");
  await page.locator("#control").waitFor({ state: "hidden" });
  assert.deepEqual(sources.requests.map(({ command }) => command), ["kill"]);
});

/** Every control: where it is, what is pressed there, what the page says of it, and what reaches the run. */
const CONTROLS: readonly (readonly [name: string, press: string, says: RegExp, command: string])[] = [
  ["only what closes", "#reduce", /Only what closes goes out/, "reduce"],
  ["resuming", "#resume", /Trading goes on\. Resumed/, "resume"],
  ["the kill switch", "#kill", /Trading is halted\. Halted: 2 orders cancelled/, "kill"],
  ["lifting the halt", "#resume", /Trading goes on\. Resumed/, "resume"],
  ["the stop of a strategy", '[aria-label="Stop settlement edge"]', /settlement edge is stopped/, "stop_strategy"],
  ["the start of a strategy", '[aria-label="Start settlement edge"]', /settlement edge is running/, "start_strategy"],
  ["winding up", '[aria-label="Wind up settlement edge"]', /settlement edge is winding up/, "wind_up_strategy"],
];

browserTest(
  "each control does nothing without the token or with a wrong one, and with it says what the engine shows",
  async ({ page, sources, complaints }) => {
    for (const [name, press, says, command] of CONTROLS) {
      const before = sources.requests.length;
      await page.click(press);
      await page.click("#control-confirm");
      await shows(page, "#control-result", /token is missing/);
      await page.fill("#token", "wrong");
      await page.click("#control-confirm");
      await shows(page, "#control-result", /token is wrong/);
      assert.equal(sources.requests.length, before, `${name} without the token`);
      assert.equal(await page.evaluate(() => sessionStorage.length), 0, "a wrong token is not kept");
      await page.fill("#token", TOKEN);
      await page.click("#control-confirm");
      await shows(page, "#control-result", says);
      assert.deepEqual(sources.requests.slice(before).map((request) => request.command), [command]);
      await page.click("#control-cancel");
      if (command === "kill") {
        await shows(page, "#halts", /TRADING HALTED.*Kill switch, by page/);
        await shows(page, "#orders", /No order is working/);
      }
      await page.evaluate(() => sessionStorage.clear());
    }
    await page.locator("#halts").waitFor({ state: "hidden" });
    assert.ok(sources.requests.every(({ via }) => via === "page"));
    assert.deepEqual(complaints.filter((text) => !/401/.test(text)), []);
  },
);

browserTest(
  "a strategy's parameters are a form of their declarations: what is wrong stays here, the rest asks for the token",
  async ({ page, sources, complaints }) => {
    const form = '#strategies li:has-text("settlement edge")';
    await page.click(`${form} summary`);
    const field = (name: string) => page.locator(`#parameter-settlement_edge-${name}`);
    assert.equal(await field("min_edge").inputValue(), "0.03");
    assert.equal(await field("enabled").isDisabled(), true);
    await shows(page, `${form} .hint`, /Part of full Kelly; a number from 0 to 1; preset 0.25/);
    const submit = page.locator(`${form} button[type=submit]`);
    assert.equal(await submit.isDisabled(), true, "nothing is edited");
    await field("min_edge").fill("much");
    await shows(page, `${form} [role=status]`, /min_edge: Found much, allowed is a number/);
    assert.equal(await submit.isDisabled(), true);
    await field("min_edge").fill("7");
    await field("use_flow").selectOption("true");
    await submit.click();
    await shows(page, "#control-text", /min_edge = 7, use_flow = true/);
    await page.click("#control-confirm");
    await shows(page, "#control-result", /token is missing/);
    assert.deepEqual(sources.parameterRequests, []);
    await page.fill("#token", TOKEN);
    await page.click("#control-confirm");
    await shows(page, "#control-result", /min_edge: Found 7, allowed is a number from 0 to 1/);
    await page.click("#control-cancel");
    await field("min_edge").fill("0.05");
    await submit.click();
    await page.click("#control-confirm");
    await shows(page, "#control-result", /settlement edge has other parameters\. Changed: min_edge, use_flow/);
    assert.deepEqual(sources.parameterRequests.at(-1), {
      strategy: "settlement_edge",
      values: { min_edge: 0.05, use_flow: true },
      via: "page",
    });
    await page.click("#control-cancel");
    await page.waitForFunction(() =>
      document.querySelector<HTMLInputElement>("#parameter-settlement_edge-min_edge")?.dataset.tone === "accent"
    );
    assert.equal(await submit.isDisabled(), true, "what is in force is not edited");
    assert.deepEqual(complaints.filter((text) => !/409/.test(text)), []);
  },
);

browserTest("a token that has become wrong is forgotten and asked for again", async ({ page, sources }) => {
  await page.evaluate(() => sessionStorage.setItem("kbot.token", "of-last-week"));
  await page.click('#strategies li:has-text("market making") button');
  await page.click("#control-confirm");
  await shows(page, "#control-result", /token is wrong/);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.fill("#token", TOKEN);
  await page.click("#control-confirm");
  await shows(page, "#control-result", /market making is running/);
  await shows(page, "#strategies", /market making\s*running/);
  assert.equal(sources.requests.length, 1);
});

browserTest(
  "where reading needs the token the page asks for it, and again when a restart has made another one",
  async (stage) => {
    const { page, sources } = stage;
    const behindProxy = { allowedHosts: ["bot.example"] };
    await stage.stopServer();
    await stage.startServer(behindProxy);
    await shows(page, "#control-title", /asks for the token/);
    assert.equal(await page.getAttribute("body", "data-fresh"), "no");
    sources.change({ account: { ...sources.engine.account, nav: "10200.000000" } });
    await page.fill("#token", TOKEN);
    await page.click("#control-confirm");
    await shows(page, "#control-result", /Connected/);
    await fresh(page);
    await shows(page, "#nav", /\$10,200\.00/);
    await page.click("#control-cancel");
    await stage.stopServer();
    await stage.startServer({ ...behindProxy, token: "of-the-next-start" });
    await shows(page, "#connection", /^Token needed to read$/);
    await page.click("#control-confirm");
    await shows(page, "#control-result", /token is wrong/);
    await page.fill("#token", "of-the-next-start");
    await page.click("#control-confirm");
    await fresh(page);
  },
);

browserTest("a page of another build than the server's says so and can be reloaded", async (stage) => {
  const { page } = stage;
  assert.equal(await page.locator("#newer").isVisible(), false);
  const directory = await Deno.makeTempDir();
  const built = new URL("../static/build/", import.meta.url);
  for await (const { name } of Deno.readDir(built)) await Deno.copyFile(new URL(name, built), `${directory}/${name}`);
  const manifest = JSON.parse(await Deno.readTextFile(`${directory}/manifest.json`));
  const html = await Deno.readTextFile(`${directory}/${manifest.index}`);
  await Deno.writeTextFile(`${directory}/${manifest.index}`, html.replace(manifest.inputs, "another-build"));
  await Deno.writeTextFile(`${directory}/manifest.json`, JSON.stringify({ ...manifest, inputs: "another-build" }));
  await stage.stopServer();
  await stage.startServer({ pageDirectory: pathToFileURL(`${directory}/`) });
  await shows(page, "#newer", /serves a newer page than this one/);
  await page.click("#newer button");
  await fresh(page);
  assert.equal(await page.getAttribute('meta[name="build"]', "content"), "another-build");
  assert.equal(await page.locator("#newer").isVisible(), false);
  await Deno.remove(directory, { recursive: true });
});

browserTest("a bot that stands by says who leads", async ({ page, sources }) => {
  const cluster = { name: "one", account: "main", epoch: 7, connected: true, behindMs: null };
  sources.changeStatus({ cluster: { ...cluster, role: "leader", leader: "one", detail: null } });
  await shows(page, "#system", /Account\s*one leads, epoch 7/);
  sources.changeStatus({ cluster: { ...cluster, role: "standby", leader: "two", detail: "It leads since 12:00" } });
  await shows(page, '#system [data-tone="warn"]', /stands by, two leads, epoch 7\. It leads since 12:00/);
});

browserTest("every run says whose money and whose exchange it is", async ({ page, sources }) => {
  for (
    const [mode, simulated, name, data] of [
      ["paper", false, /^PAPER$/, "paper"],
      ["paper", true, /^PAPER · SIMULATED EXCHANGE$/, "paper-simulated"],
      ["live", true, /^SIMULATED EXCHANGE$/, "live-simulated"],
      ["live", false, /^LIVE$/, "live"],
    ] as const
  ) {
    sources.changeStatus({ mode, simulated, venue: simulated ? "simulated exchange" : "Kalshi" });
    await shows(page, `#mode[data-mode="${data}"] #mode-name`, name);
    const title = simulated ? /^SIM / : mode === "live" ? /^LIVE / : /^PAPER /;
    await page.waitForFunction((source) => new RegExp(source).test(document.title), title.source);
  }
});

browserTest("on a screen of 2,560 pixels nothing is cut off", async ({ page }) => {
  const width = () => page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.deepEqual(await width(), [2_560, 2_560]);
  await page.click("#markets a.opens");
  await page.locator("#market canvas").first().waitFor();
  assert.deepEqual(await width(), [2_560, 2_560]);
}, { width: 2_560, height: 1_300 });

browserTest("nothing is wider than a phone of 360 pixels, with the worst that there is to show", async (stage) => {
  const { page, sources } = stage;
  const width = () => page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.deepEqual(await width(), [360, 360]);
  const long = "x".repeat(200);
  const stances = [{
    strategy: long,
    edge: -123.4567,
    edgeSide: "yes",
    confidence: null,
    targets: [],
    code: long,
    whyNot: long,
  }] as const;
  sources.change({
    account: { ...sources.engine.account, nav: "123456789.123456", cash: "-123456789.123456" },
    state: { state: "halted", reason: long },
    halts: [{
      ...{ name: long, reason: long, persistent: true, since: sources.engine.at },
      ...{ level: "halted", scope: "strategy", subject: long, ends: long },
    }],
    limits: [{ name: long, used: "123456789.000000", limit: "123456789.000000" }],
    markets: [sampleMarket(`KX${long}`, { whyNot: long, strike: 123_456_789.12, bidSize: "123456789.00", stances })],
    strategies: [{
      name: long,
      running: true,
      phase: "active",
      reason: "",
      state: "halted",
      kept: long,
      ownHalt: true,
      losses: 123_456_789,
      budget: null,
      inUse: "0.000000",
      dayPnl: null,
    }],
    counters: { ...sources.engine.counters, refusals: { [long]: 123_456_789 } },
  });
  sources.changeStatus({ venue: long, journal: long, ready: { ok: false, reasons: [long, long] } });
  sources.log(long, "error", long);
  await shows(page, "#nav", /\$123,456,789\.12/);
  await shows(page, "#log", /xxxx/);
  assert.deepEqual(await width(), [360, 360]);
  await page.click("#markets a.opens");
  await shows(page, "#market .stances", /xxxx/);
  assert.deepEqual(await width(), [360, 360]);
  await page.click("#kill");
  assert.deepEqual(await width(), [360, 360]);
  const dialog = await page.locator("#control").boundingBox();
  assert.ok(dialog !== null && dialog.x >= 0 && dialog.x + dialog.width <= 360);
}, { width: 360, height: 800 });

browserTest("a viewer whose clock is wrong sees the same countdown", async ({ browser, port }) => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    const real = Date.now;
    Date.now = () => real() + 86_400_000;
  });
  const page = await context.newPage();
  page.setDefaultTimeout(BROWSER_MS);
  await page.goto(`http://127.0.0.1:${port}/`);
  await fresh(page);
  await shows(page, cell(BTC, "Closes in"), /^8:(20|1\d)$/);
  await context.close();
});

browserTest("two tabs see the same change", async ({ browser, page, sources, port }) => {
  const other = await browser.newPage();
  other.setDefaultTimeout(BROWSER_MS);
  await other.goto(`http://127.0.0.1:${port}/`);
  await fresh(other);
  sources.changeMarket(BTC, { bid: "0.4700" });
  await shows(page, cell(BTC, "Bid"), /47\.0¢/);
  await shows(other, cell(BTC, "Bid"), /47\.0¢/);
});

browserTest("the page has its landmarks, its headings in order, and a name for every control", async ({ page }) => {
  const outline = await page.evaluate(() => ({
    landmarks: ["header", "main", "footer"].map((tag) => document.querySelectorAll(`body > ${tag}`).length),
    headings: [...document.querySelectorAll("h1, h2, h3")].map((node) => node.tagName),
    nameless: [...document.querySelectorAll("button, input, select")].filter((node) =>
      (node.textContent ?? "").trim() === "" && node.getAttribute("aria-label") === null &&
      document.querySelector(`label[for="${node.id}"]`) === null
    ).map((node) => node.id),
    tables: [...document.querySelectorAll("table")].every((node) =>
      document.getElementById(node.getAttribute("aria-labelledby") ?? "") !== null
    ),
  }));
  assert.deepEqual(outline.landmarks, [1, 1, 1]);
  assert.equal(outline.headings[0], "H1");
  assert.equal(outline.headings.filter((tag) => tag === "H1").length, 1);
  // The dialog's confirm button is named when it opens.
  assert.deepEqual(outline.nameless, ["control-confirm"]);
  assert.equal(outline.tables, true);
});

browserTest("a page opened before the run is ready fills itself later", async ({ page, sources }) => {
  sources.change({ markets: [], positions: [], orders: [], trades: [], settlements: [], indices: [], limits: [] });
  sources.changeStatus(sampleStatus({ ready: { ok: false, reasons: ["No market is known yet"] } }));
  await shows(page, "#markets", /No market is open/);
  await shows(page, "#positions", /Nothing is held/);
  await shows(page, "#trouble", /^Not ready: No market is known yet$/);
  sources.change(sampleView());
  sources.changeStatus(sampleStatus());
  await page.locator("#trouble").waitFor({ state: "hidden" });
  await shows(page, cell(BTC, "Bid"), /54\.0¢/);
});
