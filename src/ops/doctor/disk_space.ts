/**
 * Is there room for the journal, the database and the logs?
 * @module
 */

import { messageOf } from "../../store/message.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { nearestExisting } from "./nearest_existing.ts";
import { STATE_DIRECTORY } from "./state_directory.ts";

const MEGABYTE = 1_000_000;
/** A day of two series writes some 100 MB of journal before it is compressed. */
const LEAST = 500 * MEGABYTE;
/** Room for full logs (1 GB) and weeks of journals. */
const COMFORTABLE = 5_000 * MEGABYTE;

const inGigabytes = (bytes: number): string => `${(bytes / 1_000_000_000).toFixed(1)} GB`;

export const diskSpace: Check = {
  name: "disk space",
  needs: [STATE_DIRECTORY],
  async run(context) {
    const path = await nearestExisting(context.found("stateDirectory"));
    let free: number;
    try {
      free = await context.machine.disk(path);
    } catch (error) {
      return skip(`This system does not say how much room is left at ${path}: ${messageOf(error)}`);
    }
    const detail = `${inGigabytes(free)} left at ${path}`;
    const remedy = "Make room, or choose a larger disk with --state";
    if (free < LEAST) return fail(`${detail}, at least ${inGigabytes(LEAST)} are needed`, remedy);
    return free < COMFORTABLE ? pass(detail, `Enough for some weeks: ${remedy.toLowerCase()}`) : pass(detail);
  },
};
