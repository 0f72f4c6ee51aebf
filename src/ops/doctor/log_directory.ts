/**
 * Can the logs be written? A run goes on without them, and then nobody can tell what it did and why.
 * @module
 */

import { join } from "node:path";
import { messageOf } from "../../store/message.ts";
import { type Check, fail, pass } from "./check.ts";
import { infoOf } from "./nearest_existing.ts";
import { STATE_DIRECTORY } from "./state_directory.ts";

const MAIN = "main.ndjson";

export const logDirectory: Check = {
  name: "log directory",
  needs: [STATE_DIRECTORY],
  async run(context) {
    const path = join(context.found("stateDirectory"), "logs");
    const info = await infoOf(path);
    if (info === null) return pass("Made at the first start");
    const remedy = `Move ${path} away, or give it to this user: the next start makes it anew`;
    if (!info.isDirectory) return fail(`${path} is not a directory: nothing would be logged`, remedy);
    try {
      const main = await infoOf(join(path, MAIN));
      if (main !== null && !main.isFile) return fail(`${join(path, MAIN)} is no file: nothing would be logged`, remedy);
      // Opened as a run opens it; nothing is written.
      if (main !== null) (await Deno.open(join(path, MAIN), { append: true })).close();
      await Deno.remove(await Deno.makeTempDir({ dir: path, prefix: ".kbot-doctor-" }));
      return pass(path);
    } catch (error) {
      return fail(`${path} cannot be written: ${messageOf(error)}`, remedy);
    }
  },
};
