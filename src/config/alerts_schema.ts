/**
 * The section `[alerts]`: who is told what, and how.
 * @module
 */

import { z } from "zod";
import { money } from "../core/units.ts";
import { SEVERITIES } from "../ops/alerts/alert.ts";
import { ALERT_EVENTS, isEvent } from "../ops/alerts/alert_table.ts";
import { isZone, parseQuietSpan, parseTimeOfDay } from "../ops/alerts/quiet_hours.ts";
import { smsProblem } from "../ops/alerts/channels/sms.ts";
import { address, LARGEST_AMOUNT, usd } from "./fields.ts";

const RECIPIENTS_MAX = 16;
const HEADERS_MAX = 16;

function text(allowed: string, isRight: (value: string) => boolean) {
  return z.string().refine(isRight, { error: allowed }).meta({ allowed });
}

function listOf(allowed: string, most: number, isRight: (value: string) => boolean) {
  const whole = `a list of at most ${most} different ones, each ${allowed}`;
  return z.array(z.string()).refine(
    (list) => list.length <= most && new Set(list).size === list.length && list.every(isRight),
    { error: whole },
  ).meta({ allowed: whole });
}

const isChat = (value: string): boolean => /^(-?[1-9]\d{0,18}|@[A-Za-z0-9_]{4,32})$/.test(value);
const isUser = (value: string): boolean => /^-?[1-9]\d{0,18}$/.test(value);
const isMail = (value: string): boolean => /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/.test(value);
/** A name may stand before the address: `kbot <kbot@example.com>`. */
const isSender = (value: string): boolean =>
  isMail(value) || /^[^\r\n<>"]{1,64} <[^\s@<>"]{1,64}@[^\s@<>"]{1,190}>$/.test(value);
const isNumber = (value: string): boolean => /^\+?[0-9][0-9 ()-]{3,24}$/.test(value);
const isHeader = (value: string): boolean => /^[A-Za-z0-9-]{1,64}:[ \t]*[\x20-\x7e]{1,1000}$/.test(value);
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1"]);

const secretFile = (what: string, variable: string) =>
  z.string().min(1).max(1_000).nullable().default(null).describe(
    `File that holds ${what}, readable by its owner only (mode 600); else ${variable}, or the systemd credential ` +
      variable.toLowerCase(),
  );

/** What every channel has. */
const common = (least: (typeof SEVERITIES)[number], perHour: number) => ({
  least: z.enum(SEVERITIES).default(least).describe("Least severity that is told here"),
  per_hour: z.int().min(1).max(3_600).default(perHour).describe(
    "Messages an hour in the long run; what comes faster is told together, in one",
  ),
});

const desktop = z.strictObject({
  enabled: z.boolean().default(true).describe(
    "Whether a terminal that kbot runs in gets the bell and a notification; the status page shows alerts in any case",
  ),
  ...common("warning", 120),
});

const telegram = z.strictObject({
  chats: listOf('the number of a chat such as "123456789", or a public channel such as "@name"', RECIPIENTS_MAX, isChat)
    .default([]).describe("Chats that alerts go to; none switches it off"),
  token_file: secretFile("the bot's token", "KBOT_ALERT_TELEGRAM_TOKEN"),
  commands_from: listOf('the number of a person such as "123456789", or of a group', RECIPIENTS_MAX, isUser)
    .default([]).describe(
      "Who may send commands (/status, /kill, ...); in a group both the group and the person must be listed. None: no " +
        "command is read",
    ),
  api: address(["https:", "http:"]).default("https://api.telegram.org").describe("Bot API server"),
  ...common("info", 30),
});

const webhook = z.strictObject({
  url: address(["https:", "http:"]).nullable().default(null).describe("Address that alerts are posted to as JSON"),
  secret_file: secretFile("the secret that messages are signed with", "KBOT_ALERT_WEBHOOK_SECRET"),
  ...common("info", 60),
});

const email = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/).nullable().default(null).describe(
    "SMTP server; null switches it off",
  )
    .meta({ allowed: "the name or the address of a host" }),
  port: z.int().min(1).max(65_535).default(587).describe("Its port: usually 587 with starttls, 465 with tls"),
  security: z.enum(["starttls", "tls", "none"]).default("starttls").describe(
    "How the connection is secured: starttls, and nothing is said without it; tls from the start; none only to this machine",
  ),
  user: z.string().min(1).max(200).nullable().default(null).describe("Whom to log in as; null does not log in"),
  password_file: secretFile("the password", "KBOT_ALERT_EMAIL_PASSWORD"),
  ca_file: z.string().min(1).max(1_000).nullable().default(null).describe(
    "PEM file of the authority that signed the server's certificate, where it is one of your own",
  ),
  from: text('an address such as "kbot@example.com"', isSender).nullable().default(null).describe("Sender"),
  to: listOf('an address such as "me@example.com"', RECIPIENTS_MAX, isMail).default([]).describe("Recipients"),
  ...common("warning", 20),
}).superRefine(({ host, security, user, from, to }, context) => {
  const wrong = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (host === null) return;
  if (from === null) wrong("from", "a sender, where host is set");
  if (to.length === 0) wrong("to", "at least one recipient, where host is set");
  if (security === "none" && !LOOPBACK.has(host)) {
    wrong("security", '"starttls" or "tls", but for a server on this machine');
  }
  if (security === "none" && user !== null) wrong("user", "null, where the connection is not secured");
});

const sms = z.strictObject({
  url: z.string().regex(/^https?:\/\/[^\s@]{1,2000}$/).nullable().default(null).meta({
    allowed: "an address that starts with https:// or http://",
  }).describe("Address of the gateway; null switches it off. {text}, {to} and {secret} are filled in, here and below"),
  method: z.enum(["GET", "POST", "PUT"]).default("POST").describe("Method of the request"),
  headers: listOf('a header such as "Authorization: Bearer {secret}"', HEADERS_MAX, isHeader).default([]).describe(
    "Headers of the request; {secret_base64} is the secret in base64",
  ),
  format: z.enum(["json", "form", "text"]).default("json").describe("What the body is, and so how values are escaped"),
  body: z.string().max(4_000).default('{"to":"{to}","text":"{text}"}').describe("Body of the request"),
  secret_file: secretFile("the gateway's key or password", "KBOT_ALERT_SMS_SECRET"),
  to: listOf('a number such as "+15551234567"', RECIPIENTS_MAX, isNumber).default([]).describe("Numbers"),
  chars_max: z.int().min(100).max(1_600).default(300).describe("Characters of one message; what is longer is cut"),
  ...common("critical", 10),
}).superRefine(({ url, method, headers, body, format, to }, context) => {
  if (url === null) return;
  if (to.length === 0) {
    context.addIssue({ code: "custom", path: ["to"], message: "at least one number, where url is set" });
  }
  // Whether there is a secret only the start knows.
  const problem = smsProblem({ url, method, headers, body, format, secret: true });
  if (problem !== null) {
    context.addIssue({ code: "custom", path: ["body"], message: `a request that can be sent: ${problem}` });
  }
});

export const alerts = z.strictObject({
  zone: text('a time zone such as "America/New_York"', isZone).default("UTC").describe(
    "Time zone of quiet_hours and daily_summary",
  ),
  quiet_hours: text('a span of the day such as "22:00-07:00"', (value) => parseQuietSpan(value) !== null).nullable()
    .default(null).describe("When only what is critical is told; the rest waits for the end of it"),
  daily_summary: text('a time of day such as "17:00"', (value) => parseTimeOfDay(value) !== null).nullable().default(
    null,
  )
    .describe("When profit and loss and fills of the day are told; null for never"),
  repeat_s: z.int().min(0).max(86_400).default(600).describe(
    "Seconds within which the same alert is not told again but counted; 0 tells each",
  ),
  disconnected_s: z.int().min(1).max(86_400).default(30).describe(
    "Seconds without a connection to the exchange, or without data of a feed, that are told",
  ),
  unknown_s: z.int().min(1).max(86_400).default(15).describe(
    "Seconds that the exchange may leave open what became of an order before it is told",
  ),
  fill_usd: usd(money(1), LARGEST_AMOUNT).nullable().default(null).describe(
    "Least at stake in one execution that is told; null tells none",
  ),
  ignore: listOf(`one of ${ALERT_EVENTS.map((event) => `"${event}"`).join(", ")}`, ALERT_EVENTS.length, isEvent)
    .default([]).describe("Events that are never told"),
  desktop: desktop.prefault({}).describe("The screen"),
  telegram: telegram.prefault({}).describe("Telegram"),
  webhook: webhook.prefault({}).describe("JSON to an address of yours"),
  email: email.prefault({}).describe("Mail"),
  sms: sms.prefault({}).describe("SMS by an HTTP gateway"),
});

export type AlertsConfig = z.output<typeof alerts>;
