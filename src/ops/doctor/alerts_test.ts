import assert from "node:assert/strict";
import { join } from "node:path";
import { TelegramServer, TOKEN } from "../alerts/channels/telegram_server_fixture.ts";
import { alerts } from "./alerts.ts";
import { configuration } from "./configuration.ts";
import { examine } from "./doctor.ts";
import { type Patient, withPatient, withServer } from "./patient_fixture.ts";

async function look(patient: Patient, toml: string) {
  const request = patient.request({ configFile: await patient.writeConfig(toml) });
  const { checks } = await examine([configuration, alerts], request);
  return checks[1];
}

/** A bot at the address of a server of its API's shape. */
const withBot = (test: (patient: Patient, toml: (chat: string) => string) => Promise<void>) =>
  withPatient((patient) => {
    const server = new TelegramServer();
    const answer = async (request: Request) =>
      await server.answer({
        method: request.method,
        url: new URL(request.url),
        headers: request.headers,
        body: await request.text(),
      });
    return withServer(answer, async (rest) => {
      const file = join(patient.root, "token");
      await Deno.writeTextFile(file, `${TOKEN}\n`, { mode: 0o600 });
      const api = new URL(rest).origin;
      await test(patient, (chat) => `[alerts.telegram]\nchats = ["${chat}"]\ntoken_file = "${file}"\napi = "${api}"\n`);
    });
  });

Deno.test("a channel that works passes, and says whom it reaches", () =>
  withBot(async (patient, toml) => {
    const { status, detail } = await look(patient, toml("42"));
    assert.equal(status, "PASS", detail);
    assert.match(detail, /^telegram: bot kbot_test_bot, 1 chat by http/);
  }));

Deno.test("a chat that the bot does not know fails, and the token is not shown", () =>
  withBot(async (patient, toml) => {
    const { status, detail, remedy } = await look(patient, toml("7"));
    assert.equal(status, "FAIL");
    assert.match(detail, /^telegram: Chat 7: Telegram answers 400: Bad Request: chat not found$/);
    assert.match(remedy ?? "", /kbot alert test/);
    assert.doesNotMatch(detail, /planted/);
  }));

Deno.test("a token that others may read fails", () =>
  withBot(async (patient, toml) => {
    if (Deno.build.os === "windows") return;
    await Deno.chmod(join(patient.root, "token"), 0o644);
    const { status, detail } = await look(patient, toml("42"));
    assert.equal(status, "FAIL");
    assert.match(detail, /alerts\.telegram\.token_file: Readable by others: .*chmod 600/);
  }));

Deno.test("a channel of which nobody answers fails beside one that works", () =>
  withBot(async (patient, toml) => {
    const { status, detail } = await look(patient, `${toml("42")}\n[alerts.webhook]\nurl = "http://127.0.0.1:1/"\n`);
    assert.equal(status, "FAIL");
    assert.match(detail, /^webhook: No answer from http:\/\/127\.0\.0\.1:1: /);
  }));

Deno.test("without a channel it passes, with what to do", () =>
  withPatient(async (patient) => {
    const { status, remedy } = await look(patient, "");
    assert.equal(status, "PASS");
    assert.match(remedy ?? "", /\[alerts\] of kbot\.toml/);
  }));
