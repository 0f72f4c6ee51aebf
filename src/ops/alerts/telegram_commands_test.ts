import assert from "node:assert/strict";
import { Secret } from "../../config/secret.ts";
import { WallClock } from "../clock.ts";
import { LogLines, SENDER } from "./alert_fixture.ts";
import { withServer } from "./channels/local_server_fixture.ts";
import { TelegramApi } from "./channels/telegram.ts";
import { TelegramServer, TOKEN } from "./channels/telegram_server_fixture.ts";
import { TelegramCommands } from "./telegram_commands.ts";

interface Talk {
  readonly server: TelegramServer;
  readonly done: string[];
  readonly lines: string[];
  /** Waits until the bot has answered so often. */
  answers(count: number): Promise<readonly string[]>;
  /** Waits until what was written has been taken, and what it might lead to. */
  heard(): Promise<void>;
}

async function talk(test: (talk: Talk) => Promise<void>, allowed: readonly string[] = ["42"]): Promise<void> {
  const server = new TelegramServer();
  await withServer(server.answer, async (origin) => {
    const done: string[] = [];
    const { lines, log } = new LogLines();
    const act = (what: string) => {
      done.push(what);
      return Promise.resolve(`${what}: done`);
    };
    const commands = new TelegramCommands({
      api: new TelegramApi(origin, new Secret(TOKEN)),
      allowed,
      sender: SENDER,
      target: {
        status: () => "Ready to trade",
        kill: () => act("kill"),
        reduce: () => act("reduce"),
        stopStrategy: (name) => act(`stop ${name}`),
      },
      clock: new WallClock(),
      jitter: () => 0,
      log,
    });
    commands.start();
    const until = async (isSo: () => boolean) => {
      for (let turn = 0; turn < 12_000 && !isSo(); turn++) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.ok(isSo(), `${server.sent.length} answers: ${server.sent.map(({ text }) => text).join(" / ")}`);
    };
    try {
      await test({
        server,
        done,
        lines,
        answers: async (count) => {
          await until(() => server.sent.length >= count);
          return server.sent.map(({ text }) => text.split("\n").slice(1).join("\n"));
        },
        heard: () => until(() => server.idle),
      });
    } finally {
      await commands.stop();
    }
  });
}

Deno.test("status, reduce and stop are done at once and answered, labelled as what they are about", () =>
  talk(async ({ server, done, answers }) => {
    for (const text of ["/status", "/REDUCE@kbot_test_bot", "/pause", "/stop latency", "/stop", "/help", "/nonsense"]) {
      server.write(text);
    }
    const said = await answers(7);
    assert.deepEqual(said.slice(0, 5), [
      "Ready to trade",
      "reduce: done",
      "reduce: done",
      "stop latency: done",
      "Name the strategy: /stop NAME",
    ]);
    assert.ok(said[5].startsWith("/status - ") && said[6] === said[5]);
    assert.deepEqual(done, ["reduce", "reduce", "stop latency"]);
    assert.ok(server.sent.every(({ text }) => text.startsWith("kbot PAPER at Kalshi\n")));
  }));

Deno.test("kill wants a second message with its code, which serves once and to who was asked", () =>
  talk(async ({ server, done, answers }) => {
    server.chats.add("43");
    server.write("/kill 0000");
    server.write("/kill");
    const [, asked] = await answers(2);
    const code = /\/kill (\d{4})$/.exec(asked)?.[1] ?? "";
    assert.equal(done.length, 0);
    server.write(`/kill ${code}`, { chat: 43, from: 43 });
    server.write(`/kill ${code}`);
    server.write(`/kill ${code}`);
    const said = await answers(5);
    assert.match(said[0], /^Nothing is killed: not the code/);
    assert.match(said[2], /^Nothing is killed: not the code/);
    assert.equal(said[3], "kill: done");
    assert.match(said[4], /^Nothing is killed: not the code/);
    assert.deepEqual(done, ["kill"]);
  }, ["42", "43"]));

Deno.test("others get no answer and do nothing, whichever way they come", () =>
  talk(async ({ server, done, lines, heard }) => {
    server.chats.add("666");
    server.write("/kill", { chat: 666, from: 666 });
    // A stranger in a group that is allowed, and an allowed person in a group that is not.
    server.write("/reduce", { chat: -1001, from: 666 });
    server.write("/reduce", { chat: -5, from: 42 });
    server.push({ message: { date: Date.now() / 1_000, text: "/reduce", chat: { id: 42 } } });
    for (let each = 0; each < 20; each++) server.write("/kill", { chat: 700 + each, from: 700 + each });
    await heard();
    assert.deepEqual([server.sent, done], [[], []]);
    assert.equal(lines.length, 5);
    assert.match(
      lines[0],
      /person 666 in chat 666 is not answered: alerts\.telegram\.commands_from does not list them/,
    );
  }, ["42", "-1001"]));

Deno.test("in a group both the group and the person must be listed", () =>
  talk(async ({ server, done, answers }) => {
    server.write("/reduce", { chat: -1001, from: 42 });
    await answers(1);
    assert.deepEqual(done, ["reduce"]);
  }, ["42", "-1001"]));

Deno.test("what was sent while nobody listened is not done late", () =>
  talk(async ({ server, done, answers }) => {
    server.write("/reduce", { date: Math.floor(Date.now() / 1_000) - 3_600 });
    const [said] = await answers(1);
    assert.equal(said, "/reduce was sent 60 minutes ago and is not done: send it again if you still mean it");
    assert.deepEqual(done, []);
  }));

Deno.test("updates that cannot be read are passed over, and talk that is no command is left alone", () =>
  talk(async ({ server, done, answers }) => {
    server.push({ message: "what?" });
    server.push({ message: { date: "x", chat: {}, text: 5 } });
    server.push({ edited_message: {} });
    server.write("good morning");
    server.write("/reduce");
    await answers(1);
    assert.deepEqual(done, ["reduce"]);
  }));

Deno.test("a bot that cannot be asked is told once in the log, without its token, and heard again", () =>
  talk(async ({ server, lines, done, answers }) => {
    let refusals = 0;
    server.trouble = (method) =>
      method === "getUpdates" && refusals++ < 1
        ? Response.json(
          { ok: false, error_code: 409, description: "Conflict: terminated by other getUpdates request" },
          {
            status: 409,
          },
        )
        : null;
    server.write("/reduce");
    await answers(1);
    assert.deepEqual(done, ["reduce"]);
    assert.deepEqual(lines.slice(0, 2), [
      "warn Commands by Telegram are not heard: Telegram answers 409: Conflict: terminated by other getUpdates request",
      "info Commands by Telegram are heard again",
    ]);
    assert.doesNotMatch(lines.join(), /planted/);
  }));
