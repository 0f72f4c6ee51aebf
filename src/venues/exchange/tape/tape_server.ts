/**
 * Starts an exchange that plays a recording, behind a real port.
 * @module
 */

import type { Micros } from "../../../core/units.ts";
import { DEFAULT_CASH } from "../exchange_core.ts";
import { parseFaults } from "../faults.ts";
import { checkOptions, type ExchangeOptions, openDoors, type RunningExchange } from "../server.ts";
import { RecordedMoments, type TapeRequest } from "./recorded_moments.ts";
import { TapeExchange } from "./tape_exchange.ts";

export interface RunningTape extends RunningExchange<TapeExchange> {
  /** Reads what is recorded up to `to`, to be called before time is moved there; true where that was the last of it. */
  readOn(to: Micros): Promise<boolean>;
}

/**
 * Starts an exchange on a recording and listens. Its time is moved step by step alone: the recording is read ahead of it.
 * @throws RangeError for a wrong option, or where there is nothing to play
 */
export async function startTape(options: ExchangeOptions, tape: TapeRequest): Promise<RunningTape> {
  checkOptions(options);
  if (options.mode !== "stepped") throw new RangeError("A recording is played in stepped mode alone");
  const moments = await RecordedMoments.open(tape);
  if ("error" in moments) throw new RangeError(moments.error);
  const first = await moments.first();
  if (first === null) throw new RangeError(`No recorded market at ${tape.path}`);
  const { seed, faults, cash = DEFAULT_CASH } = options;
  const start = { ...first, settlements: moments.settlements };
  const exchange = new TapeExchange({ seed, faults: parseFaults(faults), cash }, start);
  const running = await openDoors(options, exchange, null, []);
  return {
    ...running,
    async readOn(to) {
      for (const moment of await moments.until(to)) exchange.play(moment);
      return moments.ended;
    },
    async stop() {
      await moments.close();
      await running.stop();
    },
  };
}
