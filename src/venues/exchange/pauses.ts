/**
 * When nobody may trade (docs: maintenance and pauses; KALSHI.md 3.5, 4.8).
 *
 * | pause | when | create, amend | cancel | resting orders |
 * | --- | --- | --- | --- | --- |
 * | trading | Thursdays 3:00 to 5:00 ET; fault `trading-pause` | refused | allowed | stay, unless `cancel_order_on_pause` |
 * | exchange | fault `exchange-pause` | refused | refused | stay, unless `cancel_order_on_pause` |
 * @module
 */

import { easternOffset } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { FaultSwitches } from "./faults.ts";

const PAUSE_FROM = 180 * MICROS_PER_MINUTE;
const PAUSE_TO = 300 * MICROS_PER_MINUTE;
const THURSDAY = 4;
/** Under the faults: a pause of one minute, three minutes apart. */
const FAULT_PERIOD = 4 * MICROS_PER_MINUTE;
const FAULT_PAUSE = MICROS_PER_MINUTE;

export type Pause = "none" | "trading" | "exchange";

/** Whether this moment lies in the weekly maintenance. */
export function inWeeklyPause(at: Micros): boolean {
  const wall = at + easternOffset(at);
  const day = new Date(Math.floor(wall / MICROS_PER_SECOND) * 1_000).getUTCDay();
  const time = wall % MICROS_PER_DAY;
  return day === THURSDAY && time >= PAUSE_FROM && time < PAUSE_TO;
}

/** The first moment after this one at which a pause can begin or end: both fall on whole minutes. */
export const nextPauseCheck = (at: Micros): Micros =>
  micros((Math.floor(at / MICROS_PER_MINUTE) + 1) * MICROS_PER_MINUTE);

/** Tells whether trading pauses. Pauses by fault are counted from the start of the exchange, the first after 3 minutes. */
export class Pauses {
  readonly #faults: FaultSwitches;
  readonly #start: Micros;

  constructor(faults: FaultSwitches, start: Micros) {
    this.#faults = faults;
    this.#start = micros(Math.floor(start / MICROS_PER_MINUTE) * MICROS_PER_MINUTE);
  }

  at(time: Micros): Pause {
    const struck = time >= this.#start && (time - this.#start) % FAULT_PERIOD >= FAULT_PERIOD - FAULT_PAUSE;
    if (struck && this.#faults.has("exchange-pause")) return "exchange";
    if (struck && this.#faults.has("trading-pause")) return "trading";
    return inWeeklyPause(time) ? "trading" : "none";
  }
}
