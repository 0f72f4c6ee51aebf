/**
 * kbot is stopped in the middle of its trading and goes on later, as a laptop that sleeps or a machine that is out of
 * memory has it: whatever the exchange sent meanwhile waits in the socket and is old when it is read.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { OrderIntent } from "../src/core/order.ts";
import { readJournal } from "../src/store/journal_reader.ts";
import { temporaryDirectory } from "./process.ts";
import { assertSeen, troubleOf } from "./readme_troubles.ts";
import { allThere, FIRST_ORDERS_MS, pause, until, withTrading } from "./trading_stage.ts";

const STOPPED_MS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 30_000 : 6_000;
/** Simulated: over while it stands still. */
const LEASE_S = 30;
const noSignal = Deno.build.os === "windows";
if (noSignal) console.log("SKIPPED: a standstill by signal, because Windows has no SIGSTOP");

interface Seen {
  /** Simulated seconds of the longest time without any input. */
  readonly gap: number;
  /** Orders after it, on books that had not come anew by then. */
  readonly onOldBooks: readonly string[];
  readonly placedAfter: number;
}

async function seenIn(journal: string): Promise<Seen> {
  let [before, gap, placedAfter] = [0, 0, 0];
  let fresh = new Set<string>();
  let onOldBooks: string[] = [];
  for await (const event of readJournal(journal)) {
    assert.equal(event.kind, "entries", JSON.stringify(event));
    if (event.kind !== "entries") continue;
    for (const entry of event.entries) {
      if (entry.kind === "input") {
        const { input } = entry;
        if (before > 0 && input.at - before > gap) {
          gap = input.at - before;
          [fresh, onOldBooks, placedAfter] = [new Set(), [], 0];
        }
        before = input.at;
        if (input.type === "book_snapshot") fresh.add(input.ticker);
      }
      if (entry.kind !== "action" || entry.action.type !== "place") continue;
      placedAfter++;
      const { intent: { ticker, clientOrderId } } = JSON.parse(entry.text) as { intent: OrderIntent };
      if (!fresh.has(ticker)) onOldBooks.push(`${clientOrderId} in ${ticker}`);
    }
  }
  return { gap: gap / 1e6, onOldBooks, placedAfter };
}

Deno.test({
  name: "stopped and going on later, it trades on no book from before, and nothing of it rested meanwhile",
  ignore: noSignal,
  fn: async () => {
    await using place = await temporaryDirectory();
    const state = join(place.path, "state");
    await withTrading(state, async ({ bot, speed, ledger, orders }) => {
      const resting = async () =>
        Object.values((await ledger()).orders).filter(({ status }) => status === "resting").length;
      await until("an order that rests", async () => await resting() > 0, FIRST_ORDERS_MS);
      const stoppedAt = performance.now();
      bot.signal("SIGSTOP");
      let before: number;
      try {
        await until("every lease to end", async () => await resting() === 0);
        before = await orders();
        await pause(STOPPED_MS - (performance.now() - stoppedAt));
      } finally {
        bot.signal("SIGCONT");
      }
      await until("new orders", async () => await orders() > before + 2, FIRST_ORDERS_MS);
      bot.signal("SIGTERM");
      const ended = await bot.end();
      assert.equal(ended.code, 0, ended.stderr.slice(-2_000));
      const { journal } = JSON.parse(ended.stdout) as { journal: string };
      const { gap, onOldBooks, placedAfter } = await seenIn(journal);
      assert.ok(gap > STOPPED_MS / 1_000 * speed / 2, `it stood still for ${gap} s`);
      assert.ok(placedAfter > 0);
      assertSeen(troubleOf("it stood still: the machine slept, or it was stopped"), ended.stderr);
      assert.deepEqual(onOldBooks, [], `of ${placedAfter} orders after it`);
      await allThere(state, ended, await ledger());
    }, { KBOT_EXECUTION__LEASE_S: `${LEASE_S}` });
  },
});
