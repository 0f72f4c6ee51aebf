/**
 * SMS by an HTTP gateway, any that takes one request for one message: the configuration says how that request looks, with
 * placeholders that are filled in and escaped by where they stand.
 *
 * | placeholder | stands for |
 * | --- | --- |
 * | `{text}` | the message |
 * | `{to}` | the recipient's number |
 * | `{secret}` | the gateway's key, token or password |
 * | `{secret_base64}` | the same in base64, as basic authentication wants `user:password` |
 *
 * In the address and in a form everything is percent-encoded; in JSON it is escaped for the inside of a string; in a header it
 * stands as it is.
 * @module
 */

import { REDACTED, type Secret } from "../../../config/secret.ts";
import { type Channel, delivered, type Delivery, failedFor } from "../channel.ts";
import { type Batch, textOf } from "../message.ts";
import { base64Of, scrubber } from "../scrub.ts";
import { ask, hostOf, judged } from "./http.ts";
import { Recipients } from "./recipients.ts";

export type BodyFormat = "json" | "form" | "text";

export interface SmsParts {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT";
  /** Each `Name: value`. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly format: BodyFormat;
  readonly to: readonly string[];
  readonly secret: Secret | null;
  readonly lengthMax: number;
}

const PLACEHOLDER = /\{(text|to|secret|secret_base64)\}/g;
const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  text: "text/plain; charset=utf-8",
};

const inAddress = (value: string): string => encodeURIComponent(value.toWellFormed());
/** What `application/x-www-form-urlencoded` wants: a blank is a plus. */
const inForm = (value: string): string => inAddress(value).replaceAll("%20", "+");
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);
const ESCAPES: Readonly<Record<BodyFormat, (value: string) => string>> = {
  json: inJson,
  form: inForm,
  text: (value) => value,
};

export type SmsValues = Readonly<Record<"text" | "to" | "secret" | "secret_base64", string>>;

/** Fills a template in, once: what a value brings is never taken for a placeholder. */
export function filled(template: string, values: SmsValues, escape: (value: string) => string): string {
  return template.replace(PLACEHOLDER, (_, name: keyof SmsValues) => escape(values[name]));
}

/**
 * What is wrong with a request's templates; `null` where they can be sent.
 */
export function smsProblem(
  { url, method, headers, body, format, secret }: Pick<SmsParts, "url" | "method" | "headers" | "body" | "format"> & {
    readonly secret: boolean;
  },
): string | null {
  const all = [url, ...headers, body];
  if (!all.some((part) => part.includes("{text}"))) return "{text} stands nowhere, so that nothing would be said";
  if (!secret && all.some((part) => /\{secret(_base64)?\}/.test(part))) {
    return "{secret} is used and no secret is given";
  }
  if (method === "GET" && body !== "") return "a GET has no body";
  const sample = { text: 'a "b"', to: "+1", secret: "s", secret_base64: "cw==" };
  if (!URL.canParse(filled(url, sample, inAddress))) return "url is no address";
  if (format !== "json" || body === "") return null;
  try {
    JSON.parse(filled(body, sample, inJson));
    return null;
  } catch {
    return "body is no JSON once it is filled in; placeholders stand inside quotes";
  }
}

export class Sms implements Channel {
  readonly name = "sms";
  readonly to: string;
  readonly #parts: SmsParts;
  readonly #recipients: Recipients;
  readonly #scrub: (text: string) => string;

  constructor(parts: SmsParts) {
    this.#parts = parts;
    const { url, to, secret } = parts;
    this.#scrub = scrubber(secret === null ? [] : [secret]);
    const host = hostOf(filled(url, { text: "", to: "", secret: REDACTED, secret_base64: REDACTED }, inAddress));
    this.to = `${to.length} ${to.length === 1 ? "number" : "numbers"} by ${host}`;
    this.#recipients = new Recipients(to);
  }

  deliver(batch: Batch, signal: AbortSignal): Promise<Delivery> {
    const text = textOf(batch, this.#parts.lengthMax);
    return this.#recipients.each(batch.id, async (to) => {
      const question = this.#question(text, to);
      return judged(await ask(question, signal, this.#scrub), this.#scrub);
    });
  }

  /** A request would send a message, so it only asks whether somebody answers there at all. */
  async probe(signal: AbortSignal): Promise<Delivery> {
    const { url, headers } = this.#question("", "");
    const origin = new URL(url).origin;
    const answer = await ask(
      { url: origin, method: "HEAD", headers: onlyAgent(headers), body: null },
      signal,
      this.#scrub,
    );
    return answer.ok ? delivered(`${this.to} answers`) : failedFor(answer.reason);
  }

  #question(text: string, to: string) {
    const { url, method, headers, body, format, secret } = this.#parts;
    const key = secret?.reveal() ?? "";
    const values = { text, to, secret: key, secret_base64: base64Of(key) };
    const all: Record<string, string> = { "user-agent": "kbot" };
    if (method !== "GET") all["content-type"] = CONTENT_TYPES[format];
    for (const header of headers) {
      const at = header.indexOf(":");
      all[header.slice(0, at).trim().toLowerCase()] = filled(header.slice(at + 1), values, oneLine).trim();
    }
    return {
      url: filled(url, values, inAddress),
      method,
      headers: all,
      body: method === "GET" || body === "" ? null : filled(body, values, ESCAPES[format]),
    };
  }
}

const onlyAgent = (headers: Readonly<Record<string, string>>) => ({ "user-agent": headers["user-agent"] ?? "kbot" });

/** A header ends with its line, and holds Latin-1 only. */
const oneLine = (value: string): string =>
  // deno-lint-ignore no-control-regex
  value.replace(/[\u0000-\u001f\u007f]+/g, " ").replace(/[^\u0020-\u00ff]/g, "?");
