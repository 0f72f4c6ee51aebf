import assert from "node:assert/strict";
import { join } from "node:path";
import { alerts, type AlertsConfig } from "../../config/alerts_schema.ts";
import { openChannels, type Surroundings } from "./open_channels.ts";

const surroundings = (env: Record<string, string> = {}, terminal = false): Surroundings => ({
  env,
  terminal: { isTerminal: () => terminal, writeSync: (bytes) => bytes.length },
  nowMs: Date.now,
});

const ALL: AlertsConfig = alerts.parse({
  quiet_hours: "22:00-07:00",
  telegram: { chats: ["42"], least: "critical", per_hour: 7 },
  webhook: { url: "https://hooks.example/private/path?k=v" },
  email: { host: "smtp.example", from: "a@example.com", to: ["b@example.com"], user: "a" },
  sms: { url: "https://gateway.example/{secret}", to: ["+15551234567"] },
});

const SECRETS = {
  KBOT_ALERT_TELEGRAM_TOKEN: "123456789:planted-token-abcdefghijklmnop",
  KBOT_ALERT_EMAIL_PASSWORD: "planted-password",
  KBOT_ALERT_SMS_SECRET: "planted-key",
};

Deno.test("every channel that is configured is opened with its own settings, and says where it leads without a secret", async () => {
  const opened = await openChannels(ALL, surroundings(SECRETS, true));
  assert.ok(opened.ok, JSON.stringify(opened));
  assert.deepEqual(
    opened.channels.map(({ channel, settings }) => [channel.name, channel.to, settings.least, settings.perHour]),
    [
      ["desktop", "this terminal", "warning", 120],
      ["telegram", "1 chat by https://api.telegram.org", "critical", 7],
      ["webhook", "https://hooks.example", "info", 60],
      ["email", "1 address by smtp.example:587", "warning", 20],
      ["sms", "1 number by https://gateway.example", "critical", 10],
    ],
  );
  assert.ok(opened.channels.every(({ settings }) => settings.quiet !== null));
});

Deno.test("without configuration only a terminal is told, and without one nobody", async () => {
  const names = async (terminal: boolean) => {
    const opened = await openChannels(alerts.parse({}), surroundings({}, terminal));
    assert.ok(opened.ok);
    return opened.channels.map(({ channel }) => channel.name);
  };
  assert.deepEqual([await names(true), await names(false)], [["desktop"], []]);
});

Deno.test("every secret that is missing or no such secret is told at once, by its key", async () => {
  const opened = await openChannels(ALL, surroundings({ KBOT_ALERT_TELEGRAM_TOKEN: "planted" }));
  assert.ok(!opened.ok);
  assert.deepEqual(opened.reason.split("\n").map((line) => line.split(": ")[0]), [
    "alerts.telegram.token_file",
    "alerts.email.password_file",
    "alerts.sms",
  ]);
  assert.doesNotMatch(opened.reason, /planted/);
});

Deno.test("a certificate that is none is refused", async () => {
  const directory = await Deno.makeTempDir({ prefix: "kbot-ca-" });
  try {
    const file = join(directory, "ca.pem");
    await Deno.writeTextFile(file, "no certificate");
    const config = { ...ALL, email: { ...ALL.email, ca_file: file } };
    const opened = await openChannels(config, surroundings(SECRETS));
    assert.ok(!opened.ok);
    assert.match(opened.reason, /^alerts\.email\.ca_file: No certificate in .*ca\.pem: allowed is PEM text/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
