/**
 * Does this machine's clock agree with the exchange's? Signatures carry a time, and one that is too far off is refused
 * (KALSHI.md 2.2).
 * @module
 */

import { MICROS_PER_SECOND } from "../../core/units.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { REST } from "./rest.ts";

/** Within this the exchange surely accepts a signature's time. */
const ACCEPTED_SECONDS = 10;
const GOOD_SECONDS = 1;
const SYNCHRONISE = "Let the machine keep its clock by NTP (timedatectl set-ntp true, or chrony)";

export const clock: Check = {
  name: "clock",
  needs: [REST],
  run(context) {
    const offset = context.found("dates").offset();
    if (offset === null) return Promise.resolve(skip("The exchange's answers name no time (no Date header)"));
    const seconds = offset.micros / MICROS_PER_SECOND;
    const whose = context.found("venue").chosen.simulated
      ? "The clock that follows the simulated exchange"
      : "This machine's clock";
    const far = Math.abs(seconds);
    const accuracy = `(within ${(offset.within / MICROS_PER_SECOND).toFixed(1)} s)`;
    // What the header's whole seconds cannot tell counts for the clock, not against it.
    if (far - offset.within / MICROS_PER_SECOND <= GOOD_SECONDS) {
      return Promise.resolve(pass(`${whose} agrees ${accuracy}`));
    }
    const detail = `${whose} is ${far.toFixed(1)} s ${seconds > 0 ? "slow" : "fast"} ${accuracy}`;
    if (far <= ACCEPTED_SECONDS) return Promise.resolve(pass(detail, SYNCHRONISE));
    return Promise.resolve(fail(`${detail}: beyond ${ACCEPTED_SECONDS} s signatures may be refused`, SYNCHRONISE));
  },
};
