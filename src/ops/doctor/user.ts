/**
 * Does kbot run as a user without power over the machine?
 * @module
 */

import { messageOf } from "../../store/message.ts";
import { type Check, pass, skip } from "./check.ts";

const ROOT = 0;

export const user: Check = {
  name: "user",
  run(context) {
    let uid: number | null;
    try {
      uid = context.machine.user();
    } catch (error) {
      return Promise.resolve(skip(`Not known here: ${messageOf(error)}`));
    }
    if (uid === null) return Promise.resolve(skip("This system numbers no users"));
    if (uid !== ROOT) return Promise.resolve(pass(`User ${uid}, not root`));
    // It works, so it is no failure; but a mistake would have the whole machine.
    return Promise.resolve(pass(
      "kbot runs as root, which it never needs",
      "Make a user for it (useradd --system kbot), or have systemd do so: kbot systemd",
    ));
  },
};
