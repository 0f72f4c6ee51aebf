/**
 * The alert channels of a run, opened from its configuration.
 * @module
 */

import type { AlertsConfig } from "../config/alerts_schema.ts";
import { TelegramApi } from "../ops/alerts/channels/telegram.ts";
import { openChannels, telegramToken } from "../ops/alerts/open_channels.ts";
import type { AlertChannels } from "../runner/run_alerts.ts";

export type OpenedAlerts =
  | { readonly ok: true; readonly alerts: AlertChannels }
  | { readonly ok: false; readonly reason: string };

/** Nothing is sent or connected yet; where something is missing, nobody shall wait for alerts in vain. */
export async function openAlerts(config: AlertsConfig, env: Readonly<Record<string, string>>): Promise<OpenedAlerts> {
  const opened = await openChannels(config, { env, terminal: Deno.stderr, nowMs: Date.now });
  if (!opened.ok) return opened;
  const { telegram } = config;
  if (telegram.commands_from.length === 0) return { ok: true, alerts: { channels: opened.channels, commands: null } };
  const token = await telegramToken(telegram, env);
  if ("reason" in token) return { ok: false, reason: `alerts.telegram.commands_from: ${token.reason}` };
  return {
    ok: true,
    alerts: { channels: opened.channels, commands: new TelegramApi(telegram.api, token.secret) },
  };
}
