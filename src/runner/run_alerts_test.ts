import assert from "node:assert/strict";
import { CONFIG_SCHEMA } from "../config/schema.ts";
import { Rig } from "../engine/engine_fixture.ts";
import type { TelegramApi } from "../ops/alerts/channels/telegram.ts";
import { SteppedClock } from "../ops/clock.ts";
import type { ServerSources } from "../server/sources.ts";
import { type AlertChannels, RunAlerts, type RunAlertsParts } from "./run_alerts.ts";
import type { RunSummary } from "./summary.ts";

const { alerts: config } = CONFIG_SCHEMA.parse({ alerts: { telegram: { commands_from: ["7"] } } });

/** Telegram, where nobody says anything; `asked` counts who listens there. */
class SilentTelegram {
  asked = 0;

  call(_method: string, _parameters: unknown, signal: AbortSignal): Promise<unknown> {
    this.asked++;
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve({ ok: false, reason: "ended", again: true, afterMs: null }));
    });
  }

  get channels(): AlertChannels {
    return { channels: [], commands: this as unknown as TelegramApi };
  }
}

Deno.test("a run that ends while it takes other alerts hears no commands any more", async () => {
  const { engine } = new Rig();
  const before = new SilentTelegram();
  const after = new SilentTelegram();
  const parts = {
    request: { config: { alerts: config }, alerts: before.channels, execution: "paper" },
    chosen: { title: "Kalshi", simulated: false, clock: new SteppedClock(engine.now) },
    engine,
    onAlert: () => {},
  };
  const alerts = new RunAlerts(parts as unknown as RunAlertsParts);
  alerts.begin({} as ServerSources, null);
  assert.equal(before.asked, 1);
  const taking = alerts.take(config, after.channels);
  await alerts.end({ reason: "a test", orders: 0, fills: 0, orders_left: 0 } as unknown as RunSummary);
  await taking;
  assert.equal(after.asked, 0);
});
