/**
 * For tests of feeds from outside: the simulated exchange in one process, kbot in another, and what it says of itself at
 * its API.
 * @module
 */

import assert from "node:assert/strict";
import type { IndexView, SpotView } from "../src/engine/view.ts";
import type { FeedStatus } from "../src/server/status.ts";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, temporaryDirectory } from "./process.ts";

/** Simulated seconds a second: what waits for half a minute is seen in six seconds. */
const SPEED = 5;
/**
 * Seconds of the exchange's time after which a source of an index counts as silent: a machine that stands still for less than
 * three seconds of ours takes none away.
 */
const STALE_AFTER = "15";
/** How long anything may take on a slow machine; a bound, not a claim. */
const PATIENCE_MS = 240_000;
const LOOK_EVERY_MS = 100;
export const CONSTITUENTS = ["coinbase", "kraken", "bitstamp", "gemini", "cryptocom", "bullish"] as const;

export type Trouble = string | readonly string[];

export interface Shown {
  readonly exchanges: readonly SpotView[];
  readonly indices: readonly IndexView[];
  readonly feeds: readonly FeedStatus[];
}

export interface LogLine {
  readonly number: number;
  readonly level: string;
  readonly logger: string;
  readonly text: string;
}

/** kbot and the exchange beside it, as a person at a keyboard has them. */
export class FeedStage implements AsyncDisposable {
  readonly state: string;
  readonly #parts: AsyncDisposableStack;
  readonly #bot: Kbot;
  /** Of the status page. */
  readonly page: string;
  readonly #exchange: ExchangeProcess;

  private constructor(
    parts: AsyncDisposableStack,
    bot: Kbot,
    page: string,
    exchange: ExchangeProcess,
    state: string,
  ) {
    this.#parts = parts;
    this.#bot = bot;
    this.page = page;
    this.#exchange = exchange;
    this.state = state;
  }

  static async open(settings: Readonly<Record<string, string>> = {}): Promise<FeedStage> {
    await using parts = new AsyncDisposableStack();
    const state = parts.use(await temporaryDirectory());
    const exchange = parts.use(await ExchangeProcess.start("--speed", `${SPEED}`, "--seed", "7"));
    const flags = [...exchange.venue, "--port", "0", "--json", "--state", state.path];
    const env = { KBOT_INDEX__STALE_AFTER: STALE_AFTER, ...settings, ...exchange.env };
    const bot = parts.use(new Kbot(["run", "--live", ...flags], env));
    const [, page] = await bot.until(/Status page: (http\S+)/);
    return new FeedStage(parts.move(), bot, page, exchange, state.path);
  }

  async get<T>(path: string): Promise<T> {
    return await (await fetch(new URL(path, this.page))).json() as T;
  }

  async metrics(): Promise<string> {
    return await (await fetch(new URL("/metrics", this.page))).text();
  }

  async shown(): Promise<Shown> {
    const [prices, { feeds }] = await Promise.all([
      this.get<Omit<Shown, "feeds">>("/api/v1/prices"),
      this.get<Pick<Shown, "feeds">>("/api/v1/feeds"),
    ]);
    return { ...prices, feeds };
  }

  /** Every line of the log that matches, since the start. */
  async logged(wanted: RegExp): Promise<LogLine[]> {
    const found: LogLine[] = [];
    for (let after = 0;;) {
      const { logs } = await this.get<{ logs: LogLine[] }>(`/api/v1/logs?limit=1000&after=${after}`);
      found.push(...logs.filter(({ text }) => wanted.test(text)));
      const last = logs.at(-1);
      if (last === undefined) return found;
      after = last.number;
    }
  }

  /** Waits until a warning is logged that matches. */
  async untilWarned(wanted: RegExp): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!(await this.logged(wanted)).some(({ level }) => level === "warning")) {
      assert.ok(performance.now() < end, `no warning like ${wanted} within ${PATIENCE_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Looks until it is so, and gives what was seen then. */
  async until(what: string, isSo: (shown: Shown) => boolean): Promise<Shown> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const shown = await this.shown();
      checkWeights(shown);
      if (isSo(shown)) return shown;
      assert.ok(performance.now() < end, `${what}: not within ${PATIENCE_MS} ms\n${describe(shown)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async strike(feed: string, state: Trouble): Promise<void> {
    await this.#post(`/sim/feeds/${feed}`, { state });
  }

  async fault(name: string, on: boolean): Promise<void> {
    await this.#post("/sim/faults", { name, on });
  }

  async #post(path: string, body: unknown): Promise<void> {
    const answer = await fetch(new URL(path, this.#exchange.rest), { method: "POST", body: JSON.stringify(body) });
    assert.equal(answer.status, 200, await answer.text());
  }

  /** Ends kbot in order, and gives its journal. */
  async end(): Promise<{ journal: string; decision_hash: string }> {
    this.#bot.signal("SIGINT");
    const { code, stdout, stderr } = await this.#bot.end();
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as { journal: string; decision_hash: string };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

export const describe = ({ exchanges, indices, feeds }: Shown): string =>
  [
    exchanges.map(({ asset, exchange, state, weight }) => `${asset} ${exchange} ${state} ${weight.toFixed(2)}`).join(
      ", ",
    ),
    indices.map(({ index, source, ageMs }) => `${index} ${source} ${ageMs} ms`).join(", "),
    feeds.map(({ name, by, trouble }) => `${name} ${by} ${trouble}`).join("\n"),
  ].join("\n");

export const weightsOf = ({ exchanges }: Shown, asset: string): ReadonlyMap<string, number> =>
  new Map(exchanges.filter((row) => row.asset === asset).map(({ exchange, weight }) => [exchange, weight]));

/** Whatever is cut, the weights of a coin sum to one, or there is no composite of it. */
function checkWeights(shown: Shown): void {
  for (const asset of ["BTC", "ETH"]) {
    const rows = [...weightsOf(shown, asset).values()];
    const sum = rows.reduce((total, weight) => total + weight, 0);
    assert.ok(sum === 0 || Math.abs(sum - 1) < 1e-9, `${asset}: weights sum to ${sum}\n${describe(shown)}`);
  }
}

export const stateOf = ({ exchanges }: Shown, name: string): readonly string[] =>
  exchanges.filter(({ exchange }) => exchange === name).map(({ state }) => state);

export const feedOf = ({ feeds }: Shown, name: string): FeedStatus =>
  feeds.find((feed) => feed.name === name) ?? assert.fail(`no feed ${name}`);

/** Of both coins. */
export const has = (shown: Shown, exchange: string, weighs: boolean): boolean =>
  ["BTC", "ETH"].every((asset) => ((weightsOf(shown, asset).get(exchange) ?? 0) > 0) === weighs);

export const refusedOf = (shown: Shown, name: string, reason: RegExp): boolean =>
  Object.keys(feedOf(shown, name).refused).some((each) => reason.test(each));

export const allLive = (shown: Shown): boolean =>
  CONSTITUENTS.every((name) => has(shown, name, true)) &&
  shown.exchanges.every(({ state }) => state === "live") &&
  shown.feeds.every(({ by, trouble }) => by !== "none" && trouble === null);
