/**
 * Whether the paper exchange fills the orders of a live run as the exchange did that played the recording.
 *
 * Both follow the same recording: resting orders fill by price and time, those who cancel stood behind, taking orders walk what
 * is shown and do not take the same twice before it changes. So the fills of an order are the same, down to the fee, or:
 *
 * | reason | what differs | why |
 * | --- | --- | --- |
 * | met_and_shown | paper refuses a post-only order that rests at the exchange | contracts that came and met an order of ours are gone there; the recorded book goes on showing them |
 * | stood_behind | paper fills a later order of ours with what such an order got at the exchange | that order stood before it there, and on paper it is not |
 *
 * Anything else is a defect of one of the two.
 * @module
 */

import type { OrderIntent } from "../../src/core/order.ts";
import type { TradeRecord } from "../../src/core/record.ts";
import type { Execution, OnPaper } from "./orders_on_paper.ts";
import type { RecordedRun } from "./recorded_run.ts";

export interface FillParity {
  readonly orders: number;
  /** Of those, how many filled at the exchange, in part or whole. */
  readonly filled: number;
  readonly same: number;
  readonly metAndShown: number;
  readonly stoodBehind: number;
  /** In words. */
  readonly unexplained: readonly string[];
}

/** An order's fills together, by price and role. */
function sums(fills: readonly (Execution | TradeRecord)[]): ReadonlyMap<string, string> {
  const byOrder = Map.groupBy(fills, ({ clientOrderId }) => clientOrderId ?? "");
  return new Map([...byOrder].map(([order, each]) => {
    const parts = Map.groupBy(each, ({ price, isTaker }) => `${isTaker ? "taken" : "made"} at ${price}`);
    const words = [...parts].map(([what, some]) => {
      const [count, fee] = some.reduce(([c, f], fill) => [c + fill.count, f + fill.fee], [0, 0]);
      return `${count} ${what}, fee ${fee}`;
    });
    return [order, words.sort().join("; ")];
  }));
}

/** Compares, order by order. */
export function compareFills(live: RecordedRun, { executions, refusals }: OnPaper): FillParity {
  const [exchange, paper] = [sums(live.fills), sums(executions)];
  const unexplained: string[] = [];
  const met = new Set<string>();
  let [orders, same, stoodBehind] = [0, 0, 0];
  for (const { at, action } of live.actions) {
    if (action.type !== "place") continue;
    const { clientOrderId, ticker, side } = action.intent;
    orders++;
    const refused = refusals.find((each) => each.clientOrderId === clientOrderId);
    const [theirs, ours] = [exchange.get(clientOrderId) ?? "nothing", paper.get(clientOrderId) ?? "nothing"];
    const wasMet = live.fills.some((fill) =>
      fill.ticker === ticker && fill.side === side && !fill.isTaker && fill.at <= at && refused !== undefined &&
      fill.at >= refused.shownSince
    );
    if (theirs === ours) same++;
    else if (refused?.reason === "post only cross" && wasMet) met.add(clientOrderId);
    else if (theirs === "nothing" && wentBefore(live, executions, met, action.intent)) stoodBehind++;
    else unexplained.push(`${clientOrderId} ${ticker} ${side} at ${at}: exchange ${theirs}; paper ${ours}`);
  }
  return { orders, filled: exchange.size, same, metAndShown: met.size, stoodBehind, unexplained };
}

/** Whether each of an order's fills on paper went, at the exchange, to orders of ours before it that paper had refused. */
function wentBefore(
  live: RecordedRun,
  executions: readonly Execution[],
  met: ReadonlySet<string>,
  { clientOrderId, ticker, side, price }: OrderIntent,
): boolean {
  const before = live.fills.filter((fill) =>
    fill.ticker === ticker && fill.side === side && fill.price === price && !fill.isTaker &&
    met.has(fill.clientOrderId ?? "")
  );
  const ours = executions.filter((fill) => fill.clientOrderId === clientOrderId);
  return ours.length > 0 && [...Map.groupBy(ours, ({ at }) => at)].every(([at, fills]) => {
    const there = before.filter((fill) => fill.at === at);
    const sum = (each: readonly { readonly count: number }[]) => each.reduce((total, { count }) => total + count, 0);
    return fills.every(({ isTaker }) => !isTaker) && sum(fills) <= sum(there);
  });
}
