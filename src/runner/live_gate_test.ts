import assert from "node:assert/strict";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { limitsAtDefault } from "../config/own_limits.ts";
import type { SettlementRecord, TradeRecord } from "../core/record.ts";
import { count, micros, money, price } from "../core/units.ts";
import { WallClock } from "../ops/clock.ts";
import { openKvStore } from "../store/kv_store.ts";
import { statePaths } from "../store/state_directory.ts";
import { claimIdentity } from "./identity.ts";
import { atStake, type GateResult, passLiveGate } from "./live_gate.ts";
import { lackingEvidence, paperEvidence } from "./paper_evidence.ts";
import type { RunRequest } from "./request.ts";
import type { ChosenVenue } from "./venue_choice.ts";

const OWN = { KBOT_RISK__MAX_ORDER_USD: "5", KBOT_RISK__MAX_OPEN_EXPOSURE_USD: "100", KBOT_RISK__DAILY_LOSS_USD: "50" };
const KEY = { keyId: "k", headers: () => Promise.resolve({}) };
const BALANCE = { balance_dollars: "250.0000", balance_breakdown: [{ exchange_index: 0, balance: "250.0000" }] };

interface Case {
  readonly env?: Record<string, string>;
  readonly phrase?: string | null;
  readonly venue?: Partial<ChosenVenue>;
  readonly execution?: "paper" | "live";
  /** The exchange's status, and how far its clock is ahead of ours. */
  readonly status?: number;
  readonly aheadMs?: number;
}

interface Passed {
  readonly result: GateResult;
  /** Requests that reached the exchange. */
  readonly asked: number;
  /** What was shown before the phrase was asked for. */
  readonly shown: readonly string[];
}

/** A host that answers as Kalshi does when it is asked for the balance, on this machine. */
async function gate(
  { env = OWN, phrase = null, venue = {}, execution = "live", status = 200, aheadMs = 0 }: Case,
): Promise<Passed> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-gate-" });
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    const date = new Date(Date.now() + aheadMs).toUTCString();
    const body = status === 200
      ? BALANCE
      : { error: { code: "authentication_error", message: "x", details: "NOT_FOUND" } };
    return Response.json(body, { status, headers: { date } });
  });
  const shown: string[] = [];
  try {
    const loaded = await loadConfig({ env });
    assert.ok(loaded.ok, JSON.stringify(loaded));
    const rest = `http://127.0.0.1:${server.addr.port}/trade-api/v2`;
    const request = {
      execution,
      config: loaded.config,
      stateDirectory: directory,
      live: {
        limitsAtDefault: limitsAtDefault(loaded.origins),
        missing: () => Promise.resolve(phrase),
        confirm: (_venue: string, lines: readonly string[]) => {
          shown.push(...lines);
          return Promise.resolve(null);
        },
      },
    } as unknown as RunRequest;
    const chosen = {
      title: "Kalshi",
      id: "kalshi",
      host: { rest, ws: "ws://127.0.0.1:1/" },
      signer: KEY,
      simulated: false,
      clock: new WallClock(),
      real: true,
      ...venue,
    } as unknown as ChosenVenue;
    return { result: await passLiveGate(request, chosen), asked, shown };
  } finally {
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
}

const reasonOf = ({ result }: Passed): string => result.ok ? assert.fail("The gate is open") : result.reason;

Deno.test("with a key that works, limits of one's own, a clock that agrees and the phrase the gate opens, and says what is at stake", async () => {
  const passed = await gate({});
  assert.deepEqual(passed.result, { ok: true });
  assert.equal(passed.asked, 3);
  assert.match(passed.shown.join("\n"), /A day's loss of \$50\.00, or of 10 %/);
  assert.match(passed.shown.join("\n"), /At most \$100\.00 is at risk at once/);
  assert.match(passed.shown.join("\n"), /a day can lose \$150\.00 at worst; the account holds \$250\.00/);
});

const SHUT: [what: string, given: Case, wanted: RegExp, asked: number][] = [
  ["without a key", { venue: { signer: null } }, /needs credentials/, 0],
  [
    "at limits that nobody set",
    { env: {} },
    /set risk\.max_order_usd, risk\.max_open_exposure_usd, risk\.daily_loss_usd/,
    0,
  ],
  ["without the phrase", { phrase: "needs the phrase" }, /^needs the phrase$/, 0],
  [
    "with a state that never surely reaches the disk",
    { env: { ...OWN, KBOT_STORE__SYNC: "never" } },
    /store\.sync is "never"/,
    0,
  ],
  ["with a key that the exchange refuses", { status: 401 }, /Kalshi refuses the API key: .*401/, 1],
  ["with an exchange that does not answer", { status: 503 }, /could not be asked whether it takes the API key/, 1],
  ["with a clock that is behind", { aheadMs: 4_000 }, /clock is [345]\.\d s slow/, 3],
  ["with a clock that is ahead", { aheadMs: -4_000 }, /clock is [345]\.\d s fast/, 3],
  [
    "where paper trading is asked for and was never done",
    {
      env: { ...OWN, KBOT_LIVE__PAPER_STATE: "/nonexistent", KBOT_LIVE__MIN_PAPER_DAYS: "5" },
    },
    /live\.paper_state, \/nonexistent, is not the state of paper trading at kalshi/,
    0,
  ],
];

for (const [what, given, wanted, asked] of SHUT) {
  Deno.test(`real money is refused ${what}`, async () => {
    const passed = await gate(given);
    assert.match(reasonOf(passed), wanted);
    assert.deepEqual([passed.asked, passed.shown], [asked, []], "nobody is asked for anything in vain");
  });
}

Deno.test("all that is missing is told at once, before the exchange is asked anything", async () => {
  const passed = await gate({ env: { KBOT_STORE__SYNC: "never" }, phrase: "needs the phrase" });
  for (const wanted of [/Limits must be your own/, /store\.sync/, /needs the phrase/]) {
    assert.match(reasonOf(passed), wanted);
  }
  assert.equal(passed.asked, 0);
});

Deno.test("play money needs no phrase and no limits of one's own; Kalshi's demo needs a key that works", async () => {
  const play = { env: {}, phrase: "needs the phrase" };
  assert.equal((await gate({ ...play, venue: { real: false, simulated: true } })).result.ok, true);
  assert.equal((await gate({ env: {}, execution: "paper", venue: { signer: null } })).result.ok, true);
  assert.match(
    reasonOf(await gate({ ...play, venue: { real: false, simulated: true, signer: null } })),
    /needs credentials/,
  );
});

Deno.test("what is at stake names the canary, and never more than the account holds", async () => {
  const loaded = await loadConfig({ env: { ...OWN, KBOT_LIVE__CANARY_USD: "20" } });
  assert.ok(loaded.ok);
  const config: Config = loaded.config;
  const lines = atStake(config, money(1_000_000_000)).join("\n");
  assert.match(lines, /Canary: at most \$20\.00 at risk and 20 % of that in one order, until midnight UTC/);
  assert.match(lines, /a day can lose \$70\.00 at worst/);
  assert.match(
    atStake(config, money(30_000_000)).join("\n"),
    /a day can lose \$30\.00 at worst; the account holds \$30\.00/,
  );
});

const DAY = 86_400_000_000;

const trade = (n: number, probability: number | null, day = n): TradeRecord => ({
  kind: "trade",
  tradeId: `t-${n}`,
  clientOrderId: null,
  ticker: `M-${n}`,
  side: "bid",
  price: price(5_000),
  count: count(100),
  fee: money(0),
  isTaker: true,
  at: micros(1_790_000_000_000_000 + day * DAY),
  strategy: "s",
  signal: "x",
  evidence: {
    spot: null,
    strike: null,
    modelProbability: probability,
    marketProbability: 0.5,
    edge: null,
    kellyFraction: null,
    expectedValue: null,
    aroc: null,
  },
  realised: money(0),
});

const settlement = (n: number, result: SettlementRecord["result"]): SettlementRecord => ({
  kind: "settlement",
  ticker: `M-${n}`,
  result,
  position: count(0),
  payout: money(0),
  pnl: money(0),
  at: micros(1_790_000_000_000_000 + (n + 1) * DAY),
});

/** @param markets so many, each on a day of its own, with 0.8 for YES, which four of five come to */
async function withHistory(markets: number, test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-paper-" });
  try {
    await claimIdentity(directory, { venue: "kalshi", execution: "paper", instance: "k00000001" });
    const opened = await openKvStore(statePaths(directory).store);
    assert.ok(opened.ok);
    const records = Array.from({ length: markets }, (_, n) => [
      trade(n, 0.8),
      { ...trade(n, 0.1), tradeId: `late-${n}`, at: micros(trade(n, 0.1).at + 1) },
      settlement(n, n % 5 === 0 ? "no" : "yes"),
    ]).flat();
    opened.store.apply([...records, trade(9_998, 0.9), trade(9_999, null), settlement(9_999, "yes")], {
      run: "r",
      line: 1,
    });
    assert.ok((await opened.store.flush()).ok);
    await opened.store.close();
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("paper evidence counts each settled market once, by its first trade", () =>
  withHistory(40, async (directory) => {
    const opened = await openKvStore(statePaths(directory).store);
    assert.ok(opened.ok);
    const found = await paperEvidence(opened.store);
    await opened.store.close();
    assert.deepEqual([found.days, found.markets], [40, 40]);
    // 32 of 40 miss by 0.2 and 8 by 0.8; a half always misses by a half.
    assert.ok(Math.abs((found.brier ?? NaN) - (32 * 0.04 + 8 * 0.64) / 40) < 1e-12, `${found.brier}`);
    assert.equal(found.marketBrier, 0.25);
  }));

Deno.test("evidence that is too thin or too bad keeps the gate shut, with the figures", () =>
  withHistory(40, async (directory) => {
    const env = { ...OWN, KBOT_LIVE__PAPER_STATE: directory };
    const wanted = async (extra: Record<string, string>) => await gate({ env: { ...env, ...extra } });
    assert.equal((await wanted({ KBOT_LIVE__MIN_PAPER_DAYS: "40", KBOT_LIVE__MAX_BRIER: "0.2" })).result.ok, true);
    assert.match(
      reasonOf(await wanted({ KBOT_LIVE__MIN_PAPER_DAYS: "41" })),
      /on 40 days, live\.min_paper_days wants 41/,
    );
    assert.match(
      reasonOf(await wanted({ KBOT_LIVE__MAX_BRIER: "0.1" })),
      /is 0\.1600 over 40 markets, the market's own 0\.2500; live\.max_brier allows 0\.1/,
    );
  }));

Deno.test("a Brier score over a handful of markets is no evidence", () => {
  const few = { days: 3, markets: 29, brier: 0.01, marketBrier: 0.2 };
  assert.match(
    lackingEvidence(few, { minDays: 0, maxBrier: 0.2 }).join(),
    /30 markets at least, and paper trading has 29/,
  );
  assert.deepEqual(lackingEvidence({ ...few, markets: 30 }, { minDays: 3, maxBrier: 0.2 }), []);
});
