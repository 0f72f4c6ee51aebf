import assert from "node:assert/strict";
import type { LiveUpdate } from "./live_message.ts";
import { EventReader } from "../../static/page/sse.ts";
import { SteppedClock } from "../ops/clock.ts";
import type { Micros } from "../core/units.ts";
import { FakeSources, sampleTrade } from "./fake_sources.ts";
import { LIVE_CLIENTS_MAX, LiveHub } from "./live_hub.ts";

const BTC = "KXBTC15M-26SEP251515-15";
const START = 1_000_000_000;

class Bench {
  readonly sources = new FakeSources();
  readonly clock = new SteppedClock(START as Micros);
  readonly hub = new LiveHub(this.sources, this.clock, "0123abcd");
  #now = START;

  pass(milliseconds: number): void {
    this.#now += milliseconds * 1_000;
    this.clock.advanceTo(this.#now as Micros);
  }

  connect(lastEventId = ""): Page {
    const stream = this.hub.connect(lastEventId);
    assert.ok(stream !== null);
    return new Page(stream);
  }
}

/** Resolves once everything that was ready has run; leaves no timer behind. */
const nextTurn = (): Promise<null> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      port2.close();
      resolve(null);
    };
    port2.postMessage(null);
  });

class Page {
  lastId = "";
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #events = new EventReader();
  readonly #decoder = new TextDecoder();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Everything that lies ready; what is not there within a turn is not coming. */
  async take(): Promise<LiveUpdate[]> {
    const updates: LiveUpdate[] = [];
    for (;;) {
      const pending = this.#pending ?? this.#reader.read();
      this.#pending = pending;
      const chunk = await Promise.race([pending, nextTurn()]);
      if (chunk === null) return updates;
      this.#pending = null;
      if (chunk.done) return updates;
      for (const event of this.#events.push(this.#decoder.decode(chunk.value))) {
        this.lastId = event.id;
        updates.push(JSON.parse(event.data));
      }
    }
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }

  #pending: Promise<ReadableStreamReadResult<Uint8Array>> | null = null;
}

Deno.test("the first message is the whole view, and the next holds only what changed", async () => {
  const bench = new Bench();
  bench.sources.log("Started");
  const page = bench.connect();
  const [first] = await page.take();
  assert.equal(first.full, true);
  assert.equal(first.sections.account?.nav, "10023.456789");
  assert.equal(first.tables.markets?.order?.length, 4);
  assert.equal(first.status?.mode, "paper");
  assert.deepEqual(first.logs.map((line) => line.text), ["Started"]);

  bench.sources.changeMarket(BTC, { bid: "0.5500" });
  bench.pass(100);
  const [second, ...rest] = await page.take();
  assert.deepEqual(rest, []);
  assert.equal(second.full, false);
  assert.deepEqual(second.sections, {});
  assert.deepEqual(Object.keys(second.tables), ["markets"]);
  assert.equal(second.tables.markets?.order, undefined);
  assert.deepEqual(second.tables.markets?.rows.map(([key, row]) => [key, row.bid]), [[BTC, "0.5500"]]);
  assert.ok(second.sequence > first.sequence);
  await page.leave();
});

Deno.test("the page that is served is named where everything is sent, and not again", async () => {
  const bench = new Bench();
  const page = bench.connect();
  const [first] = await page.take();
  assert.equal(first.build, "0123abcd");
  bench.sources.changeMarket(BTC, { bid: "0.5500" });
  bench.pass(200);
  const [second] = await page.take();
  assert.equal("build" in second, false);
  await page.leave();
});

Deno.test("what risk refuses is told as it happens", async () => {
  const bench = new Bench();
  const page = bench.connect();
  const [{ sections: { refused } }] = await page.take();
  assert.equal(refused?.length, 1);
  bench.sources.change({ refused: [...bench.sources.engine.refused, ...bench.sources.engine.refused] });
  bench.pass(200);
  assert.equal((await page.take())[0].sections.refused?.length, 2);
  await page.leave();
});

Deno.test("a countdown alone is no change", async () => {
  const bench = new Bench();
  const page = bench.connect();
  await page.take();
  bench.sources.changeMarket(BTC, { secondsToClose: 499 });
  bench.pass(100);
  assert.deepEqual(await page.take(), []);
  await page.leave();
});

Deno.test("a thousand changes within 100 ms make one message", async () => {
  const bench = new Bench();
  const page = bench.connect();
  await page.take();
  for (let k = 0; k < 1_000; k++) {
    bench.sources.changeMarket(BTC, { bidSize: `${k}.00` });
    bench.pass(0.09);
  }
  assert.equal((await page.take()).length, 0);
  bench.pass(10);
  const updates = await page.take();
  assert.equal(updates.length, 1);
  assert.equal(updates[0].tables.markets?.rows[0][1].bidSize, "999.00");
  await page.leave();
});

Deno.test("a trade does not wait for the view's turn", async () => {
  const bench = new Bench();
  const page = bench.connect();
  await page.take();
  bench.sources.changeMarket(BTC, { bid: "0.5500" });
  bench.sources.trade(sampleTrade("t-new"));
  bench.pass(1);
  const updates = await page.take();
  assert.deepEqual(updates.map((update) => Object.keys(update.tables)), [["trades"]]);
  assert.equal(updates[0].tables.trades?.order?.[0], "t-new");
  await page.leave();
});

Deno.test("the status goes out each second although nobody reports a change", async () => {
  const bench = new Bench();
  const page = bench.connect();
  await page.take();
  bench.sources.run = { ...bench.sources.run, uptimeSeconds: 4_000 };
  bench.pass(999);
  assert.deepEqual(await page.take(), []);
  bench.pass(1);
  assert.deepEqual((await page.take()).map((update) => update.status?.uptimeSeconds), [4_000]);
  await page.leave();
});

Deno.test("a page that comes back gets what it missed and nothing else", async () => {
  const bench = new Bench();
  bench.sources.log("Before");
  const page = bench.connect();
  await page.take();
  await page.leave();
  bench.sources.changeMarket(BTC, { bid: "0.5500" });
  bench.sources.changeMarket(BTC, { bid: "0.5700" });
  bench.sources.log("Meanwhile");
  bench.pass(60_000);

  const again = bench.connect(page.lastId);
  const [update, ...rest] = await again.take();
  assert.deepEqual(rest, []);
  assert.equal(update.full, false);
  assert.deepEqual(update.tables.markets?.rows.map(([key, row]) => [key, row.bid]), [[BTC, "0.5700"]]);
  assert.deepEqual(update.logs.map((line) => line.text), ["Meanwhile"]);
  assert.equal(update.logsSkipped, 0);
  await again.leave();
});

for (
  const [what, id] of [
    ["of another start", "00000000.3.1"],
    ["from the future", null],
    ["that is no id", "1; DROP TABLE"],
  ] as const
) {
  Deno.test(`an event id ${what} gets everything anew`, async () => {
    const bench = new Bench();
    const page = bench.connect();
    await page.take();
    const [epoch] = page.lastId.split(".");
    const again = bench.connect(id ?? `${epoch}.999999.0`);
    assert.equal((await again.take())[0].full, true);
    await page.leave();
    await again.leave();
  });
}

Deno.test("a page that does not read is skipped, costs a bounded buffer, and then gets the newest state", async () => {
  const bench = new Bench();
  const slow = bench.connect();
  const quick = bench.connect();
  let quickMessages = 0;
  for (let k = 1; k <= 500; k++) {
    bench.sources.changeMarket(BTC, { whyNot: `${k} ${"x".repeat(2_000)}` });
    bench.pass(100);
    quickMessages += (await quick.take()).length;
  }
  assert.ok(quickMessages >= 500, `the quick page got ${quickMessages} messages`);
  const updates = await slow.take();
  const bytes = updates.reduce((sum, update) => sum + JSON.stringify(update).length, 0);
  assert.ok(bytes < 2 * 64 * 1024, `${bytes} bytes had piled up`);
  const markets = updates.flatMap((update) => update.tables.markets?.rows ?? []).filter(([key]) => key === BTC);
  assert.match(markets.at(-1)?.[1].whyNot ?? "", /^500 /);
  await slow.leave();
  await quick.leave();
});

Deno.test("a page that did not keep up gets an update a second until it has for ten, and then every one again", async () => {
  const bench = new Bench();
  const page = bench.connect();
  const change = (k: number): void => {
    bench.sources.changeMarket(BTC, { whyNot: `${k}`.padEnd(2_000, "x") });
    bench.pass(100);
  };
  for (let k = 0; k < 60; k++) change(k);
  await page.take();
  let coarse = 0;
  for (let k = 0; k < 90; k++) {
    change(1_000 + k);
    coarse += (await page.take()).length;
  }
  assert.ok(coarse >= 8 && coarse <= 10, `${coarse} updates in 9 s`);
  for (let k = 0; k < 20; k++) change(k);
  await page.take();
  for (const k of [2_001, 2_002]) {
    change(k);
    assert.equal((await page.take()).length, 1);
  }
  await page.leave();
});

Deno.test("a page that reads nothing for a minute is let go, and goes on where it was when it comes back", async () => {
  const bench = new Bench();
  const page = bench.connect();
  await page.take();
  const watching = bench.connect();
  for (let k = 0; k < 700; k++) {
    bench.sources.changeMarket(BTC, { whyNot: `${k}`.padEnd(2_000, "x") });
    bench.pass(100);
    await watching.take();
  }
  assert.equal(bench.hub.clients, 1);
  await assert.rejects(async () => {
    for (;;) await page.take();
  }, /Nothing was read for too long/);
  const again = bench.connect(page.lastId);
  const [update] = await again.take();
  assert.equal(update.full, false);
  assert.match(update.tables.markets?.rows[0][1].whyNot ?? "", /^699x/);
  for (const each of [watching, again]) await each.leave();
});

Deno.test("a flood of log lines is cut and says how many are missing", async () => {
  const bench = new Bench();
  bench.sources.log("First");
  const page = bench.connect();
  await page.take();
  for (let k = 0; k < 450; k++) bench.sources.log(`Line ${k}`);
  bench.pass(50);
  const [update] = await page.take();
  assert.equal(update.logs.length, 200);
  assert.equal(update.logsSkipped, 250);
  assert.equal(update.logs.at(-1)?.text, "Line 449");
  await page.leave();
});

Deno.test("the number of pages is bounded, and a page that leaves makes room", async () => {
  const bench = new Bench();
  const pages = Array.from({ length: LIVE_CLIENTS_MAX }, () => bench.connect());
  assert.equal(bench.hub.connect(""), null);
  await pages[0].leave();
  assert.equal(bench.hub.clients, LIVE_CLIENTS_MAX - 1);
  const again = bench.connect();
  for (const page of [...pages.slice(1), again]) await page.leave();
  assert.equal(bench.hub.clients, 0);
});

Deno.test("a view that throws spoils neither the stream nor the process", async () => {
  const bench = new Bench();
  const page = bench.connect();
  await page.take();
  const { view } = bench.sources;
  bench.sources.view = () => {
    throw new Error("no view today");
  };
  bench.sources.changeMarket(BTC, { bid: "0.5500" });
  bench.pass(100);
  assert.deepEqual(await page.take(), []);
  bench.sources.view = view;
  bench.sources.changeMarket(BTC, { bid: "0.5600" });
  bench.pass(100);
  assert.equal((await page.take())[0].tables.markets?.rows[0][1].bid, "0.5600");
  await page.leave();
});

Deno.test("closing ends every stream and lets nobody in", async () => {
  const bench = new Bench();
  const page = bench.connect();
  await page.take();
  bench.hub.close();
  assert.deepEqual(await page.take(), []);
  assert.equal(bench.hub.connect(""), null);
});
