/**
 * Logging: JSON lines to the files below, and of the main log one line for people on stderr and the newest lines in memory
 * for the page. Every text passes through {@link redact} on its way to any of them.
 *
 * | file in `<state>/logs` | what is in it |
 * | --- | --- |
 * | `main.ndjson` | what kbot says, from the level that the configuration asks for |
 * | `trades.ndjson` | executions and settlements |
 * | `signals.ndjson` | orders as they were wanted, with what their strategy believed, and those that were refused |
 * | `latency.ndjson` | how long things took, every ten seconds |
 *
 * Files are ended by size and by age: log_file.ts. Code that logs asks LogTape for `getLogger(["kbot", "<folder>"])` and needs
 * nothing from here; what goes to the other files is written in runner/concern_logs.ts.
 * @module
 */

import {
  compareLogLevel,
  configure,
  dispose,
  getJsonLinesFormatter,
  getTextFormatter,
  type LogRecord,
  reset,
  type Sink,
  type TextFormatter,
} from "@logtape/logtape";
import { redact } from "../config/redact.ts";
import { logFileSink } from "./log_file.ts";
import { LogRing } from "./log_ring.ts";
import { logTroubleSink } from "./log_trouble.ts";

/** What has a file of its own; the logger is called so, too. None of it is for the screen or the page. */
export const CONCERNS = ["trades", "signals", "latency"] as const;

/** A file is ended when it is so big or so old, and so many ended ones are kept (REQUIREMENTS.md U7). */
const FILE_BYTES_MAX = 100 * 1024 * 1024;
const FILE_AGE_MAX_MS = 24 * 3_600_000;
const FILES_KEPT = 10;
/** A longer text is cut: one frame in an error must not fill the disk. */
const TEXT_LENGTH_MAX = 8_192;

export interface LogOptions {
  /** Least severity that is logged. */
  readonly level: "debug" | "info" | "warning" | "error";
  /** The state directory, or `null` for no file. */
  readonly stateDirectory: string | null;
  /** Whether people read along on stderr. */
  readonly stderr: boolean;
  /** For tests of the rotation. */
  readonly fileBytesMax?: number;
  /** For tests of the rotation: wall time in milliseconds. */
  readonly now?: () => number;
}

export interface RunningLog {
  readonly ring: LogRing;
  /** The main file that is written, or `null`. */
  readonly file: string | null;
  /** Which files are not written though they were wanted, and why; `null` while all is well. */
  readonly trouble: string | null;
  /** Has another least severity logged from now on. */
  setLevel(level: LogOptions["level"]): void;
  /** Writes out what is buffered and ends the logging. */
  close(): Promise<void>;
}

/** One line ends where it ends, and nothing in it drives a terminal. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

function clean(text: string): string {
  const whole = redact(text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX)}... (cut)`);
  return whole.replace(CONTROLS, " ");
}

const jsonLine = getJsonLinesFormatter({ message: "rendered", categorySeparator: "." });
const bareText = getTextFormatter({ value: "bare", format: ({ message }) => message });

/** One JSON object and a line feed. A line that had to be cut is no JSON any more, so its text is wrapped anew. */
const fileLine: TextFormatter = (record) => {
  const line = jsonLine(record);
  if (line.length <= TEXT_LENGTH_MAX) return redact(line);
  const cut = { "@timestamp": timeOf(record), level: record.level, logger: record.category.join("."), cut: true };
  return JSON.stringify({ ...cut, message: clean(bareText(record).trimEnd()) }) + "\n";
};

const timeOf = (record: LogRecord): string => new Date(record.timestamp).toISOString();

/** `kbot.venues.kalshi` as `venues.kalshi`: everything here is kbot. */
function loggerName(record: LogRecord): string {
  const parts = record.category[0] === "kbot" ? record.category.slice(1) : record.category;
  return parts.length === 0 ? "kbot" : parts.join(".");
}

/** Of the level on a terminal: dim, cyan, yellow, red, and red turned round. */
const COLORS: Readonly<Record<LogRecord["level"], string>> = {
  trace: "2",
  debug: "2",
  info: "36",
  warning: "33",
  error: "31",
  fatal: "31;7",
};

/** `12:00:00.123 WARNING venues.kalshi: Connection lost, ...`; no text of a record can bring a colour of its own. */
export function personLine(record: LogRecord, colored: boolean): string {
  const level = record.level.toUpperCase().padEnd(7);
  const shown = colored ? `\u001b[${COLORS[record.level]}m${level}\u001b[0m` : level;
  const text = clean(`${loggerName(record)}: ${bareText(record).trimEnd()}`);
  return `${timeOf(record).slice(11, 23)} ${shown} ${text}\n`;
}

const encoder = new TextEncoder();

function stderrSink(): Sink {
  const colored = Deno.stderr.isTerminal() && !Deno.noColor;
  return (record) => {
    let bytes = encoder.encode(personLine(record, colored));
    try {
      while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
    } catch {
      // Nobody reads any more (a closed pipe). The file and the page still do.
    }
  };
}

function ringSink(ring: LogRing): Sink {
  return (record) => ring.append(timeOf(record), record.level, loggerName(record), clean(bareText(record).trimEnd()));
}

type FileSink = { readonly sink: Sink; readonly file: string } | { readonly trouble: string };

function fileSink(
  { stateDirectory, fileBytesMax = FILE_BYTES_MAX, now = Date.now }: LogOptions,
  name: "main" | (typeof CONCERNS)[number],
): FileSink | null {
  if (stateDirectory === null) return null;
  const directory = `${stateDirectory}/logs`;
  const file = `${directory}/${name}.ndjson`;
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const settings = { bytesMax: fileBytesMax, ageMaxMs: FILE_AGE_MAX_MS, kept: FILES_KEPT, lineOf: fileLine, now };
    return { sink: logFileSink(file, settings), file };
  } catch (error) {
    return { trouble: `No log file at ${file}: ${error instanceof Error ? error.message : "cannot be opened"}` };
  }
}

/**
 * Starts logging for this process. A log file that cannot be opened is trouble to be shown, never a reason not to run.
 */
export async function startLog(options: LogOptions): Promise<RunningLog> {
  const ring = new LogRing();
  const sinks: Record<string, Sink> = { ring: ringSink(ring) };
  if (options.stderr) sinks.stderr = stderrSink();
  const seen = Object.values(sinks);
  const troubles: string[] = [];
  const open = (name: Parameters<typeof fileSink>[1]): string | null => {
    const opened = fileSink(options, name);
    if (opened === null) return null;
    if ("trouble" in opened) {
      troubles.push(opened.trouble);
      return null;
    }
    sinks[name] = opened.sink;
    return opened.file;
  };
  const file = open("main");
  const names = Object.keys(sinks);
  const concerns = CONCERNS.map((name) => ({ name, sinks: open(name) === null ? [] : [name] }));
  const trouble = logTroubleSink(seen);
  let { level } = options;
  await configure({
    sinks: { ...sinks, trouble },
    filters: { level: (record) => compareLogLevel(record.level, level) >= 0, all: () => true },
    loggers: [
      { category: "kbot", sinks: names, lowestLevel: "debug", filters: ["level"] },
      ...concerns.map(({ name, sinks }) => ({
        category: ["kbot", name],
        sinks,
        // What has a file of its own is written there whatever the level is.
        filters: ["all"],
        parentSinks: "override" as const,
        lowestLevel: "info" as const,
      })),
      // LogTape's own messages: a sink that failed. They must not go back into that sink.
      { category: ["logtape", "meta"], sinks: ["trouble"], lowestLevel: "warning" },
    ],
    reset: true,
  });
  return {
    ring,
    file,
    trouble: troubles.length === 0 ? null : troubles.join("; "),
    setLevel(wanted) {
      level = wanted;
    },
    async close() {
      await dispose();
      await reset();
    },
  };
}
