import assert from "node:assert/strict";
import { api as apiOf } from "../api.ts";
import { FakeSources, sampleTrade } from "../fake_sources.ts";
import { csvText } from "./csv.ts";

const sources = new FakeSources();
const api = apiOf(sources);

async function read(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await api.request(path);
  return { status: response.status, body: await response.json() };
}

Deno.test("an unknown parameter is refused with those there are, and with none where there is none", async () => {
  const trades = await read("/trades?strat=x");
  assert.equal(trades.status, 400);
  assert.deepEqual(trades.body, {
    error: {
      code: "bad_request",
      message: "Query parameter strat: Unknown; there are: before, limit, strategy, market, day, format",
    },
  });
  assert.match(
    JSON.stringify((await read("/account?x=1")).body),
    /Query parameter x: Unknown; this address takes none/,
  );
});

Deno.test("trades are filtered by strategy, market and day", async () => {
  const own = new FakeSources();
  own.engine = {
    ...own.engine,
    trades: [
      sampleTrade("t-3", { strategy: "rates", at: "2026-09-26T00:00:00.000Z" }),
      sampleTrade("t-2", { ticker: "KXETH15M-A" }),
      sampleTrade("t-1"),
    ],
  };
  const ids = async (query: string): Promise<string[]> => {
    const { trades } = await (await apiOf(own).request(`/trades?${query}`)).json();
    return trades.map(({ tradeId }: { tradeId: string }) => tradeId);
  };
  assert.deepEqual(await ids(""), ["t-3", "t-2", "t-1"]);
  assert.deepEqual(await ids("strategy=rates"), ["t-3"]);
  assert.deepEqual(await ids("market=KXETH15M-A"), ["t-2"]);
  assert.deepEqual(await ids("day=2026-09-25"), ["t-2", "t-1"]);
  assert.deepEqual(await ids("day=2026-09-26&strategy=settlement_edge"), []);
});

Deno.test("trades come as CSV with their header, and with the address of the next rows", async () => {
  const response = await api.request("/trades?format=csv&limit=2&strategy=settlement_edge");
  assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  assert.equal(response.headers.get("content-disposition"), 'attachment; filename="trades.csv"');
  const link = response.headers.get("link") ?? "";
  assert.match(link, /^<\/trades\?format=csv&limit=2&strategy=settlement_edge&before=t-37>; rel="next"$/);
  const lines = (await response.text()).split("\r\n");
  assert.equal(lines.length, 4);
  assert.match(lines[0], /^tradeId,at,ticker,side,price,count,fee,isTaker,strategy,signal,/);
  assert.match(lines[1], /^t-38,2026-09-25T18:59:48\.000Z,KXBTC15M-26SEP251515-15,bid,0\.5500,12\.00,/);
  const next = await api.request(/<(.*)>/.exec(link)?.[1] ?? "");
  assert.match((await next.text()).split("\r\n")[1], /^t-36,/);
});

Deno.test("a cell of CSV is quoted where it must be, and no formula", () => {
  const rows = [{ a: 'say "no", twice', b: "=HYPERLINK(1)" }, { a: "-1.50", b: "-cmd" }, { a: null, b: "one\ntwo" }];
  assert.equal(
    csvText(["a", "b"], rows),
    'a,b\r\n"say ""no"", twice",\'=HYPERLINK(1)\r\n-1.50,\'-cmd\r\n,"one\ntwo"\r\n',
  );
});

Deno.test("a strategy is told with its parameters and how they were declared", async () => {
  const { status, body } = await read("/strategies/settlement_edge");
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ["at", "parameters", "strategy", "title"]);
  assert.equal((await read("/strategies/nonsense")).status, 404);
});

for (
  const [claim, path, body, status, message] of [
    ["no JSON", "settlement_edge", "{", 400, /The body must be/],
    ["a value that kbot.toml cannot hold", "settlement_edge", '{"values":{"min_edge":{}}}', 400, /The body must be/],
    ["another member", "settlement_edge", '{"values":{},"force":true}', 400, /The body must be/],
    ["no strategy that runs", "luck", '{"values":{}}', 404, /No strategy of that name/],
    ["a value out of bounds", "settlement_edge", '{"values":{"min_edge":7}}', 409, /min_edge: Found 7, allowed is/],
    ["nothing", "settlement_edge", "", 200, /Changed: nothing/],
  ] as const
) {
  Deno.test(`a change of parameters with ${claim} is answered with ${status}`, async () => {
    const own = new FakeSources();
    const headers = { "content-type": "application/json" };
    const response = await apiOf(own).request(`/strategies/${path}/parameters`, { method: "POST", headers, body });
    assert.match(await response.text(), message);
    assert.equal(response.status, status);
    assert.equal(own.parameterRequests.length, status === 200 || status === 409 ? 1 : 0);
  });
}

Deno.test("the history of halts tells what stands, what ever stood, and what happened about it alone", async () => {
  const { body } = await read("/risk/halts");
  assert.deepEqual((body.events as { event: string }[]).map(({ event }) => event), ["resumed", "halted"]);
  assert.equal((body.known as unknown[]).length, 1);
  const before = await read("/risk/halts?limit=1&before=2026-09-25T18:59:30.000Z");
  assert.deepEqual((before.body.events as { event: string }[]).map(({ event }) => event), ["halted"]);
});

Deno.test("when halts began and were lifted is told by page, and as CSV with the address of the rest", async () => {
  const first = await read("/risk/halts/history?limit=3");
  const rows = first.body.changes as { change: string; kind: string; by: string | null }[];
  assert.deepEqual(rows.map(({ change, kind, by }) => `${kind} ${change} by ${by}`), [
    "kill lifted by page",
    "kill begun by page",
    "feed_stale lifted by null",
  ]);
  const rest = await read(`/risk/halts/history?limit=3&before=${first.body.next}`);
  assert.deepEqual([(rest.body.changes as unknown[]).length, rest.body.next], [1, null]);
  const csv = await api.request("/risk/halts/history?format=csv&limit=1");
  assert.match(await csv.text(), /^at,change,name,kind,scope,.*\r\n2026-09-25T18:59:30\.000Z,lifted,kill,kill,whole,/);
  assert.match(csv.headers.get("link") ?? "", /before=2026-09-25T18%3A59%3A30\.000Z/);
});

Deno.test("a limit is a gauge: near from four fifths on, reached when nothing is left, also of a limit of nothing", async () => {
  const own = new FakeSources();
  const limits = ["79.00", "80.00", "100.00", "130.00"].map((used) => ({ name: used, used, limit: "100.00" }));
  own.engine = { ...own.engine, limits: [...limits, { name: "none", used: "0.00", limit: "0.00" }] };
  const { limits: gauges } = await (await apiOf(own).request("/risk")).json();
  assert.deepEqual(gauges.map(({ share, state }: { share: number; state: string }) => [share, state]), [
    [0.79, "free"],
    [0.8, "near"],
    [1, "reached"],
    [1.3, "reached"],
    [null, "reached"],
  ]);
});

Deno.test("a market's book is as deep as asked and its quotes are those of before; of one that is not followed there is neither", async () => {
  const market = "/markets/KXBTC15M-26SEP251515-15";
  const { body } = await read(`${market}/book?levels=3`);
  assert.deepEqual((body.bids as { price: string }[]).map(({ price }) => price), ["0.5400", "0.5300", "0.5200"]);
  assert.deepEqual((body.asks as { price: string }[]).map(({ price }) => price), ["0.5600", "0.5700", "0.5800"]);
  assert.equal((await read(`${market}/book?levels=0`)).status, 400);
  assert.equal((await read(`${market}/book?levels=101`)).status, 400);
  assert.equal(((await read(`${market}/quotes`)).body.quotes as unknown[]).length, 60);
  for (const part of ["book", "quotes"]) assert.equal((await read(`/markets/KXNONE/${part}`)).status, 404);
});

Deno.test("one market's book and quotes, which pages ask for again and again, do not cost a view of all markets", async () => {
  const own = new FakeSources();
  const { at } = own.engine;
  own.view = () => assert.fail("all markets were shown");
  for (const part of ["book", "quotes"]) {
    const response = await apiOf(own).request(`/markets/KXBTC15M-26SEP251515-15/${part}`);
    assert.equal((await response.json()).at, at);
  }
});

Deno.test("days before one another are refused, and what the figures cannot be had for is said", async () => {
  const wrong = await read("/performance?from=2026-09-26&to=2026-09-25");
  assert.deepEqual([wrong.status, wrong.body], [400, {
    error: { code: "bad_request", message: "Query parameter to: a day before from" },
  }]);
  const own = new FakeSources();
  own.history.answer = { ok: false, code: "unavailable", reason: "Too many" };
  const answer = await apiOf(own).request("/performance?strategy=rates");
  assert.deepEqual([answer.status, (await answer.json()).error.message], [503, "Too many"]);
  assert.deepEqual(own.history.asked, [{ strategy: "rates" }]);
});
