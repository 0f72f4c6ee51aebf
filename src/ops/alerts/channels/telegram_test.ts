import assert from "node:assert/strict";
import { Secret } from "../../../config/secret.ts";
import { alertOf, batchOf } from "../alert_fixture.ts";
import { NO_SIGNAL, withServer } from "./local_server_fixture.ts";
import { Telegram, TelegramApi } from "./telegram.ts";
import { TelegramServer, TOKEN } from "./telegram_server_fixture.ts";

const withBot = (test: (telegram: TelegramServer, api: TelegramApi, origin: string) => Promise<void>) => {
  const telegram = new TelegramServer();
  return withServer(telegram.answer, (origin) => test(telegram, new TelegramApi(origin, new Secret(TOKEN)), origin));
};

Deno.test("a message goes to every chat, with a sound where it is more than information", () =>
  withBot(async (server, api) => {
    const telegram = new Telegram(api, ["42", "-1001"]);
    assert.ok((await telegram.deliver(batchOf([alertOf({ text: "_not_ *markup* <b>" })]), NO_SIGNAL)).ok);
    assert.ok((await telegram.deliver(batchOf([alertOf({ severity: "info" })]), NO_SIGNAL)).ok);
    assert.deepEqual(server.sent.map(({ chat_id, disable_notification }) => [chat_id, disable_notification]), [
      ["42", false],
      ["-1001", false],
      ["42", true],
      ["-1001", true],
    ]);
    assert.match(server.sent[0].text, /^kbot PAPER at Kalshi: warning\n.*_not_ \*markup\* <b>$/);
  }));

Deno.test("a message that is too long for Telegram is cut to what it takes", () =>
  withBot(async (server, api) => {
    const alerts = Array.from({ length: 20 }, () => alertOf({ text: "x".repeat(500) }));
    assert.ok((await new Telegram(api, ["42"]).deliver(batchOf(alerts), NO_SIGNAL)).ok);
    assert.ok(server.sent[0].text.length <= 4_096 && /\.\.\. and \d+ more lines$/.test(server.sent[0].text));
  }));

Deno.test("too many messages: Telegram's own wait is taken over", () =>
  withBot(async (server, api) => {
    server.trouble = () =>
      Response.json({
        ok: false,
        error_code: 429,
        description: "Too Many Requests: retry after 14",
        parameters: { retry_after: 14 },
      }, { status: 429 });
    const delivery = await new Telegram(api, ["42"]).deliver(batchOf(), NO_SIGNAL);
    assert.deepEqual(delivery, {
      ok: false,
      reason: "Telegram answers 429: Too Many Requests: retry after 14",
      again: true,
      afterMs: 14_000,
    });
  }));

Deno.test("one chat that is unknown keeps no other from the message, and sent again it reaches nobody twice", () =>
  withBot(async (server, api) => {
    const telegram = new Telegram(api, ["7", "42", "-1001"]);
    let failing = true;
    server.trouble = () => failing && server.sent.length === 1 ? new Response("bad gateway", { status: 502 }) : null;
    const batch = batchOf();
    const first = await telegram.deliver(batch, NO_SIGNAL);
    assert.ok(!first.ok && first.again);
    failing = false;
    const second = await telegram.deliver(batch, NO_SIGNAL);
    assert.ok(!second.ok && !second.again);
    assert.equal(second.reason, "Telegram answers 400: Bad Request: chat not found (2 of 3 reached)");
    assert.deepEqual(server.sent.map(({ chat_id }) => chat_id), ["42", "-1001"]);
  }));

Deno.test("a look says which bot it is, and which chat it cannot see", () =>
  withBot(async (_, api) => {
    const well = await new Telegram(api, ["42"]).probe(NO_SIGNAL);
    assert.ok(well.ok);
    assert.match(well.detail, /^bot kbot_test_bot, 1 chat by http:/);
    assert.deepEqual(await new Telegram(api, ["7"]).probe(NO_SIGNAL), {
      ok: false,
      reason: "Chat 7: Telegram answers 400: Bad Request: chat not found",
      again: false,
      afterMs: null,
    });
  }));

Deno.test("the token is in no reason, whatever goes wrong", () =>
  withBot(async (server, api, origin) => {
    const reasons: string[] = [];
    const ask = async (from: TelegramApi) => {
      const delivery = await new Telegram(from, ["42"]).deliver(batchOf(), NO_SIGNAL);
      assert.ok(!delivery.ok);
      reasons.push(delivery.reason);
    };
    await ask(new TelegramApi("http://127.0.0.1:1", new Secret(TOKEN)));
    await ask(new TelegramApi("http://no-such-host.invalid", new Secret(TOKEN)));
    await ask(new TelegramApi(origin, new Secret(`${TOKEN}x`)));
    for (
      const answer of [
        () => new Response(`who is bot${TOKEN}?`, { status: 500 }),
        () => Response.json({ ok: false, error_code: 400, description: `no ${TOKEN}` }, { status: 400 }),
        () => new Response("{", { status: 200 }),
        () => Response.json({ ok: "yes" }),
      ]
    ) {
      server.trouble = answer;
      await ask(api);
    }
    for (const reason of reasons) assert.doesNotMatch(reason, /planted/, reason);
    assert.equal(reasons.length, 7);
  }));
