import assert from "node:assert/strict";
import { join } from "node:path";
import { withServer } from "../ops/alerts/channels/local_server_fixture.ts";
import { TelegramServer, TOKEN } from "../ops/alerts/channels/telegram_server_fixture.ts";
import type { ChannelName } from "../ops/alerts/channel.ts";
import { alert } from "./alert.ts";
import type { Reply } from "./output.ts";

const PIPE = { isTerminal: () => false, writeSync: (bytes: Uint8Array) => bytes.length };

async function test(toml: string, env: Record<string, string> = {}, channel?: ChannelName): Promise<Reply> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-alert-" });
  try {
    const config = join(directory, "kbot.toml");
    await Deno.writeTextFile(config, toml);
    return await alert({ kind: "alert_test", channel, config, state: undefined, json: false }, { env, terminal: PIPE });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

interface Json {
  readonly ok: boolean;
  readonly channels: readonly { readonly name: string; readonly result: string; readonly detail: string }[];
}

const results = ({ json }: Reply) => (json as Json).channels.map(({ name, result }) => `${name} ${result}`);

Deno.test("each channel that is configured is tried, and the exit code says whether all took it", async () => {
  const telegram = new TelegramServer();
  let status = 200;
  const answer = (asked: Parameters<TelegramServer["answer"]>[0]) =>
    asked.url.pathname === "/hook" ? new Response("said", { status }) : telegram.answer(asked);
  await withServer(answer, async (origin, asked) => {
    const toml = `[alerts.telegram]\nchats = ["42"]\napi = "${origin}"\n[alerts.webhook]\nurl = "${origin}/hook"\n`;
    const env = { KBOT_ALERT_TELEGRAM_TOKEN: TOKEN };
    const all = await test(toml, env);
    assert.deepEqual(results(all), ["desktop off", "telegram delivered", "webhook delivered", "email off", "sms off"]);
    assert.deepEqual([all.exitCode, all.problems], [0, []]);
    assert.match(telegram.sent[0].text, /^kbot TEST at kalshi: info\n.*INFO: A test: alerts reach you here$/);
    assert.equal(JSON.parse(asked.find(({ url }) => url.pathname === "/hook")?.body ?? "").alerts[0].event, "test");
    status = 401;
    const one = await test(toml, env);
    assert.deepEqual(results(one).slice(1, 3), ["telegram delivered", "webhook failed"]);
    assert.equal(one.exitCode, 1);
    assert.match(one.text ?? "", /webhook {3}failed {4}Answered with status 401: said/);
    assert.equal((await test(toml, env, "telegram")).exitCode, 0);
  });
});

Deno.test("a secret is in nothing that is said", async () => {
  await withServer(({ url, body }) => new Response(`${url} ${body}`, { status: 500 }), async (origin) => {
    const toml = `[alerts.telegram]\nchats = ["42"]\napi = "${origin}"\n[alerts.sms]\nurl = "${origin}/{secret}"\n` +
      `to = ["+15551234567"]\n`;
    const secrets = { KBOT_ALERT_TELEGRAM_TOKEN: TOKEN, KBOT_ALERT_SMS_SECRET: "planted-sms-key" };
    const reply = await test(toml, secrets);
    assert.deepEqual(results(reply), ["desktop off", "telegram failed", "webhook off", "email off", "sms failed"]);
    assert.doesNotMatch(JSON.stringify(reply), /planted/);
  });
});

Deno.test("nothing configured, a channel that is not, a missing secret: exit code 1 and the remedy", async () => {
  const none = await test("");
  assert.deepEqual([none.exitCode, none.problems], [1, ["No channel is configured: see [alerts]"]]);
  const off = await test("", {}, "email");
  assert.deepEqual([off.exitCode, off.problems], [1, ["The channel is not configured: Set alerts.email.host"]]);
  const bare = await test('[alerts.telegram]\nchats = ["42"]\n');
  assert.equal(bare.exitCode, 1);
  assert.match(
    bare.text ?? "",
    /telegram {2}failed {4}alerts\.telegram\.token_file: no token is given: .*KBOT_ALERT_TELEGRAM_TOKEN/,
  );
});

/** Each is wrong in one place; the message names it. */
const WRONG: readonly [string, RegExp][] = [
  [
    '[alerts]\nquiet_hours = "22-7"\n',
    /alerts\.quiet_hours: Found "22-7", allowed: a span of the day such as "22:00-07:00"/,
  ],
  ['[alerts]\nzone = "Mars"\n', /alerts\.zone: Found "Mars", allowed: a time zone/],
  ['[alerts]\ndaily_summary = "25:00"\n', /alerts\.daily_summary/],
  ['[alerts]\nignore = ["nonsense"]\n', /alerts\.ignore/],
  ['[alerts.telegram]\nchats = ["abc"]\n', /alerts\.telegram\.chats/],
  ['[alerts.telegram]\nleast = "loud"\n', /alerts\.telegram\.least: Found "loud"/],
  ['[alerts.webhook]\nurl = "ftp://x"\n', /alerts\.webhook\.url/],
  ['[alerts.webhook]\nurl = "https://user:pw@x/"\n', /alerts\.webhook\.url/],
  ['[alerts.email]\nhost = "mail.example"\n', /alerts\.email\.from/],
  [
    '[alerts.email]\nhost = "mail.example"\nfrom = "a@b.c"\nto = ["a@b.c"]\nsecurity = "none"\n',
    /alerts\.email\.security/,
  ],
  ['[alerts.sms]\nurl = "https://x/"\nto = ["+15551234567"]\nbody = "{text}"\n', /alerts\.sms\.body/],
  ['[alerts.sms]\nurl = "https://x/"\n', /alerts\.sms\.to/],
  ["[alerts.sms]\nper_hour = 0\n", /alerts\.sms\.per_hour: Found 0/],
];

for (const [toml, said] of WRONG) {
  Deno.test(`${toml.trim().replaceAll("\n", " ")} is refused with its place`, async () => {
    const { exitCode, problems } = await test(toml);
    assert.equal(exitCode, 2);
    assert.match(problems.join("\n"), said);
  });
}

Deno.test("the list of events names each with its severity", async () => {
  const reply = await alert({ kind: "alert_events", config: undefined, state: undefined, json: false });
  assert.equal(reply.exitCode, 0);
  assert.match(reply.text ?? "", /^killed +critical +KILLED\./m);
});
