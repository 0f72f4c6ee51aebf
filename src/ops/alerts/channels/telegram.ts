/**
 * Messages by a bot of Telegram: `sendMessage` of its Bot API, and what its answers mean.
 * @module
 */

import { z } from "zod";
import type { Secret } from "../../../config/secret.ts";
import { type Channel, delivered, type Delivery, failedFor, refusedFor } from "../channel.ts";
import { type Batch, textOf, worstOf } from "../message.ts";
import { scrubber } from "../scrub.ts";
import { ask, hostOf, isPassing } from "./http.ts";
import { Recipients } from "./recipients.ts";

/** Of one message, in UTF-16 units. */
const TELEGRAM_TEXT_MAX = 4_096;

/** Every answer of the Bot API. */
const ANSWER = z.looseObject({
  ok: z.boolean(),
  result: z.unknown().optional(),
  error_code: z.number().optional(),
  description: z.string().optional(),
  parameters: z.looseObject({ retry_after: z.number().min(0).optional() }).optional(),
});

export type TelegramResult =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly reason: string; readonly again: boolean; readonly afterMs: number | null };

/** The Bot API as far as it is used here. The token is part of every address, and of no message. */
export class TelegramApi {
  readonly host: string;
  readonly #base: string;
  readonly #scrub: (text: string) => string;

  /** @param api `https://api.telegram.org`, or a Bot API server of one's own */
  constructor(api: string, token: Secret) {
    this.host = hostOf(api);
    this.#base = `${api.replace(/\/+$/, "")}/bot${token.reveal()}`;
    this.#scrub = scrubber([token]);
  }

  async call(
    method: string,
    parameters: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<TelegramResult> {
    const question = {
      url: `${this.#base}/${method}`,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(parameters),
    };
    const answer = await ask(question, signal, this.#scrub);
    if (!answer.ok) return { ok: false, reason: answer.reason, again: true, afterMs: null };
    const { status } = answer;
    const said = ANSWER.safeParse(parsed(answer.text));
    if (!said.success) {
      const reason = `${this.host} answered with status ${status} and nothing that Telegram says`;
      return { ok: false, reason, again: isPassing(status) || status < 300, afterMs: answer.retryAfterMs };
    }
    if (said.data.ok) return { ok: true, result: said.data.result };
    const { description = "no reason given", error_code = status, parameters: more } = said.data;
    const seconds = more?.retry_after;
    return {
      ok: false,
      reason: this.#scrub(`Telegram answers ${error_code}: ${description}`),
      again: isPassing(error_code),
      afterMs: seconds === undefined ? answer.retryAfterMs : seconds * 1_000,
    };
  }

  async send(chat: string, text: string, quietly: boolean, signal: AbortSignal): Promise<Delivery> {
    const sent = await this.call("sendMessage", {
      chat_id: chat,
      text: text.slice(0, TELEGRAM_TEXT_MAX),
      disable_notification: quietly,
      link_preview_options: { is_disabled: true },
    }, signal);
    if (sent.ok) return delivered("sent");
    return sent.again ? failedFor(sent.reason, sent.afterMs) : refusedFor(sent.reason);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const BOT = z.looseObject({ username: z.string() });

export class Telegram implements Channel {
  readonly name = "telegram";
  readonly to: string;
  readonly #api: TelegramApi;
  readonly #chats: readonly string[];
  readonly #recipients: Recipients;

  constructor(api: TelegramApi, chats: readonly string[]) {
    this.#api = api;
    this.#chats = chats;
    this.#recipients = new Recipients(chats);
    this.to = `${chats.length} ${chats.length === 1 ? "chat" : "chats"} by ${api.host}`;
  }

  deliver(batch: Batch, signal: AbortSignal): Promise<Delivery> {
    const text = textOf(batch, TELEGRAM_TEXT_MAX);
    const quietly = worstOf(batch.alerts) === "info";
    return this.#recipients.each(batch.id, (chat) => this.#api.send(chat, text, quietly, signal));
  }

  /** Asks who the bot is, and whether it may see each chat. */
  async probe(signal: AbortSignal): Promise<Delivery> {
    const me = await this.#api.call("getMe", {}, signal);
    if (!me.ok) return me.again ? failedFor(me.reason) : refusedFor(me.reason);
    for (const chat of this.#chats) {
      const seen = await this.#api.call("getChat", { chat_id: chat }, signal);
      if (!seen.ok) return refusedFor(`Chat ${chat}: ${seen.reason}`);
    }
    const bot = BOT.safeParse(me.result);
    return delivered(`bot ${bot.success ? bot.data.username : "of an unknown name"}, ${this.to}`);
  }
}
