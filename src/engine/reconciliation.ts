/**
 * Brings what is believed here in line with what the exchange says. The venue reads the account, the orders that rest and
 * the fills whole at the start, after every reconnect and every 30 seconds, and tells them as `account`, `order_update` and
 * `fill` inputs; between those, {@link Reconciliation.chase} asks for what is missing. Only an explicit answer ends an order,
 * and nothing is concluded from a list that was not read whole: then the venue tells no absence and no account.
 *
 * Orders:
 *
 * | case | believed here | the exchange says | action |
 * | --- | --- | --- | --- |
 * | answer lost, order rests | unknown | it rests | it rests; until then nothing was sent for its market |
 * | answer lost, order never arrived | unknown, no order id | in no list, three times | rejected; its market is free again |
 * | fill between time-out and query | unknown | a fill, then executed | the fill counts once, the order is filled |
 * | failed page in the middle | unknown | its lists cannot be read whole | stays unknown, asked for again later |
 * | order open when the last run ended | unknown | whatever became of it | that; until then nothing is sent for its market |
 * | order over, but not all its fills heard of, when the last run ended | unknown | a fill count | its fills are told and count for it |
 * | order unknown to us, ours by name | nothing | it rests | cancelled on its market's shard |
 * | order unknown to us, of a bot that shares the account | nothing | it rests | cancelled, too, of an epoch up to ours |
 * | order unknown to us, of the next leader | nothing | it rests | left alone |
 * | order unknown to us, foreign | nothing | it rests | left alone |
 * | stale read after a cancel | cancelled | it rests, within 10 s of its end | nothing |
 * | order listed as resting long after its end | filled or cancelled | it rests, later than that | unknown: asked for, believed then |
 * | order rejected here, and listed | rejected | it rests | rests, and is cancelled where it is not wanted |
 * | cancel found nothing to cancel | it rests | 404 | unknown: asked for; what was filled counts |
 * | order vanished without a word | it rests | in no list | unknown: asked for, never sent anew |
 * | order expired by the exchange | it rests | cancelled, part of it filled | over; the rest of what was filled is fetched |
 * | order cancelled by the exchange at the close | it rests | cancelled | over |
 * | order of which nothing was heard at the close | it rests | nothing for three seconds | unknown: asked for |
 * | order in a market that was paid out | unknown | in no list, three times | over: nothing of it can fill any more |
 *
 * Fills:
 *
 * | case | believed here | the exchange says | action |
 * | --- | --- | --- | --- |
 * | fill heard before its order's answer | sent | a fill by order id alone | counts at once, for its order once the answer names the id |
 * | duplicate fill over REST and socket | counted | the same trade id | nothing |
 * | fill counted as nobody's by the last run | its order unknown, nothing filled | the same fill, and whose it is | counts for the order, not again for the account |
 * | fills counted but never heard of | fewer fills than the order's count | the count alone | read again every 2 s from before the order; its market waits |
 * | fill of an order unknown to us | nothing | a fill | counts: the account holds it |
 * | fill from before the account was taken over | in the account | a fill of no order of ours | nothing: it would count twice |
 * | fill heard of after its market was paid out | paid out | a fill | counts, and is paid out, too |
 *
 * The account (how long a difference must have stood, and why, is told in `account_check.ts`):
 *
 * | case | believed here | the exchange says | action |
 * | --- | --- | --- | --- |
 * | account told for the first time | nothing | cash and positions | taken over as capital, at the market's mark |
 * | position differs | a position | another one, for 30 s | the exchange's is taken over, and said |
 * | position without order | nothing | one in a market that is traded here, for 30 s | taken over, and said |
 * | position in a market unknown here | nothing | a position | left alone: it is not this bot's |
 * | position in a market that has closed | a position | none any more | waits for the settlement |
 * | settled while away | a position of an earlier run | its market is finalized | paid out |
 * | cash differs | cash | other cash, for 30 s, while nothing is open | a deposit or withdrawal: neither profit nor loss |
 * | more cash while orders rest | cash | more than that, for 30 s | so much of it is certainly a deposit |
 * | less cash while orders rest | cash | less than what they can bind leaves, for 30 s | so much of it is certainly a withdrawal |
 * | other difference while orders rest | anything | anything | nothing: they bind cash in ways nobody publishes |
 * | difference while an order's fate is not known | anything | anything | nothing |
 *
 * @module
 */

import type { AccountInput } from "../core/input.ts";
import type { OrderReport } from "../core/order.ts";
import { formatMoney, type Micros, micros, MICROS_PER_SECOND, type Money, money, type Price } from "../core/units.ts";
import { AccountCheck, type AccountFinding, type MarketPhase } from "./account_check.ts";
import type { MarketState } from "./market_state.ts";
import type { EngineOptions } from "./options.ts";
import type { Portfolio } from "./portfolio.ts";
import type { Step } from "./step.ts";

/** A fill count told without its executions is asked for again after this. */
const FILL_PATIENCE = 2 * MICROS_PER_SECOND;
/** After the close the exchange cancels what rests; an order still open this long after is asked for. */
const CLOSE_PATIENCE = 3 * MICROS_PER_SECOND;
/** Executions of just before are read again too: reads lag, and the clocks differ. */
const FILL_OVERLAP = 60 * MICROS_PER_SECOND;
/** The cheapest contract costs a cent and its fee: with less nothing can be bought anywhere. */
const CHEAPEST_CONTRACT: Money = money(20_000);
/** What a contract counts at where nothing at all is known of its market. */
const HALF: Price = 5_000 as Price;

/** Cash of one shard buys nothing on another (KALSHI.md 3.15). */
export const NO_CASH = "No cash on the shard that is traded on";

export class Reconciliation {
  readonly #step: Step;
  readonly #portfolio: Portfolio;
  readonly #market: (ticker: string) => MarketState | undefined;
  readonly #startedAt: Micros;
  readonly #check = new AccountCheck();
  #heard = false;
  #saidPenniless = false;
  #fillsAskedAt = 0;

  constructor(
    { startedAt }: EngineOptions,
    step: Step,
    portfolio: Portfolio,
    market: (ticker: string) => MarketState | undefined,
  ) {
    this.#step = step;
    this.#portfolio = portfolio;
    this.#market = market;
    this.#startedAt = startedAt;
  }

  /** Whether it is known what the account holds, from this run or an earlier one. */
  get known(): boolean {
    return this.#portfolio.known;
  }

  /** Whether the exchange told its account in this run: what an earlier one knew may have changed since. */
  get heard(): boolean {
    return this.#heard;
  }

  /** Nothing can be bought: the account is known, and holds no cash where it is traded. */
  get penniless(): boolean {
    return this.#heard && this.#portfolio.ledger.cash < CHEAPEST_CONTRACT;
  }

  /** From where executions must be read so that none is missed. */
  get fillsSince(): Micros {
    const known = this.#portfolio.fillsReadTo ?? this.#portfolio.lastFillAt;
    // Whatever was before the first start of all is in the account that is taken over.
    return known === null ? this.#startedAt : micros(Math.max(0, known - FILL_OVERLAP));
  }

  /** The exchange's own account, read whole. */
  account(input: AccountInput): void {
    this.#heard = true;
    if (input.fillsReadTo !== undefined) this.#portfolio.readFills(input.fillsReadTo);
    if (this.known) this.#compare(input);
    else this.#begin(input);
    if (this.penniless && !this.#saidPenniless) {
      this.#step.log("warn", `${NO_CASH}: nothing can be bought until some is transferred there`);
    }
    this.#saidPenniless = this.penniless;
  }

  #compare(input: AccountInput): void {
    const bound = this.#bound();
    for (
      const finding of this.#check.compare(input, this.#portfolio.ledger, bound, (ticker) => this.#phaseOf(ticker))
    ) {
      this.#correct(finding, input.at);
    }
  }

  /** The most that what rests can bind; `null` while it is not known what else there may be. */
  #bound(): Money | null {
    const { orders, exposure } = this.#portfolio;
    if (orders.short().size > 0) return null;
    for (const { phase } of orders.open()) if (phase !== "resting") return null;
    return exposure.boundByOrders;
  }

  /** An order that bears our name, rests, and is not remembered: nobody would ever cancel it. */
  cancelForgotten({ clientOrderId, orderId, ticker, status }: OrderReport): void {
    if (status !== "resting" || this.#portfolio.orders.get(clientOrderId) !== undefined) return;
    // A shard that is wrong finds nothing, and the exchange can tell it from the ticker.
    const shard = this.#market(ticker)?.market.shard ?? null;
    const reason = "It is not remembered here";
    this.#step.act({ type: "cancel", execution: "live", clientOrderId, orderId, ticker, shard, reason });
  }

  /** Once a second: asks for orders whose fate is unknown, and for fills that were counted and not heard of. */
  chase(): void {
    const { at } = this.#step;
    const { orders } = this.#portfolio;
    for (const order of orders.open()) {
      const closedAt = this.#market(order.intent.ticker)?.closedAt ?? null;
      const late = closedAt !== null && at - closedAt > CLOSE_PATIENCE;
      if (late && order.phase === "resting") orders.unknown(order, "Its market closed", at);
    }
    for (const order of orders.toAskFor(at)) {
      const { clientOrderId, ticker } = order.intent;
      this.#step.act({ type: "find_order", clientOrderId, orderId: order.orderId, ticker });
    }
    this.#chaseFills(at);
  }

  #chaseFills(at: Micros): void {
    if (at - this.#fillsAskedAt < FILL_PATIENCE) return;
    // Fills heard of since, in other markets, must not hide one that is missing from longer ago.
    let since: number = this.fillsSince;
    let missing = false;
    for (const order of this.#portfolio.orders.short()) {
      if (at - order.updatedAt <= FILL_PATIENCE) continue;
      missing = true;
      since = Math.min(since, Math.max(0, order.sentAt - FILL_OVERLAP));
    }
    if (!missing) return;
    this.#fillsAskedAt = at;
    this.#step.act({ type: "fetch_fills", since: micros(since) });
  }

  /** Nothing is known from before: what the exchange says is what there is. */
  #begin({ balance, positions, at }: AccountInput): void {
    this.#portfolio.begin(balance);
    for (const { ticker, position } of positions) {
      if (position === 0 || this.#phaseOf(ticker) === "unknown") continue;
      this.#portfolio.ledger.adopt(ticker, position, this.#priceOf(ticker), at);
      this.#portfolio.touch(ticker);
    }
    this.#portfolio.day.begin(this.#portfolio.nav);
    const text = `The account holds ${formatMoney(balance)} and ${positions.length} positions`;
    this.#step.audit("account", null, text);
  }

  #correct(finding: AccountFinding, at: Micros): void {
    if (finding.kind === "cash") {
      this.#portfolio.transfer(finding.amount);
    } else {
      const { ticker, position } = finding;
      this.#portfolio.ledger.overrule(ticker, position, this.#priceOf(ticker), at);
      this.#portfolio.touch(ticker);
    }
    this.#portfolio.touch();
    this.#step.audit("reconciled", finding.kind === "cash" ? null : finding.ticker, finding.text);
    this.#step.log("warn", finding.text);
  }

  #phaseOf(ticker: string): MarketPhase {
    const state = this.#market(ticker);
    return state === undefined ? "unknown" : state.closed ? "closed" : "open";
  }

  /** The YES price that contracts without a history here are reckoned with. */
  #priceOf(ticker: string): Price {
    return this.#market(ticker)?.mark ?? HALF;
  }
}
