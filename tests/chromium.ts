/**
 * Debian's Chromium for the browser tests. Where it is not installed they are skipped, and say so.
 * @module
 */

import { type Browser, chromium } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether browser tests can run here. */
export const hasChromium: boolean = await Deno.stat(CHROMIUM).then(() => true, () => false);
if (!hasChromium) console.log(`SKIPPED: the browser tests need ${CHROMIUM} (apt-get install chromium)`);

/** How long a browser may take to start, or to do what it is told to, on a machine that others use, too; a bound, not a claim. */
export const BROWSER_MS = 240_000;

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, timeout: BROWSER_MS });
