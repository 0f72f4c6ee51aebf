/**
 * Did the newest run say goodbye?
 * @module
 */

import { type Check, fail, pass, skip } from "./check.ts";
import { JOURNAL } from "./journal.ts";
import { isInUse } from "./own_bot.ts";

export const lastRun: Check = {
  name: "last run",
  needs: [JOURNAL],
  async run(context) {
    const last = context.found("lastRun");
    if (last === null) return pass("No run yet");
    if (last.last?.kind === "end") return pass(`Run ${last.run} ended in order: ${last.last.end.reason}`);
    if (await isInUse(context.found("stateDirectory"))) return skip(`Run ${last.run} is under way`);
    return fail(
      `Run ${last.run} ended without a goodbye: it was killed, or the machine lost power`,
      "The next start takes up what it left; logs/main.ndjson in the state directory says what came before",
    );
  },
};
