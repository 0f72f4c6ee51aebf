/**
 * Is there memory for a run?
 * @module
 */

import { messageOf } from "../../store/message.ts";
import { type Check, fail, pass, skip } from "./check.ts";

const MEGABYTE = 1_000_000;
/** A paper run of two series with all feeds took 290 MB at most. */
const LEAST = 320 * MEGABYTE;
/** What the service may have at most: room for many markets and a long history. */
const COMFORTABLE = 1_000 * MEGABYTE;

export const memory: Check = {
  name: "memory",
  run(context) {
    let free: number;
    try {
      free = context.machine.memory();
    } catch (error) {
      return Promise.resolve(skip(`Not known here: ${messageOf(error)}`));
    }
    const detail = `${Math.floor(free / MEGABYTE)} MB can be had`;
    const remedy = "Stop what else runs here, take a larger machine, or give the container more";
    if (free < LEAST) {
      return Promise.resolve(fail(`${detail}, a run needs ${LEAST / MEGABYTE}: it would be killed`, remedy));
    }
    return Promise.resolve(
      free < COMFORTABLE
        ? pass(detail, `Enough for some markets, not for many: ${remedy.toLowerCase()}`)
        : pass(detail),
    );
  },
};
