import assert from "node:assert/strict";
import { api as apiOf } from "./api.ts";
import { FakeSources } from "./fake_sources.ts";

const api = apiOf(new FakeSources());

async function ask(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await api.request(path);
  return { status: response.status, body: await response.json() };
}

Deno.test("the volatility of an asset names its windows, the newest price, its source and the moment", async () => {
  const { status, body } = await ask("/volatility/BTC");
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ["asset", "at", "latest", "selection", "source", "windows"]);
  const windows = body.windows as Record<string, unknown>[];
  assert.deepEqual(windows.map(({ minutes }) => minutes), [15, 30, 60, 90, 120]);
  assert.deepEqual(Object.keys(windows[0]).sort(), [
    "from",
    "high",
    "largestMove",
    "low",
    "minutes",
    "missing",
    "perSqrtSecond",
    "range",
    "samples",
    "to",
    "volatility",
  ]);
});

Deno.test("the volatility of an asset names the forecaster that is believed, why, and how each one did", async () => {
  const selection = (await ask("/volatility/BTC")).body.selection as Record<string, unknown>;
  assert.deepEqual(Object.keys(selection).sort(), ["at", "chosen", "forecasts", "scores", "since", "used", "why"]);
  const scores = selection.scores as Record<string, unknown>[];
  assert.deepEqual(Object.keys(scores[0]).sort(), ["advantage", "n", "name", "score"]);
});

Deno.test("an asset is found in small letters, too", async () => {
  assert.equal((await ask("/volatility/eth")).body.asset, "ETH");
});

Deno.test("an unknown asset is not found, and the answer lists those there are", async () => {
  for (const path of ["/volatility/SPX", "/prices/SPX/minutes"]) {
    const { status, body } = await ask(path);
    assert.equal(status, 404);
    assert.deepEqual(body, {
      error: { code: "not_found", message: "No history of that asset is kept; there are: BTC, ETH" },
    });
  }
});

Deno.test("minutes come page by page, none twice and none left out", async () => {
  const starts: string[] = [];
  let before = "";
  for (let page = 0; page < 10; page++) {
    const { body } = await ask(`/prices/BTC/minutes?limit=50${before}`);
    const minutes = body.minutes as { start: string }[];
    starts.unshift(...minutes.map(({ start }) => start));
    if (body.next === null) break;
    before = `&before=${encodeURIComponent(String(body.next))}`;
  }
  assert.equal(starts.length, 180);
  assert.deepEqual(starts, [...new Set(starts)].sort());
});

Deno.test("a wrong query is refused with the parameter's name", async () => {
  const cases: [string, RegExp][] = [
    ["limit=0", /^Query parameter limit: /],
    ["limit=1441", /^Query parameter limit: /],
    ["limit=x", /^Query parameter limit: /],
    ["before=yesterday", /^Query parameter before: expected a time such as /],
  ];
  for (const [query, message] of cases) {
    const { status, body } = await ask(`/prices/BTC/minutes?${query}`);
    assert.equal(status, 400);
    assert.match((body.error as { message: string }).message, message);
  }
});
