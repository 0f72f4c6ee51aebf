/**
 * Commands by Telegram: only from those that the configuration lists, only to ask and to make safer. What lifts a halt is not
 * among them: that wants a person who sees the page.
 *
 * | command | does |
 * | --- | --- |
 * | /status | says how trading stands |
 * | /reduce, /pause | lets out only what closes positions, until kbot resume |
 * | /stop NAME | stops one strategy |
 * | /kill | asks for a second message, `/kill CODE`; that cancels everything, and nothing new is sent until kbot resume |
 *
 * Others get no answer at all. What was sent while nobody listened is not done late.
 * @module
 */

import { z } from "zod";
import { MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../core/units.ts";
import { Backoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Sender } from "./alert.ts";
import type { AlertLog } from "./channel_queue.ts";
import type { TelegramApi } from "./channels/telegram.ts";
import { whoseOf } from "./message.ts";

/** How long Telegram keeps a question open. */
const POLL_SECONDS = 50;
/** Longer than that an answer does not take. */
const ANSWER_MS = (POLL_SECONDS + 15) * 1_000;
const UPDATES_MAX = 100;
/** A command is done when it was sent, or not at all. */
const COMMAND_AGE_MAX_S = 120;
const CONFIRM_WITHIN_MS = 60_000;
/** Codes that wait for their second message: one for each who may command. */
const CODES_MAX = 32;
/** How many strangers a run names in its log. */
const STRANGERS_NAMED = 5;

const UPDATE = z.looseObject({
  update_id: z.int().min(0),
  message: z.looseObject({
    date: z.number(),
    text: z.string().max(10_000).optional(),
    chat: z.looseObject({ id: z.int() }),
    from: z.looseObject({ id: z.int() }).optional(),
  }).optional(),
});
const UPDATES = z.array(z.unknown()).max(UPDATES_MAX);

type Message = NonNullable<z.output<typeof UPDATE>["message"]>;

/** What a command may ask the run to do. */
export interface CommandTarget {
  /** How trading stands, some lines. */
  status(): string;
  kill(): Promise<string>;
  reduce(): Promise<string>;
  stopStrategy(name: string): Promise<string>;
}

export interface TelegramCommandsParts {
  readonly api: TelegramApi;
  /** Ids of chats and persons; a message counts where both are listed, which in a private chat are the same. */
  readonly allowed: readonly string[];
  readonly sender: Sender;
  readonly target: CommandTarget;
  /** Real time. */
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly log: AlertLog;
}

const HELP =
  "/status - how trading stands\n/reduce - only close positions from now on\n/stop NAME - stop one strategy\n" +
  "/kill - cancel everything and send nothing new\nLifting a halt takes the page or kbot resume";

export class TelegramCommands {
  readonly #parts: TelegramCommandsParts;
  readonly #backoff: Backoff;
  readonly #ending = new AbortController();
  readonly #codes = new Map<string, { readonly code: string; readonly until: number }>();
  #loop: Promise<void> = Promise.resolve();
  #offset = 0;
  #strangers = 0;
  #troubled = false;

  constructor(parts: TelegramCommandsParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.jitter);
  }

  start(): void {
    this.#loop = this.#listen();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#loop;
  }

  async #listen(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const heard = await this.#poll();
      if (signal.aborted) return;
      if (heard === null) await this.#pause(this.#backoff.next());
      else for (const update of heard) await this.#take(update);
    }
  }

  /** What was sent since; `null` where nobody answered. */
  async #poll(): Promise<readonly unknown[] | null> {
    const { api, log } = this.#parts;
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(ANSWER_MS)]);
    const question = {
      offset: this.#offset,
      limit: UPDATES_MAX,
      timeout: POLL_SECONDS,
      allowed_updates: ["message"],
    };
    const answer = await api.call("getUpdates", question, signal);
    const updates = answer.ok ? UPDATES.safeParse(answer.result) : null;
    if (updates?.success === true) {
      if (this.#troubled) log("info", "Commands by Telegram are heard again");
      this.#troubled = false;
      this.#backoff.reset();
      return updates.data;
    }
    if (this.#ending.signal.aborted) return null;
    const reason = answer.ok ? "it answers with no list of messages" : answer.reason;
    if (!this.#troubled) log("warn", `Commands by Telegram are not heard: ${reason}`);
    this.#troubled = true;
    if (!answer.ok && answer.afterMs !== null) await this.#pause(answer.afterMs * MICROS_PER_MILLISECOND);
    return null;
  }

  #pause(delay: number): Promise<void> {
    const { signal } = this.#ending;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = this.#parts.clock.after(Math.min(delay, 600 * MICROS_PER_SECOND), done);
      signal.addEventListener("abort", done);
    });
  }

  /** Takes one update. What cannot be read is passed over, or it would come again for ever. */
  async #take(raw: unknown): Promise<void> {
    const update = UPDATE.safeParse(raw);
    if (!update.success) {
      const id = z.looseObject({ update_id: z.int() }).safeParse(raw);
      this.#offset = id.success ? Math.max(this.#offset, id.data.update_id + 1) : this.#offset + 1;
      return;
    }
    const { update_id, message } = update.data;
    // The same update twice does nothing twice.
    if (update_id < this.#offset) return;
    this.#offset = update_id + 1;
    if (message?.text === undefined) return;
    if (!this.#isAllowed(message)) return this.#stranger(message);
    const reply = await this.#answer(message, message.text.trim());
    if (reply !== null) await this.#reply(message, reply);
  }

  #isAllowed({ chat, from }: Message): boolean {
    const { allowed } = this.#parts;
    return from !== undefined && allowed.includes(String(chat.id)) && allowed.includes(String(from.id));
  }

  /** Said in the log a few times, because that is how one finds out one's own number. */
  #stranger({ chat, from }: Message): void {
    if (++this.#strangers > STRANGERS_NAMED) return;
    const who = `person ${from?.id ?? "unknown"} in chat ${chat.id}`;
    this.#parts.log(
      "warn",
      `A Telegram message of ${who} is not answered: alerts.telegram.commands_from does not list them`,
    );
  }

  async #answer(message: Message, text: string): Promise<string | null> {
    if (!text.startsWith("/")) return null;
    const [first, argument = ""] = text.split(/\s+/);
    const command = first.split("@")[0].toLowerCase();
    const age = this.#nowMs() / 1_000 - message.date;
    if (age > COMMAND_AGE_MAX_S) {
      return `${command} was sent ${
        Math.round(age / 60)
      } minutes ago and is not done: send it again if you still mean it`;
    }
    const { target, log } = this.#parts;
    switch (command) {
      case "/status":
        return target.status();
      case "/reduce":
      case "/pause":
        log("warn", `${command} by Telegram, person ${message.from?.id}`);
        return await target.reduce();
      case "/stop":
        if (argument === "") return "Name the strategy: /stop NAME";
        log("warn", `/stop ${argument.slice(0, 64)} by Telegram, person ${message.from?.id}`);
        return await target.stopStrategy(argument);
      case "/kill":
        return await this.#kill(message, argument);
      default:
        return HELP;
    }
  }

  /** Once to be asked for the code, once more with it. */
  async #kill({ chat, from }: Message, code: string): Promise<string> {
    const who = `${chat.id} ${from?.id}`;
    const waiting = this.#codes.get(who);
    this.#codes.delete(who);
    if (code === "") {
      if (this.#codes.size >= CODES_MAX) this.#codes.clear();
      const fresh = String(crypto.getRandomValues(new Uint32Array(1))[0] % 10_000).padStart(4, "0");
      this.#codes.set(who, { code: fresh, until: this.#nowMs() + CONFIRM_WITHIN_MS });
      return `Cancel all orders and stop trading until kbot resume? Within a minute send  /kill ${fresh}`;
    }
    if (waiting === undefined || waiting.code !== code) {
      return "Nothing is killed: not the code. Begin again with /kill";
    }
    if (this.#nowMs() > waiting.until) return "Nothing is killed: that took more than a minute. Begin again with /kill";
    this.#parts.log("warn", `/kill by Telegram, person ${from?.id}`);
    return await this.#parts.target.kill();
  }

  async #reply({ chat }: Message, text: string): Promise<void> {
    const { api, sender, log } = this.#parts;
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(ANSWER_MS)]);
    const sent = await api.send(String(chat.id), `${whoseOf(sender)}\n${text}`, false, signal);
    if (!sent.ok && !this.#ending.signal.aborted) log("warn", `An answer by Telegram was not sent: ${sent.reason}`);
  }

  #nowMs(): number {
    return this.#parts.clock.now() / MICROS_PER_MILLISECOND;
  }
}
