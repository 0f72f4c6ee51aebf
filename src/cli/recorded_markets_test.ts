import assert from "node:assert/strict";
import type { MarketInput } from "../core/input.ts";
import { after, aMarket } from "../core/market_fixture.ts";
import { RecordedMarkets } from "./recorded_markets.ts";

const named = (
  ticker: string,
  second: number,
  closes: number,
  status: "active" | "closed" = "active",
): MarketInput => ({
  type: "market",
  at: after(second),
  market: aMarket({ ticker, status, closeTime: after(closes) }),
});

Deno.test("markets are those named last, as they were named last, and none that has closed", () => {
  const markets = new RecordedMarkets();
  for (const input of [named("A", 0, 10), named("B", 0, 900), named("B", 5, 900, "closed"), named("C", 10, 900)]) {
    markets.take(input);
  }
  markets.take({ type: "link", at: after(11), up: true } as never);
  assert.deepEqual([...markets.values()].map(({ ticker, status }) => `${ticker} ${status}`), ["B closed", "C active"]);
});

Deno.test("of more markets than there is room for the ones named longest ago go", () => {
  const markets = new RecordedMarkets();
  for (let number = 0; number <= 10_000; number++) markets.take(named(`M${number}`, 0, 900));
  const tickers = [...markets.values()].map(({ ticker }) => ticker);
  assert.deepEqual([tickers.length, tickers[0], tickers.at(-1)], [10_000, "M1", "M10000"]);
});
