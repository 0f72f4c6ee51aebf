/**
 * Does no other process use the state directory?
 * @module
 */

import { lockStateDirectory } from "../../store/lock.ts";
import { statePaths } from "../../store/state_directory.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { infoOf } from "./nearest_existing.ts";
import { saidPid } from "./own_bot.ts";
import { STATE_DIRECTORY } from "./state_directory.ts";

export const STATE_LOCK = "state lock";

export const stateLock: Check = {
  name: STATE_LOCK,
  needs: [STATE_DIRECTORY],
  async run(context) {
    const directory = context.found("stateDirectory");
    if (await infoOf(statePaths(directory).lock) === null) return pass("Free: no process has used the directory yet");
    const locked = await lockStateDirectory(directory);
    if (!locked.ok) {
      const detail = locked.reason.split("; ")[0];
      const pid = await saidPid(directory);
      if (pid !== null && detail.endsWith(` process ${pid}`)) {
        return skip(`The bot of this directory runs (process ${pid})`);
      }
      return fail(
        detail,
        "If that is your bot, all is well; otherwise stop it, or choose another directory with --state",
      );
    }
    locked.lock.release();
    return pass("Free");
  },
};
