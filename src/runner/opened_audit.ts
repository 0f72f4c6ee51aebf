/**
 * The state directory's audit trail, caught up with the journals and checked at its end: what a run adds to.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import { catchUpAudit } from "../store/audit/audit_catch_up.ts";
import { openAuditTrail, type OpenedAuditTrail } from "../store/audit/audit_trail.ts";

const logger = getLogger(["kbot", "run"]);

/**
 * Opens the trail and takes up what the last run could not write any more. A trail whose end was tampered with does not
 * keep a run from trading: it is said aloud, and the trail itself tells from then on.
 *
 * @param sync whether entries are forced to the medium
 */
export async function openAudit(stateDirectory: string, sync: boolean): Promise<OpenedAuditTrail> {
  const opened = await openAuditTrail(stateDirectory, { sync });
  if (!opened.ok) return opened;
  const { trail } = opened;
  for (const text of trail.repaired) logger.warn("{text}", { text });
  const caughtUp = await catchUpAudit(stateDirectory, trail);
  if (!caughtUp.ok) {
    await trail.close();
    return caughtUp;
  }
  const fault = trail.headFault;
  if (fault !== null) {
    logger.error("The audit trail in {directory} was tampered with. {fault}", { directory: trail.directory, fault });
    trail.note("broken", { text: fault }, Date.now() * 1_000);
  }
  return opened;
}
