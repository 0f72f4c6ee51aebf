/**
 * A live run against paper: its very orders filled again by the fill models, order by order with a cause for each
 * difference, and which model would have been nearest.
 *
 * | cause | what differs |
 * | --- | --- |
 * | same | nothing: as many contracts at the same prices, in the same roles |
 * | price | as many contracts, at other prices |
 * | role | as many contracts, taken by one and made by the other |
 * | refused_live, refused_paper | one did not take the order at all |
 * | took_less, took_more | of what was shown the exchange gave less, or more, than paper thought |
 * | rested_less, rested_more | of what rested the exchange filled less, or more: others cancelled or came otherwise than the model thinks |
 * | changed | the same for an order that was changed or taken back: who came first, the change or the fill, was decided there |
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { TradeRecord } from "../../core/record.ts";
import {
  formatMoney,
  formatTime,
  MICROS_PER_MILLISECOND,
  MICROS_PER_SECOND,
  money,
  ONE_CONTRACT,
  ONE_DOLLAR_PRICE,
} from "../../core/units.ts";
import type { PaperSettings } from "../../execution/paper.ts";
import { DEFAULT_FILLS, FILL_MODELS, type FillModelName } from "../../execution/queue_models.ts";
import { readJournal } from "../../store/journal_reader.ts";
import { type LiveOrder, type LiveOrders, orderActionOf, readLiveOrders } from "./live_orders.ts";
import { type Execution, type OnPaper, OrdersOnPaper } from "./orders_on_paper.ts";
import { WithoutOwn } from "./without_own.ts";

export const CAUSES = [
  "same",
  "price",
  "role",
  "refused_live",
  "refused_paper",
  "took_less",
  "took_more",
  "rested_less",
  "rested_more",
  "changed",
] as const;
export type Cause = typeof CAUSES[number];

/** What one side made of an order. Prices in dollars of YES, `null` without a fill. */
export interface OrderOutcome {
  readonly contracts: number;
  readonly price: number | null;
  readonly fee: string;
  /** From the sending to the first fill. */
  readonly seconds: number | null;
  readonly refusal: string | null;
}

export interface OrderParity {
  readonly client_order_id: string;
  readonly ticker: string;
  readonly strategy: string;
  readonly signal: string;
  readonly side: "bid" | "ask";
  readonly price: number;
  readonly asked: number;
  readonly sent_at: string;
  readonly live: OrderOutcome;
  readonly paper: OrderOutcome;
  readonly cause: Cause;
}

/** All orders together. */
export interface SideFigures {
  readonly filled_orders: number;
  readonly contracts: number;
  /** Of the contracts that were asked for. */
  readonly fill_rate: number | null;
  readonly fees: string;
  /** Of filled orders, from the sending to the first fill. */
  readonly seconds_mean: number | null;
}

export interface ModelFigures extends SideFigures {
  readonly model: FillModelName;
  /** Orders that filled as live. */
  readonly same: number;
  /** Contracts that filled on one side only, of those asked for. */
  readonly distance: number | null;
  /** Dollars a contract by which live paid more, or got less, where both filled. */
  readonly price_difference: number | null;
}

export interface ParityReport {
  readonly run: string;
  readonly model: FillModelName;
  readonly orders: number;
  readonly asked: number;
  readonly causes: Readonly<Record<Cause, number>>;
  readonly live: SideFigures;
  /** The nearest first. */
  readonly models: readonly ModelFigures[];
  /** From decision to the exchange's answer, milliseconds; what paper takes for the way there alone. */
  readonly latency: { readonly median_ms: number | null; readonly p90_ms: number | null; readonly paper_ms: number };
  /** What paper should learn from it, in words. */
  readonly lessons: readonly string[];
  /** That differ, in order of time. */
  readonly differing: readonly OrderParity[];
  readonly differing_left_out: number;
  /** Changes that our orders made and no book showed in time. */
  readonly own_changes_unseen: number;
}

/** Differing orders that are told one by one. */
const DIFFERING_MAX = 1_000;

/** Runs a live journal's orders through the fill models; the reason where that cannot be. */
export async function parityOf(
  path: string,
  settings: PaperSettings,
): Promise<ParityReport | { readonly error: string }> {
  const live = await readLiveOrders(path);
  if ("error" in live) return live;
  if (live.orders.size === 0) return { error: `${path} holds no order: there is nothing to compare` };
  const chosen = settings.fills ?? DEFAULT_FILLS;
  const onPaper = new OrdersOnPaper(FILL_MODELS.map((model) => ({ ...settings, fills: { ...chosen, model } })));
  const others = new WithoutOwn(live.marks, settings.latencyMs * MICROS_PER_MILLISECOND);
  let at: Input["at"] | null = null;
  for await (const event of readJournal(path)) {
    if (event.kind === "fault") return { error: `Journal cannot be read: ${event.reason}` };
    if (event.kind === "torn_tail") continue;
    for (const entry of event.entries) {
      if (entry.kind === "input") {
        at = entry.input.at;
        for (const input of others.take(entry.input)) onPaper.take(input);
      }
      const action = orderActionOf(entry);
      if (action !== null && at !== null && live.orders.has(idOf(action))) onPaper.ask({ at, action });
    }
  }
  return reportOf(live, onPaper.results, { chosen: chosen.model, settings, unseen: others.unmatched });
}

const idOf = (
  action:
    & { readonly type: string }
    & ({ readonly intent: { readonly clientOrderId: string } } | { readonly clientOrderId: string }),
): string => "intent" in action ? action.intent.clientOrderId : action.clientOrderId;

/** An order's fills together. */
interface Filled {
  contracts: number;
  /** Contracts x price. */
  cost: number;
  fee: number;
  taken: number;
  firstAt: number | null;
}

function add(into: Filled, { at, count, price, fee, isTaker }: Execution | TradeRecord): void {
  into.contracts += count;
  into.cost += count * price;
  into.fee += fee;
  if (isTaker) into.taken += count;
  into.firstAt = Math.min(into.firstAt ?? Infinity, at);
}

const nothing = (): Filled => ({ contracts: 0, cost: 0, fee: 0, taken: 0, firstAt: null });

function filledBy(fills: readonly (Execution | TradeRecord)[]): Filled {
  const filled = nothing();
  for (const fill of fills) add(filled, fill);
  return filled;
}

export function causeOf(
  live: Filled,
  paper: Filled,
  { refusal, changed }: Pick<LiveOrder, "refusal" | "changed">,
  refusedOnPaper: boolean,
): Cause {
  if (live.contracts === paper.contracts) {
    if (live.taken !== paper.taken) return "role";
    if (live.cost !== paper.cost) return "price";
    return "same";
  }
  if (refusal !== null && !refusedOnPaper) return "refused_live";
  if (refusedOnPaper && refusal === null) return "refused_paper";
  if (changed) return "changed";
  if (live.taken !== paper.taken) return live.taken < paper.taken ? "took_less" : "took_more";
  return live.contracts < paper.contracts ? "rested_less" : "rested_more";
}

interface Judged {
  readonly order: LiveOrder;
  readonly live: Filled;
  readonly paper: readonly Filled[];
}

function reportOf(
  { run, orders, left }: LiveOrders,
  results: readonly OnPaper[],
  { chosen, settings, unseen }: {
    readonly chosen: FillModelName;
    readonly settings: PaperSettings;
    readonly unseen: number;
  },
): ParityReport {
  const byModel = results.map(({ executions }) => {
    const byOrder = new Map<string, Filled>();
    for (const execution of executions) {
      let filled = byOrder.get(execution.clientOrderId);
      if (filled === undefined) byOrder.set(execution.clientOrderId, filled = nothing());
      add(filled, execution);
    }
    return byOrder;
  });
  const judged = [...orders].map(([id, order]): Judged => ({
    order,
    live: filledBy(order.fills),
    paper: byModel.map((byOrder) => byOrder.get(id) ?? nothing()),
  }));
  const at = FILL_MODELS.indexOf(chosen);
  const refusals = new Map(results[at].refusals.map(({ clientOrderId, reason }) => [clientOrderId, reason]));
  const causes = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as Record<Cause, number>;
  const differing: OrderParity[] = [];
  for (const { order, live, paper } of judged) {
    const refused = refusals.get(order.intent.clientOrderId) ?? null;
    const cause = causeOf(live, paper[at], order, refused !== null);
    causes[cause]++;
    if (cause !== "same" && differing.length < DIFFERING_MAX) {
      differing.push(orderParity(order, live, paper[at], refused, cause));
    }
  }
  const asked = judged.reduce((sum, { order }) => sum + order.intent.count, 0);
  const models = FILL_MODELS.map((model, k) => modelFigures(model, judged, k, asked))
    .sort((a, b) => (a.distance ?? Infinity) - (b.distance ?? Infinity) || b.same - a.same);
  const latency = latencyOf(judged, settings);
  return {
    run,
    model: chosen,
    orders: judged.length,
    asked: asked / ONE_CONTRACT,
    causes,
    live: sideFigures(judged, ({ live }) => live, asked),
    models,
    latency,
    lessons: lessonsOf(chosen, models, causes, latency, left),
    differing,
    differing_left_out: judged.length - causes.same - differing.length,
    own_changes_unseen: unseen,
  };
}

const priceOf = ({ cost, contracts }: Filled): number | null =>
  contracts === 0 ? null : cost / contracts / ONE_DOLLAR_PRICE;
const secondsOf = ({ at }: LiveOrder, { firstAt }: Filled): number | null =>
  firstAt === null ? null : (firstAt - at) / MICROS_PER_SECOND;

function outcomeOf(order: LiveOrder, filled: Filled, refusal: string | null): OrderOutcome {
  return {
    contracts: filled.contracts / ONE_CONTRACT,
    price: priceOf(filled),
    fee: formatMoney(money(filled.fee)),
    seconds: secondsOf(order, filled),
    refusal,
  };
}

function orderParity(
  order: LiveOrder,
  live: Filled,
  paper: Filled,
  refusedOnPaper: string | null,
  cause: Cause,
): OrderParity {
  const { clientOrderId, ticker, strategy, signal, side, price, count } = order.intent;
  return {
    client_order_id: clientOrderId,
    ticker,
    strategy,
    signal,
    side,
    price: price / ONE_DOLLAR_PRICE,
    asked: count / ONE_CONTRACT,
    sent_at: formatTime(order.at),
    live: outcomeOf(order, live, order.refusal),
    paper: outcomeOf(order, paper, refusedOnPaper),
    cause,
  };
}

function sideFigures(judged: readonly Judged[], of: (each: Judged) => Filled, asked: number): SideFigures {
  const filled = judged.filter((each) => of(each).contracts > 0);
  const contracts = filled.reduce((sum, each) => sum + of(each).contracts, 0);
  const seconds = filled.reduce((sum, each) => sum + (secondsOf(each.order, of(each)) ?? 0), 0);
  return {
    filled_orders: filled.length,
    contracts: contracts / ONE_CONTRACT,
    fill_rate: asked === 0 ? null : contracts / asked,
    fees: formatMoney(money(filled.reduce((sum, each) => sum + of(each).fee, 0))),
    seconds_mean: filled.length === 0 ? null : seconds / filled.length,
  };
}

function modelFigures(model: FillModelName, judged: readonly Judged[], k: number, asked: number): ModelFigures {
  let apart = 0;
  let same = 0;
  let dearer = 0;
  let both = 0;
  for (const { order, live, paper: { [k]: paper } } of judged) {
    apart += Math.abs(live.contracts - paper.contracts);
    if (live.contracts === paper.contracts && live.cost === paper.cost && live.taken === paper.taken) same++;
    const [there, here] = [priceOf(live), priceOf(paper)];
    if (there === null || here === null) continue;
    const contracts = Math.min(live.contracts, paper.contracts);
    both += contracts;
    dearer += contracts * (order.intent.side === "bid" ? there - here : here - there);
  }
  return {
    model,
    same,
    distance: asked === 0 ? null : apart / asked,
    price_difference: both === 0 ? null : dearer / both,
    ...sideFigures(judged, ({ paper }) => paper[k], asked),
  };
}

function latencyOf(judged: readonly Judged[], { latencyMs }: PaperSettings): ParityReport["latency"] {
  const waits = judged.flatMap(({ order: { at, answeredAt } }) =>
    answeredAt === null ? [] : [(answeredAt - at) / MICROS_PER_MILLISECOND]
  ).sort((a, b) => a - b);
  const quantile = (share: number): number | null =>
    waits.length === 0 ? null : waits[Math.min(waits.length - 1, Math.floor(waits.length * share))];
  return { median_ms: quantile(0.5), p90_ms: quantile(0.9), paper_ms: latencyMs };
}

/** A difference of fill rates that is worth a word. */
const WORTH_A_WORD = 0.005;
/** Dollars a contract: half of the finest price step. */
const DEARER_WORTH_A_WORD = 0.000_05;

function lessonsOf(
  chosen: FillModelName,
  models: readonly ModelFigures[],
  causes: Readonly<Record<Cause, number>>,
  latency: ParityReport["latency"],
  left: number,
): string[] {
  const lessons: string[] = [];
  const own = models.find(({ model }) => model === chosen);
  const [nearest] = models;
  if (own !== undefined && own.distance !== null && nearest.distance !== null) {
    lessons.push(
      own.distance - nearest.distance < WORTH_A_WORD
        ? `No fill model comes nearer by more than ${
          WORTH_A_WORD * 100
        } % of the contracts than ${chosen}, which is set`
        : `paper.fill_model = "${nearest.model}" comes nearer: ${
          percent(nearest.distance)
        } of the contracts asked for ` +
          `filled on one side only, ${percent(own.distance)} with ${chosen}`,
    );
  }
  const { rested_less: less, rested_more: more, took_less: missed, took_more: found } = causes;
  if (less > 2 * more && less > 2) {
    lessons.push("Resting orders fill less than on paper: queues are longer than it thinks");
  }
  if (more > 2 * less && more > 2) {
    lessons.push("Resting orders fill more than on paper: queues are shorter than it thinks");
  }
  if (missed > 2 * found && missed > 2) {
    lessons.push("Quotes are gone more often than on paper: others are faster, or the way is longer");
  }
  const dearer = own?.price_difference ?? 0;
  if (dearer <= -DEARER_WORTH_A_WORD) {
    lessons.push(
      `Paper pays ${(-dearer).toFixed(4)} dollars a contract more than live did: paper.slippage may be less`,
    );
  }
  if (dearer >= DEARER_WORTH_A_WORD) {
    lessons.push(`Live paid ${dearer.toFixed(4)} dollars a contract more than paper: paper.slippage should be more`);
  }
  if (latency.median_ms !== null && latency.median_ms < latency.paper_ms) {
    lessons.push(
      `Answers come after ${
        latency.median_ms.toFixed(0)
      } ms at the median, there and back: paper.latency_ms, the way there ` +
        `alone, is ${latency.paper_ms}`,
    );
  }
  if (latency.median_ms !== null && latency.median_ms > 4 * latency.paper_ms) {
    lessons.push(
      `Answers come after ${
        latency.median_ms.toFixed(0)
      } ms at the median: paper.latency_ms of ${latency.paper_ms} may be too short`,
    );
  }
  if (left > 0) lessons.push(`${left} more orders were not compared`);
  return lessons;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
