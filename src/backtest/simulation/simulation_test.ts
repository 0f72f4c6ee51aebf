import assert from "node:assert/strict";
import fc from "fast-check";
import type { Input } from "../../core/input.ts";
import { formatTime, type Micros, micros, parseTime } from "../../core/units.ts";
import { parseLatency } from "../../execution/latency.ts";
import { encodeAction, encodeHeader, encodeInput } from "../../engine/journal.ts";
import type { SourceBatch } from "../backtest.ts";
import { delayedFeed } from "./delayed_feed.ts";
import { maintenanceFrom, withMaintenance } from "./maintenance.ts";
import { measuredLatency } from "./measured_latency.ts";

const at = (text: string): Micros => parseTime(text) ?? 0 as Micros;
const clock = (time: number): Input => ({ type: "clock", at: micros(time) });

async function* inBatches(inputs: readonly Input[], size: number): AsyncGenerator<SourceBatch> {
  for (let from = 0; from < inputs.length; from += size) {
    const part = inputs.slice(from, from + size);
    yield await Promise.resolve({ file: "f", inputs: part, lines: part.map((_, k) => from + k + 1) });
  }
}

async function collected(batches: AsyncIterable<SourceBatch>): Promise<Input[]> {
  const all: Input[] = [];
  for await (const { inputs, lines } of batches) {
    assert.equal(inputs.length, lines.length);
    all.push(...inputs);
  }
  return all;
}

Deno.test("a delayed feed keeps its order, is never early, and is delayed alike each time", async () => {
  const times = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { maxLength: 60 }).map((all) =>
    all.sort((a, b) => a - b)
  );
  const model = parseLatency("min=1,p50=40,max=300", 3);
  assert.ok(model !== null);
  await fc.assert(fc.asyncProperty(times, fc.integer({ min: 1, max: 9 }), async (given, size) => {
    const inputs = given.map(clock);
    const heard = (await collected(delayedFeed(inBatches(inputs, size), model))).map((input) => input.at);
    assert.deepEqual(heard, (await collected(delayedFeed(inBatches(inputs, 4), model))).map((input) => input.at));
    heard.forEach((time, k) => {
      assert.ok(time >= given[k] + 1_000 && time <= given[k] + 300_000);
      if (k > 0) assert.ok(time >= heard[k - 1]);
    });
  }));
});

Deno.test("maintenance is on Thursdays from three to five by Eastern clocks, in winter and in summer", () => {
  const cases: [string, string, string][] = [
    ["2026-11-19T07:59:59Z", "2026-11-19T08:00:00Z", "2026-11-19T10:00:00Z"],
    ["2026-11-19T09:00:00Z", "2026-11-19T08:00:00Z", "2026-11-19T10:00:00Z"],
    ["2026-11-19T10:00:00Z", "2026-11-26T08:00:00Z", "2026-11-26T10:00:00Z"],
    ["2026-11-20T03:00:00Z", "2026-11-26T08:00:00Z", "2026-11-26T10:00:00Z"],
    ["2026-07-16T03:59:00Z", "2026-07-16T07:00:00Z", "2026-07-16T09:00:00Z"],
    // Across the nights on which clocks change.
    ["2026-03-06T12:00:00Z", "2026-03-12T07:00:00Z", "2026-03-12T09:00:00Z"],
    ["2026-10-30T12:00:00Z", "2026-11-05T08:00:00Z", "2026-11-05T10:00:00Z"],
  ];
  for (const [now, from, to] of cases) {
    const window = maintenanceFrom(at(now));
    assert.deepEqual([window.from, window.to], [at(from), at(to)], now);
  }
});

Deno.test("a recording that does not tell how the exchange stands is paused through maintenance, whatever its batches", async () => {
  const hours = Array.from({ length: 60 }, (_, k) => clock(at("2026-11-18T00:30:00Z") + k * 3_600_000_000));
  for (const size of [1, 7, 60]) {
    const told = (await collected(withMaintenance(inBatches(hours, size))))
      .filter((input) => input.type === "exchange_status")
      .map((input) => `${formatTime(input.at).slice(0, 16)} ${input.others}`);
    assert.deepEqual(told, ["2026-11-19T08:00 trading", "2026-11-19T10:00 none"]);
  }
  const within = await collected(withMaintenance(inBatches([clock(at("2026-11-19T09:00:00Z"))], 1)));
  assert.deepEqual(within.map(({ type }) => type), ["exchange_status", "clock"]);
  assert.equal(within[0].at, within[1].at, "it began before");
});

Deno.test("a source that says how the exchange stands is believed instead", async () => {
  const status: Input = {
    type: "exchange_status",
    at: at("2026-11-18T00:00:00Z"),
    shards: [],
    others: "none",
    resumeTime: null,
  };
  const inputs = [status, clock(at("2026-11-19T09:00:00Z")), clock(at("2026-11-19T12:00:00Z"))];
  assert.deepEqual(await collected(withMaintenance(inBatches(inputs, 1))), inputs);
});

Deno.test("what a journal shows of orders and feeds is measured as quantiles", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lines = [encodeHeader({ version: "test", run: "r", started: "", config: null })];
    for (let k = 0; k < 100; k++) {
      const sent = micros(at("2026-11-18T00:00:00Z") + k * 1_000_000);
      const clientOrderId = `k00000001-${k}`;
      lines.push(encodeInput({
        type: "book_delta",
        at: sent,
        ticker: "T",
        sequence: null,
        side: "yes",
        price: 5_000 as never,
        delta: 100 as never,
        exchangeTime: micros(sent - 20_000 - k * 100),
      }));
      lines.push(encodeAction({ type: "place", execution: "paper", intent: { clientOrderId } } as never));
      lines.push(encodeInput({
        type: "order_accepted",
        at: micros(sent + 50_000 + k * 1_000),
        clientOrderId,
        orderId: `o${k}`,
        fillCount: 0 as never,
        remainingCount: 100 as never,
      }));
    }
    await Deno.writeTextFile(`${folder}/000001.ndjson`, lines.map((line) => line.trimEnd() + "\n").join(""));
    const measured = await measuredLatency(folder, 1);
    assert.ok(!("error" in measured), JSON.stringify(measured));
    assert.ok(measured.order?.kind === "quantiles" && measured.feed?.kind === "quantiles");
    const of = (model: typeof measured.order, share: number): number | undefined =>
      model?.kind === "quantiles" ? model.quantiles.find(([each]) => each === share)?.[1] : undefined;
    assert.deepEqual([of(measured.order, 0), of(measured.order, 0.5), of(measured.order, 1)], [
      50_000,
      100_000,
      149_000,
    ]);
    assert.deepEqual([of(measured.feed, 0), of(measured.feed, 1)], [20_000, 29_900]);
    const nothing = await measuredLatency(`${folder}/nowhere`, 1);
    assert.ok("error" in nothing && /nothing is there|No such/.test(nothing.error), JSON.stringify(nothing));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
