import assert from "node:assert/strict";
import { riskLimits, safetyRules, strategySettings } from "../config/engine_settings.ts";
import { type Config, CONFIG_SCHEMA, type ConfigInput } from "../config/schema.ts";
import type { SettingsInput } from "../core/input.ts";
import { engineOptions } from "../engine/engine_fixture.ts";
import { Engine } from "../engine/engine.ts";
import { SteppedClock } from "../ops/clock.ts";
import { Reload, type Reread } from "./reload.ts";
import type { RunRequest } from "./request.ts";
import { NO_CHANNELS } from "./run_alerts.ts";

const configOf = (file: ConfigInput): Config => CONFIG_SCHEMA.parse(file);

/** A run that has begun with a configuration, as far as a reload sees it. */
class Stage {
  readonly settings: SettingsInput[] = [];
  /** Events and what they say. */
  readonly told: string[] = [];
  readonly levels: string[] = [];
  alertsTaken = 0;
  frozen = false;
  readonly engine: Engine;
  readonly reload: Reload;

  constructor(file: ConfigInput = {}, execution: "paper" | "live" = "paper") {
    const config = configOf(file);
    this.engine = new Engine(engineOptions({
      risk: riskLimits(config),
      safety: safetyRules(config),
      strategies: strategySettings(config),
    }));
    const request = { config, execution, packs: [], log: { setLevel: (level: string) => this.levels.push(level) } };
    this.reload = new Reload({
      request: request as unknown as RunRequest,
      real: execution === "live",
      engine: this.engine,
      pump: {
        accept: (input) => {
          if (this.frozen || input.type !== "settings") return;
          this.settings.push(input);
          this.engine.step(input);
        },
      },
      alerts: {
        take: () => {
          this.alertsTaken++;
          return Promise.resolve();
        },
        configured: (event, values) => void this.told.push(`${event}: ${Object.values(values).join()}`),
      },
      clock: new SteppedClock(engineOptions().startedAt),
    });
  }

  async take(reread: ConfigInput | Reread, limitsAtDefault: readonly string[] = []): Promise<void> {
    const isReread = "ok" in reread;
    await this.reload.take(
      isReread ? reread : { ok: true, config: configOf(reread), channels: NO_CHANNELS, limitsAtDefault },
      "SIGHUP",
    );
  }
}

Deno.test("the same configuration again changes nothing, and says so", async () => {
  const stage = new Stage({ risk: { max_order_usd: 100 } });
  const { config } = stage.reload;
  await stage.take({ risk: { max_order_usd: "100.00" } });
  assert.deepEqual(stage.reload.config, config);
  assert.deepEqual([stage.settings, stage.alertsTaken], [[], 0]);
  assert.deepEqual(stage.told, ["config_reloaded: Nothing that a run takes has changed"]);
});

Deno.test("limits and parameters go to the engine as one input that names what changed, and alerts and level at once", async () => {
  const stage = new Stage();
  await stage.take({
    risk: { max_order_usd: 100, max_drawdown_pct: 15 },
    strategies: { settlement_edge: { min_edge: 0.07 }, hourly_no: { enabled: true } },
    log: { level: "debug" },
    alerts: { webhook: { url: "https://example.com/secret-path" } },
    server: { port: 1 },
  });
  assert.equal(stage.settings.length, 1);
  const [{ limits, strategies, text, via }] = stage.settings;
  assert.deepEqual(limits, { order: 100_000_000, maxDrawdownPercent: 15 });
  assert.deepEqual(strategies.map(({ name, parameters }) => [name, parameters.min_edge]), [["settlement_edge", 0.07]]);
  assert.equal(via, "SIGHUP");
  assert.match(text, /^risk\.max_order_usd "500\.00" -> "100\.00", risk\.max_drawdown_pct 20 -> 15, /);
  assert.equal(stage.engine.desk.limits.order, 100_000_000);
  assert.deepEqual([stage.levels, stage.alertsTaken], [["debug"], 1]);
  const [told] = stage.told;
  assert.match(
    told,
    /A restart is needed for: strategies\.hourly_no\.enabled false -> true \(or .*\), server\.port 8080 -> 1$/,
  );
  assert.doesNotMatch(`${told} ${text}`, /secret-path/);
  // What waits for a restart is told anew each time, and what was taken is not.
  assert.equal(stage.reload.config.server.port, 8080);
  assert.equal(stage.reload.config.risk.max_drawdown_pct, 15);
});

Deno.test("where real money is traded, what a day can lose is bounded no wider than it was confirmed, and the rest is taken", async () => {
  const risk = { max_order_usd: 50, max_open_exposure_usd: 100, daily_loss_usd: 20, daily_loss_pct: 5 };
  const stage = new Stage({ risk }, "live");
  await stage.take({ risk: { ...risk, daily_loss_usd: 10, max_open_exposure_usd: 60 } });
  assert.equal(stage.engine.desk.limits.dailyLoss, 10_000_000);
  const wide = { max_order_usd: 80, max_open_exposure_usd: 5_000, daily_loss_usd: 20, daily_loss_pct: 50 };
  await stage.take({ risk: wide });
  const { order, openExposure, dailyLoss, dailyLossPercent } = stage.engine.desk.limits;
  // As wide as at the start it may be again.
  assert.deepEqual([order, openExposure, dailyLoss, dailyLossPercent], [80_000_000, 60_000_000, 20_000_000, 5]);
  assert.match(
    stage.told[1],
    /restart is needed for: risk\.max_open_exposure_usd "60\.00" -> "5000\.00" \(wider than .*risk\.daily_loss_pct 5 -> 50/,
  );
  const play = new Stage({ risk });
  await play.take({ risk: wide });
  assert.equal(play.engine.desk.limits.openExposure, 5_000_000_000);
});

const REFUSED: readonly [what: string, stage: () => Stage, reread: ConfigInput | Reread, why: RegExp][] = [
  [
    "a file that is wrong",
    () => new Stage(),
    { ok: false, reason: "kbot.toml:3: no" },
    /^config_refused: kbot\.toml:3: no$/,
  ],
  [
    "limits at their defaults where real money is traded",
    () => new Stage({ risk: { max_order_usd: 50 } }, "live"),
    {},
    /limits must be your own: set risk\.max_order_usd/,
  ],
  [
    "a journal that takes nothing more",
    () => Object.assign(new Stage(), { frozen: true }),
    { risk: { max_order_usd: 50 }, alerts: { repeat_s: 1 } },
    /The journal takes nothing more/,
  ],
];

for (const [what, make, reread, why] of REFUSED) {
  Deno.test(`${what} changes nothing, and says why`, async () => {
    const stage = make();
    const { config } = stage.reload;
    const { limits } = stage.engine.desk;
    await stage.take(reread, ["risk.max_order_usd"]);
    assert.match(stage.told.join("\n"), why);
    assert.equal(stage.reload.config, config);
    assert.equal(stage.engine.desk.limits, limits);
    assert.deepEqual([stage.levels, stage.alertsTaken], [[], 0]);
  });
}

Deno.test("that there is another key is told, and not which", async () => {
  const stage = new Stage({ venue: { key_id: "0a1b2c3d-before" } });
  await stage.take({ venue: { key_id: "0a1b2c3d-after", private_key_file: "/home/me/kalshi.pem" } });
  assert.match(stage.told[0], /A restart is needed for: venue\.key_id, venue\.private_key_file$/);
});

Deno.test("packs that come or go need a restart, and their sections are nobody's until then", async () => {
  const stage = new Stage();
  const config = configOf({ packs: [{ file: "a.js", sha256: "0".repeat(64) }] });
  await stage.take({ ok: true, config, channels: NO_CHANNELS, limitsAtDefault: [] });
  assert.match(stage.told.join(), /A restart is needed for: packs/);
});

Deno.test("a person's change is in force until the configuration is read again", async () => {
  const file: ConfigInput = { strategies: { settlement_edge: { min_edge: 0.04 } } };
  const stage = new Stage(file);
  assert.equal(stage.reload.change(new Map([["strategies.settlement_edge.min_edge", 0.07]]), "page"), null);
  const [input] = stage.settings;
  assert.deepEqual([input.via, input.text, input.limits], [
    "page",
    "strategies.settlement_edge.min_edge 0.04 -> 0.07",
    {},
  ]);
  assert.deepEqual(input.strategies.map(({ name }) => name), ["settlement_edge"]);
  assert.equal(stage.reload.config.strategies.settlement_edge.min_edge, 0.07);
  await stage.take(file);
  assert.equal(stage.reload.config.strategies.settlement_edge.min_edge, 0.04);
  assert.equal(stage.settings.length, 2);
});

for (
  const [claim, key, value, reason] of [
    ["out of bounds", "strategies.settlement_edge.min_edge", 7, /min_edge: Found 7, allowed is a number from /],
    ["of another kind", "strategies.settlement_edge.min_edge", "much", /min_edge: Found "much", allowed is/],
    ["of a key that needs a restart", "server.port", 1_234, /server\.port: Changed by a restart alone/],
    ["of a key that there is not", "strategies.settlement_edge.luck", 1, /luck: No such key is known/],
  ] as const
) {
  Deno.test(`a person's change ${claim} is refused with words, and nothing moves`, () => {
    const stage = new Stage();
    const { config } = stage.reload;
    assert.match(stage.reload.change(new Map([[key, value]]), "page") ?? "", reason);
    assert.deepEqual([stage.settings, stage.reload.config], [[], config]);
  });
}

Deno.test("a person's change that the journal cannot hold is not made", () => {
  const stage = new Stage();
  stage.frozen = true;
  const reason = stage.reload.change(new Map([["strategies.settlement_edge.min_edge", 0.07]]), "page");
  assert.match(reason ?? "", /The journal takes nothing more/);
});
