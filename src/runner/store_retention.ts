/**
 * What a run forgets while it goes on: rows of the store and files of the audit trail, as the configuration says.
 * @module
 */

import type { Config } from "../config/schema.ts";
import { micros, MICROS_PER_DAY } from "../core/units.ts";
import type { Clock } from "../ops/clock.ts";
import { compactAudit } from "../store/audit/audit_compact.ts";
import type { AuditTrail } from "../store/audit/audit_trail.ts";
import { startRetention } from "../store/retention.ts";
import type { Retention, StateStore } from "../store/store.ts";

/** The configuration's days. */
export const retentionOf = (store: Config["store"]): Retention => ({
  tradesDays: store.trades_days,
  portfolioDays: store.portfolio_days,
  auditDays: store.audit_days,
  minutesDays: store.price_minutes_days,
});

/** @returns ends it */
export function storeRetention(
  store: StateStore,
  audit: AuditTrail,
  clock: Clock,
  settings: Config["store"],
): () => void {
  const retention = retentionOf(settings);
  const both: Pick<StateStore, "compact"> = {
    compact: async (now) => {
      const result = await store.compact(now, retention);
      const before = micros(Math.max(0, now - retention.auditDays * MICROS_PER_DAY));
      const compacted = await compactAudit(audit, before, now);
      if (!compacted.ok) throw new Error(compacted.reason);
      return result;
    },
  };
  return startRetention(both, clock, undefined, retention);
}
