/**
 * Finds the bot that runs with a state directory, and talks to it over its HTTP API.
 * @module
 */

import { z } from "zod";
import { readRunFile, type RunFile } from "../runner/run_file.ts";
import { lockStateDirectory } from "../store/lock.ts";
import { messageOf } from "../store/message.ts";
import { statePaths } from "../store/state_directory.ts";
import { loadToken } from "../store/token.ts";

const ANSWER_BYTES_MAX = 16 * 1_024 * 1_024;
const REFUSAL_CHARS_MAX = 4_096;
const TIMEOUT_MS = 5_000;

export type Answer = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly reason: string };

/** Live updates as they come, or why there are none. */
export type LiveAnswer =
  | { readonly ok: true; readonly body: ReadableStream<Uint8Array<ArrayBuffer>> }
  | { readonly ok: false; readonly reason: string };

/** A running bot's API. */
export interface RunningBot {
  readonly run: RunFile;
  /** `path` under `/api/v1`, such as `/status`. */
  get(path: string): Promise<Answer>;
  /** A control; it needs the token. */
  post(path: string): Promise<Answer>;
  /** Its live updates (server/live_message.ts), as server-sent events, until the signal ends them. */
  live(signal: AbortSignal): Promise<LiveAnswer>;
}

export type FoundBot =
  | { readonly kind: "running"; readonly bot: RunningBot }
  | { readonly kind: "none" }
  /** A process holds the state directory, but cannot be talked to; or whether one does cannot be seen. */
  | { readonly kind: "silent"; readonly reason: string };

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** The token, without making one where there is none. */
async function readToken(stateDirectory: string): Promise<string | null> {
  if (!await exists(statePaths(stateDirectory).token)) return null;
  const loaded = await loadToken(stateDirectory);
  return loaded.ok ? loaded.token : null;
}

/** What keeps the directory from being taken, in words: a process that holds it, or a disk. `null` where nothing does. */
async function holder(stateDirectory: string): Promise<string | null> {
  if (!await exists(statePaths(stateDirectory).lock)) return null;
  const locked = await lockStateDirectory(stateDirectory);
  if (locked.ok) {
    locked.lock.release();
    return null;
  }
  const known = locked.held
    ? "A process uses this state but cannot be asked"
    : "Whether a bot uses this state is not known";
  return `${known}: ${locked.reason}`;
}

const bearing = (token: string | null): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` };

async function openLive(run: RunFile, token: string | null, signal: AbortSignal): Promise<LiveAnswer> {
  try {
    const response = await fetch(new URL("/live", run.url), { headers: bearing(token), redirect: "error", signal });
    if (response.ok && response.body !== null) return { ok: true, body: response.body };
    const said = API_ERROR.safeParse(parseJson((await response.text()).slice(0, REFUSAL_CHARS_MAX)));
    const why = said.success ? said.data.error.message : `status ${response.status}`;
    return { ok: false, reason: `The bot at ${run.url} refused: ${why}` };
  } catch (error) {
    return { ok: false, reason: `No answer from ${run.url}: ${messageOf(error)}` };
  }
}

const API_ERROR = z.object({ error: z.object({ message: z.string() }) });

async function ask(run: RunFile, token: string | null, method: "GET" | "POST", path: string): Promise<Answer> {
  const headers = bearing(token);
  if (method === "POST") headers["content-type"] = "application/json";
  let text: string;
  let status: number;
  try {
    const response = await fetch(new URL(`/api/v1${path}`, run.url), {
      method,
      headers,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(method === "POST" ? { body: JSON.stringify({ via: "cli" }) } : {}),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    return { ok: false, reason: `No answer from ${run.url}: ${messageOf(error)}` };
  }
  const body = text.length <= ANSWER_BYTES_MAX ? parseJson(text) : undefined;
  if (body === undefined) return { ok: false, reason: `No JSON from ${run.url}${path} (status ${status})` };
  if (status === 200) return { ok: true, body };
  const said = API_ERROR.safeParse(body);
  const why = said.success ? said.data.error.message : `status ${status}`;
  return { ok: false, reason: `The bot at ${run.url} refused: ${why}` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Finds the bot of a state directory. It counts as running only when it answers and names the run that the directory
 * names, because a port may have gone to another process since. Where nobody holds the directory it surely has, and is not
 * asked: whoever listens there now must not be told the token.
 */
export async function findBot(stateDirectory: string): Promise<FoundBot> {
  const run = await readRunFile(statePaths(stateDirectory).run);
  if (run === null) return await silentOrNone(stateDirectory, "it has not said where it listens");
  if (await holder(stateDirectory) === null) return { kind: "none" };
  const token = await readToken(stateDirectory);
  const bot: RunningBot = {
    run,
    get: (path) => ask(run, token, "GET", path),
    post: (path) => ask(run, token, "POST", path),
    live: (signal) => openLive(run, token, signal),
  };
  const answer = await bot.get("/status");
  if (!answer.ok) return await silentOrNone(stateDirectory, answer.reason);
  const status = z.object({ run: z.string() }).safeParse(answer.body);
  if (status.success && status.data.run === run.run) return { kind: "running", bot };
  return await silentOrNone(stateDirectory, `${run.url} is not the run ${run.run}`);
}

async function silentOrNone(stateDirectory: string, why: string): Promise<FoundBot> {
  const held = await holder(stateDirectory);
  return held === null ? { kind: "none" } : { kind: "silent", reason: `${held} (${why})` };
}
