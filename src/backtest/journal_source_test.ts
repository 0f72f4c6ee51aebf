import assert from "node:assert/strict";
import type { Input, SequencePoint } from "../core/input.ts";
import { after, aMarket } from "../core/market_fixture.ts";
import { count, type Micros, price } from "../core/units.ts";
import { encodeAction, encodeHeader, encodeInput } from "../engine/journal.ts";
import { anIntent } from "../execution/order_fixture.ts";
import { withJournals } from "./explanation/journal_fixture.ts";
import { journalBatches } from "./journal_source.ts";

const { ticker } = aMarket();
const INTENT = anIntent({ clientOrderId: "k00000001-1", price: price(4_000), count: count(300) });
const point = (seq: number): SequencePoint => ({ connection: 1, sid: 1, seq });

const delta = (at: Micros, seq: number, change: number): Input => ({
  type: "book_delta",
  at,
  ticker,
  sequence: point(seq),
  side: "yes",
  price: price(4_000),
  delta: count(change),
  exchangeTime: null,
});
const OTHERS = [delta(after(9), 1, 500), delta(after(12), 3, 200)] as const;
const OURS = delta(after(10.1), 2, 300);

/** A run whose order rests among those of others. */
const journalOf = (execution: "live" | "paper"): string =>
  [
    encodeHeader({ version: "test", run: "r", started: "", config: { execution } }),
    encodeInput(OTHERS[0]),
    encodeInput({ type: "clock", at: after(10) }),
    encodeAction({ type: "place", execution, intent: INTENT }),
    encodeInput(OURS),
    encodeInput({
      type: "order_accepted",
      at: after(10.2),
      clientOrderId: INTENT.clientOrderId,
      orderId: "o-1",
      fillCount: count(0),
      remainingCount: count(300),
    }),
    encodeInput(OTHERS[1]),
  ].map((line) => `${line.trimEnd()}\n`).join("");

async function toldOf(execution: "live" | "paper", orderLatencyMs: number | null): Promise<Input[]> {
  const told: Input[] = [];
  await withJournals({ r: { "000001.ndjson": journalOf(execution) } }, async (_, [directory]) => {
    for await (const { inputs, lines } of journalBatches(directory, orderLatencyMs)) {
      assert.equal(inputs.length, lines.length);
      told.push(...inputs);
    }
  });
  return told.filter(({ type }) => type !== "clock");
}

Deno.test("a live run's own order is not among others' in a backtest, and its number leaves no gap", async () => {
  const used: Input = { type: "sequence", at: OURS.at, sequence: point(2) };
  assert.deepEqual(await toldOf("live", 50), [OTHERS[0], used, OTHERS[1]]);
});

Deno.test("a book is told as it was heard where that is asked for, and of a run on paper always", async () => {
  const heard = [OTHERS[0], OURS, OTHERS[1]];
  assert.deepEqual(await toldOf("live", null), heard);
  assert.deepEqual(await toldOf("paper", 50), heard);
});
