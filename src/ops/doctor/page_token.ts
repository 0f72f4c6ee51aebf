/**
 * Is the token of the page's controls for its owner's eyes only?
 * @module
 */

import { statePaths } from "../../store/state_directory.ts";
import { loadToken } from "../../store/token.ts";
import { type Check, fail, pass } from "./check.ts";
import { infoOf } from "./nearest_existing.ts";
import { STATE_DIRECTORY } from "./state_directory.ts";

export const pageToken: Check = {
  name: "page token",
  needs: [STATE_DIRECTORY],
  async run(context) {
    const directory = context.found("stateDirectory");
    const { token: path } = statePaths(directory);
    const info = await infoOf(path);
    if (info === null) return pass("Made at the first start");
    const loaded = await loadToken(directory);
    if (!loaded.ok) return fail(loaded.reason.split("; ")[0], `Remove ${path}: the next start makes a new one`);
    return pass(info.mode === null ? path : `${path} (mode ${(info.mode & 0o777).toString(8)})`);
  },
};
