import assert from "node:assert/strict";
import { compareFills } from "./fill_comparison.ts";
import type { OnPaper } from "./orders_on_paper.ts";
import type { RecordedRun } from "./recorded_run.ts";

const TICKER = "KXBTC15M-26MAY131730-30";
const ASK = { ticker: TICKER, side: "ask", price: 4100, fee: 0, isTaker: false };

/** Three asks at one price, the first of them met at 100; `later` is what the exchange's queue made of the other two. */
function compared(
  later: readonly { readonly at: number; readonly clientOrderId: string; readonly count: number }[],
  refused: readonly string[],
  onPaper: { readonly at: number; readonly count: number },
) {
  const place = (at: number, clientOrderId: string) => ({
    at,
    action: { type: "place", intent: { clientOrderId, ticker: TICKER, side: "ask", price: 4100 } },
  });
  const first = { at: 100, clientOrderId: "k-1", count: 200 };
  const live = {
    inputs: [],
    actions: [place(90, "k-1"), place(110, "k-2"), place(120, "k-3")],
    fills: [first, ...later].map((fill) => ({ ...ASK, ...fill })),
  } as unknown as RecordedRun;
  const paper = {
    executions: [first, { clientOrderId: "k-3", ...onPaper }].map((fill) => ({ ...ASK, ...fill })),
    refusals: refused.map((clientOrderId) => ({ clientOrderId, reason: "post only cross", shownSince: 100 })),
  } as unknown as OnPaper;
  const { same, metAndShown, stoodBehind, unexplained } = compareFills(live, paper);
  return [same, metAndShown, stoodBehind, unexplained.length];
}

Deno.test("what an order that paper refused got at the exchange explains the fill of the one behind it, and no more", () => {
  const second = { at: 200, clientOrderId: "k-2", count: 5000 };
  const paper = { at: 200, count: 5000 };
  assert.deepEqual(compared([second], ["k-2"], paper), [1, 1, 1, 0], "the whole fill");
  assert.deepEqual(compared([second], ["k-2"], { at: 200, count: 4000 }), [1, 1, 1, 0], "less of it");
  assert.deepEqual(compared([second], ["k-2"], { at: 200, count: 5001 }), [1, 1, 0, 1], "more than it");
  assert.deepEqual(compared([second], ["k-2"], { at: 201, count: 5000 }), [1, 1, 0, 1], "at another time");
  assert.deepEqual(compared([second], [], paper), [1, 0, 0, 2], "paper took both");
  assert.deepEqual(compared([{ ...second, clientOrderId: "k-3" }], ["k-2"], paper), [3, 0, 0, 0], "the very same");
});
