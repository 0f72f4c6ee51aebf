/**
 * Is the time zone that this machine is set to one that there is? kbot itself reckons in UTC and in US Eastern time, but a
 * zone with a slip of the pen is UTC without a word, in every other program's log beside kbot's.
 * @module
 */

import { isZone } from "../alerts/quiet_hours.ts";
import { type Check, fail, pass } from "./check.ts";

/** Another way to write it: `:Europe/Berlin`, and the path of a file of zone data. */
const nameIn = (setting: string): string => setting.replace(/^:/, "").replace(/^.*\/zoneinfo\//, "");

/** `EST5EDT,M3.2.0,M11.1.0` and `<+03>-3` carry their rules themselves. */
const POSIX_RULE = /^(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?\d{1,2}/;

export const timeZone: Check = {
  name: "time zone",
  run(context) {
    const setting = context.request.env.TZ ?? "";
    if (setting === "") return Promise.resolve(pass("TZ is not set: this machine's own"));
    const name = nameIn(setting);
    if (isZone(name) || POSIX_RULE.test(name) || name.startsWith("/")) return Promise.resolve(pass(`TZ=${setting}`));
    return Promise.resolve(fail(
      `TZ=${setting} names no time zone: programs that read it show UTC without saying so`,
      "Set TZ to a name such as UTC or America/New_York, or do not set it",
    ));
  },
};
