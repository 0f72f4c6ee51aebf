/**
 * `kbot top` where nobody looks at a terminal: a block of plain text for each refresh, or one JSON object on one line.
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { redact } from "../config/redact.ts";
import { type Look, unpainted } from "../ops/terminal/paint.ts";
import { sizeOf } from "../ops/terminal/size.ts";
import { EXIT } from "./command.ts";
import { printError } from "./output.ts";
import type { TopFollower } from "./top_follower.ts";
import { FIRST_VIEW, plainLines } from "./top_frame.ts";
import type { TopPicture } from "./top_picture.ts";

export interface Printing {
  readonly json: boolean;
  readonly once: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly everyMs: number;
  readonly look: Look;
  readonly ended: Promise<void>;
}

/** Of a line where nothing says how wide it may be. */
const COLUMNS = 120;
const COLUMNS_MAX = 1_000;
const MARKETS = 20;

const encoder = new TextEncoder();

/** Prints until it is ended, or whoever reads has seen enough: 0; 1 where one look was wanted and there is nothing to see. */
export async function printTop(follower: TopFollower, asked: Printing): Promise<number> {
  const columns = columnsOf(asked.env);
  const stop = new AbortController();
  asked.ended.catch(() => {}).then(() => stop.abort());
  let logged = 0;
  let trouble = "";
  await Promise.race([follower.heard, asked.ended.catch(() => {})]);
  try {
    while (!stop.signal.aborted) {
      const { connection, picture } = follower;
      const reason = connection.kind === "lost" ? connection.reason : "";
      if (asked.once && reason !== "") {
        printError(reason);
        return EXIT.failed;
      }
      if (asked.json) await write(JSON.stringify(topJson(picture, reason, logged)));
      else if (reason === "") await write(textOf(follower, columns, asked));
      // Of a break it is said once that and why.
      else if (reason !== trouble) await write(`Not connected: ${reason}\n`);
      if (asked.once) return EXIT.done;
      trouble = reason;
      logged = picture.logs.at(-1)?.number ?? 0;
      await delay(asked.everyMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  } catch (error) {
    // As head does, which has seen enough.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  // A defect ends it, too, and is for whoever called.
  if (stop.signal.aborted) await asked.ended;
  return EXIT.done;
}

/** COLUMNS as shells set it, else the terminal's. */
function columnsOf(env: Readonly<Record<string, string>>): number {
  const wanted = Number(env.COLUMNS);
  if (Number.isInteger(wanted) && wanted > 0) return Math.min(COLUMNS_MAX, wanted);
  return Deno.stdout.isTerminal() ? sizeOf(() => Deno.consoleSize()).columns : COLUMNS;
}

function textOf(follower: TopFollower, columns: number, { look }: Printing): string {
  const { picture, connection, nowMs, silentMs } = follower;
  const moment = { picture, connection, nowMs, silentMs, view: FIRST_VIEW, keys: false };
  return `${plainLines(moment, columns, MARKETS).map((line) => unpainted(line, look)).join("\n")}\n`;
}

/** One refresh for programs: amounts are the exact decimal texts of the API. */
function topJson(picture: TopPicture, trouble: string, loggedBefore: number): unknown {
  const { status, logs, ...rest } = picture;
  return {
    connected: trouble === "",
    trouble: trouble === "" ? null : trouble,
    mode: status?.mode ?? null,
    venue: status?.venue ?? null,
    simulated: status?.simulated ?? null,
    run: status?.run ?? null,
    ...rest,
    ready: status?.ready ?? null,
    feeds: status?.feeds ?? [],
    alerts: status?.alerts?.recent ?? [],
    /** Since the object before this one. */
    logs: logs.filter(({ number }) => number > loggedBefore),
  };
}

async function write(text: string): Promise<void> {
  let rest = encoder.encode(`${redact(text)}\n`);
  while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest));
}
