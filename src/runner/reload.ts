/**
 * A configuration that was read again while the run trades, or of which a person changed something meanwhile. What the schema
 * declares safe (config/schema.ts) is taken, the limits and parameters as an input of the engine, so that a replay decides
 * alike; of the rest it is said that a restart takes it.
 *
 * | what is found | what becomes of it |
 * | --- | --- |
 * | a file that is wrong, or no longer there | nothing is changed; why is in the log and an alert |
 * | limits at their defaults, where real money is traded | the same |
 * | a journal that takes nothing more | the same |
 * | a limit that bounds what a day can lose, wider than at the start, where real money is traded | it waits for a restart, which wants the phrase for it |
 * | another limit, or other parameters of a strategy | they count from the next decision on (engine/settings.ts) |
 * | other alerts, quiet hours, another log level | at once |
 * | anything else | it stays as it is, and the log names it |
 *
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { z } from "zod";
import { type ConfigRow, configRows, nested } from "../config/describe.ts";
import { riskLimits, safetyRules, strategySettings } from "../config/engine_settings.ts";
import { type Config, configSchema } from "../config/schema.ts";
import { ConfigKeys } from "../config/schema_keys.ts";
import type { SettingsInput } from "../core/input.ts";
import type { Engine } from "../engine/engine.ts";
import { CHANGEABLE_LIMITS, limitValues } from "../engine/settings.ts";
import type { Clock } from "../ops/clock.ts";
import { confirmedLimits } from "./live_gate.ts";
import type { Pump } from "./pump.ts";
import type { RunRequest } from "./request.ts";
import type { AlertChannels, RunAlerts } from "./run_alerts.ts";

/** A configuration, read again as it was read at the start. */
export type Reread =
  | {
    readonly ok: true;
    readonly config: Config;
    readonly channels: AlertChannels;
    /** As of {@link RunRequest.live}. */
    readonly limitsAtDefault: readonly string[];
  }
  | { readonly ok: false; readonly reason: string };

export interface ReloadParts {
  readonly request: RunRequest;
  /** Orders cost real money. */
  readonly real: boolean;
  readonly engine: Engine;
  readonly pump: Pick<Pump, "accept">;
  readonly alerts: Pick<RunAlerts, "take" | "configured">;
  readonly clock: Clock;
}

const logger = getLogger(["kbot", "config"]);

/** Alerts carry it to other people's servers: what addresses of alerts, which may hold a secret, and the key are is not told. */
const isPrivate = (key: string): boolean => /^(alerts\.|venue\.(key_id|private_key_file)$)/.test(key);
const written = (value: ConfigRow["value"] | undefined): string =>
  JSON.stringify(value ?? null).replace(/^null$/, "none");

export class Reload {
  readonly #parts: ReloadParts;
  readonly #known: ConfigKeys;
  #config: Config;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
    this.#config = parts.request.config;
    this.#known = new ConfigKeys(this.#schema);
  }

  /** The configuration in force. */
  get config(): Config {
    return this.#config;
  }

  get #schema() {
    return configSchema(this.#parts.request.packs.map(({ registration }) => registration));
  }

  /** Takes what may be taken, and says what became of the rest. */
  async take(reread: Reread, via: string): Promise<void> {
    const reason = reread.ok ? this.#obstacle(reread.limitsAtDefault) : reread.reason;
    if (!reread.ok || reason !== null) return this.#refuse(reason ?? "");
    const before = new Map(configRows(this.#config, new Map(), this.#known).map((row) => [row.key, row]));
    const after = new Map(
      configRows(reread.config, new Map(), this.#keysOf(reread.config)).map((row) => [row.key, row]),
    );
    const changed = [...before.values()].filter(({ key, value }) => written(value) !== written(after.get(key)?.value));
    const isConfirmed = this.#confirmed(reread.config);
    const taken = changed.filter(({ key }) => after.has(key) && this.#known.reloads(key) && isConfirmed(key));
    const tellChange = ({ key, value }: ConfigRow): string =>
      isPrivate(key) ? key : `${key} ${written(value)} -> ${written(after.get(key)?.value)}`;
    const merged = this.#schema.safeParse(
      nested([...before.values()].map((row) => taken.includes(row) ? after.get(row.key) ?? row : row)),
    );
    if (!merged.success) {
      const why = merged.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
      return this.#refuse(`What needs no restart does not go with what stays as it is: ${why}`);
    }
    const text = taken.map(tellChange).join(", ");
    const refusal = this.#tellEngine(merged.data, text, via);
    if (refusal !== null) return this.#refuse(refusal);
    this.#config = merged.data;
    if (taken.some(({ key }) => key.startsWith("alerts."))) {
      await this.#parts.alerts.take(merged.data.alerts, reread.channels);
    }
    const hint = (key: string): string => isConfirmed(key) ? switchHint(key) : WIDER;
    const waiting = changed.filter((row) => !taken.includes(row)).map((row) => tellChange(row) + hint(row.key));
    this.#say(text, waiting);
    this.#parts.request.log.setLevel(merged.data.log.level);
  }

  /**
   * Other values for keys of the configuration in force, as kbot.toml writes them, until it is read again.
   *
   * @returns why nothing is changed, for people; `null` where all of them are in force
   */
  change(values: ReadonlyMap<string, ConfigRow["value"]>, via: string): string | null {
    for (const key of values.keys()) {
      if (!this.#known.keys.includes(key)) return `${key}: No such key is known`;
      if (!this.#known.reloads(key)) return `${key}: Changed by a restart alone`;
    }
    const rows = configRows(this.#config, new Map(), this.#known);
    const merged = this.#schema.safeParse(
      nested(rows.map((row) => ({ ...row, value: values.get(row.key) ?? row.value }))),
    );
    if (!merged.success) return merged.error.issues.map((issue) => this.#wrong(issue, values)).join("; ");
    const changed = rows.filter(({ key, value }) => values.has(key) && written(values.get(key)) !== written(value));
    const text = changed.map(({ key, value }) => `${key} ${written(value)} -> ${written(values.get(key))}`).join(", ");
    const refusal = this.#tellEngine(merged.data, text, via);
    if (refusal !== null) return refusal;
    this.#config = merged.data;
    if (text !== "") {
      logger.info("{text}", { text: `Changed by ${via} until the configuration is read again: ${text}` });
    }
    return null;
  }

  #wrong({ path, message }: z.core.$ZodIssue, values: ReadonlyMap<string, ConfigRow["value"]>): string {
    const key = path.join(".");
    return values.has(key)
      ? `${key}: Found ${written(values.get(key))}, allowed is ${this.#known.allowedText(key)}`
      : `${key}: ${message}`;
  }

  #say(taken: string, waiting: readonly string[]): void {
    const done = taken === "" ? "Nothing that a run takes has changed" : `Taken: ${taken}`;
    const restart = waiting.length === 0 ? "" : `A restart is needed for: ${waiting.join(", ")}`;
    if (restart !== "") logger.warn("{text}", { text: `Changed in the configuration, and not in force. ${restart}` });
    logger.info("{text}", { text: `The configuration was read again. ${done}` });
    this.#parts.alerts.configured("config_reloaded", { detail: restart === "" ? done : `${done}. ${restart}` });
  }

  #refuse(reason: string): void {
    logger.error("{text}", { text: `The configuration was read again, and nothing of it was taken: ${reason}` });
    this.#parts.alerts.configured("config_refused", { reason });
  }

  /** Why nothing of it is taken, whatever it says; `null` where it may be. */
  #obstacle(limitsAtDefault: readonly string[]): string | null {
    const { real, request } = this.#parts;
    if (!real || request.execution !== "live" || limitsAtDefault.length === 0) return null;
    return `Real money is traded, and limits must be your own: set ${limitsAtDefault.join(", ")}`;
  }

  /** Whether a key's new value needs no phrase: what the run began with was confirmed, and nothing wider. */
  #confirmed(config: Config): (key: string) => boolean {
    const { real, request } = this.#parts;
    if (!real || request.execution !== "live") return () => true;
    const [wanted, most] = [confirmedLimits(config), confirmedLimits(request.config)];
    return (key) => (wanted.get(key) ?? 0) <= (most.get(key) ?? Infinity);
  }

  /** Sections of packs that were not there at the start are nobody's yet, and those that are gone are missing. */
  #keysOf(config: Config): ConfigKeys {
    const { packs } = this.#parts.request;
    const still = packs.filter(({ declaration }) => Object.hasOwn(config.strategies, declaration.name));
    return new ConfigKeys(configSchema(still.map(({ registration }) => registration)));
  }

  /** Why the engine takes nothing; `null` where it has taken what there is. */
  #tellEngine(config: Config, text: string, via: string): string | null {
    const { engine, pump, clock } = this.#parts;
    const { limits: risk, breakers } = engine.desk;
    const rules = safetyRules(config).breakers;
    const [held, wanted] = [limitValues(risk, breakers ?? rules), limitValues(riskLimits(config), rules)];
    const limits = CHANGEABLE_LIMITS.filter((name) => held[name] !== wanted[name]).map((name) => [name, wanted[name]]);
    const strategies = strategySettings(config, this.#parts.request.packs)
      .map(({ name, parameters }) => ({ name, parameters }))
      .filter(({ name, parameters }) => JSON.stringify(engine.parametersOf(name)) !== JSON.stringify(parameters));
    if (limits.length === 0 && strategies.length === 0) return null;
    const input: SettingsInput = {
      type: "settings",
      at: clock.now(),
      limits: Object.fromEntries(limits),
      strategies,
      text,
      via,
    };
    const inputs = engine.inputs;
    pump.accept(input);
    return engine.inputs > inputs
      ? null
      : "The journal takes nothing more, and what it does not hold nobody could replay";
  }
}

/** Said of a limit that is not taken while real money is traded. */
const WIDER = " (wider than what was confirmed when this run began)";

/** A strategy is switched while it runs, by a command that its state remembers. */
const switchHint = (key: string): string => {
  const name = /^strategies\.(\w+)\.enabled$/.exec(key)?.[1];
  return name === undefined ? "" : ` (or kbot strategy start ${name}, or stop)`;
};
