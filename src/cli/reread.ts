/**
 * Reads the configuration of a run again, as it was read at the start: the same file, environment and flags.
 * @module
 */

import { formatConfigError } from "../config/config_error.ts";
import { type ConfigRequest, loadConfig } from "../config/load.ts";
import { limitsAtDefault } from "../config/own_limits.ts";
import type { Reread } from "../runner/reload.ts";
import { openAlerts } from "./open_alerts.ts";

/** @param file that it was read from at the start; `null` for none */
export async function reread(source: ConfigRequest, file: string | null): Promise<Reread> {
  const loaded = await loadConfig(source);
  if (!loaded.ok) return { ok: false, reason: loaded.errors.map(formatConfigError).join("; ") };
  if (loaded.file !== file) {
    const from = (name: string | null): string => name ?? "no file";
    return { ok: false, reason: `It was read from ${from(file)}, and would be from ${from(loaded.file)} now: restart` };
  }
  const alerts = await openAlerts(loaded.config.alerts, source.env);
  if (!alerts.ok) return { ok: false, reason: alerts.reason };
  return {
    ok: true,
    config: loaded.config,
    channels: alerts.alerts,
    limitsAtDefault: limitsAtDefault(loaded.origins),
  };
}

/** Runs a task again once it is over where it was asked for meanwhile: once, however often. */
export function oneAtATime(task: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      await task();
    } while (again);
    running = false;
  };
  return () => {
    if (running) again = true;
    else void run();
  };
}
