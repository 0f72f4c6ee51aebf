/**
 * Our account read whole: at the start, after every reconnect, and every 30 seconds, because private channels do not replay
 * what was missed (KALSHI.md 5.8). Only whole lists count; a page that fails in the middle means that nothing is concluded,
 * and that everything is read again after a pause.
 *
 * | case | believed here | the exchange says | action |
 * | --- | --- | --- | --- |
 * | fill that was missed, before or after one that was heard | less filled | a fill in the list, read from the last whole reading on | told; a repeat is recognised by its trade id |
 * | order that rests | anything | in the list of resting orders | its state is told |
 * | order that vanished | it rests | not in that list, read whole | looked up in all orders; its fills and its end are told |
 * | stale read after a create or cancel | heard of it within 1.5 s | not in that list | left alone: reads lag behind |
 * | order that is nowhere | it rests | in no list, all read whole | told as absent; who trades believes it after several |
 * | failed page in the middle | anything | a list that could not be read whole | nothing is concluded, tried again |
 * | order unknown to us | nothing | in the list of resting orders | its state is told; who trades decides |
 * | position and cash | anything | positions and balance, both read whole | told together |
 * @module
 */

import type { ShardCash } from "../../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { Backoff } from "../../ops/backoff.ts";
import { type BalanceBody, balanceOn, reportOf } from "./bodies_account.ts";
import { Complaints } from "./complaints.ts";
import { describeFailure } from "./failure.ts";
import type { Fills } from "./fills.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import type { OpenOrders } from "./open_orders.ts";
import { type OrderLookup, whyIncomplete } from "./order_lookup.ts";
import type { KalshiRest } from "./rest.ts";
import { PRIMARY } from "./subaccounts.ts";

export interface CatchUpOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly jitter: () => number;
  readonly fills: Fills;
  readonly open: OpenOrders;
  readonly lookup: OrderLookup;
  /** The shards whose cash counts; `null` before they are known. */
  readonly shards: () => readonly number[] | null;
  /** Markets with a position, for those who follow markets. */
  readonly onPositions: (tickers: readonly string[]) => void;
}

/** Reads lag behind the matching engine by up to about a second (KALSHI.md 3.1). */
export const READ_LAG = 1_500_000;
const EVERY = 30 * MICROS_PER_SECOND;
/** So many vanished orders are looked up in one round, the others in the next. */
const LOOKUPS_MAX = 20;

export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #backoff: Backoff;
  readonly #complaints: Complaints;
  #running = false;
  #again = false;
  #stopped = false;
  #accountOwed = false;
  #cancelTimer: CancelTimer = () => {};

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.jitter);
    this.#complaints = new Complaints(options.log);
  }

  /** Reads everything now, and every 30 seconds from then on. While a reading is under way, one more follows it. */
  start(): void {
    if (this.#stopped) return;
    this.#cancelTimer();
    this.#again = this.#running;
    if (this.#running) return;
    this.#running = true;
    this.#options.lane.run(async () => {
      const whole = !this.#stopped && await this.#everything();
      this.#running = false;
      if (this.#stopped) return;
      if (this.#again) return this.start();
      if (whole) this.#backoff.reset();
      this.#cancelTimer = this.#options.clock.after(whole ? EVERY : this.#backoff.next(), () => this.start());
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  /** The shards may be known now: reads the account where that was all that was missing. */
  refreshOwedAccount(): void {
    if (!this.#accountOwed || this.#options.shards() === null) return;
    this.#accountOwed = false;
    this.#options.lane.run(async () => {
      await this.#account();
    });
  }

  /**
   * Reads which orders rest, and looks for those that should and do not. How many rest; `null` where not all that could be
   * read whole.
   */
  async resting(): Promise<number | null> {
    const { rest, clock, sink } = this.#options;
    const begun = clock.now();
    const result = await rest.orders({ status: "resting", subaccount: PRIMARY });
    const reason = whyIncomplete(result);
    if (reason !== null) this.#complaints.tell("resting", "warn", `Resting orders cannot be read whole: ${reason}`);
    else this.#complaints.over("resting", "Resting orders can be read again");
    if (!result.ok) return null;
    const { items } = result.value;
    for (const order of items) sink({ type: "order_update", at: clock.now(), order: reportOf(order) });
    if (reason !== null) return null;
    const whole = await this.#vanished(new Set(items.map((order) => order.clientOrderId)), begun);
    return whole ? items.length : null;
  }

  async #everything(): Promise<boolean> {
    return await this.#options.fills.catchUp() && await this.resting() !== null && await this.#account();
  }

  async #vanished(listed: ReadonlySet<string>, begun: Micros): Promise<boolean> {
    const { open, lookup, clock, sink } = this.#options;
    const missing = open.missingFrom(listed, begun - READ_LAG as Micros).slice(0, LOOKUPS_MAX);
    for (const { ticker, clientOrderId, orderId } of missing) {
      const sight = await lookup.find(ticker, clientOrderId, orderId);
      if (sight.kind === "unclear") {
        const text = `Order ${clientOrderId} rests no more, and cannot be looked up: ${sight.reason}`;
        this.#complaints.tell("lookup", "warn", text, sight.reason);
        return false;
      }
      this.#complaints.over("lookup", "Orders can be looked up again");
      if (sight.kind === "absent") sink({ type: "order_absent", at: clock.now(), clientOrderId });
    }
    return true;
  }

  async #account(): Promise<boolean> {
    const { rest, clock, sink, fills, onPositions } = this.#options;
    const traded = this.#options.shards();
    this.#accountOwed = traded === null;
    if (traded === null) return true;
    const balance = await rest.balance();
    const positions = await rest.positions();
    const reason = balance.ok ? whyIncomplete(positions) : describeFailure(balance.failure);
    if (reason !== null || !balance.ok || !positions.ok) {
      this.#complaints.tell("account", "warn", `Account cannot be read: ${reason}`);
      return false;
    }
    this.#complaints.over("account", "Account can be read again");
    // Closed positions linger as rows of zero.
    const held = positions.value.items.filter((position) => position.position !== 0);
    onPositions(held.map((position) => position.ticker));
    sink({
      type: "account",
      at: clock.now(),
      balance: balanceOn(balance.value, traded),
      positions: held,
      traded,
      shards: cashByShard(balance.value, traded),
      fillsReadTo: fills.readTo,
    });
    return true;
  }
}

/** Bodies without a breakdown know one pot only, which is the first shard's then. */
function cashByShard({ total, byShard }: BalanceBody, traded: readonly number[]): readonly ShardCash[] {
  if (byShard.size === 0) return traded.slice(0, 1).map((shard) => ({ shard, cash: total }));
  return [...byShard].map(([each, cash]) => ({ shard: each, cash })).sort((a, b) => a.shard - b.shard);
}
