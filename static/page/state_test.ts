import assert from "node:assert/strict";
import fc from "fast-check";
import type { EngineView } from "../../src/engine/view.ts";
import { sampleMarket, sampleTrade, sampleView } from "../../src/server/fake_sources.ts";
import type { LiveUpdate } from "../../src/server/live_message.ts";
import { LiveState } from "../../src/server/live_state.ts";
import { PageState } from "./state.ts";

const updateFrom = (state: LiveState, since: number): LiveUpdate =>
  JSON.parse(`{${state.changesSince(since)},"logs":[],"logsSkipped":0}`);

const anyView: fc.Arbitrary<EngineView> = fc.record({
  markets: fc.uniqueArray(fc.tuple(fc.constantFrom("A", "B", "C", "D"), fc.constantFrom("0.1000", "0.2000", null)), {
    selector: ([ticker]) => ticker,
  }),
  trades: fc.uniqueArray(fc.constantFrom("1", "2", "3", "4")),
  cash: fc.constantFrom("1.000000", "2.000000"),
}).map(({ markets, trades, cash }) => {
  const view = sampleView({
    markets: markets.map(([ticker, bid]) => sampleMarket(ticker, { bid })),
    trades: trades.map((id) => sampleTrade(id)),
  });
  return { ...view, account: { ...view.account, cash } };
});

Deno.test("a page that takes any part of the updates ends with the newest view", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyView, fc.boolean()), { minLength: 1, maxLength: 12 }), (steps) => {
      const server = new LiveState();
      const page = new PageState();
      let seen = 0;
      steps.forEach(([view, taken], at) => {
        server.refreshView(view);
        if (!taken && at < steps.length - 1) return;
        page.apply(updateFrom(server, seen), 0);
        seen = server.sequence;
      });
      const [last] = steps[steps.length - 1];
      assert.deepEqual(page.sections.account, last.account);
      assert.deepEqual(
        page.tables.markets.entries().map(([key, row]) => [key, row.bid]),
        last.markets.map((row) => [row.ticker, row.bid]),
      );
      assert.deepEqual(page.tables.trades.entries().map(([, row]) => row), last.trades);
    }),
    { seed: 11, numRuns: 300 },
  );
});

Deno.test("a full update forgets what was there before", () => {
  const page = new PageState();
  const server = new LiveState();
  server.refreshView(sampleView());
  page.apply(updateFrom(server, 0), 0);
  const other = new LiveState();
  other.refreshView(sampleView({ markets: [sampleMarket("ONLY")] }));
  page.apply(updateFrom(other, 0), 0);
  assert.deepEqual(page.tables.markets.entries().map(([key]) => key), ["ONLY"]);
});

Deno.test("the page keeps log lines, and counts those that came too fast", () => {
  const page = new PageState();
  for (let k = 0; k < 10; k++) {
    const logs = Array.from({ length: 200 }, (_, j) => ({
      number: k * 200 + j + 1,
      at: "2026-09-25T19:00:00Z",
      level: "info" as const,
      logger: "engine",
      text: "line",
    }));
    page.apply({ full: false, sequence: k, sections: {}, tables: {}, logs, logsSkipped: 3 }, 0);
  }
  assert.equal(page.logs.size, 2_000);
  assert.equal(page.logs.shown.at(-1)?.number, 2_000);
  assert.equal(page.logsSkipped, 30);
});

Deno.test("the run's clock is carried forward at its speed, and not far without news", () => {
  const page = new PageState();
  const server = new LiveState();
  const view = sampleView();
  server.refreshView(view);
  page.apply(updateFrom(server, 0), 1_000);
  const at = Date.parse(view.at);
  assert.equal(page.engineNowMs(1_500), at + 500);
  assert.equal(page.engineNowMs(60_000), at + 2_000);
  assert.equal(page.ageMs(60_000), 59_000);
});
