/**
 * For tests: a server of the Bot API's shape, as its documentation gives it, with a bot, its chats and what they send.
 * @module
 */

import type { Asked } from "./local_server_fixture.ts";

export const TOKEN = "123456789:AAF-planted-secret_token_0123456789";

interface SentMessage {
  readonly chat_id: string;
  readonly text: string;
  readonly disable_notification: boolean;
}

const json = (body: unknown, status = 200): Response => Response.json(body, { status });
const refuse = (error_code: number, description: string, parameters?: unknown): Response =>
  json({ ok: false, error_code, description, ...(parameters === undefined ? {} : { parameters }) }, error_code);

export class TelegramServer {
  readonly chats = new Set(["42", "-1001"]);
  readonly sent: SentMessage[] = [];
  /** Updates that nobody has confirmed yet. */
  #updates: { update_id: number; [field: string]: unknown }[] = [];
  #next = 1_000;
  #waiting: (() => void) | null = null;

  /** Everything was confirmed, and the bot waits for more. */
  get idle(): boolean {
    return this.#updates.length === 0 && this.#waiting !== null;
  }

  /** Answers before anything else where it gives something. */
  trouble: (method: string) => Response | null = () => null;

  /** Somebody writes to the bot. */
  write(text: string, { chat = 42, from = 42, date = Math.floor(Date.now() / 1_000) } = {}): void {
    this.push({ message: { message_id: 1, date, text, chat: { id: chat, type: "private" }, from: { id: from } } });
  }

  push(update: Readonly<Record<string, unknown>>): void {
    this.#updates.push({ update_id: this.#next++, ...update });
    this.#waiting?.();
  }

  answer = async ({ url, body }: Asked): Promise<Response> => {
    const match = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname);
    if (match === null) return new Response("nothing here", { status: 404 });
    const [, token, method] = match;
    if (token !== TOKEN) return refuse(401, "Unauthorized");
    const trouble = this.trouble(method);
    if (trouble !== null) return trouble;
    const parameters = body === "" ? {} : JSON.parse(body);
    switch (method) {
      case "getMe":
        return json({ ok: true, result: { id: 123456789, is_bot: true, username: "kbot_test_bot" } });
      case "getChat":
        return this.chats.has(parameters.chat_id)
          ? json({ ok: true, result: { id: Number(parameters.chat_id), type: "private" } })
          : refuse(400, "Bad Request: chat not found");
      case "sendMessage":
        return this.#send(parameters);
      case "getUpdates":
        return await this.#poll(parameters);
      default:
        return refuse(404, "Not Found");
    }
  };

  #send(message: SentMessage): Response {
    if (!this.chats.has(message.chat_id)) return refuse(400, "Bad Request: chat not found");
    if (message.text.length === 0) return refuse(400, "Bad Request: message text is empty");
    if (message.text.length > 4_096) return refuse(400, "Bad Request: message is too long");
    this.sent.push(message);
    return json({ ok: true, result: { message_id: this.sent.length } });
  }

  async #poll({ offset, limit, timeout }: { offset: number; limit: number; timeout: number }): Promise<Response> {
    this.#updates = this.#updates.filter(({ update_id }) => update_id >= offset);
    if (this.#updates.length === 0 && timeout > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
        // Shorter than the real one: a test waits for it when it ends.
        timer = setTimeout(resolve, 100);
      });
      clearTimeout(timer);
      this.#waiting = null;
    }
    return json({ ok: true, result: this.#updates.slice(0, limit) });
  }
}
