import assert from "node:assert/strict";
import { join } from "node:path";
import { openKvStore } from "../src/store/kv_store.ts";
import { statePaths } from "../src/store/state_directory.ts";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";
import { pause } from "./trading_stage.ts";

/**
 * A proxy in front of a simulated exchange that hides what that one says of itself: kbot must take it for the real one. It
 * tells the time of this machine, moved by `aheadMs`.
 */
class SilentProxy implements AsyncDisposable {
  aheadMs = 0;
  readonly asked: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(origin: string) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const { pathname, search } = new URL(request.url);
      this.asked.push(`${request.method} ${pathname}`);
      if (pathname.startsWith("/sim/")) return new Response("not found", { status: 404 });
      const body = request.body === null ? null : await request.arrayBuffer();
      const answer = await fetch(origin + pathname + search, {
        method: request.method,
        headers: request.headers,
        body,
      });
      const headers = new Headers(answer.headers);
      headers.set("date", new Date(Date.now() + this.aheadMs).toUTCString());
      return new Response(answer.body, { status: answer.status, headers });
    });
  }

  get rest(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/trade-api/v2`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

const DAY_MS = 86_400_000;
/** More than the run takes. */
const BEFORE_MIDNIGHT_MS = 60_000;

/** A canary ends at midnight UTC: not while one is looked at. */
async function untilFarFromMidnight(): Promise<void> {
  const left = DAY_MS - Date.now() % DAY_MS;
  if (left < BEFORE_MIDNIGHT_MS) await pause(left + 1_000);
}

Deno.test("an address that says nothing of itself is traded on for real only through the whole gate", async () => {
  await using place = await temporaryDirectory();
  await using state = await temporaryDirectory();
  await using exchange = await ExchangeProcess.start("--speed", "1", "--seed", "7");
  await using proxy = new SilentProxy(new URL(exchange.rest).origin);
  const key = exchange.env;
  const limits = {
    KBOT_RISK__MAX_ORDER_USD: "5",
    KBOT_RISK__MAX_OPEN_EXPOSURE_USD: "100",
    KBOT_RISK__DAILY_LOSS_USD: "50",
  };
  const phrase = join(place.path, "phrase");
  await Deno.writeTextFile(phrase, "TRADE REAL MONEY\n", { mode: 0o600 });
  const args = ["--live", "--venue", proxy.rest, "--venue-ws", exchange.ws, "--port", "0", "--state", state.path];
  const asked = () => proxy.asked.filter((request) => !request.includes("/sim/"));

  const bare = await runKbot(args, key);
  assert.equal(bare.code, 2);
  assert.match(
    bare.stderr,
    /Limits must be your own: set risk\.max_order_usd, .*\n.*need the phrase "TRADE REAL MONEY"/,
  );
  assert.deepEqual(asked(), [], "nothing is asked of the exchange in vain");

  proxy.aheadMs = 60_000;
  const early = await runKbot([...args, "--confirm-file", phrase], { ...key, ...limits });
  assert.equal(early.code, 1);
  assert.match(early.stderr, /This machine's clock is \d\d\.\d s slow/);
  proxy.aheadMs = 0;

  const stranger = { ...key, KBOT_KALSHI_KEY_ID: "11111111-2222-3333-4444-555555555555" };
  const unknown = await runKbot([...args, "--confirm-file", phrase], { ...stranger, ...limits });
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /refuses the API key: .*401/);
  assert.ok(asked().every((request) => request === "GET /trade-api/v2/portfolio/balance"), asked().join());

  await untilFarFromMidnight();
  await using bot = new Kbot([...args, "--canary", "20", "--confirm-file", phrase], { ...key, ...limits });
  const [, url] = await bot.until(/Status page: (http\S+)/);
  assert.match(bot.stderr, /Canary: at most \$20\.00 at risk and 20 % of that in one order, until midnight UTC/);
  assert.match(bot.stderr, /So a day can lose \$70\.00 at worst; the account holds \$10000\.00 in cash/);
  const risk = await (await fetch(new URL("api/v1/risk", url))).json() as {
    readonly limits: readonly { readonly name: string; readonly limit: string }[];
  };
  const [canary] = risk.limits;
  assert.match(canary.name, /^Canary until \d{4}-\d\d-\d\dT00:00:00\.000000Z, at most 4\.000000 an order$/);
  assert.equal(canary.limit, "20.000000");
  const told = await runKbot(["status", "--state", state.path]);
  assert.match(told.stdout, /Canary until .*: \$\d+\.\d\d of \$20\.00 at risk/);
  bot.signal("SIGTERM");
  await bot.end();
});

Deno.test("a canary keeps every order and all that is at risk small, and its decisions replay from the journal", async () => {
  await using state = await temporaryDirectory();
  const flags = ["--for", "4s", "--speed", "30", "--seed", "7", "--port", "0", "--state", state.path, "--json"];
  const ended = await runKbot(["demo", ...flags], { KBOT_LIVE__CANARY_USD: "20" });
  assert.equal(ended.code, 0, ended.stderr);
  const { journal, orders: sent } = JSON.parse(ended.stdout) as { readonly journal: string; readonly orders: number };
  assert.ok(sent > 0, ended.stdout);
  const opened = await openKvStore(statePaths(state.path).store);
  assert.ok(opened.ok);
  try {
    const seen = new Set<string>();
    for (const { ticker, side, price, count } of (await opened.store.listOrders({ limit: 10_000 })).reverse()) {
      // The first in a market opens; later ones may close, which no cap keeps back.
      if (seen.has(ticker)) continue;
      seen.add(ticker);
      const cost = count * (side === "bid" ? price : 10_000 - price);
      assert.ok(cost <= 4_000_000, `an order of ${cost / 1e6} dollars`);
    }
    const points = await opened.store.portfolio({ limit: 10_000 });
    for (const { exposure } of points) assert.ok(exposure <= 20_000_000, `${exposure / 1e6} dollars at risk`);
  } finally {
    await opened.store.close();
  }
  const replayed = await runKbot(["replay", journal, "--verify"]);
  assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
});
