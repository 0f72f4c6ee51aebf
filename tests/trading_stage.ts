/**
 * A bot that trades live at a simulated exchange of its own, each a process, for tests of what may befall it.
 * @module
 */

import assert from "node:assert/strict";
import { ExchangeProcess } from "./exchange_process.ts";
import { type Ended, Kbot, runKbot } from "./process.ts";

export interface Ledger {
  readonly orders: Readonly<Record<string, { readonly status: string }>>;
  readonly fills: readonly { readonly trade_id: string }[];
}

export interface Halt {
  readonly name: string;
  readonly reason: string;
}

export interface Trading {
  readonly bot: Kbot;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Simulated seconds a second. */
  readonly speed: number;
  /** What the exchange itself says happened. */
  readonly ledger: () => Promise<Ledger>;
  /** How many orders the exchange has got so far. */
  readonly orders: () => Promise<number>;
  /** The names of the halts that the page shows, with their reasons. */
  readonly halts: () => Promise<readonly Halt[]>;
}

const SEED = 5;
/** Of simulated time there may be minutes without an order, and a loaded machine goes through it slowly. */
export const FIRST_ORDERS_MS = 600_000;
/** Bounds on a wait for what comes at once on a calm machine, not claims. */
const PATIENCE_MS = 300_000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for something to become true; says what was waited for where it does not, in words of that moment where they are asked. */
export async function until(
  what: string | (() => Promise<string>),
  test: () => Promise<boolean>,
  ms = PATIENCE_MS,
): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await pause(100)) if (await test()) return;
  assert.fail(`Waited ${ms} ms for ${typeof what === "string" ? what : await what()}`);
}

/** @param more of the bot's environment */
export async function withTrading(
  state: string,
  test: (trading: Trading) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  console.log(`seed ${SEED}`);
  await using exchange = await ExchangeProcess.startInStep(10, "--seed", `${SEED}`);
  const env = { ...exchange.env, KBOT_STRATEGIES__MARKET_MAKER__ENABLED: "true", ...more };
  const args = ["--live", ...exchange.venue, "--port", "0", "--state", state, "--json"];
  await using bot = new Kbot(args, env);
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const ledger = () => exchange.ledger<Ledger>();
  const orders = async () => Object.keys((await ledger()).orders).length;
  const risk = async (): Promise<{ halts: Halt[] }> => await (await fetch(new URL("/api/v1/risk", url))).json();
  const halts = async () => (await risk()).halts;
  const words = async () => `the first orders; ${(await halts()).map(({ reason }) => reason).join("; ") || "no halt"}`;
  await until(words, async () => await orders() > 2, FIRST_ORDERS_MS);
  await test({ bot, args, env, speed: exchange.speed, ledger, orders, halts });
}

/** Nothing is lost and nothing doubled: the journal replays, and store, trail and exchange agree with it. */
export async function allThere(state: string, { stdout }: Ended, ledger: Ledger): Promise<void> {
  const summary = JSON.parse(stdout) as { journal: string; fills: number };
  for (
    const command of [
      ["replay", summary.journal, "--verify"],
      ["store", "check", "--state", state],
      ["audit", "verify", "--journals", "--state", state],
    ]
  ) {
    const checked = await runKbot(command);
    assert.equal(checked.code, 0, `${command.join(" ")}: ${checked.stdout}${checked.stderr}`);
  }
  const exported = await runKbot(["export", "--table", "trades", "--out", "-", "--state", state]);
  const [head, ...rows] = exported.stdout.trimEnd().split(/\r?\n/);
  const column = head.split(",").indexOf("trade_id");
  assert.deepEqual(
    rows.map((row) => row.split(",")[column]).sort(),
    ledger.fills.map((fill) => fill.trade_id).sort(),
    "every fill of the exchange is remembered, and none twice",
  );
}
