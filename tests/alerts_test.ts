import assert from "node:assert/strict";
import { join } from "node:path";
import { type Asked, withServer } from "../src/ops/alerts/channels/local_server_fixture.ts";
import { TelegramServer, TOKEN } from "../src/ops/alerts/channels/telegram_server_fixture.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
if (!FULL) console.log("SKIPPED: two demos compared, with and without alerts, run with KBOT_TEST_FULL=1");
const SECRETS = {
  KBOT_ALERT_TELEGRAM_TOKEN: TOKEN,
  KBOT_ALERT_WEBHOOK_SECRET: "planted-webhook-secret",
  KBOT_ALERT_SMS_SECRET: "planted-sms-secret",
};

/** A bot that works, a webhook that hangs, a gateway that answers 500 and repeats what it was told. */
function answers(telegram: TelegramServer, ending: Promise<void>) {
  return async (asked: Asked): Promise<Response> => {
    const { pathname } = asked.url;
    if (pathname === "/hang") {
      await ending;
      return new Response("late");
    }
    if (pathname.startsWith("/sms")) return new Response(`${asked.url} ${asked.body}`, { status: 500 });
    return await telegram.answer(asked);
  };
}

const configOf = (origin: string): string =>
  `[alerts]
repeat_s = 0
fill_usd = "1"
[alerts.telegram]
chats = ["42"]
commands_from = ["42"]
api = "${origin}"
[alerts.webhook]
url = "${origin}/hang"
per_hour = 3600
[alerts.sms]
url = "${origin}/sms/{secret}"
to = ["+15551234567"]
least = "info"
`;

interface Stage {
  readonly telegram: TelegramServer;
  readonly asked: Asked[];
  readonly config: string;
  readonly state: string;
}

async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  await using directory = await temporaryDirectory();
  const telegram = new TelegramServer();
  let end = () => {};
  const ending = new Promise<void>((resolve) => end = resolve);
  await withServer(answers(telegram, ending), async (origin, asked) => {
    const config = join(directory.path, "kbot.toml");
    await Deno.writeTextFile(config, configOf(origin));
    try {
      await play({ telegram, asked, config, state: join(directory.path, "state") });
    } finally {
      end();
    }
  });
}

async function eventually<T>(
  look: () => T | null | undefined | Promise<T | null | undefined>,
  claim: () => string,
): Promise<T> {
  const deadline = performance.now() + 240_000;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined) return seen;
    assert.ok(performance.now() < deadline, claim());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Every file below a directory, as text. */
async function* texts(directory: string): AsyncGenerator<readonly [path: string, text: string]> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* texts(path);
    else yield [path, new TextDecoder().decode(await Deno.readFile(path))];
  }
}

Deno.test("a run tells its bot, is killed by it with a code, ends in order beside channels that hang, and names no secret", () =>
  onStage(async ({ telegram, asked, config, state }) => {
    await Deno.mkdir(state, { mode: 0o700 });
    await Deno.writeTextFile(join(state, "run.json"), '{"run":"20261119T000000Z-0001"}');
    const flags = ["--speed", "10", "--seed", "7", "--port", "0", "--json", "--config", config, "--state", state];
    await using bot = new Kbot(["demo", ...flags], SECRETS);
    const said = (wanted: RegExp) =>
      eventually(
        () => telegram.sent.map(({ text }) => wanted.exec(text)).find((found) => found !== null),
        () => `Nobody said ${wanted}: ${JSON.stringify(telegram.sent)}\n${bot.stderr.slice(-2_000)}`,
      );
    await said(/INFO: kbot \S+ began to trade/);
    await said(/WARNING: The run before, 20261119T000000Z-0001, had no end/);
    await said(/INFO: (Bought|Sold) YES \S+ of \S+ at \S+, \S+ dollars at stake/);
    telegram.write("/kill", { from: 666, chat: 666 });
    telegram.write("/kill");
    const [, code] = await said(/send {2}\/kill (\d{4})/);
    telegram.write("/status");
    await said(/^kbot SIMULATED EXCHANGE\nReady to trade\nNAV /);
    telegram.write(`/kill ${code}`);
    await said(/^kbot SIMULATED EXCHANGE\nkill: done, halted: Kill switch, by telegram/);
    await said(/CRITICAL: KILLED\. Kill switch, by telegram\. Nothing new is sent until kbot resume/);
    await eventually(
      () => asked.find(({ url }) => url.pathname === "/hang"),
      () => "The channel that hangs was never asked",
    );
    // How many were left out is a matter of time: beyond a hundred that wait the oldest are.
    let status = await runKbot(["status", "--state", state]);
    await eventually(async () => {
      if (/Alerts by sms: \d+ not told, Answered with status 500: /.test(status.stdout)) return status;
      status = await runKbot(["status", "--state", state]);
    }, () => status.stdout);
    bot.signal("SIGINT");
    const { code: exitCode, stdout, stderr } = await bot.end();
    assert.equal(exitCode, 0, stderr.slice(-2_000));
    const summary = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { halts: string[]; orders_left: number };
    assert.deepEqual([summary.halts, summary.orders_left], [["kill"], 0]);
    await said(/INFO: Ended: stopped by Ctrl-C/);
    assert.match(stderr, /Not told by webhook \(the run ended\)/);
    for await (const [path, text] of texts(state)) assert.ok(!text.includes("planted"), path);
    assert.ok(!(stdout + stderr + status.stdout).includes("planted"));
  }));

Deno.test({
  name: "alerts to channels that hang, fail and flood change no decision",
  ignore: !FULL,
  fn: () =>
    onStage(async ({ config, state }) => {
      const flags = ["--for", "5s", "--speed", "20", "--seed", "7", "--port", "0", "--json"];
      const [without, beside] = [
        await runKbot(["demo", ...flags, "--state", `${state}-1`]),
        await runKbot(["demo", ...flags, "--config", config, "--state", `${state}-2`], SECRETS),
      ];
      assert.deepEqual([without.code, beside.code], [0, 0], beside.stderr.slice(-2_000));
      const hashOf = ({ stdout }: typeof without) => JSON.parse(stdout.trim().split("\n").at(-1) ?? "").decision_hash;
      assert.equal(hashOf(beside), hashOf(without));
    }),
});
