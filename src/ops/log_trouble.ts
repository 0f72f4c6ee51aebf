/**
 * What LogTape says about itself (a sink that failed), in one line of our own and not for every line that is logged: on a
 * full disk it would fill the screen with stacks.
 * @module
 */

import type { LogRecord, Sink } from "@logtape/logtape";

/** Between two lines about one file. */
const QUIET_MS = 60_000;
const REASON_LENGTH_MAX = 200;

/**
 * A sink for LogTape's own messages.
 *
 * @param show where people see it
 */
export function logTroubleSink(show: readonly Sink[]): Sink {
  // By file, of which there are a few.
  const quietUntil = new Map<string | null, number>();
  return (record) => {
    const file = fileOf(record);
    if (record.timestamp < (quietUntil.get(file) ?? -Infinity)) return;
    quietUntil.set(file, record.timestamp + QUIET_MS);
    const what = file === null ? "The log cannot be written" : `The log file ${file} cannot be written`;
    const text = `${what}: ${reasonOf(record)}; what is logged meanwhile is lost there`;
    const own: LogRecord = {
      ...record,
      category: ["kbot", "log"],
      level: "warning",
      message: [text],
      rawMessage: text,
      properties: {},
    };
    for (const sink of show) sink(own);
  };
}

const fileOf = ({ properties: { path } }: LogRecord): string | null => typeof path === "string" ? path : null;

/** The first line of the error's message: the rest, and the stack, help nobody here. */
function reasonOf({ properties: { error } }: LogRecord): string {
  const message = error instanceof Error ? error.message : "unknown reason";
  return message.split("\n")[0].slice(0, REASON_LENGTH_MAX);
}
