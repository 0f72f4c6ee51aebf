/**
 * Follows a bot's live updates for `kbot top`, and finds it again after a break: a bot that was started anew has another
 * address and another token.
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../store/message.ts";
import { findBot, type FoundBot } from "./running_bot.ts";
import { TOP_UPDATE, type TopUpdate } from "./top_shapes.ts";

export type TopNews =
  | { readonly kind: "update"; readonly update: TopUpdate }
  /** Nothing comes; it is tried again after a while. */
  | { readonly kind: "lost"; readonly reason: string };

const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 5_000;
/** The server speaks every second; a connection this silent is dead even where nobody closed it. */
const SILENCE_MS = 5_000;
/** More than any honest message; a line that grows beyond it is not one. */
const LINE_LENGTH_MAX = 16_000_000;

export const noBotText = (stateDirectory: string): string =>
  `No bot runs with ${stateDirectory}: start one with kbot --paper or kbot demo, or name its state directory with --state`;

/** Waits between attempts, in milliseconds: twice as long each time, up to a bound. */
export const backoffMs = (failures: number): number =>
  Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));

/** Updates, and every break between them, until the signal ends it. */
export async function* topNews(stateDirectory: string, signal: AbortSignal): AsyncGenerator<TopNews> {
  let failures = 0;
  while (!signal.aborted) {
    const found = await findBot(stateDirectory);
    if (found.kind === "running") {
      const ended = { reason: "" };
      for await (const update of updatesOf(found, signal, ended)) {
        failures = 0;
        yield { kind: "update", update };
      }
      if (signal.aborted) return;
      yield { kind: "lost", reason: ended.reason };
    } else yield { kind: "lost", reason: found.kind === "silent" ? found.reason : noBotText(stateDirectory) };
    failures++;
    await delay(backoffMs(failures), undefined, { signal }).catch(() => {});
  }
}

/** One connection's updates; why it ended is left in `ended`. */
async function* updatesOf(
  { bot }: Extract<FoundBot, { readonly kind: "running" }>,
  signal: AbortSignal,
  ended: { reason: string },
): AsyncGenerator<TopUpdate> {
  const attempt = new AbortController();
  const stop = (): void => attempt.abort();
  signal.addEventListener("abort", stop, { once: true });
  let heardAt = performance.now();
  const watch = setInterval(() => {
    if (performance.now() - heardAt > SILENCE_MS) attempt.abort();
  }, 1_000);
  try {
    const answer = await bot.live(attempt.signal);
    if (!answer.ok) {
      ended.reason = answer.reason;
      return;
    }
    ended.reason = `The bot at ${bot.run.url} has ended the connection`;
    for await (const data of eventData(answer.body, attempt.signal)) {
      heardAt = performance.now();
      const parsed = TOP_UPDATE.safeParse(JSON.parse(data));
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        ended.reason = `What ${bot.run.url} sends is not understood: ${issue.path.join(".")}: ${issue.message}`;
        return;
      }
      yield parsed.data;
    }
    if (attempt.signal.aborted) ended.reason = `The bot at ${bot.run.url} has gone silent`;
  } catch (error) {
    ended.reason = error instanceof SyntaxError
      ? `What ${bot.run.url} sends is no JSON`
      : `The connection to ${bot.run.url} broke: ${messageOf(error)}`;
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", stop);
    attempt.abort();
  }
}

/** The data of each server-sent event until the signal ends it; comments and numbers of events are left out. */
export async function* eventData(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const reader = body.getReader();
  // An abort of the request alone does not end a reading that waits.
  signal.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
  const decoder = new TextDecoder();
  let pending = "";
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (pending + decoder.decode(value, { stream: true })).split("\n");
    pending = lines.pop() ?? "";
    if (pending.length > LINE_LENGTH_MAX) throw new RangeError("A line of the live stream has no end");
    for (const line of lines) {
      const text = line.endsWith("\r") ? line.slice(0, -1) : line;
      if (text.startsWith("data:")) data.push(text.slice(text.startsWith("data: ") ? 6 : 5));
      else if (text === "" && data.length > 0) {
        yield data.join("\n");
        data = [];
      }
    }
  }
}
