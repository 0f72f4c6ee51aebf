/**
 * Reads the command line (DESIGN.md 4).
 * @module
 */

import { merge, or } from "@optique/core/constructs";
import { type RunOptions, runParserSync } from "@optique/core/facade";
import { formatMessage, type Message } from "@optique/core/message";
import { getDocPageSync } from "@optique/core/parser";
import { nearestName } from "../config/nearest.ts";
import { alert } from "./alert_commands.ts";
import { audit } from "./audit_commands.ts";
import { calc } from "./calc_commands.ts";
import type { Command } from "./command.ts";
import { completions } from "./completions_commands.ts";
import { config } from "./config_commands.ts";
import { shortened } from "./flag_values.ts";
import { commonFlags, words } from "./flags.ts";
import { historyCommands } from "./history_commands.ts";
import { homeCommands } from "./home_commands.ts";
import { doctor, kill, reduce, resume, statusCommands } from "./operating_commands.ts";
import { store } from "./store_commands.ts";
import { strategy } from "./strategy_commands.ts";
import { init } from "./init_commands.ts";
import { pack } from "./pack_commands.ts";
import { pairs } from "./pairs_commands.ts";
import { recordedCommands } from "./recorded_commands.ts";
import { sweep } from "./sweep_commands.ts";
import { worker } from "./worker_commands.ts";
import { bareRun, demo, exchange, run, transfer } from "./trading_commands.ts";
import { versionFacts, versionText } from "./version.ts";

export type ParsedCommandLine =
  | { readonly ok: true; readonly command: Command }
  /** Help or the version was asked for: a text for stdout, exit code 0. */
  | { readonly ok: true; readonly command: null; readonly text: string }
  /** Wrong usage: a text for stderr. */
  | { readonly ok: false; readonly exitCode: 2; readonly message: string };

export interface HelpLook {
  readonly colors: boolean;
  readonly width: number;
}

const PLAIN: HelpLook = { colors: false, width: 100 };

/** All that may be typed after `kbot`. */
export const GRAMMAR = merge(
  or(
    run,
    demo,
    exchange,
    transfer,
    historyCommands,
    recordedCommands,
    calc,
    or(sweep, worker, pairs, pack, audit, store, alert),
    config,
    statusCommands,
    kill,
    or(reduce, resume),
    strategy,
    or(doctor, homeCommands, completions, init),
    bareRun,
    {
      errors: { noMatch: words("No command: name one") },
    },
  ),
  commonFlags,
);

const BRIEF = "kbot trades Kalshi event markets: one engine for live, paper, backtest and replay";
const EXAMPLES = `kbot demo                      watch it trade on the simulated exchange
kbot init                      make a first configuration, by a few questions
kbot --paper                   paper trading on Kalshi's market data (= kbot run --paper)
kbot status                    how the running bot fares
kbot top                       watch it in the terminal
kbot kill                      stop all trading now
kbot run --help                all flags of a command`;

const EXIT_CODES = `Exit codes:
  0  done
  1  failed: what was asked for was right, and did not work, or something was found wrong
  2  wrong usage, or a wrong configuration; nothing was done
  3  a run that ended halted by risk: a day's loss, a drawdown, a broken model
With --json a command prints one object, where it fails too; kbot top, exchange and record say what they print.`;

/** `--version`, for people or for programs. */
const version = (argv: readonly string[]): string =>
  argv.includes("--json") ? JSON.stringify(versionFacts()) : versionText();

type Ending = Exclude<ParsedCommandLine, { readonly command: Command }>;

/** Ends the parsing early from inside Optique's callbacks, which only return what the parser returns. */
class Ended {
  constructor(readonly ending: Ending) {}
}

function settings(argv: readonly string[], printed: string[], look: HelpLook): RunOptions<never, never> {
  const shown = (): never => {
    throw new Ended({ ok: true, command: null, text: printed.join("\n") });
  };
  return {
    help: { option: { names: ["--help", "-h"] }, command: true, onShow: shown },
    version: { option: { names: ["--version", "-V"] }, value: version(argv), onShow: shown },
    stdout: (text) => printed.push(text),
    stderr: () => {},
    onError: (_code, error): never => {
      throw new Ended(wrong(sentence(error, argv)));
    },
    aboveError: "none",
    colors: look.colors,
    maxWidth: look.width,
    termWidth: "auto",
    showChoices: true,
    commandList: "top-level",
    usageLine: [{ type: "argument", metavar: "COMMAND" }, { type: "literal", value: "[FLAGS]" }],
    brief: words(BRIEF),
    examples: words(EXAMPLES),
    footer: words(EXIT_CODES),
  };
}

/** Optique's message as one of ours: one line, no full stop at its end. */
function sentence(error: Message, argv: readonly string[]): string {
  const unexpected = unexpectedToken(error);
  if (unexpected !== null) return describeUnexpected(unexpected, argv);
  return formatMessage(error).replace(/\s*\n\s*/g, " ").trim().replace(/\.$/, "");
}

/** What Optique did not expect, where that is the error. */
function unexpectedToken(error: Message): string | null {
  const [first, second] = error;
  if (first?.type !== "text" || !first.text.startsWith("Unexpected option or ")) return null;
  if (second?.type === "value") return second.value;
  return second?.type === "optionName" ? second.optionName : null;
}

/** Names only what may stand at that place; Optique itself would suggest any flag of any command. */
function describeUnexpected(token: string, argv: readonly string[]): string {
  const at = argv.findIndex((argument) => argument === token || argument.startsWith(`${token}=`));
  const before = argv.slice(0, Math.max(0, at));
  const known = namesAfter(before);
  const commands = namesAfter([]).filter((name) => !name.startsWith("-"));
  // kbot --paper takes the flags of run, which the list of commands does not repeat.
  if (!before.some((argument) => commands.includes(argument))) known.push(...namesAfter(["run"]));
  const alike = known.filter((name) => name !== token && name.startsWith("-") === token.startsWith("-"));
  const near = nearestName(token, alike);
  const expectsCommand = known.some((name) => !name.startsWith("-"));
  const what = unexpectedKind(token, expectsCommand, known.includes(token));
  return `${what} ${JSON.stringify(shortened(token))}${near === null ? "" : `: did you mean ${near}?`}`;
}

function unexpectedKind(token: string, expectsCommand: boolean, known: boolean): string {
  if (token.startsWith("-")) return known ? "Unexpected flag" : "Unknown flag";
  return expectsCommand && !known ? "Unknown command" : "Unexpected argument";
}

/** Flags and commands that may follow. */
function namesAfter(argv: readonly string[]): string[] {
  const entries = getDocPageSync(GRAMMAR, argv)?.sections.flatMap((section) => section.entries) ?? [];
  return entries.flatMap(({ term }) => {
    if (term.type === "option") return [...term.names];
    return term.type === "command" ? [term.name] : [];
  });
}

/** `deno task demo -- --for 20s` hands the `--` on, to a command that takes nothing it could protect. */
function withoutTaskSeparator(argv: readonly string[]): readonly string[] {
  const at = argv[0] === "demo" ? 1 : 0;
  return argv[at] === "--" ? argv.toSpliced(at, 1) : argv;
}

const wrong = (problem: string): Ending => ({
  ok: false,
  exitCode: 2,
  message: `${problem}\nkbot --help lists the commands, kbot COMMAND --help their flags`,
});

/**
 * Reads a command line without doing anything. Never throws for what was typed.
 *
 * @param given what follows `kbot`
 * @example
 * ```ts
 * import { parseCommandLine } from "./command_line.ts";
 * import assert from "node:assert/strict";
 * const parsed = parseCommandLine(["--paper", "--venue", "sim", "--for", "30s"]);
 * assert.ok(parsed.ok && parsed.command?.kind === "run");
 * assert.equal(parsed.command.forSeconds, 30);
 * ```
 */
export function parseCommandLine(given: readonly string[], look: HelpLook = PLAIN): ParsedCommandLine {
  const argv = withoutTaskSeparator(given);
  if (argv.length === 0) {
    const help = parseCommandLine(["--help"], look);
    return { ok: false, exitCode: 2, message: "text" in help ? help.text : "" };
  }
  const printed: string[] = [];
  try {
    const { ...asked } = runParserSync(GRAMMAR, "kbot", argv, settings(argv, printed, look));
    if (asked.kind === "wrong_use") return wrong(asked.problem);
    return { ok: true, command: asked };
  } catch (caught) {
    if (caught instanceof Ended) return caught.ending;
    throw caught;
  }
}
