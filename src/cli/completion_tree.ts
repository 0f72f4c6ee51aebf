/**
 * What may be typed after `kbot`, read out of the grammar itself: the commands, their flags, and what a shell can complete
 * the value of each to.
 * @module
 */

import { formatMessage, type Message } from "@optique/core/message";
import { getDocPageSync, type Parser, suggestSync } from "@optique/core/parser";

/** What a value may be. */
export type Completable =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" }
  | { readonly kind: "directory" }
  /** A number, say. */
  | { readonly kind: "anything" };

export interface CompletionFlag {
  readonly names: readonly string[];
  readonly brief: string;
  /** `null` for one that is there or not. */
  readonly value: Completable | null;
}

/** A command, or what is typed before one. */
export interface CompletionNode {
  /** `["config", "init"]`; none for `kbot` alone. */
  readonly path: readonly string[];
  /** The commands below it. */
  readonly commands: readonly { readonly name: string; readonly brief: string }[];
  readonly flags: readonly CompletionFlag[];
  /** What its arguments are; `null` where it takes none. */
  readonly argument: Completable | null;
}

type Grammar = Parser<"sync", unknown, unknown>;

/** Commands lie two deep; a deeper grammar is a defect. */
const DEPTH_MAX = 3;
/** Every command takes it without being asked. */
const HELP: CompletionFlag = { names: ["--help"], brief: "Show help", value: null };
const VERSION: CompletionFlag = { names: ["--version"], brief: "Show the version", value: null };
/** `kbot --paper` takes the flags of this command, which help does not repeat. */
const BARE = "run";

/** Words for what stands in help as STRATEGY and the like, where the grammar itself does not offer them. */
export type KnownWords = Readonly<Record<string, readonly string[]>>;

/** Every command of the grammar, `kbot` alone first. */
export function completionTree(grammar: Grammar, known: KnownWords = {}): readonly CompletionNode[] {
  const nodes: CompletionNode[] = [];
  const visit = (path: readonly string[]): void => {
    if (path.length > DEPTH_MAX) throw new RangeError(`Commands lie deeper than ${DEPTH_MAX}: ${path.join(" ")}`);
    const node = nodeAt(grammar, path, known);
    nodes.push(node);
    for (const { name } of node.commands) visit([...path, name]);
  };
  visit([]);
  return nodes;
}

function nodeAt(grammar: Grammar, path: readonly string[], known: KnownWords): CompletionNode {
  const entries = entriesOf(grammar, path);
  const commands = entries.flatMap(({ term, description }) =>
    term.type === "command" && term.name !== path.at(-1) ? [{ name: term.name, brief: inWords(description) }] : []
  );
  const withFlags = path.length === 0 ? [...entriesOf(grammar, [BARE]), ...entries] : entries;
  const flags = withFlags.flatMap(({ term, description }): CompletionFlag[] => {
    if (term.type !== "option") return [];
    const { metavar } = term;
    const value = metavar === undefined
      ? null
      : wordsFor(metavar, known) ?? offered(grammar, [...path, term.names[0], ""]);
    return [{ names: term.names, brief: inWords(description), value }];
  });
  const seen = new Set<string>();
  const once = [...flags, HELP, ...(path.length === 0 ? [VERSION] : [])].filter(({ names: [name] }) => {
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
  const [taken] = entries.flatMap(({ term }) => term.type === "argument" ? [term.metavar] : []);
  const argument = taken === undefined ? null : wordsFor(taken, known) ?? offered(grammar, [...path, ""]);
  return { path, commands, flags: once, argument };
}

function wordsFor(metavar: string, known: KnownWords): Completable | null {
  const words = Object.hasOwn(known, metavar) ? known[metavar] : undefined;
  return words === undefined ? null : { kind: "words", words };
}

const entriesOf = (grammar: Grammar, path: readonly string[]) =>
  getDocPageSync(grammar, path)?.sections.flatMap(({ entries }) => entries) ?? [];

/** What the grammar suggests for the last word. */
function offered(grammar: Grammar, [first, ...rest]: readonly string[]): Completable {
  const texts: string[] = [];
  for (const suggestion of suggestSync(grammar, [first, ...rest])) {
    if (suggestion.kind === "file") return { kind: suggestion.type === "directory" ? "directory" : "file" };
    if (!suggestion.text.startsWith("-")) texts.push(suggestion.text);
  }
  return texts.length === 0 ? { kind: "anything" } : { kind: "words", words: texts };
}

/** A line for a shell's list, without what a shell could stumble over. */
function inWords(message: Message | undefined): string {
  const text = message === undefined ? "" : formatMessage(message, { quotes: false });
  return text.replaceAll(/\s+/g, " ").replaceAll(/['"`\\$]/g, "").trim();
}
