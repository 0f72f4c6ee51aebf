import assert from "node:assert/strict";
import { EventReader } from "../../static/page/sse.ts";
import type { MarketView } from "../engine/view.ts";
import { FakeSources, sampleStatus } from "./fake_sources.ts";
import { type ServerOptions, startServer } from "./server.ts";

const TOKEN = "dGhlLXRva2VuLW9mLXRoaXMtdGVzdA";

interface Served {
  readonly sources: FakeSources;
  readonly url: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

async function serve(options: Partial<ServerOptions> = {}): Promise<Served> {
  const sources = new FakeSources();
  const server = await startServer({ hostname: "127.0.0.1", port: 0, token: TOKEN, sources, ...options });
  if (!server.ok) assert.fail(server.reason);
  return { sources, url: server.url, port: server.port, stop: server.stop };
}

async function withServer(body: (served: Served) => Promise<void>, options: Partial<ServerOptions> = {}) {
  const served = await serve(options);
  try {
    await body(served);
  } finally {
    await served.stop();
  }
}

type Headers = Readonly<Record<string, string>>;

const JSON_TYPE: Headers = { "content-type": "application/json" };
const GOOD: Headers = { ...JSON_TYPE, "authorization": `Bearer ${TOKEN}` };

async function post(url: string, headers: Headers, body = '{"via":"page"}') {
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, body: await response.json() };
}

async function read(url: string, headers: Headers = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, body: await response.json() };
}

/** A request byte by byte, for the headers that no client lets one choose. */
async function raw(port: number, head: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(head.replaceAll("\n", "\r\n") + "\r\n\r\n"));
  const text = await new Response(connection.readable).text();
  return text;
}

const KILL_REFUSALS: readonly (readonly [
  claim: string,
  headers: Headers,
  body: string,
  status: number,
  code: string,
])[] = [
  ["without a token", JSON_TYPE, "{}", 401, "unauthorized"],
  ["with a wrong token", { ...GOOD, authorization: "Bearer wrong" }, "{}", 401, "unauthorized"],
  ["with a longer token", { ...GOOD, authorization: `Bearer ${TOKEN}x` }, "{}", 401, "unauthorized"],
  ["with an empty token", { ...GOOD, authorization: "Bearer " }, "{}", 401, "unauthorized"],
  ["with another scheme", { ...GOOD, authorization: `Basic ${TOKEN}` }, "{}", 401, "unauthorized"],
  ["from another origin", { ...GOOD, origin: "https://evil.example" }, "{}", 403, "forbidden_origin"],
  ["from an opaque origin", { ...GOOD, origin: "null" }, "{}", 403, "forbidden_origin"],
  ["from another port of this machine", { ...GOOD, origin: "http://127.0.0.1:1" }, "{}", 403, "forbidden_origin"],
  ["that the browser calls cross-site", { ...GOOD, "sec-fetch-site": "cross-site" }, "{}", 403, "forbidden_origin"],
  ["that the browser calls same-site", { ...GOOD, "sec-fetch-site": "same-site" }, "{}", 403, "forbidden_origin"],
  ["with a form's content type", { ...GOOD, "content-type": "text/plain" }, "{}", 415, "unsupported_media_type"],
  ["with a body that is not JSON", GOOD, "{", 400, "bad_request"],
  ["with an unknown key", GOOD, '{"force":true}', 400, "bad_request"],
  ["with an unknown way", GOOD, '{"via":"mail"}', 400, "bad_request"],
  ["with a huge body", GOOD, JSON.stringify({ via: "x".repeat(10_000) }), 413, "too_large"],
];

for (const [claim, headers, body, status, code] of KILL_REFUSALS) {
  Deno.test(`a kill ${claim} is refused with ${status} and does nothing`, () =>
    withServer(async ({ url, sources }) => {
      const answer = await post(`${url}api/v1/kill`, headers, body);
      assert.equal(answer.status, status);
      assert.equal(answer.body.error.code, code);
      assert.equal(typeof answer.body.error.message, "string");
      assert.deepEqual(sources.requests, []);
    }));
}

Deno.test("each control with the token reaches the run", () =>
  withServer(async ({ url, sources }) => {
    const own = { ...GOOD, "origin": new URL(url).origin, "sec-fetch-site": "same-origin" };
    const kill = await post(`${url}api/v1/kill`, own);
    assert.deepEqual([kill.status, kill.body.accepted], [200, true]);
    await post(`${url}api/v1/reduce`, GOOD);
    await post(`${url}api/v1/resume`, GOOD, "{}");
    await post(`${url}api/v1/strategies/market_making/start`, GOOD, '{"via":"cli"}');
    await post(`${url}api/v1/strategies/settlement_edge/stop`, GOOD);
    assert.deepEqual(sources.requests, [
      { command: "kill", subject: null, via: "page" },
      { command: "reduce", subject: null, via: "page" },
      { command: "resume", subject: null, via: "cli" },
      { command: "start_strategy", subject: "market_making", via: "cli" },
      { command: "stop_strategy", subject: "settlement_edge", via: "page" },
    ]);
  }));

for (
  const [claim, headers, body] of [
    ["without a body", {}, undefined],
    ["with an empty body", {}, ""],
    ["with the empty form that curl -d '' sends", { "content-type": "application/x-www-form-urlencoded" }, ""],
    ["with an empty JSON object", JSON_TYPE, "{}"],
    ["without a body that is called JSON", JSON_TYPE, undefined],
  ] as const
) {
  Deno.test(`a kill ${claim} is taken, as one of the command line`, () =>
    withServer(async ({ url, sources }) => {
      const answer = await fetch(`${url}api/v1/kill`, {
        method: "POST",
        headers: { authorization: GOOD.authorization, ...headers },
        ...(body === undefined ? {} : { body }),
      });
      assert.deepEqual([answer.status, (await answer.json()).accepted], [200, true]);
      assert.deepEqual(sources.requests, [{ command: "kill", subject: null, via: "cli" }]);
    }));
}

for (
  const [method, path, status, allow] of [
    ["GET", "api/v1/kill", 405, "POST"],
    ["PUT", "api/v1/strategies/market_making/start", 405, "POST"],
    ["POST", "api/v1/account", 405, "GET, HEAD"],
    ["DELETE", "api/v1/markets/KXBTC15M-26SEP251515-15", 405, "GET, HEAD"],
    ["DELETE", "healthz", 405, "GET, HEAD"],
    ["HEAD", "api/v1/account", 200, null],
    ["POST", "api/v1/nothing", 404, null],
    ["DELETE", "api/v1/strategies//start", 404, null],
  ] as const
) {
  Deno.test(`${method} ${path} gets ${status}${allow === null ? "" : ` and Allow: ${allow}`}`, () =>
    withServer(async ({ url, sources }) => {
      const answer = await fetch(url + path, { method, headers: GOOD });
      await answer.body?.cancel();
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get("allow"), allow);
      assert.deepEqual(sources.requests, []);
    }));
}

Deno.test("an unknown strategy is named as such, with those there are", () =>
  withServer(async ({ url, sources }) => {
    const answer = await post(`${url}api/v1/strategies/nonsense/start`, GOOD);
    assert.equal(answer.status, 404);
    assert.match(answer.body.error.message, /settlement_edge, market_making/);
    assert.deepEqual(sources.requests, []);
  }));

Deno.test("what the run refuses comes back with its reason", () =>
  withServer(async ({ url, sources }) => {
    sources.answer = { accepted: false, text: "The daily loss stays halted until midnight UTC" };
    const answer = await post(`${url}api/v1/resume`, GOOD);
    assert.equal(answer.status, 409);
    assert.equal(answer.body.error.message, "The daily loss stays halted until midnight UTC");
  }));

for (
  const [host, status] of [
    ["127.0.0.1", 200],
    ["localhost:9999", 200],
    ["[::1]:8080", 200],
    ["evil.example", 421],
    ["127.0.0.1.evil.example", 421],
    ["kbot.example", 200],
  ] as const
) {
  Deno.test(`a request for the host ${host} gets ${status}`, () =>
    withServer(async ({ port }) => {
      const token = `Authorization: Bearer ${TOKEN}`;
      const text = await raw(port, `GET /api/v1/account HTTP/1.1\nHost: ${host}\n${token}\nConnection: close`);
      assert.equal(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), status);
    }, { allowedHosts: ["kbot.example"] }));
}

const whyOf = ({ ticker, status, closeTime, whyNot, stances }: MarketView) => ({
  ticker,
  status,
  closeTime,
  whyNot,
  stances,
});

Deno.test("every route reads, as JSON with the moment it shows", () =>
  withServer(async ({ url, sources }) => {
    sources.log("Hello");
    const { engine } = sources;
    const { at, counters: { inputs } } = engine;
    const wanted: Readonly<Record<string, unknown>> = {
      view: engine,
      status: sources.run,
      account: { at, inputs, execution: "paper", account: engine.account },
      positions: { at, inputs, positions: engine.positions },
      orders: { at, inputs, orders: engine.orders },
      markets: { at, inputs, markets: engine.markets },
      "markets/KXBTC15M-26SEP251515-15": { at, market: engine.markets[0] },
      "markets/KXETH15M-26SEP251515-15/why": { at, ...whyOf(engine.markets[1]) },
      "why-not": { at, lastHour: engine.keptBack, markets: engine.markets.map(whyOf) },
      strategies: { at, strategies: engine.strategies },
      risk: {
        at,
        inputs,
        state: engine.state,
        halts: [],
        limits: [
          { name: "daily_loss", used: "0.00", limit: "500.00", share: 0, state: "free" },
          { name: "open_exposure", used: "65.04", limit: "2000.00", share: 0.03252, state: "free" },
          { name: "market_exposure", used: "42.60", limit: "60.00", share: 42.6 / 60, state: "free" },
          { name: "open_orders", used: "2", limit: "50", share: 0.04, state: "free" },
        ],
        refusals: engine.counters.refusals,
        refused: engine.refused,
      },
      flows: { at, flows: engine.flows },
      prices: { at, indices: engine.indices, exchanges: engine.prices },
      settlements: { at, settlements: engine.settlements },
      feeds: { at: sources.run.clock.now, feeds: sources.run.feeds },
      logs: { logs: sources.logs(0, 100) },
      "logs?after=1": { logs: [] },
      trades: { trades: engine.trades, next: null },
      "trades?limit=2&before=t-37": { trades: engine.trades.slice(2, 4), next: "t-35" },
      indices: { at, indices: engine.indices },
      alerts: { at: sources.run.clock.now, ...sources.run.alerts },
      "portfolio?limit=3": { portfolio: await sources.portfolio(3) },
    };
    for (const [path, body] of Object.entries(wanted)) {
      const answer = await read(`${url}api/v1/${path}`);
      assert.equal(answer.status, 200, path);
      assert.deepEqual(answer.body, body, path);
    }
  }));

for (
  const path of [
    "trades?day=2026-02-30",
    "trades?strat=x",
    "risk?limit=1",
    "audit?before=now",
    "trades?limit=0",
    "trades?limit=1001",
    "logs?after=-1",
    "portfolio?limit=x",
    "trades?before=",
  ]
) {
  Deno.test(`the query ${path} is refused with the parameter's name`, () =>
    withServer(async ({ url }) => {
      const answer = await read(`${url}api/v1/${path}`);
      assert.equal(answer.status, 400);
      assert.match(answer.body.error.message, /^Query parameter (limit|after|before|day|strat): /);
    }));
}

Deno.test("what is not there is 404 in JSON", () =>
  withServer(async ({ url }) => {
    for (
      const path of [
        "nothing",
        "api/v1/nothing",
        "api/v1/markets/NONE",
        "api/v1/markets/NONE/why",
        "assets/../../../etc/passwd",
        "assets/x",
      ]
    ) {
      const answer = await read(url + path);
      assert.equal(answer.status, 404, path);
      assert.equal(answer.body.error.code, "not_found", path);
    }
  }));

Deno.test("healthz says alive, readyz says ready or why not", () =>
  withServer(async ({ url, sources }) => {
    assert.deepEqual(await read(`${url}healthz`), { status: 200, body: { alive: true } });
    assert.deepEqual(await read(`${url}readyz`), { status: 200, body: { ready: true, reasons: [] } });
    sources.run = sampleStatus({ ready: { ok: false, reasons: ["No book is synced"] } });
    assert.deepEqual(await read(`${url}readyz`), {
      status: 503,
      body: { ready: false, reasons: ["No book is synced"] },
    });
    assert.equal((await read(`${url}healthz`)).status, 200);
  }));

Deno.test("an exception inside becomes a 500 that tells nothing secret, and the next request works", () =>
  withServer(async ({ url, sources }) => {
    const { view } = sources;
    sources.view = () => {
      throw new Error("secret detail");
    };
    const answer = await read(`${url}api/v1/account`);
    assert.equal(answer.status, 500);
    assert.doesNotMatch(JSON.stringify(answer.body), /secret/);
    sources.view = view;
    assert.equal((await read(`${url}api/v1/account`)).status, 200);
  }));

Deno.test("every answer carries the headers that keep other pages out", () =>
  withServer(async ({ url }) => {
    for (const path of ["", "healthz", "api/v1/account", "nothing"]) {
      const response = await fetch(url + path);
      await response.body?.cancel();
      const policy = response.headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe/);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.equal(response.headers.get("referrer-policy"), "no-referrer");
      assert.equal(response.headers.get("cross-origin-resource-policy"), "same-origin");
      assert.equal(response.headers.get("access-control-allow-origin"), null);
    }
  }));

Deno.test("a page of another site may not read either", () =>
  withServer(async ({ url }) => {
    const answer = await read(`${url}api/v1/account`, { "sec-fetch-site": "cross-site" });
    assert.equal(answer.status, 403);
  }));

Deno.test("a port in use is a reason, not a crash", () =>
  withServer(async ({ port }) => {
    const second = await startServer({ hostname: "127.0.0.1", port, token: TOKEN, sources: new FakeSources() });
    assert.deepEqual(second, {
      ok: false,
      reason: `Port ${port} on 127.0.0.1 is already in use; choose another with --port, or --port 0 for any free one`,
    });
  }));

Deno.test("a public address is refused with the way around it, and so is an empty token", async () => {
  const sources = new FakeSources();
  for (const hostname of ["0.0.0.0", "::", "192.168.1.5", "kbot.example"]) {
    const start = await startServer({ hostname, port: 8080, token: TOKEN, sources });
    assert.ok(!start.ok);
    assert.match(start.reason, /SSH tunnel/);
    assert.match(start.reason, /TLS proxy/);
  }
  for (const [hostname, port, token] of [["127.0.0.1", 0, ""], ["127.0.0.1", 70_000, TOKEN]] as const) {
    assert.equal((await startServer({ hostname, port, token, sources })).ok, false);
  }
});

Deno.test("where a public address was asked for, reading needs the token too", () =>
  withServer(async ({ port }) => {
    const url = `http://127.0.0.1:${port}/`;
    for (const path of ["api/v1/account", "live", "metrics"]) {
      assert.equal((await read(url + path)).status, 401, path);
    }
    assert.equal((await read(`${url}api/v1/account`, { authorization: `Bearer ${TOKEN}` })).status, 200);
    assert.equal((await read(`${url}healthz`)).status, 200);
  }, { hostname: "0.0.0.0", allowPublic: true }));

Deno.test("behind a proxy reading needs the token too, whatever host is named, and readiness tells no reasons", () =>
  withServer(async ({ port, url, sources }) => {
    sources.run = sampleStatus({ ready: { ok: false, reasons: ["Halted: Kill switch, by page"] } });
    for (const host of ["127.0.0.1", "kbot.example"]) {
      const text = await raw(port, `GET /api/v1/account HTTP/1.1\nHost: ${host}\nConnection: close`);
      assert.match(text, /^HTTP\/1\.1 401/);
    }
    assert.deepEqual(await read(`${url}readyz`), { status: 503, body: { ready: false } });
  }, { allowedHosts: ["kbot.example"] }));

Deno.test("a page that was not built is said to be, and the API works without it", () =>
  withServer(async ({ url }) => {
    const response = await fetch(url);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /not built/);
    assert.equal((await read(`${url}api/v1/status`)).status, 200);
  }, { pageDirectory: new URL("file:///nonexistent/page/") }));

async function firstEvent(response: Response): Promise<{ id: string; data: string }> {
  const events = new EventReader();
  assert.ok(response.body !== null);
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const [event] = events.push(text);
    if (event !== undefined) return event;
  }
  return assert.fail("The stream ended without an event");
}

Deno.test("live updates resume over HTTP where they broke off", () =>
  withServer(async ({ url, sources }) => {
    const first = await fetch(`${url}live`);
    assert.equal(first.headers.get("content-type"), "text/event-stream");
    assert.equal(first.headers.get("cache-control"), "no-store");
    const snapshot = await firstEvent(first);
    assert.equal(JSON.parse(snapshot.data).full, true);
    sources.changeMarket("KXETH15M-26SEP251515-15", { bid: "0.3200" });
    const again = await firstEvent(await fetch(`${url}live`, { headers: { "last-event-id": snapshot.id } }));
    const update = JSON.parse(again.data);
    assert.equal(update.full, false);
    assert.deepEqual(update.tables.markets.rows.map(([key]: [string]) => key), ["KXETH15M-26SEP251515-15"]);
  }));

/** At a port of those that the system gives to nobody by itself: one that is given back stays free. */
async function serveApart(): Promise<Served> {
  const sources = new FakeSources();
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + (Deno.pid + tries) % 10_000;
    const server = await startServer({ hostname: "127.0.0.1", port, token: TOKEN, sources });
    if (server.ok) return { sources, url: server.url, port, stop: server.stop };
  }
  return assert.fail("No port is free");
}

Deno.test("stopping ends open streams and frees the port", async () => {
  const served = await serveApart();
  const live = await fetch(`${served.url}live`);
  await served.stop();
  await live.text();
  const again = await startServer({
    hostname: "127.0.0.1",
    port: served.port,
    token: TOKEN,
    sources: new FakeSources(),
  });
  assert.ok(again.ok);
  await again.stop();
});

Deno.test("metrics are in the Prometheus text format, one type for each name", () =>
  withServer(async ({ url }) => {
    const response = await fetch(`${url}metrics`);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const lines = (await response.text()).trimEnd().split("\n");
    const typed = new Set<string>();
    for (const line of lines) {
      const type = /^# TYPE (\S+) (gauge|counter)$/.exec(line);
      if (type !== null) {
        assert.ok(!typed.has(type[1]), `${type[1]} is declared twice`);
        assert.equal(type[2] === "counter", type[1].endsWith("_total"), type[1]);
        typed.add(type[1]);
      } else if (!line.startsWith("# HELP ")) {
        const sample = /^([a-z_]+)(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)+\})? -?\d[\d.e+-]*$/.exec(line);
        assert.ok(sample !== null, line);
        assert.ok(typed.has(sample[1]), `${sample[1]} comes before its type`);
      }
    }
    for (
      const line of [
        "kbot_up 1",
        "kbot_journal_lag_seconds 0.0032",
        "kbot_store_waiting_records 12",
        'kbot_feed_up{feed="coinbase"} 1',
        'kbot_index_source{index="BRTI",source="official"} 1',
        'kbot_feed_up{feed="kraken"} 0',
        'kbot_feed_refused_total{feed="coinbase",reason="price jumps"} 2',
        "kbot_inputs_total 182344",
        "kbot_orders_total 61",
        "kbot_fills_total 38",
        "kbot_nav_dollars 10023.456789",
        'kbot_index_age_seconds{index="BRTI"} 0.18',
        'kbot_refusals_total{reason="Edge below the least wanted"} 41112',
      ]
    ) assert.ok(lines.includes(line), line);
  }));
