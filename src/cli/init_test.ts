import assert from "node:assert/strict";
import { join } from "node:path";
import { formatConfigError } from "../config/config_error.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { InitCommand } from "./command.ts";
import { init } from "./init.ts";
import type { Conversation } from "./init_interview.ts";
import { QUESTION_NAMES, QUESTIONS } from "./init_questions.ts";
import type { Reply } from "./output.ts";

/** A directory with a home in it, and kbot init asked there. */
class Stage {
  readonly #directory: string;
  readonly said: string[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  get file(): string {
    return join(this.#directory, ".config/kbot/kbot.toml");
  }
  get env(): Record<string, string> {
    return { HOME: this.#directory };
  }

  path(name: string): string {
    return join(this.#directory, name);
  }

  /** With flags alone. */
  flags(answers: InitCommand["answers"], more: Partial<InitCommand> = {}): Promise<Reply> {
    return init(commandOf(answers, { yes: true, ...more }), this.env, null);
  }

  /** Typing these lines, and then nothing more. */
  typing(lines: readonly string[], answers: InitCommand["answers"] = {}): Promise<Reply> {
    const left = [...lines];
    const conversation: Conversation = {
      say: (text) => void this.said.push(text),
      line: () => Promise.resolve(left.shift() ?? null),
    };
    return init(commandOf(answers), this.env, conversation);
  }

  async config(): Promise<Config> {
    const loaded = await loadConfig({ file: this.file, env: {} });
    assert.ok(loaded.ok, loaded.ok ? "" : loaded.errors.map(formatConfigError).join());
    return loaded.config;
  }

  async isWritten(): Promise<boolean> {
    return await Deno.lstat(this.file).then(() => true, () => false);
  }
}

const commandOf = (answers: InitCommand["answers"], more: Partial<InitCommand> = {}): InitCommand => ({
  kind: "init",
  config: undefined,
  state: undefined,
  json: false,
  output: undefined,
  yes: false,
  answers,
  ...more,
});

async function onStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-init-" });
  try {
    await use(new Stage(directory));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("Enter at every question makes a checked configuration for paper, for its owner alone, and says what comes next", () =>
  onStage(async (stage) => {
    const reply = await stage.typing(Array(30).fill(""));
    assert.equal(reply.exitCode, 0, reply.problems.join());
    assert.match(reply.text ?? "", /^Written and checked: .*kbot\.toml, .*\nNext:\n {2}kbot doctor\n {2}kbot --paper$/);
    const { venue, risk, strategies, server } = await stage.config();
    assert.deepEqual([venue.name, venue.series, server.port], ["kalshi", ["KXBTC15M", "KXETH15M"], 8080]);
    assert.equal(risk.max_order_usd, 500_000_000);
    assert.equal(strategies.settlement_edge.enabled, true);
    if (Deno.build.os !== "windows") assert.equal(((await Deno.stat(stage.file)).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("? explains, and a wrong answer is told with what is allowed and asked again", () =>
  onStage(async (stage) => {
    const reply = await stage.typing(["?", "papr", "paper", "kxbtc", "KXBTCD", ...Array(30).fill("")]);
    assert.equal(reply.exitCode, 0, reply.problems.join());
    const said = stage.said.join("");
    assert.match(said, /play money on Kalshi's market data/);
    assert.match(said, /Found "papr", allowed: paper, demo, live; did you mean paper\?/);
    assert.match(said, /Found "kxbtc", allowed: a list of 1 to 64 different series/);
    assert.deepEqual((await stage.config()).venue.series, ["KXBTCD"]);
  }));

Deno.test("whoever stops in the middle, or says no at the end, leaves nothing behind", () =>
  onStage(async (stage) => {
    for (const lines of [[], ["live", ""], [...Array(9).fill(""), "no"]]) {
      const reply = await stage.typing(lines);
      assert.equal(reply.exitCode, 1);
      assert.match(reply.problems.join(), /^(Stopped: nothing|Nothing) was written$/);
      assert.equal(await stage.isWritten(), false);
    }
  }));

Deno.test("with flags alone real money gets small limits, its key by files, strategies and alerts", () =>
  onStage(async (stage) => {
    await Deno.writeTextFile(stage.path("id"), "0a1b2c3d-4e5f\n", { mode: 0o600 });
    const reply = await stage.flags({
      mode: "live",
      keyIdFile: stage.path("id"),
      privateKeyFile: "~/kalshi.pem",
      strategies: "latency, weather",
      alerts: "telegram",
      telegramChat: "123456789",
      dailyLoss: "30",
      port: "0",
    });
    assert.equal(reply.exitCode, 0, reply.problems.join());
    assert.match(reply.text ?? "", /Not yet in order: Cannot read .*kalshi\.pem: no such file/);
    assert.match(reply.text ?? "", /kbot --paper --state paper\n {2}kbot --live --canary 30$/);
    const { venue, risk, strategies, alerts, server } = await stage.config();
    assert.deepEqual([venue.key_id, venue.private_key_file], ["0a1b2c3d-4e5f", stage.path("kalshi.pem")]);
    assert.deepEqual([risk.max_order_usd, risk.max_open_exposure_usd, risk.daily_loss_usd], [10e6, 100e6, 30e6]);
    const running = Object.entries(strategies).filter(([, { enabled }]) => enabled).map(([name]) => name);
    assert.deepEqual(running, ["latency", "weather"]);
    assert.deepEqual([alerts.telegram.chats, server.port], [["123456789"], 0]);
  }));

Deno.test("a path with a character that TOML takes escaped alone is written and read as it is", () =>
  onStage(async (stage) => {
    const path = stage.path('a "key"\x7f.pem');
    assert.equal((await stage.flags({ mode: "demo", privateKeyFile: path })).exitCode, 0);
    assert.equal((await stage.config()).venue.private_key_file, path);
  }));

const REFUSED: readonly [what: string, answers: InitCommand["answers"], code: number, why: RegExp][] = [
  ["an amount below nothing", { capital: "-5" }, 2, /^--capital: Found "-5", allowed: dollars from 0\.01/],
  ["an unknown strategy", { strategies: "latncy" }, 2, /^--strategies: Found "latncy", .*did you mean latency\?/],
  [
    "more than the hard cap",
    { maxOrder: "501" },
    2,
    /^--max-order: Found "501", allowed: dollars from 0\.01 to 500\.00/,
  ],
  ["a key for paper", { privateKeyFile: "k.pem" }, 2, /^Not with --mode paper and --alerts none: --private-key-file$/],
  ["mail without a server", { alerts: "email" }, 2, /^No alert goes by mail without --email-host$/],
  ["a file of an id that is not there", { mode: "demo", keyIdFile: "/nowhere/id" }, 2, /^--key-id-file: Cannot read/],
  ["a mail server without a sender", { alerts: "email", emailHost: "mail.example" }, 2, /alerts\.email\.from/],
];

for (const [what, answers, code, why] of REFUSED) {
  Deno.test(`${what} is refused, and nothing is written`, () =>
    onStage(async (stage) => {
      const reply = await stage.flags(answers);
      assert.equal(reply.exitCode, code, reply.text ?? "");
      assert.match(reply.problems.join("\n"), why);
      assert.equal(await stage.isWritten(), false);
    }));
}

Deno.test("a private key in place of its id is refused, and none of it repeated", () =>
  onStage(async (stage) => {
    const file = stage.path("id");
    await Deno.writeTextFile(file, "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n", { mode: 0o600 });
    const reply = await stage.flags({ mode: "demo", keyIdFile: file });
    assert.equal(reply.exitCode, 2);
    assert.match(reply.problems.join(), /holds no id of a key/);
    assert.doesNotMatch(JSON.stringify(reply), /MIIE/);
  }));

Deno.test("a file that is there is not overwritten, and told before anything is asked", () =>
  onStage(async (stage) => {
    assert.equal((await stage.flags({})).exitCode, 0);
    const before = await Deno.readTextFile(stage.file);
    const reply = await stage.typing([]);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems.join(), /exists and is not overwritten/);
    assert.deepEqual([stage.said, await Deno.readTextFile(stage.file)], [[], before]);
  }));

Deno.test("without a terminal and without --yes it says what to do", () =>
  onStage(async (stage) => {
    const reply = await stage.flags({}, { yes: false });
    assert.equal(reply.exitCode, 2);
    assert.match(reply.problems.join(), /^No terminal to ask on: --yes takes the default/);
  }));

Deno.test("every question has a flag and an explanation, and its preset is an answer", () => {
  assert.deepEqual(QUESTIONS.map(({ name }) => name), [...QUESTION_NAMES]);
  for (const { name, flag, ask, help, preset, read } of QUESTIONS) {
    assert.equal(flag, `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    assert.ok(ask !== "" && help !== "", name);
    for (const mode of ["paper", "demo", "live"]) {
      const answer = preset(new Map([["mode", mode]]));
      assert.ok(read(answer).ok, `${name}: ${answer}`);
    }
  }
});
