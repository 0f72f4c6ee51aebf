/**
 * Does the state directory belong to this venue? Paper and real money, or two exchanges, never mix in one.
 * @module
 */

import { messageOf } from "../../store/message.ts";
import { identityFile, parseIdentity } from "../../runner/identity.ts";
import { type Check, fail, pass } from "./check.ts";
import { STATE_DIRECTORY } from "./state_directory.ts";
import { VENUE } from "./venue.ts";

export const stateIdentity: Check = {
  name: "state identity",
  needs: [STATE_DIRECTORY, VENUE],
  async run(context) {
    const directory = context.found("stateDirectory");
    const { chosen, ownKey } = context.found("venue");
    // An embedded exchange is known by its name: its port is another each time.
    const venue = ownKey === null ? chosen.id : "sim";
    let text: string;
    try {
      text = await Deno.readTextFile(identityFile(directory));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return pass(`The first run claims it for ${venue}`);
      return fail(`${identityFile(directory)} cannot be read: ${messageOf(error)}`, "Give it to this user");
    }
    const found = parseIdentity(text);
    if (found === null) {
      return fail(`${identityFile(directory)} is not readable`, "Choose another directory with --state");
    }
    if (found.venue === venue) return pass(`Belongs to ${found.execution} trading at ${venue}`);
    return fail(
      `${directory} belongs to ${found.execution} trading at ${found.venue}, not to ${venue}`,
      "Name another directory with --state",
    );
  },
};
