/**
 * The command init.
 * @module
 */

import { object } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { command } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { INIT_ALERTS, INIT_MODES, type InitCommand } from "./command.ts";
import { path, word } from "./flag_values.ts";
import { about, type Asked, choosable, toggle } from "./flags.ts";

const text = (
  flag: `--${string}`,
  metavar: "USD" | "LIST" | "NUMBER" | "URL" | "HOST" | "ADDRESS" | "NAME",
  what: string,
) => choosable(flag, string({ metavar }), what);
const file = (flag: `--${string}`, what: string) => choosable(flag, path("FILE"), what);

const initFlags = object({
  output: choosable("--output", path("FILE"), "Write it there (else to ~/.config/kbot/kbot.toml); never over a file"),
  yes: toggle("--yes", "Ask nothing: take the default of what no flag answers"),
  mode: choosable(
    "--mode",
    word("MODE", INIT_MODES),
    "Play money, Kalshi's demo environment, or real money",
  ),
  series: text("--series", "LIST", "Series that are traded, with commas"),
  capital: text("--capital", "USD", "What a paper account starts with"),
  maxOrder: text("--max-order", "USD", "Most that one order may cost"),
  maxExposure: text("--max-exposure", "USD", "Most at risk in all markets together"),
  dailyLoss: text("--daily-loss", "USD", "A day's loss that halts trading"),
  strategies: text("--strategies", "LIST", "Strategies that run, with commas"),
  keyIdFile: file("--key-id-file", "Holds the id of the API key (mode 600)"),
  privateKeyFile: file("--private-key-file", "Holds the private key as PEM (mode 600); it is named, not read in"),
  alerts: choosable(
    "--alerts",
    word("WHERE", INIT_ALERTS),
    "Where alerts go beside the page",
  ),
  telegramChat: text("--telegram-chat", "NUMBER", "Of the chat"),
  telegramTokenFile: file("--telegram-token-file", "Holds the bot's token"),
  webhookUrl: text(
    "--webhook-url",
    "URL",
    "Where alerts are posted to; one that is a secret itself is typed at the question, for others see flags",
  ),
  webhookSecretFile: file("--webhook-secret-file", "Holds the secret that they are signed with"),
  emailHost: text("--email-host", "HOST", "SMTP server"),
  emailFrom: text("--email-from", "ADDRESS", "Sender"),
  emailTo: text("--email-to", "ADDRESS", "Recipient"),
  emailUser: text("--email-user", "NAME", "Whom to log in as"),
  emailPasswordFile: file("--email-password-file", "Holds the password"),
  port: text("--port", "NUMBER", "Of the status page on this machine"),
});

type InitFlags = typeof initFlags["$valueType"][number];

const initCommand = ({ output, yes, ...answers }: InitFlags): Asked<InitCommand> => ({
  kind: "init",
  output,
  yes,
  answers,
});

export const init = command(
  "init",
  map(initFlags, initCommand),
  about(
    "Make a first configuration: a few questions, each with a default and an explanation",
    "It ends in a kbot.toml that was checked, and says what comes next. Without a terminal, flags answer and --yes takes " +
      "the defaults. No secret is asked for or taken: keys, tokens and passwords stay in files of their own. Exit code 1: " +
      "stopped, or the file exists; 2: an answer is wrong. With --json one object: ok, file, mode, next, notes.",
    ["init", "init --yes --mode paper --capital 2500 --output kbot.toml"],
  ),
);
