/**
 * Takes every order off the exchange and keeps at it until the exchange itself says that nothing rests: after a kill nobody
 * may have to wonder. Only its own list of resting orders, read whole and empty, ends a sweep.
 *
 * | what the exchange does | what happens |
 * | --- | --- |
 * | its list is empty, and again 1.5 s later (reads lag) | confirmed, unless an order is still on its way |
 * | cancels all, and its list is not empty | told what rests, cancelled anew; from the third try on each order by itself, too |
 * | refuses, or answers nonsense | each order of its list is cancelled by itself, and all is tried again |
 * | says nothing | tried again while the answer is still waited for, three tries at once at most |
 * | is down for long | tried again for as long as it takes: after 0.25 s at first, every 5 s in the end |
 *
 * A new order ends a sweep unconfirmed: somebody lifted the halt, and trading goes on. So does the end of the lease, where several
 * bots trade one account: what rests from then on may be the next leader's.
 * @module
 */

import { formatTime, type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { InputSink, SweepStatus } from "../venue.ts";
import type { CancelledBody } from "./bodies_orders.ts";
import { type CatchUp, READ_LAG } from "./catch_up.ts";
import { Complaints } from "./complaints.ts";
import { type ApiResult, describeFailure } from "./failure.ts";
import { isGone } from "./order_failures.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import { whyIncomplete } from "./order_lookup.ts";
import type { KalshiRest, OrderPlace } from "./rest.ts";
import { PRIMARY } from "./subaccounts.ts";

export interface SweepOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly catchUp: CatchUp;
  /** The shard of one market; `null` where it is not known. */
  readonly shardOf: (ticker: string) => number | null;
  /** Cancels one order. */
  readonly cancel: (place: OrderPlace) => Promise<ApiResult<CancelledBody>>;
  /** Whether the answer to a create is still waited for: its order may come to rest any moment. */
  readonly isSending: () => boolean;
  /** Why only the leader's requests must not leave now, in words; `null` where they may. Absent where there is but one bot. */
  readonly forbidden?: () => string | null;
}

const PACE_MIN = MICROS_PER_SECOND / 4;
const PACE_MAX = 5 * MICROS_PER_SECOND;
/** Tries whose answers are still waited for: a connection that hangs must not hold up the next one, nor many pile up. */
const TRIES_AT_ONCE_MAX = 3;
/** A cancel-all that the exchange took twice, and that left something, is not enough. */
const TRIES_BY_STROKE = 2;
/** So often a long sweep is spoken of again. */
const TOLD_EVERY = 60 * MICROS_PER_SECOND;

/** One sweep, from its cause to the exchange's word. */
interface Sweep {
  readonly reason: string;
  readonly since: Micros;
  tries: number;
  /** Since when its list of resting orders has been empty at every sight. */
  emptySince: Micros | null;
  resting: number | null;
  trouble: string | null;
  toldAt: Micros;
  confirmedAt: Micros | null;
}

export class OrderSweep {
  readonly #options: SweepOptions;
  readonly #complaints: Complaints;
  /** The newest one; a confirmed one is kept to be shown until trading goes on. */
  #sweep: Sweep | null = null;
  #cancelTimer: CancelTimer = () => {};
  #waiters: (() => void)[] = [];
  /** Tries whose answers are still waited for, of older sweeps too. */
  #unanswered = 0;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#complaints = new Complaints(options.log);
  }

  /** Begins, or tries again at once where one is under way. */
  start(reason: string): void {
    const now = this.#options.clock.now();
    const under = this.#sweep;
    const goesOn = under !== null && under.confirmedAt === null;
    this.#sweep = {
      reason: goesOn ? under.reason : reason,
      since: goesOn ? under.since : now,
      tries: goesOn ? under.tries : 0,
      emptySince: null,
      resting: goesOn ? under.resting : null,
      trouble: goesOn ? under.trouble : null,
      toldAt: now,
      confirmedAt: null,
    };
    this.#try(this.#sweep);
  }

  /** A new order leaves: trading goes on. */
  tradingGoesOn(): void {
    const sweep = this.#sweep;
    if (sweep === null) return;
    if (sweep.confirmedAt === null) {
      this.#options.log("warn", `Trading goes on before the exchange confirmed that no order rests (${sweep.reason})`);
    }
    this.#end();
  }

  stop(): void {
    this.#end();
  }

  /** Resolves once the exchange confirmed it, or the sweep ended otherwise. */
  async over(): Promise<void> {
    if (this.#sweep === null || this.#sweep.confirmedAt !== null) return;
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  get status(): SweepStatus | null {
    const sweep = this.#sweep;
    if (sweep === null) return null;
    const { reason, since, tries, resting, trouble, confirmedAt } = sweep;
    const confirmed = confirmedAt === null ? null : formatTime(confirmedAt);
    return { reason, since: formatTime(since), tries, resting, trouble, confirmed };
  }

  #end(): void {
    this.#cancelTimer();
    this.#sweep = null;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  /** To be asked after whatever took time, and before it is acted on. */
  #goesOn(sweep: Sweep): boolean {
    if (this.#sweep !== sweep || sweep.confirmedAt !== null) return false;
    const reason = this.#options.forbidden?.() ?? null;
    if (reason === null) return true;
    const text =
      `The cancelling of all orders ends, because what rests may be the next leader's: ${reason} (${sweep.reason})`;
    this.#options.log("warn", text);
    this.#end();
    return false;
  }

  /** The next try is planned before this one is answered: an exchange that says nothing is asked again. */
  #try(sweep: Sweep): void {
    this.#plan(sweep);
    if (this.#unanswered >= TRIES_AT_ONCE_MAX) return;
    this.#unanswered++;
    sweep.tries++;
    this.#options.lane.run(async () => {
      try {
        await this.#cancelEverything(sweep);
      } finally {
        this.#unanswered--;
      }
    });
  }

  #plan(sweep: Sweep): void {
    this.#cancelTimer();
    const delay = Math.min(PACE_MAX, PACE_MIN * 2 ** Math.min(sweep.tries, 10));
    this.#cancelTimer = this.#options.clock.after(delay, () => {
      if (!this.#goesOn(sweep)) return;
      this.#remind(sweep);
      this.#try(sweep);
    });
  }

  async #cancelEverything(sweep: Sweep): Promise<void> {
    const result = await this.#options.rest.cancelAll();
    if (!this.#goesOn(sweep)) return;
    if (result.ok) {
      this.#complaints.over("all", "The exchange takes the cancelling of all orders again");
    } else {
      sweep.trouble = describeFailure(result.failure);
      const text = `Cannot cancel all orders (${sweep.reason}): ${sweep.trouble}`;
      this.#complaints.tell("all", "error", text, sweep.trouble);
    }
    if (!result.ok || sweep.tries > TRIES_BY_STROKE) await this.#cancelOneByOne(sweep);
    else await this.#look(sweep);
  }

  /** Tells whoever trades what rests, and concludes where nothing does. */
  async #look(sweep: Sweep): Promise<void> {
    const began = this.#options.clock.now();
    const resting = await this.#options.catchUp.resting();
    if (!this.#goesOn(sweep)) return;
    if (resting === null) sweep.trouble = "The list of resting orders cannot be read whole";
    this.#judge(sweep, resting, began);
  }

  /** Each on its own shard: an order is not found on another one (KALSHI.md 3.13). */
  async #cancelOneByOne(sweep: Sweep): Promise<void> {
    const { rest, sink, clock, shardOf, cancel } = this.#options;
    const began = clock.now();
    const listed = await rest.orders({ status: "resting", subaccount: PRIMARY });
    if (!this.#goesOn(sweep)) return;
    const reason = whyIncomplete(listed);
    if (reason === null) this.#complaints.over("list");
    else {
      sweep.trouble = `Orders may still rest: their list cannot be read whole: ${reason}`;
      this.#complaints.tell("list", "error", sweep.trouble, reason);
    }
    const items = listed.ok ? listed.value.items : [];
    for (const { orderId, clientOrderId, ticker, shard } of items) {
      const result = await cancel({ orderId, ticker, shard: shard ?? shardOf(ticker) });
      if (!this.#goesOn(sweep)) return;
      if (result.ok) {
        sink({ type: "order_cancelled", at: clock.now(), clientOrderId, reducedBy: result.value.reducedBy });
      } else if (!isGone(result.failure)) {
        const why = describeFailure(result.failure);
        sweep.trouble = `Order ${clientOrderId} is not cancelled: ${why}`;
        this.#complaints.tell("one", "error", sweep.trouble, why);
      }
    }
    this.#judge(sweep, reason === null ? items.length : null, began);
  }

  /**
   * An empty list is believed at second sight: the first may be from before an order that was under way.
   * @param resting so many are in the list; `null` where it could not be read whole
   */
  #judge(sweep: Sweep, resting: number | null, began: Micros): void {
    sweep.resting = resting;
    if (resting !== 0) {
      sweep.emptySince = null;
      return;
    }
    sweep.emptySince ??= began;
    if (began - sweep.emptySince >= READ_LAG && !this.#options.isSending()) this.#confirm(sweep);
    else this.#lookAgain(sweep);
  }

  #lookAgain(sweep: Sweep): void {
    const { clock, lane } = this.#options;
    this.#cancelTimer();
    this.#cancelTimer = clock.after(READ_LAG, () => {
      if (!this.#goesOn(sweep)) return;
      this.#plan(sweep);
      lane.run(() => this.#look(sweep));
    });
  }

  #confirm(sweep: Sweep): void {
    const { clock, log } = this.#options;
    this.#cancelTimer();
    sweep.confirmedAt = clock.now();
    sweep.resting = 0;
    sweep.trouble = null;
    const tries = sweep.tries === 1 ? "1 try" : `${sweep.tries} tries`;
    log("info", `The exchange confirms that no order rests, after ${tries} (${sweep.reason})`);
    this.#wake();
  }

  #remind(sweep: Sweep): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    if (now - sweep.toldAt < TOLD_EVERY) return;
    sweep.toldAt = now;
    log(
      "error",
      `Orders may still rest since ${formatTime(sweep.since)} (${sweep.reason}), after ${sweep.tries} tries`,
    );
  }
}
