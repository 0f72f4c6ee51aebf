/**
 * From the configuration to the channels that it asks for.
 * @module
 */

import type { AlertsConfig } from "../../config/alerts_schema.ts";
import type { Secret } from "../../config/secret.ts";
import type { OpenChannel } from "./alerts.ts";
import { type Channel, CHANNEL_NAMES, type ChannelName } from "./channel.ts";
import { Desktop, type Terminal } from "./channels/desktop.ts";
import { Email } from "./channels/email.ts";
import { Sms, smsProblem } from "./channels/sms.ts";
import { Telegram, TelegramApi } from "./channels/telegram.ts";
import { Webhook } from "./channels/webhook.ts";
import { parseQuietSpan, QuietHours } from "./quiet_hours.ts";
import { readAlertSecret } from "./secrets.ts";

/** What the channels are made of, beside the configuration. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly terminal: Terminal;
  /** This machine's clock, milliseconds. */
  readonly nowMs: () => number;
}

export type ChannelResult =
  | { readonly kind: "open"; readonly channel: Channel }
  /** The configuration does not ask for it. */
  | { readonly kind: "off"; readonly remedy: string }
  /** It does, and something that it needs is not there or not right. */
  | { readonly kind: "refused"; readonly reason: string };

const off = (remedy: string): ChannelResult => ({ kind: "off", remedy });
const open = (channel: Channel): ChannelResult => ({ kind: "open", channel });
const refused = (key: string, reason: string): ChannelResult => ({
  kind: "refused",
  reason: `alerts.${key}: ${reason}`,
});

type Opener = (config: AlertsConfig, surroundings: Surroundings) => Promise<ChannelResult>;

const OPENERS: Readonly<Record<ChannelName, Opener>> = {
  desktop({ desktop }, { terminal }) {
    if (!desktop.enabled) return Promise.resolve(off("Set alerts.desktop.enabled"));
    const isTerminal = terminal.isTerminal();
    return Promise.resolve(
      isTerminal ? open(new Desktop(terminal)) : off("No terminal here; the status page shows alerts"),
    );
  },
  async telegram({ telegram }, { env }) {
    if (telegram.chats.length === 0) return off("Set alerts.telegram.chats");
    const token = await telegramToken(telegram, env);
    if ("reason" in token) return refused("telegram.token_file", token.reason);
    return open(new Telegram(new TelegramApi(telegram.api, token.secret), telegram.chats));
  },
  async webhook({ webhook }, { env, nowMs }) {
    const { url } = webhook;
    if (url === null) return off("Set alerts.webhook.url");
    const read = await readAlertSecret("KBOT_ALERT_WEBHOOK_SECRET", webhook.secret_file, env);
    if (!read.ok) return refused("webhook.secret_file", read.reason);
    return open(new Webhook({ url, secret: read.secret, nowMs }));
  },
  async email({ email }, { env }) {
    const { host, port, security, user, from, to } = email;
    if (host === null || from === null) return off("Set alerts.email.host");
    const read = await readAlertSecret("KBOT_ALERT_EMAIL_PASSWORD", email.password_file, env);
    if (!read.ok) return refused("email.password_file", read.reason);
    if (user !== null && read.secret === null) {
      return refused("email.password_file", "alerts.email.user is set, and no password is given");
    }
    const authority = await readAuthority(email.ca_file);
    if ("reason" in authority) return refused("email.ca_file", authority.reason);
    return open(new Email({ host, port, security, user, password: read.secret, from, to, authority: authority.pem }));
  },
  async sms({ sms }, { env }) {
    const { url, method, headers, body, format, to, chars_max } = sms;
    if (url === null) return off("Set alerts.sms.url");
    const read = await readAlertSecret("KBOT_ALERT_SMS_SECRET", sms.secret_file, env);
    if (!read.ok) return refused("sms.secret_file", read.reason);
    const { secret } = read;
    const problem = smsProblem({ url, method, headers, body, format, secret: secret !== null });
    if (problem !== null) return refused("sms", problem);
    return open(new Sms({ url, method, headers, body, format, to, secret, lengthMax: chars_max }));
  },
};

/** Opens one channel. Nothing is sent and nothing is connected. */
export const openChannel = (
  name: ChannelName,
  config: AlertsConfig,
  surroundings: Surroundings,
): Promise<ChannelResult> => OPENERS[name](config, surroundings);

export type OpenedChannels =
  | { readonly ok: true; readonly channels: readonly OpenChannel[] }
  | { readonly ok: false; readonly reason: string };

/** Opens all that the configuration asks for; where one is refused, so is the whole: nobody shall wait for alerts in vain. */
export async function openChannels(config: AlertsConfig, surroundings: Surroundings): Promise<OpenedChannels> {
  const span = config.quiet_hours === null ? null : parseQuietSpan(config.quiet_hours);
  const quiet = span === null ? null : new QuietHours(span, config.zone);
  const channels: OpenChannel[] = [];
  const reasons: string[] = [];
  for (const name of CHANNEL_NAMES) {
    const opened = await openChannel(name, config, surroundings);
    if (opened.kind === "refused") reasons.push(opened.reason);
    if (opened.kind !== "open") continue;
    const { least, per_hour } = config[name];
    channels.push({ channel: opened.channel, settings: { least, perHour: per_hour, quiet } });
  }
  return reasons.length === 0 ? { ok: true, channels } : { ok: false, reason: reasons.join("\n") };
}

/** The bot's token, for its messages and its commands. */
export async function telegramToken(
  { token_file }: AlertsConfig["telegram"],
  env: Surroundings["env"],
): Promise<{ readonly secret: Secret } | { readonly reason: string }> {
  const variable = "KBOT_ALERT_TELEGRAM_TOKEN";
  const read = await readAlertSecret(variable, token_file, env);
  if (!read.ok) return { reason: read.reason };
  const { secret } = read;
  if (secret === null) return { reason: `no token is given: name its file, or set ${variable}` };
  if (!/^\d{1,20}:[A-Za-z0-9_-]{10,200}$/.test(secret.reveal())) {
    return { reason: "no token of a bot: allowed is what BotFather gave, digits, a colon and letters" };
  }
  return { secret };
}

async function readAuthority(
  path: string | null,
): Promise<{ readonly pem: string | null } | { readonly reason: string }> {
  if (path === null) return { pem: null };
  try {
    const pem = await Deno.readTextFile(path);
    if (/-----BEGIN CERTIFICATE-----/.test(pem)) return { pem };
    return { reason: `No certificate in ${path}: allowed is PEM text with BEGIN CERTIFICATE` };
  } catch (error) {
    return { reason: `Cannot read ${path}: ${error instanceof Error ? error.name : "an error"}` };
  }
}
