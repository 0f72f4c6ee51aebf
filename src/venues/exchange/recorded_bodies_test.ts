/**
 * Answers of this exchange beside answers that Kalshi's demo environment gave in June 2026: same status, same error
 * code, same keys with the same JSON types. What differs on purpose stands in {@link DIFFERENCES} with its reason.
 */

import assert from "node:assert/strict";
import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { nextClose } from "./exchange.ts";
import { startExchange } from "./server.ts";
import { type Answer, sign, TestClient } from "./client_fixture.ts";

const SAMPLES = new URL("../../../../shared/kalshi/samples/fortuna-demo-2026-06/", import.meta.url);

// deno-lint-ignore no-explicit-any -- recorded bodies of every shape
type Json = any;

/** Keys that only one side has (- theirs, + ours), each with the reason. */
const DIFFERENCES: readonly (readonly [RegExp, string])[] = [
  [/^- \.error\.service$/, "dropped on 2026-08-06"],
  [/^\+ .*\.exchange_index$/, "shards: since August 2026"],
  [/^\+ \.intra_exchange_transfers_active$/, "shards: since August 2026"],
  [/^\+ \.exchange_index_statuses(\[\])?$/, "shards: since August 2026"],
  [/^- .*\.(fractional_trading_enabled|response_price_units|resting_orders_count)$/, "dropped in July 2026"],
  [/^- .*\.liquidity_dollars$/, "dropped on 2026-10-01"],
  [/^\+ .*\.settlement_bounds_type$/, "since 2026-10-01"],
  [/^. .*\.(custom_strike(\..*)?|floor_strike)$/, "a sports market has other strikes, or none"],
  [/^- .*\.(early_close_condition|primary_participant_key)$/, "sports markets have it, crypto markets do not"],
  [/^- .*\.(is_provisional|mve_collection_ticker|mve_selected_legs(\[\])?)$/, "combos have it; there are none here"],
];

/** Recordings that are not compared, with the reason. */
const SKIPPED: Readonly<Record<string, string>> = {
  orders__legacy_create: "accepted in June 2026, refused since: KALSHI.md 3.4",
  orders__legacy_cancel: "accepted in June 2026, refused since: KALSHI.md 3.4",
  markets__high_temp: "compared below, with an exchange that lists the weather",
  session__manifest: "the recorder's own notes",
  ws__orderbook_trade_noleg: "frames, which session_test.ts looks at",
};

/** `"a.b[]"` paths of every leaf and branch, with JSON types. Elements of an array are put together. */
function shapeOf(value: Json, path = "", shape = new Map<string, Set<string>>()): Map<string, Set<string>> {
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const types = shape.get(path) ?? new Set();
  shape.set(path, types.add(type));
  if (Array.isArray(value)) { for (const element of value) shapeOf(element, `${path}[]`, shape); }
  else if (type === "object") {
    for (const [key, each] of Object.entries(value)) {
      shapeOf(each, `${path}.${key}`, shape);
    }
  }
  return shape;
}

/** Paths at which two bodies differ in keys or types. An empty list has no elements to compare. */
function differences(recorded: Json, ours: Json): string[] {
  const [theirs, mine] = [shapeOf(recorded), shapeOf(ours)];
  const emptyIn = (shape: Map<string, Set<string>>, path: string) => {
    const list = /^(.*?\[\])/.exec(path)?.[1];
    return list !== undefined && shape.get(list.slice(0, -2))?.has("array") === true && !shape.has(list);
  };
  const found: string[] = [];
  for (const [path, types] of theirs) {
    const same = mine.get(path);
    if (same === undefined && !emptyIn(mine, path)) found.push(`- ${path}`);
    else if (same !== undefined && ![...types].some((type) => same.has(type))) found.push(`~ ${path}`);
  }
  for (const path of mine.keys()) if (!theirs.has(path) && !emptyIn(theirs, path)) found.push(`+ ${path}`);
  // What a missing key would hold is missing with it.
  return found.filter((each) => !found.some((other) => other !== each && each.startsWith(`${other}.`)));
}

interface Recording {
  readonly name: string;
  readonly status: number;
  readonly method: string;
  /** From `/trade-api/v2` on, with its query. */
  readonly path: string;
  readonly request: Json;
  readonly body: Json;
}

async function read(name: string): Promise<Recording> {
  const meta = JSON.parse(await Deno.readTextFile(new URL(`${name}.meta.json`, SAMPLES)));
  const body = JSON.parse(await Deno.readTextFile(new URL(`${name}.json`, SAMPLES)));
  const path = meta.path.replace(/^\/trade-api\/v2/, "");
  return { name, status: meta.status, method: meta.method, path, request: meta.request_body, body };
}

async function recordings(): Promise<string[] | null> {
  try {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(SAMPLES)) {
      if (name.endsWith(".meta.json")) names.push(name.slice(0, -".meta.json".length));
    }
    return names.sort();
  } catch {
    return null;
  }
}

/** Sends a recorded request with our market, our order ids and, for calls by order id, the market that they now need. */
class Session {
  readonly #client: TestClient;
  readonly #ids = new Map<string, string>();
  ticker = "";

  constructor(client: TestClient) {
    this.#client = client;
  }

  async send(recording: Recording): Promise<Answer> {
    const theirs = /\/([0-9a-f-]{36})$/.exec(recording.path)?.[1];
    let path = recording.path.replace(/KX[A-Z0-9]+-[A-Z0-9-]+/g, this.ticker).replace(/cursor=C[^&]*/, "cursor=");
    if (theirs !== undefined) path = path.replace(theirs, this.#ids.get(theirs) ?? theirs);
    if (recording.method === "DELETE") path += `?market_ticker=${this.ticker}`;
    const request = recording.request == null ? undefined : { ...recording.request, ticker: this.ticker };
    const answer = await this.#client.call(recording.method, path, request);
    if (recording.body?.order_id !== undefined && recording.method === "POST") {
      this.#ids.set(recording.body.order_id, answer.body.order_id);
    }
    return answer;
  }
}

function compare(recording: Recording, answer: Answer, used: Set<string>): string[] {
  const problems: string[] = [];
  if (answer.status !== recording.status) problems.push(`status ${answer.status}, recorded ${recording.status}`);
  const code = recording.body?.error?.code ?? recording.body?.code;
  const ours = answer.body?.error?.code ?? answer.body?.code;
  if (code !== ours) problems.push(`code ${ours}, recorded ${code}`);
  for (const difference of differences(recording.body, answer.body)) {
    const known = DIFFERENCES.find(([pattern]) => pattern.test(difference));
    if (known === undefined) problems.push(difference);
    else used.add(known[0].source);
  }
  return problems.map((problem) => `${recording.name}: ${problem}`);
}

/** Requests that want an empty book, then those that want somebody to trade with, in an order that makes sense. */
const FIRST = [
  "orders__create_v2_maker",
  "orders__get_after_create",
  "orders__duplicate_client_order_id",
  "orders__cancel_v2",
  "orders__get_after_cancel",
  "orders__cancel_already_canceled",
  "orders__cancel_unknown_id",
  "orders__invalid_price_structure",
  "orders__stp_setup",
  "orders__stp_self_cross",
  "orders__stp_resting_after",
  "cleanup__stp_resting",
];
const TRADES = ["orders__create_v2_taker_ioc", "orders__settlement_seed", "orders__insufficient_balance"];

Deno.test("recorded requests get the recorded status, code and shape", async () => {
  const names = await recordings();
  if (names === null) {
    console.log("skipped: no recorded bodies beside the project");
    return;
  }
  const exchange = await startExchange({
    port: 0,
    seed: 7,
    speed: 1,
    faults: [],
    mode: "stepped",
    keyDirectory: null,
    tier: "prestige",
  });
  const key = { keyId: exchange.info.key_id, pem: exchange.privateKeyPem, kind: "rsa" as const };
  const client = new TestClient(exchange.info, key);
  const session = new Session(client);
  const problems: string[] = [];
  const used = new Set<string>();
  const check = async (name: string) => {
    const recording = await read(name);
    problems.push(...compare(recording, await session.send(recording), used));
  };
  try {
    const open = nextClose(exchange.now());
    exchange.advance(micros(open + 100_000));
    const active = await client.get("/markets?series_ticker=KXBTC15M&status=open");
    session.ticker = active.body.markets[0].ticker;
    for (const name of FIRST) await check(name);
    exchange.advance(micros(open + 10 * MICROS_PER_SECOND));
    for (const name of TRADES) await check(name);
    for (const name of names.filter((each) => each.startsWith("auth__"))) {
      const recording = await read(name);
      problems.push(...compare(recording, await signedAs(name, exchange.info.rest, key), used));
    }
    const rest = names.filter((name) =>
      ![...FIRST, ...TRADES].includes(name) && !name.startsWith("auth__") && !(name in SKIPPED)
    );
    for (const name of rest) await check(name);
  } finally {
    client.close();
    await exchange.stop();
  }
  assert.deepEqual(problems, []);
  const idle = DIFFERENCES.map(([pattern]) => pattern.source).filter((source) => !used.has(source));
  assert.deepEqual(idle, [], "differences that are documented and do not exist");
});

Deno.test("bodies of daily temperatures have the keys and types of those of June 2026, and the same kinds of strikes", async () => {
  if (await recordings() === null) {
    console.log("skipped: no recorded bodies beside the project");
    return;
  }
  const recorded = JSON.parse(await Deno.readTextFile(new URL("markets__high_temp.json", SAMPLES)));
  const options = { port: 0, seed: 7, speed: 1, faults: [], mode: "stepped" as const, keyDirectory: null };
  const exchange = await startExchange({ ...options, series: ["KXHIGHNY"] });
  try {
    const answer = await fetch(`${exchange.info.rest}/markets?series_ticker=KXHIGHNY`);
    const ours = await answer.json();
    const found = differences(recorded, ours).filter((each) =>
      // None of those recorded had settled.
      !DIFFERENCES.some(([pattern]) => pattern.test(each)) && !/^\+ (\.cursor|\.markets\[\]\.settlement_ts)$/.test(each)
    );
    assert.deepEqual(found, []);
    const strikes = (body: Json) => {
      const types = new Set(body.markets.map((market: Json) => market.strike_type));
      return [...types].sort();
    };
    assert.deepEqual(strikes(ours), ["between", "greater", "less"]);
    for (const type of strikes(recorded)) assert.ok(strikes(ours).includes(type), `${type}`);
    const less = ours.markets.find((market: Json) => market.strike_type === "less");
    assert.match(less.ticker, /^KXHIGHNY-26OCT0\d-T-?\d+$/);
    assert.equal(less.no_sub_title, `${less.cap_strike - 1}° or below`);
  } finally {
    await exchange.stop();
  }
});

/** Production bodies of 2026-09-25 beside our own; nothing may differ but what changed a week later, and what a
 * series says for people. */
const PRODUCTION: readonly (readonly [string, string])[] = [
  ["markets_open_KXBTC15M", "/markets?series_ticker=KXBTC15M&status=open"],
  ["markets_settled_KXBTC15M", "/markets?series_ticker=KXBTC15M&status=settled&limit=3"],
  ["markets_open_KXBTC", "/markets?series_ticker=KXBTC&status=open"],
  ["markets_settled_KXBTC", "/markets?series_ticker=KXBTC&status=settled"],
  ["markets_settled_KXBTCD", "/markets?series_ticker=KXBTCD&status=settled"],
  ["series_KXBTC15M", "/series/KXBTC15M"],
  ["historical_cutoff", "/historical/cutoff"],
];

Deno.test("bodies of crypto markets have the keys and types of production's", async () => {
  const folder = new URL("../taranti1-2026-09-25/", SAMPLES);
  if (await recordings() === null) {
    console.log("skipped: no recorded bodies beside the project");
    return;
  }
  const options = { port: 0, seed: 7, speed: 1, faults: [], mode: "stepped" as const, keyDirectory: null };
  const exchange = await startExchange({ ...options, series: ["KXBTCD", "KXBTC"] });
  const key = { keyId: exchange.info.key_id, pem: exchange.privateKeyPem, kind: "rsa" as const };
  const client = new TestClient(exchange.info, key);
  try {
    // Hourly markets settle nearly three minutes after the hour.
    exchange.advance(micros(exchange.now() + 300 * MICROS_PER_SECOND));
    for (const [name, path] of PRODUCTION) {
      const recorded = JSON.parse(await Deno.readTextFile(new URL(`${name}.json`, folder)));
      const { body } = await client.get(path);
      const found = differences(name === "historical_cutoff" ? recorded.body : recorded, body).filter((each) =>
        !/^- .*\.liquidity_dollars$|^\+ .*\.settlement_bounds_type$|\.product_metadata\./.test(each)
      );
      assert.deepEqual(found, [], name);
    }
  } finally {
    client.close();
    await exchange.stop();
  }
});

/** `GET /portfolio/balance` signed as the recording's name says. */
async function signedAs(name: string, rest: string, key: { keyId: string; pem: string }): Promise<Answer> {
  const url = new URL(`${rest}/portfolio/balance`);
  const skews: Record<string, number> = {
    auth__skew_minus5min: -300_000,
    auth__skew_plus5min: 300_000,
    auth__skew_minus5s: -5_000,
    auth__skew_plus5s: 5_000,
  };
  const timestamp = String(Date.now() + (skews[name] ?? 0));
  const text = `${timestamp}GET${name === "auth__bad_signature" ? "/elsewhere" : url.pathname}`;
  const headers: Record<string, string> = {
    "KALSHI-ACCESS-KEY": name === "auth__unknown_key_id" ? "00000000-0000-0000-0000-000000000000" : key.keyId,
    "KALSHI-ACCESS-TIMESTAMP": timestamp,
    "KALSHI-ACCESS-SIGNATURE": await sign(key.pem, "rsa", text),
  };
  if (name === "auth__missing_signature_header") delete headers["KALSHI-ACCESS-SIGNATURE"];
  const response = await fetch(url, { headers });
  return { status: response.status, body: await response.json(), headers: response.headers };
}
