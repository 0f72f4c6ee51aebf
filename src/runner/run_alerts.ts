/**
 * The alerts of a run: hears what its engine hears and writes down, looks once a second at what lasts, and takes what people
 * ask for by Telegram. Nothing of it is waited for while the run trades.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { AlertsConfig } from "../config/alerts_schema.ts";
import type { Input } from "../core/input.ts";
import type { StateRecord } from "../core/record.ts";
import { formatMoney, type Micros, money } from "../core/units.ts";
import type { Engine } from "../engine/engine.ts";
import { type Sender, senderOf } from "../ops/alerts/alert.ts";
import { type AlertValues, isEvent } from "../ops/alerts/alert_table.ts";
import { Alerts, type AlertsSettings, type OpenChannel } from "../ops/alerts/alerts.ts";
import type { TelegramApi } from "../ops/alerts/channels/telegram.ts";
import { parseTimeOfDay } from "../ops/alerts/quiet_hours.ts";
import { type CommandTarget, TelegramCommands } from "../ops/alerts/telegram_commands.ts";
import { AlertWatch, type WatchSettings } from "../ops/alerts/watch.ts";
import { WallClock } from "../ops/clock.ts";
import type { FeedStatus } from "../feeds/feed.ts";
import type { OperatorRequest, ServerSources } from "../server/sources.ts";
import type { AlertsStatus } from "../server/status.ts";
import type { VenueHealth } from "../venues/venue.ts";
import type { RunWatcher } from "./pump.ts";
import type { RunRequest } from "./request.ts";
import type { RunSummary } from "./summary.ts";
import type { ChosenVenue } from "./venue_choice.ts";

/** How long the last alerts of a run may take to go out. */
const LAST_WORDS_MS = 5_000;

const logger = getLogger(["kbot", "alerts"]);
const log = (level: "info" | "warn" | "error", text: string): void => logger[level]("{text}", { text });

/** The channels of a run, opened before it begins, so that what is missing is told to whoever starts it. */
export interface AlertChannels {
  readonly channels: readonly OpenChannel[];
  /** Where commands are heard; `null` for nowhere. */
  readonly commands: TelegramApi | null;
}

/** Nobody is told anything; the page shows alerts all the same. */
export const NO_CHANNELS: AlertChannels = { channels: [], commands: null };

export interface RunAlertsParts {
  readonly request: RunRequest;
  readonly chosen: ChosenVenue;
  readonly engine: Engine;
  /** The page shows a new alert. */
  readonly onAlert: () => void;
}

/** What is looked at once a second. */
export interface RunSight {
  readonly venue: VenueHealth;
  readonly feeds: readonly FeedStatus[];
}

const senderIn = ({ request, chosen, engine }: RunAlertsParts): Sender =>
  senderOf({
    execution: request.execution,
    simulated: chosen.simulated,
    venue: chosen.title,
    run: engine.options.run,
  });

const alertsSettings = (config: AlertsConfig, { channels }: AlertChannels): AlertsSettings => ({
  channels,
  ignored: config.ignore.filter(isEvent),
  repeatSeconds: config.repeat_s,
});

function watchSettings({ disconnected_s, unknown_s, fill_usd, daily_summary, zone }: AlertsConfig): WatchSettings {
  const minute = daily_summary === null ? null : parseTimeOfDay(daily_summary);
  return {
    disconnectedSeconds: disconnected_s,
    unknownSeconds: unknown_s,
    fillFrom: fill_usd,
    summary: minute === null ? null : { minute, zone },
  };
}

export class RunAlerts implements RunWatcher {
  readonly #parts: RunAlertsParts;
  readonly #alerts: Alerts;
  readonly #watch: AlertWatch;
  #commands: TelegramCommands | null = null;
  /** What commands are heard for; `null` before the run begins. */
  #sources: ServerSources | null = null;
  #channels: AlertChannels;
  #config: AlertsConfig;
  #ended = false;

  constructor(parts: RunAlertsParts) {
    this.#parts = parts;
    const { request } = parts;
    this.#config = request.config.alerts;
    this.#channels = request.alerts;
    this.#alerts = new Alerts({
      sender: senderIn(parts),
      ...alertsSettings(this.#config, this.#channels),
      clock: new WallClock(),
      jitter: Math.random,
      log,
      onAlert: parts.onAlert,
    });
    this.#watch = new AlertWatch(
      watchSettings(this.#config),
      (event, subject, at, values) => this.#alerts.raise(event, subject, at, values),
    );
  }

  /** It watches, and trades nothing: another bot tells. */
  get #standsBy(): boolean {
    return this.#parts.request.lease?.role === "standby";
  }

  // --- what the pump tells ------------------------------------------------------------------------------------------

  input(input: Input): void {
    this.#watch.input(input);
  }

  record(record: StateRecord): void {
    this.#watch.record(record);
  }

  trouble(part: "journal" | "store", detail: string | null, at: Micros): void {
    this.#watch.trouble(part, detail, at);
  }

  // --- the run's life -----------------------------------------------------------------------------------------------

  /**
   * The run begins: what stands from before is told too. Commands are heard from here on.
   * @param leftBehind the run before, where it had no end
   */
  begin(sources: ServerSources, leftBehind: string | null): void {
    const { engine, chosen } = this.#parts;
    const { options } = engine;
    const at = chosen.clock.now();
    this.#sources = sources;
    if (!this.#standsBy) this.#alerts.raise("run_began", "run", at, { version: options.version, run: options.run });
    if (leftBehind !== null) this.#alerts.raise("run_died", "run", at, { run: leftBehind });
    this.#watch.resume(options.resume.halts, at);
    this.#hearCommands(sources);
  }

  /** Goes by another configuration from now on. */
  async take(config: AlertsConfig, channels: AlertChannels): Promise<void> {
    this.#config = config;
    this.#channels = channels;
    this.#alerts.take(alertsSettings(config, channels));
    this.#watch.take(watchSettings(config));
    await this.#commands?.stop();
    this.#commands = null;
    // The run may have ended meanwhile: a command must not be heard for one that is over.
    if (this.#sources !== null && !this.#ended) this.#hearCommands(this.#sources);
  }

  /** The configuration was read again. */
  configured<Event extends "config_reloaded" | "config_refused">(event: Event, values: AlertValues<Event>): void {
    this.#alerts.raise(event, "configuration", this.#parts.chosen.clock.now(), values);
  }

  #hearCommands(sources: ServerSources): void {
    // Whoever leads hears them: Telegram lets one process alone ask.
    if (this.#standsBy) return;
    const api = this.#channels.commands;
    if (api === null) return;
    this.#commands = new TelegramCommands({
      api,
      allowed: this.#config.telegram.commands_from,
      sender: senderIn(this.#parts),
      target: this.#target(sources),
      clock: new WallClock(),
      jitter: Math.random,
      log,
    });
    this.#commands.start();
  }

  /** Once a second. */
  look({ venue, feeds }: RunSight): void {
    const { engine, chosen } = this.#parts;
    const { desk } = engine;
    const at = chosen.clock.now();
    const { sweep } = venue;
    this.#watch.look({
      at,
      account: desk.ready
        ? {
          at,
          dayPnl: money(desk.nav - desk.dayStartNav),
          nav: desk.nav,
          exposure: desk.ledger.exposure(),
          fills: desk.totals.fills,
          settled: desk.ledger.settled,
        }
        : null,
      feeds: feeds.map(({ name, by, trouble }) => ({ name, heard: by !== "none", trouble })),
      cancelling: sweep === null || sweep.confirmed !== null ? null : sweep,
    });
  }

  /** A defect ended the run. */
  broke(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#alerts.raise("run_broke", "run", this.#parts.engine.now, { error: text });
  }

  /** The last words, and the end. */
  async end({ reason, orders, fills, pnl, nav, orders_left }: RunSummary): Promise<void> {
    const { now } = this.#parts.engine;
    this.#ended = true;
    this.#alerts.flush();
    if (orders_left > 0) this.#alerts.raise("orders_left", "run", now, { count: String(orders_left) });
    const figures = { reason, orders: String(orders), fills: String(fills), pnl, nav };
    if (!this.#standsBy) this.#alerts.raise("run_ended", "run", now, figures);
    await Promise.all([this.#commands?.stop(), this.#alerts.close(LAST_WORDS_MS)]);
  }

  status(): AlertsStatus {
    return this.#alerts.status();
  }

  // --- commands -----------------------------------------------------------------------------------------------------

  #target(sources: ServerSources): CommandTarget {
    const operate = async (command: OperatorRequest["command"], subject: string | null): Promise<string> =>
      (await sources.operate({ command, subject, via: "telegram" })).text;
    return {
      status: () => this.#statusText(sources),
      kill: () => operate("kill", null),
      reduce: () => operate("reduce", null),
      stopStrategy: (name) => operate("stop_strategy", name),
    };
  }

  #statusText(sources: ServerSources): string {
    const { desk, strategies } = this.#parts.engine;
    const { ready } = sources.status();
    const active = strategies.names.filter((name) => strategies.of(name).phase === "active");
    return [
      ready.ok ? "Ready to trade" : ready.reasons.join("\n"),
      `NAV ${formatMoney(desk.nav)}, today ${formatMoney(money(desk.nav - desk.dayStartNav))}, at risk ` +
      `${formatMoney(desk.ledger.exposure())} dollars`,
      `Orders open ${desk.orders.openCount}, fills ${desk.totals.fills}, settled ${desk.ledger.settled}`,
      `Strategies: ${active.join(", ") || "none is active"}`,
    ].join("\n");
  }
}
