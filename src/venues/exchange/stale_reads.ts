/**
 * REST reads that lag behind the matching engine (KALSHI.md 3.1), for the fault `stale-get`: an order is shown as it was
 * until 400 ms after it changed, positions and fills until a second after.
 * @module
 */

import { type Micros, micros, MICROS_PER_MILLISECOND } from "../../core/units.ts";
import type { Position } from "./account.ts";
import type { ExchangeEvent } from "./events.ts";
import type { FaultSwitches } from "./faults.ts";
import type { MemberFill, MemberOrder } from "./order.ts";
import { orderBody, positionBody } from "./portfolio_bodies.ts";

type Body = Record<string, unknown>;

const ORDER_LAG = 400 * MICROS_PER_MILLISECOND;
const POSITION_LAG = 1_000 * MICROS_PER_MILLISECOND;
/** Rows remembered; the oldest changes are long visible. */
const REMEMBERED_MAX = 10_000;

/** What a reader sees of one row. */
interface Row {
  /** What was shown before the change; `null` where the row did not exist. */
  readonly shown: Body | null;
  readonly visibleAt: Micros;
}

const positionKey = ({ market, subaccount }: Position): string => `${subaccount}/${market.ticker}`;

export class StaleReads {
  readonly #faults: FaultSwitches;
  readonly #userId: string;
  readonly #rows = new Map<string, Row>();
  readonly #last = new Map<string, Body>();

  constructor(faults: FaultSwitches, userId: string) {
    this.#faults = faults;
    this.#userId = userId;
  }

  get #active(): boolean {
    return this.#faults.has("stale-get");
  }

  /** Takes note of a change, whether the fault is on or not: it may be switched on at any time. */
  hear(event: ExchangeEvent): void {
    if (event.type === "order") {
      this.#change(event.order.id, orderBody(event.order, this.#userId), event.at, ORDER_LAG);
    } else if (event.type === "position") {
      this.#change(positionKey(event.position), positionBody(event.position), event.at, POSITION_LAG);
    }
  }

  #change(key: string, body: Body, at: Micros, lag: number): void {
    const row = this.#rows.get(key);
    const shown = row !== undefined && row.visibleAt > at ? row.shown : this.#last.get(key) ?? null;
    this.#rows.set(key, { shown, visibleAt: micros(at + lag) });
    this.#last.set(key, body);
    if (this.#last.size <= REMEMBERED_MAX) return;
    for (const oldest of this.#last.keys()) {
      this.#last.delete(oldest);
      this.#rows.delete(oldest);
      break;
    }
  }

  /** The row as a reader sees it now; `null` where it does not see it at all. */
  #see(key: string, fresh: Body, now: Micros): Body | null {
    const row = this.#active ? this.#rows.get(key) : undefined;
    return row === undefined || row.visibleAt <= now ? fresh : row.shown;
  }

  order(order: MemberOrder, now: Micros): Body | null {
    return this.#see(order.id, orderBody(order, this.#userId), now);
  }

  position(position: Position, now: Micros): Body | null {
    return this.#see(positionKey(position), positionBody(position), now);
  }

  seesFill(fill: MemberFill, now: Micros): boolean {
    return !this.#active || fill.at + POSITION_LAG <= now;
  }

  /** How fresh portfolio reads are. */
  asOf(now: Micros): Micros {
    return this.#active ? micros(now - POSITION_LAG) : now;
  }
}
