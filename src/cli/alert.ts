/**
 * `kbot alert test` and `kbot alert events`.
 * @module
 */

import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { micros, MICROS_PER_MILLISECOND } from "../core/units.ts";
import type { Sender } from "../ops/alerts/alert.ts";
import { ALERT_EVENTS, ALERTS, alertText, kindOfAlert } from "../ops/alerts/alert_table.ts";
import { CHANNEL_NAMES, type ChannelName, type Delivery, failedFor } from "../ops/alerts/channel.ts";
import type { Terminal } from "../ops/alerts/channels/desktop.ts";
import type { Batch } from "../ops/alerts/message.ts";
import { openChannel } from "../ops/alerts/open_channels.ts";
import { type AlertEventsCommand, type AlertTestCommand, EXIT } from "./command.ts";
import { done, type Reply } from "./output.ts";
import { wrongConfig } from "./wrong_config.ts";

/** How long a channel may take. */
const PATIENCE_MS = 25_000;

export interface AlertSurroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly terminal: Terminal;
}

/** What became of one channel's test. */
interface Tried {
  readonly name: ChannelName;
  readonly result: "delivered" | "failed" | "off";
  readonly to: string | null;
  readonly detail: string;
  readonly ms: number;
}

export async function alert(
  command: AlertTestCommand | AlertEventsCommand,
  surroundings: AlertSurroundings = { env: Deno.env.toObject(), terminal: Deno.stderr },
): Promise<Reply> {
  if (command.kind === "alert_events") return events();
  const loaded = await loadConfig({
    file: command.config,
    env: surroundings.env,
  });
  if (!loaded.ok) return wrongConfig(loaded.errors);
  const names = command.channel === undefined ? CHANNEL_NAMES : [command.channel];
  const channels = await Promise.all(names.map((name) => tryOut(name, loaded.config, surroundings)));
  return replyOf(channels, command.channel !== undefined);
}

async function tryOut(name: ChannelName, config: Config, { env, terminal }: AlertSurroundings): Promise<Tried> {
  const opened = await openChannel(name, config.alerts, { env, terminal, nowMs: Date.now });
  if (opened.kind === "off") return { name, result: "off", to: null, detail: opened.remedy, ms: 0 };
  if (opened.kind === "refused") return { name, result: "failed", to: null, detail: opened.reason, ms: 0 };
  const { channel } = opened;
  const began = performance.now();
  const delivery = await withinPatience((signal) => channel.deliver(testMessage(config), signal));
  const ms = Math.round(performance.now() - began);
  return delivery.ok
    ? { name, result: "delivered", to: channel.to, detail: delivery.detail, ms }
    : { name, result: "failed", to: channel.to, detail: delivery.reason, ms };
}

/** Ends in time, even where the channel does not. */
async function withinPatience(job: (signal: AbortSignal) => Promise<Delivery>): Promise<Delivery> {
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Delivery>((resolve) => {
    timer = setTimeout(() => {
      ending.abort();
      resolve(failedFor(`No answer within ${PATIENCE_MS / 1_000} s`));
    }, PATIENCE_MS);
  });
  return await Promise.race([job(ending.signal), late]).finally(() => clearTimeout(timer));
}

function testMessage({ venue }: Config): Batch {
  const sender: Sender = { mode: "TEST", venue: venue.name, run: "none" };
  const { severity } = kindOfAlert("test");
  const at = micros(Date.now() * MICROS_PER_MILLISECOND);
  const alert = {
    number: 1,
    event: "test",
    severity,
    subject: "test",
    text: alertText("test", {}),
    at,
    count: 1,
  } as const;
  return { id: crypto.randomUUID(), sender, alerts: [alert], omitted: 0 };
}

function replyOf(channels: readonly Tried[], named: boolean): Reply {
  const wanted = channels.filter(({ result }) => result !== "off");
  const ok = wanted.length > 0 && wanted.every(({ result }) => result === "delivered");
  const lines = channels.map(({ name, result, to, detail, ms }) => {
    const where = to === null ? "" : ` (${to}, ${ms} ms)`;
    return `${name.padEnd(9)} ${result.padEnd(9)} ${detail}${where}`;
  });
  const nothing = named
    ? `The channel is not configured: ${channels[0].detail}`
    : "No channel is configured: see [alerts]";
  const problems = wanted.length === 0 ? [nothing] : ok ? [] : ["Not every channel took the test alert"];
  return { exitCode: ok ? EXIT.done : EXIT.failed, text: lines.join("\n"), json: { ok, channels }, problems };
}

function events(): Reply {
  const rows = ALERT_EVENTS.map((event) => ({ event, severity: ALERTS[event].severity, text: ALERTS[event].text }));
  const width = Math.max(...rows.map(({ event }) => event.length));
  const lines = rows.map(({ event, severity, text }) => `${event.padEnd(width)}  ${severity.padEnd(8)}  ${text}`);
  return done(lines.join("\n"), { events: rows });
}
