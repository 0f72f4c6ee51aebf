/**
 * The orders of a live run on the market data that a paper run of the same recording heard: nothing of ours is in it.
 * @module
 */

import assert from "node:assert/strict";
import type { Input } from "../../src/core/input.ts";
import type { PaperSettings } from "../../src/execution/paper.ts";
import { type OnPaper, OrdersOnPaper, type TakenAction } from "../../src/backtest/parity/orders_on_paper.ts";

export type { Execution, OnPaper } from "../../src/backtest/parity/orders_on_paper.ts";

/** What the paper exchange makes of these orders, in order. */
export function executionsOnPaper(
  orders: readonly TakenAction[],
  inputs: readonly Input[],
  settings: PaperSettings,
): OnPaper {
  const onPaper = new OrdersOnPaper([settings]);
  for (const order of orders) onPaper.ask(order);
  for (const input of inputs) onPaper.take(input);
  assert.equal(onPaper.waiting, 0, "every order was asked for");
  return onPaper.results[0];
}
