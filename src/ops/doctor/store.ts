/**
 * Can the database be read, and is it of a version that this kbot knows? It is neither made nor migrated here.
 * @module
 */

import { SCHEMA_KEY } from "../../store/kv_rows.ts";
import { newerText, SCHEMA_VERSION } from "../../store/kv_schema.ts";
import { messageOf } from "../../store/message.ts";
import { statePaths } from "../../store/state_directory.ts";
import { type Check, type CheckResult, fail, parted, pass } from "./check.ts";
import { infoOf } from "./nearest_existing.ts";
import { STATE_LOCK } from "./state_lock.ts";

async function judge(path: string, kv: Deno.Kv): Promise<CheckResult> {
  const version = (await kv.get(SCHEMA_KEY)).value;
  if (version === null) return pass(`${path} is empty`);
  if (typeof version !== "number") {
    return fail(`${path} has no readable schema version`, "Move it away: the next start rebuilds it from the journal");
  }
  if (version > SCHEMA_VERSION) {
    const [found, remedy] = parted(await newerText(kv, path, version, SCHEMA_VERSION));
    return fail(`${path} ${found}`, remedy);
  }
  if (version === SCHEMA_VERSION) return pass(`${path} has schema ${version}`);
  const next = `the next start makes it ${SCHEMA_VERSION} on a copy, and keeps what it was`;
  return pass(`${path} has schema ${version}, of an older kbot: ${next}`);
}

export const store: Check = {
  name: "store",
  needs: [STATE_LOCK],
  async run(context) {
    const { store: path } = statePaths(context.found("stateDirectory"));
    if (await infoOf(path) === null) return pass("Made at the first start");
    try {
      const kv = await Deno.openKv(path);
      try {
        return await judge(path, kv);
      } finally {
        kv.close();
      }
    } catch (error) {
      return fail(
        `${path} cannot be read: ${messageOf(error)}`,
        "Move it away: the next start rebuilds it from the journal and the exchange",
      );
    }
  },
};
