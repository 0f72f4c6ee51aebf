/**
 * What `kbot init` asks, in this order. Each question is a flag, too, so that nobody needs a terminal to answer it.
 * @module
 */

import { nearestName } from "../config/nearest.ts";
import { readText } from "../config/overrides.ts";
import { KEYS } from "../config/schema_keys.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import { INIT_ALERTS, INIT_MODES } from "./command.ts";

/** Names of questions, and what was answered, as it was typed. */
export type Answers = ReadonlyMap<InitQuestionName, string>;

export const QUESTION_NAMES = [
  ...["mode", "series", "capital", "maxOrder", "maxExposure", "dailyLoss", "strategies"] as const,
  ...["keyIdFile", "privateKeyFile", "alerts", "telegramChat", "telegramTokenFile"] as const,
  ...[
    "webhookUrl",
    "webhookSecretFile",
    "emailHost",
    "emailFrom",
    "emailTo",
    "emailUser",
    "emailPasswordFile",
  ] as const,
  "port",
] as const;
export type InitQuestionName = (typeof QUESTION_NAMES)[number];

/** An answer that was read: what it says of the configuration; or what is wrong with it. */
export type Read =
  | { readonly ok: true; readonly keys: readonly (readonly [key: string, value: unknown])[] }
  | { readonly ok: false; readonly reason: string };

export interface Question {
  readonly name: InitQuestionName;
  readonly flag: `--${string}`;
  readonly ask: string;
  /** What `?` tells. */
  readonly help: string;
  /** What Enter means; empty for nothing. */
  preset(answers: Answers): string;
  /** Whether it is asked at all. */
  applies(answers: Answers): boolean;
  read(text: string): Read;
  /** What does not work without an answer, where Enter gives none. */
  readonly needed?: string;
}

const always = (): boolean => true;
const is = (name: InitQuestionName, ...wanted: readonly string[]) => (answers: Answers): boolean =>
  wanted.includes(answers.get(name) ?? "");
const wrong = (text: string, allowed: string): Read => ({
  ok: false,
  reason: `Found ${JSON.stringify(text.slice(0, 60))}, allowed: ${allowed}`,
});
const taken = (...keys: readonly (readonly [string, unknown])[]): Read => ({ ok: true, keys });

/** The value of a key, by the schema's own rules. */
function readKey(key: string, text: string): Read {
  const value = readText(KEYS, key, text);
  return KEYS.accepts(key, value) ? taken([key, value]) : wrong(text, KEYS.allowedText(key));
}

interface OfKey {
  readonly name: InitQuestionName;
  readonly flag: `--${string}`;
  readonly key: string;
  readonly ask: string;
  readonly help?: string;
  readonly preset?: (answers: Answers) => string;
  readonly applies?: (answers: Answers) => boolean;
  readonly needed?: string;
}

/** A question about one key; an empty answer leaves it at its default. */
const ofKey = ({ name, flag, key, ask, help, preset = () => "", applies = always, needed }: OfKey): Question => ({
  ...(needed === undefined ? {} : { needed }),
  name,
  flag,
  ask,
  help: `${KEYS.description(key)}. Allowed: ${KEYS.allowedText(key)}.${help === undefined ? "" : ` ${help}`}`,
  preset,
  applies,
  read: (text) => text === "" ? taken() : readKey(key, text),
});

const words = (
  { name, flag, ask, help, preset }: Pick<Question, "name" | "flag" | "ask" | "help"> & { readonly preset: string },
  allowed: readonly string[],
  keysOf: (word: string) => readonly (readonly [string, unknown])[] = () => [],
): Question => ({
  name,
  flag,
  ask,
  help,
  preset: () => preset,
  applies: always,
  read(text) {
    if (allowed.includes(text)) return taken(...keysOf(text));
    const near = nearestName(text, allowed);
    return wrong(text, `${allowed.join(", ")}${near === null ? "" : `; did you mean ${near}?`}`);
  },
});

const STRATEGY_NAMES = STRATEGIES.map(({ name }) => name);
const STARTED = STRATEGIES.filter(({ startsOff }) => startsOff !== true).map(({ name }) => name);

const strategies: Question = {
  name: "strategies",
  flag: "--strategies",
  ask: "Strategies that run, with commas",
  help:
    `${STRATEGIES.map(({ name, title }) => `${name}: ${title}`).join(". ")}. None promises a profit: try it on paper ` +
    "first. Each has its own parameters in [strategies.NAME].",
  preset: () => STARTED.join(","),
  applies: always,
  read(text) {
    const wanted = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
    const unknown = wanted.find((name) => !STRATEGY_NAMES.includes(name));
    if (unknown !== undefined) {
      const near = nearestName(unknown, STRATEGY_NAMES);
      return wrong(unknown, `${STRATEGY_NAMES.join(", ")}${near === null ? "" : `; did you mean ${near}?`}`);
    }
    return taken(
      ...STRATEGY_NAMES.filter((name) => wanted.includes(name) !== STARTED.includes(name))
        .map((name): [string, boolean] => [`strategies.${name}.enabled`, wanted.includes(name)]),
    );
  },
};

const withKey = is("mode", "demo", "live");
/** Real money begins small. */
const cautious = (small: string, usual: string) => (answers: Answers): string =>
  answers.get("mode") === "live" ? small : usual;

export const QUESTIONS: readonly Question[] = [
  words(
    {
      name: "mode",
      flag: "--mode",
      ask: "How to begin: paper, demo or live",
      help:
        "paper: play money on Kalshi's market data, no key needed. demo: Kalshi's demo environment, with a key of its " +
        "own and play money. live: real money, with a key, limits of your own, and a phrase to type at every start.",
      preset: "paper",
    },
    INIT_MODES,
    (mode) => [["venue.name", mode === "demo" ? "demo" : "kalshi"]],
  ),
  ofKey({
    name: "series",
    flag: "--series",
    key: "venue.series",
    ask: "Series whose markets are watched and traded, with commas",
    help: "KXBTC15M and KXETH15M are the 15-minute markets of bitcoin and ether; KXBTCD, KXETHD the hourly ones.",
    preset: () => "KXBTC15M,KXETH15M",
  }),
  ofKey({
    name: "capital",
    flag: "--capital",
    key: "paper.capital",
    ask: "Dollars that the paper account starts with",
    preset: () => "10000",
    applies: is("mode", "paper"),
  }),
  ofKey({
    name: "maxOrder",
    flag: "--max-order",
    key: "risk.max_order_usd",
    ask: "Dollars that one order may cost at most",
    preset: cautious("10", "500"),
  }),
  ofKey({
    name: "maxExposure",
    flag: "--max-exposure",
    key: "risk.max_open_exposure_usd",
    ask: "Dollars at risk in all markets together at most",
    preset: cautious("100", "5000"),
  }),
  ofKey({
    name: "dailyLoss",
    flag: "--daily-loss",
    key: "risk.daily_loss_usd",
    ask: "Dollars lost on a day at which trading halts",
    help: "A halt sells nothing: what is held stays at risk, and you lift it with kbot resume.",
    preset: cautious("25", "1000"),
  }),
  strategies,
  {
    ...ofKey({
      name: "keyIdFile",
      flag: "--key-id-file",
      key: "venue.key_id",
      ask: "File that holds the id of the API key",
      help:
        "One line, as Kalshi shows it beside the key. Enter leaves it out: then give KBOT_KALSHI_KEY_ID, or systemd's " +
        "credential kalshi_key_id.",
      applies: withKey,
    }),
    // What the file holds goes into the configuration (init.ts), and not its path.
    read: () => taken(),
  },
  ofKey({
    name: "privateKeyFile",
    flag: "--private-key-file",
    key: "venue.private_key_file",
    ask: "File that holds the private key",
    help:
      "The PEM file that Kalshi gave you once; chmod 600. Enter leaves it out: then give KBOT_KALSHI_PRIVATE_KEY_FILE, " +
      "or systemd's credential kalshi_private_key.",
    applies: withKey,
  }),
  words({
    name: "alerts",
    flag: "--alerts",
    ask: "Where alerts go beside the status page: none, telegram, webhook or email",
    help: "telegram: a bot of yours and the number of a chat. webhook: JSON to an address of yours. email: your SMTP " +
      "server. SMS and more are in [alerts] of kbot.toml; kbot alert test tries them.",
    preset: "none",
  }, INIT_ALERTS),
  ofKey({
    name: "telegramChat",
    flag: "--telegram-chat",
    key: "alerts.telegram.chats",
    ask: "Number of the Telegram chat",
    needed: "No alert goes by Telegram",
    applies: is("alerts", "telegram"),
  }),
  ofKey({
    name: "telegramTokenFile",
    flag: "--telegram-token-file",
    key: "alerts.telegram.token_file",
    ask: "File that holds the bot's token",
    help: "Enter leaves it out: then give KBOT_ALERT_TELEGRAM_TOKEN, or systemd's credential.",
    applies: is("alerts", "telegram"),
  }),
  ofKey({
    name: "webhookUrl",
    flag: "--webhook-url",
    key: "alerts.webhook.url",
    ask: "Address that alerts are posted to",
    needed: "No alert is posted",
    applies: is("alerts", "webhook"),
  }),
  ofKey({
    name: "webhookSecretFile",
    flag: "--webhook-secret-file",
    key: "alerts.webhook.secret_file",
    ask: "File that holds the secret that they are signed with",
    help: "Enter for none.",
    applies: is("alerts", "webhook"),
  }),
  ofKey({
    name: "emailHost",
    flag: "--email-host",
    key: "alerts.email.host",
    ask: "SMTP server",
    needed: "No alert goes by mail",
    applies: is("alerts", "email"),
  }),
  ofKey({
    name: "emailFrom",
    flag: "--email-from",
    key: "alerts.email.from",
    ask: "Sender",
    applies: is("alerts", "email"),
  }),
  ofKey({
    name: "emailTo",
    flag: "--email-to",
    key: "alerts.email.to",
    ask: "Recipient",
    applies: is("alerts", "email"),
  }),
  ofKey({
    name: "emailUser",
    flag: "--email-user",
    key: "alerts.email.user",
    ask: "Name to log in with",
    help: "Enter for none.",
    applies: is("alerts", "email"),
  }),
  ofKey({
    name: "emailPasswordFile",
    flag: "--email-password-file",
    key: "alerts.email.password_file",
    ask: "File that holds the password",
    help: "Enter for none.",
    applies: is("alerts", "email"),
  }),
  ofKey({
    name: "port",
    flag: "--port",
    key: "server.port",
    ask: "Port of the status page on this machine",
    preset: () => "8080",
  }),
];
