/**
 * The flags that several commands share, and how flags are written down here.
 * @module
 */

import { object } from "@optique/core/constructs";
import { lineBreak, type Message, text } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { type CommandOptions, option, type OptionOptions } from "@optique/core/primitives";
import type { Usage, UsageTerm } from "@optique/core/usage";
import type { ValueParser } from "@optique/core/valueparser";
import type { CommonOptions } from "./command.ts";
import { decimalNumber, dollars, duration, pace, path, wholeNumber } from "./flag_values.ts";

type FlagName = `--${string}`;

/** A command as its own flags say it, before those of every command are added. */
export type Asked<Kind extends CommonOptions> = Kind extends CommonOptions ? Omit<Kind, keyof CommonOptions> : never;

/** Flags that do not go together. Found while parsing, reported by command_line.ts. */
export interface WrongUse {
  readonly kind: "wrong_use";
  readonly problem: string;
}

/** The other result of a command's flags. */
export const wrongUse = (problem: string): WrongUse => ({ kind: "wrong_use", problem });

/** Plain words as one of Optique's messages; line feeds stay. */
export const words = (plain: string): Message =>
  plain.split("\n").flatMap((line, at) => at === 0 ? [text(line)] : [lineBreak(), text(line)]);

const described = (description: string): OptionOptions => ({ description: words(description) });

/** A flag that is there or not. */
export const toggle = (name: FlagName, description: string) => option(name, described(description));

/** A flag with a value that must be given. */
export const required = <T>(name: FlagName, value: ValueParser<"sync", T>, description: string) =>
  option(name, value, described(description));

/** A flag with a value that may be left out; then it is `undefined`. */
export const choosable = <T>(name: FlagName, value: ValueParser<"sync", T>, description: string) =>
  optional(required(name, value, description));

/** Order ids of a simulated run are made of 32 bits of the seed: no two seeds shall share them. */
export const SEED_MAX = 4_294_967_295;
const PORT_MAX = 65_535;

export const seedFlag = () =>
  choosable("--seed", wholeNumber("N", 0, SEED_MAX), "Seed of the simulated exchange: the same seed, the same market");

export const speedFlag = () =>
  choosable(
    "--speed",
    decimalNumber("FACTOR", { from: 0.01, to: 10_000 }),
    "Simulated seconds per second of the simulated exchange",
  );

/** The same for a tape, which can also run as fast as it is read. */
export const paceFlag = () =>
  choosable(
    "--speed",
    pace("FACTOR", 0.01, 10_000),
    "Simulated seconds per second; with --replay also max: as fast as it is read",
  );

export const portFlag = (whose: string) =>
  choosable("--port", wholeNumber("PORT", 0, PORT_MAX), `Port of ${whose} on this machine; 0 takes any free one`);

export const forFlag = () =>
  choosable("--for", duration(), "Stop after this time by our clock, such as 30s, 2m or 1.5h");

/** More than any account here will hold. */
const MONEY_MOST = "100000000";

/** The account that a backtest begins with. */
export const accountFlags = () => ({
  capital: choosable("--capital", dollars("0.01", MONEY_MOST), "What the account starts with"),
  maxLoss: choosable("--max-loss", dollars("0.01", MONEY_MOST), "A day's loss that halts trading"),
});

/** What every command takes ({@link CommonOptions}). */
export const commonFlags = object("Flags of every command", {
  config: choosable("--config", path("FILE"), "Configuration file (else kbot.toml here or in ~/.config/kbot)"),
  state: choosable("--state", path("DIR"), "State directory (else $XDG_STATE_HOME/kbot)"),
  json: toggle("--json", "Machine-readable result on stdout, logs on stderr"),
});

const FLAGS: UsageTerm = { type: "literal", value: "[FLAGS]" };

/** The first line of a help page: what must be given; the list below it shows the rest. */
const shortUsage = (terms: Usage): Usage => [
  ...terms.filter((term) => term.type !== "optional" && term.type !== "multiple"),
  FLAGS,
];

/**
 * How a command presents itself: a line for the list of commands and its own page, and more below that page's flags.
 *
 * @param examples command lines without `kbot`
 */
export const about = (brief: string, footer = "", examples: readonly string[] = []): CommandOptions => ({
  brief: words(brief),
  usageLine: shortUsage,
  ...endOfHelp(footer, examples),
});

function endOfHelp(footer: string, examples: readonly string[]): Pick<CommandOptions, "footer"> {
  const lines = examples.length === 0 ? [] : ["Examples:", ...examples.map((example) => `  kbot ${example}`)];
  if (footer === "" && lines.length === 0) return {};
  return { footer: words([...(footer === "" ? [] : [footer]), ...lines].join("\n")) };
}

/** The same for a command that only has commands below it. */
export const aboutFamily = (
  brief: string,
  members: readonly string[],
  examples: readonly string[] = [],
): CommandOptions => ({
  brief: words(brief),
  usageLine: [{ type: "literal", value: `${members.join("|")} [FLAGS]` }],
  ...endOfHelp("", examples),
});

/** The error where none of a family's commands is named. */
export const needsOneOf = (name: string, members: readonly string[]) => ({
  errors: { noMatch: words(`No command after ${name}: name one of ${members.join(", ")}`) },
});
