/** The API and the traces of a bot that trades, as a program beside it meets them. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { ENDPOINTS } from "../src/server/api/endpoints.ts";
import { Kbot, temporaryDirectory } from "./process.ts";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

Deno.test("what a trading bot answers fits its document everywhere, and its orders' traces reach a collector", async () => {
  const spans: Span[] = [];
  await using collector = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { resourceSpans } = await request.json();
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    return Response.json({});
  });
  await using place = await temporaryDirectory();
  const args = ["demo", "--speed", "20", "--for", "90s", "--port", "0", "--state", place.path, "--json"];
  const endpoint = `http://127.0.0.1:${collector.addr.port}`;
  await using bot = new Kbot(args, { KBOT_TRACE__ENDPOINT: endpoint });
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const read = async (path: string) => await (await fetch(new URL(`/api/v1${path}`, url))).json();
  let market = "";
  let strategy = "";
  for (let look = 0; look < 400; look++) {
    const { trades } = await read("/trades");
    if (trades.length > 2 && (await read("/volatility")).assets.length > 0) {
      market = (await read("/markets")).markets[0].ticker;
      strategy = trades[0].strategy;
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.notEqual(market, "", "It trades");
  for (const { method, example, answer } of ENDPOINTS) {
    if (method !== "GET") continue;
    const path = example.replace(/\/markets\/[^/?]+/, `/markets/${market}`).replace("settlement_edge", strategy)
      .replace(/[?].*/, "");
    const body = await read(path);
    const parsed = answer.safeParse(body);
    assert.ok(parsed.success, `${path}: ${JSON.stringify(parsed.error?.issues.slice(0, 3))}`);
  }
  const figures = await read("/performance");
  assert.ok(figures.summary.fills > 0 && figures.simulated_market === true);
  assert.equal(figures.kind, "live");
  const token = (await Deno.readTextFile(join(place.path, "token"))).trim();
  const change = async (values: Readonly<Record<string, unknown>>) => {
    const response = await fetch(new URL("/api/v1/strategies/settlement_edge/parameters", url), {
      method: "POST",
      headers: { "authorization": `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ values }),
    });
    return [response.status, JSON.stringify(await response.json())] as const;
  };
  const [refused, reason] = await change({ kelly_fraction: 7 });
  assert.equal(refused, 409, reason);
  assert.match(reason, /kelly_fraction: Found 7, allowed is/);
  assert.equal((await change({ kelly_fraction: 0.2 }))[0], 200);
  const { parameters } = await read("/strategies/settlement_edge");
  assert.equal(parameters.find(({ name }: { name: string }) => name === "kelly_fraction").value, 0.2);
  const csv = await (await fetch(new URL(`/api/v1/trades?format=csv&strategy=${strategy}`, url))).text();
  assert.ok(csv.split("\r\n").length > 2, csv);
  const isWhole = ({ traceId }: Span): boolean => {
    const parts = spans.filter((span) => span.traceId === traceId && span.parentSpanId !== undefined).map(({ name }) =>
      name
    );
    return ["decide", "send", "acknowledge"].every((part) => parts.includes(part));
  };
  for (let look = 0; look < 300 && !spans.some(isWhole); look++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(spans.some(isWhole), `${spans.length} spans`);
});
