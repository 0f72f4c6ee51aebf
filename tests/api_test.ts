/** The API and the traces of a bot that trades, as a program beside it meets them. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { ENDPOINTS } from "../src/server/api/endpoints.ts";
import { Kbot, temporaryDirectory } from "./process.ts";
import { until } from "./trading_stage.ts";

/** How long anything may take on a slow machine; a bound, not a claim. */
const PATIENCE_MS = 240_000;

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
  // Until it is ended: how long all that is asked takes is not known.
  const args = ["demo", "--speed", "20", "--port", "0", "--state", place.path, "--json"];
  const endpoint = `http://127.0.0.1:${collector.addr.port}`;
  await using bot = new Kbot(args, { KBOT_TRACE__ENDPOINT: endpoint });
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const read = async (path: string) => await (await fetch(new URL(`/api/v1${path}`, url))).json();
  const isTrading = async () =>
    (await read("/trades")).trades.length > 2 && (await read("/volatility")).assets.length > 0;
  await until("it to trade", isTrading, PATIENCE_MS);
  const [{ strategy }] = (await read("/trades")).trades;
  const markets: { ticker: string; closeTime: string }[] = (await read("/markets")).markets;
  // One that is there for as long as it is asked for.
  const [{ ticker: market }] = markets.sort((one, other) => one.closeTime < other.closeTime ? 1 : -1);
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
  await until(
    () => Promise.resolve(`a whole trace in ${spans.length} spans`),
    () => Promise.resolve(spans.some(isWhole)),
    PATIENCE_MS,
  );
});
