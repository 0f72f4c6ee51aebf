/**
 * Draws the README's pictures anew (`deno task picture`), of a report and of the status page: of simulated trading, and
 * labelled as such in the pictures themselves. Needs Debian's chromium.
 * @module
 */

import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { simulatedFindings } from "../src/backtest/report/findings_fixture.ts";
import { reportHtml } from "../src/backtest/report/report.ts";
import { WORLD, type World } from "../src/backtest/report/trading_fixture.ts";
import { launchChromium } from "./chromium.ts";
import { drawPage } from "./page_picture.ts";
import { temporaryDirectory } from "./process.ts";

const WEEK: World = { ...WORLD, markets: 7 * WORLD.marketsPerDay };
const TARGET = fileURLToPath(new URL("../static/report/report.png", import.meta.url));
const SIZE = { width: 1080, height: 900 };
/** Below the last section that the picture shows. */
const MARGIN = 10;

await using directory = await temporaryDirectory();
const file = join(directory.path, "report.html");
await Deno.writeTextFile(file, reportHtml({ ...simulatedFindings(WEEK), problems: [] }));
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: "dark" });
  await page.goto(pathToFileURL(file).href);
  const last = await page.locator("section:has(> #equity)").boundingBox();
  if (last === null) throw new Error("The report shows no equity");
  const clip = { x: 0, y: 0, width: SIZE.width, height: Math.ceil(last.y + last.height) + MARGIN };
  await page.screenshot({ path: TARGET, clip, fullPage: true });
  for (const drawn of [TARGET, ...await drawPage(browser)]) {
    console.error(`Drew ${drawn}, ${(await Deno.stat(drawn)).size} bytes`);
  }
} finally {
  await browser.close();
}
