import assert from "node:assert/strict";
import { join } from "node:path";
import { defaultConfig } from "./schema.ts";
import { loadConfig } from "./load.ts";

const README = new URL("../../README.md", import.meta.url);

async function load(toml: string) {
  const directory = await Deno.makeTempDir({ prefix: "kbot-alerts-" });
  try {
    const file = join(directory, "kbot.toml");
    await Deno.writeTextFile(file, toml);
    return await loadConfig({ file, env: {} });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("every alert section that the README shows can be written so", async () => {
  const blocks = [...(await Deno.readTextFile(README)).matchAll(/^```toml\n([^`]*)^```/gm)].map(([, toml]) => toml)
    .filter((toml) => toml.includes("[alerts"));
  assert.deepEqual(blocks.map((toml) => /\[alerts\.(\w+)\]/.exec(toml)?.[1]), ["telegram", "webhook", "email", "sms"]);
  for (const toml of blocks) {
    const loaded = await load(toml);
    assert.ok(loaded.ok, JSON.stringify(loaded));
  }
});

Deno.test("by default nobody outside is told anything, and nothing is read from Telegram", () => {
  const { alerts } = defaultConfig();
  assert.deepEqual([alerts.telegram.chats, alerts.telegram.commands_from], [[], []]);
  assert.deepEqual([alerts.webhook.url, alerts.email.host, alerts.sms.url], [null, null, null]);
  assert.deepEqual([alerts.fill_usd, alerts.daily_summary, alerts.quiet_hours], [null, null, null]);
});

Deno.test("the environment sets a channel, and lists in it, like any other key", async () => {
  const loaded = await loadConfig({
    env: {
      KBOT_ALERTS__TELEGRAM__CHATS: "42,-1001",
      KBOT_ALERTS__QUIET_HOURS: "22:00-07:00",
      KBOT_ALERTS__EMAIL__LEAST: "critical",
      // No key of the configuration: a secret.
      KBOT_ALERT_TELEGRAM_TOKEN: "1:x",
    },
  });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { telegram, quiet_hours, email } = loaded.config.alerts;
  assert.deepEqual([telegram.chats, quiet_hours, email.least], [["42", "-1001"], "22:00-07:00", "critical"]);
});
