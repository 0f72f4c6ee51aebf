/**
 * The completion scripts of bash, zsh and fish, made of the grammar's tree. They hold all that there is to complete, so that
 * no kbot is started while somebody types.
 *
 * Each script walks the words before the cursor: a flag with a value takes the next word with it, and a word that names a
 * command below the one so far goes down to it.
 * @module
 */

import type { Completable, CompletionFlag, CompletionNode } from "./completion_tree.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

type Tree = readonly CompletionNode[];

export function completionScript(shell: Shell, tree: Tree): string {
  const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
  return SCRIPTS[shell](tree);
}

const pathOf = ({ path }: CompletionNode): string => path.join(" ");
const longNames = ({ names }: CompletionFlag): readonly string[] => names.filter((name) => name.startsWith("--"));
/** In single quotes, which nothing in it may end. */
const quoted = (text: string): string => `'${text.replaceAll("'", "")}'`;
/** Every flag of every command that takes a value, as the scripts name it: `run|--venue`. */
const valuesOf = (tree: Tree) =>
  tree.flatMap((node) =>
    node.flags.flatMap((flag) => {
      const { value } = flag;
      return value === null ? [] : longNames(flag).map((name) => ({ name: `${pathOf(node)}|${name}`, value }));
    })
  );

/** `case` lines: those with the same answer share one. */
function cases(rows: readonly (readonly [pattern: string, answer: string])[], indent: string): string {
  const byAnswer = new Map<string, string[]>();
  for (const [pattern, answer] of rows) {
    const known = byAnswer.get(answer);
    if (known === undefined) byAnswer.set(answer, [pattern]);
    else known.push(pattern);
  }
  return [...byAnswer].map(([answer, patterns]) => `${indent}${patterns.map(quoted).join("|")}) ${answer} ;;`).join(
    "\n",
  );
}

/** Words, or what stands for files and directories. */
const FILE = "@file";
const DIRECTORY = "@directory";
function answerOf(value: Completable): string {
  switch (value.kind) {
    case "words":
      return value.words.join(" ");
    case "file":
      return FILE;
    case "directory":
      return DIRECTORY;
    case "anything":
      return "";
  }
}

/** What bash and zsh ask: the same lines in both. */
function sharedFunctions(tree: Tree): string {
  const values = valuesOf(tree).map(({ name, value }) => [name, `echo ${quoted(answerOf(value))}`] as const);
  const below = tree.filter(({ commands }) => commands.length > 0);
  return `# The commands below a command.
_kbot_commands() {
  case "$1" in
${cases(below.map((node) => [pathOf(node), `echo ${quoted(node.commands.map(({ name }) => name).join(" "))}`]), "    ")}
  esac
}

# The flags of a command.
_kbot_flags() {
  case "$1" in
${cases(tree.map((node) => [pathOf(node), `echo ${quoted(node.flags.flatMap(longNames).join(" "))}`]), "    ")}
  esac
}

# What a command's arguments are.
_kbot_argument() {
  case "$1" in
${
    cases(
      tree.flatMap((node) => node.argument === null ? [] : [[pathOf(node), `echo ${quoted(answerOf(node.argument))}`]]),
      "    ",
    )
  }
  esac
}

# The values of a flag of a command; fails where it takes none.
_kbot_value() {
  case "$1|$2" in
${cases(values, "    ")}
    *) return 1 ;;
  esac
}

# Takes one word before the cursor into the caller's variables: at, the command so far, and flag, which waits for its value.
_kbot_step() {
  if [[ -n $flag ]]; then flag=""
  elif [[ $1 == -* ]]; then
    if _kbot_value "$at" "$1" >/dev/null; then flag=$1; fi
  else
    case " $(_kbot_commands "$at") " in
      *" $1 "*) at="\${at:+$at }$1" ;;
    esac
  fi
}
`;
}

function bashScript(tree: Tree): string {
  return `# Completion of kbot for bash: source <(kbot completions bash)

${sharedFunctions(tree)}
# One line each: a name may hold blanks, and signs that would stand for other names.
_kbot_paths() {
  local path
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
  compopt -o filenames 2>/dev/null
}

_kbot() {
  local current=\${COMP_WORDS[COMP_CWORD]} at="" flag="" answer i
  # bash parts --venue=sim into three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != = ]]; then _kbot_step "\${COMP_WORDS[i]}"; fi
  done
  if [[ $current == = ]]; then current=""; fi
  COMPREPLY=()
  if [[ -n $flag ]]; then answer=$(_kbot_value "$at" "$flag")
  elif [[ $current == -* ]]; then answer=$(_kbot_flags "$at")
  else answer="$(_kbot_commands "$at") $(_kbot_argument "$at")"
  fi
  case $answer in
    *${FILE}*) _kbot_paths -f "$current" ;;
    *${DIRECTORY}*) _kbot_paths -d "$current" ;;
    *) COMPREPLY=($(compgen -W "$answer" -- "$current")) ;;
  esac
  # Where there is nothing else to name, the flags are.
  if [[ \${#COMPREPLY[@]} -eq 0 && -z $flag && -z $current ]]; then COMPREPLY=($(compgen -W "$(_kbot_flags "$at")")); fi
}

complete -F _kbot kbot
`;
}

function zshScript(tree: Tree): string {
  const described = (name: string, brief: string): string => quoted(`${name.replaceAll(":", "\\:")}:${brief}`);
  const rows = (pick: (node: CompletionNode) => readonly string[]) =>
    cases(
      tree.filter((node) => pick(node).length > 0).map((node) => [pathOf(node), `reply=(${pick(node).join(" ")})`]),
      "    ",
    );
  return `#compdef kbot
# Completion of kbot for zsh: source <(kbot completions zsh), after compinit

${sharedFunctions(tree)}
_kbot_described_commands() {
  case "$1" in
${rows(({ commands }) => commands.map(({ name, brief }) => described(name, brief)))}
  esac
}

_kbot_described_flags() {
  case "$1" in
${rows(({ flags }) => flags.flatMap((flag) => longNames(flag).map((name) => described(name, flag.brief))))}
  esac
}

_kbot_answer() {
  case "$1" in
    ${FILE}) _files ;;
    ${DIRECTORY}) _files -/ ;;
    *) compadd -- \${=1} ;;
  esac
}

_kbot() {
  local at="" flag="" word answer
  local -a reply
  for word in "\${(@)words[2,CURRENT-1]}"; do _kbot_step "$word"; done
  if [[ -z $flag && $PREFIX == --*=* ]]; then
    flag=\${PREFIX%%=*}
    compset -P '*='
  fi
  if [[ -n $flag ]]; then
    answer=$(_kbot_value "$at" "$flag") && _kbot_answer "$answer"
    return
  fi
  if [[ $PREFIX != -* ]]; then
    reply=()
    _kbot_described_commands "$at"
    if (( \${#reply} )); then _describe 'command' reply; return; fi
    answer=$(_kbot_argument "$at")
    if [[ -n $answer ]]; then _kbot_answer "$answer"; return; fi
  fi
  reply=()
  _kbot_described_flags "$at"
  _describe -o 'flag' reply
}

if [[ $funcstack[1] == _kbot ]]; then _kbot "$@"; else compdef _kbot kbot; fi
`;
}

/** What follows a flag or stands as an argument, as fish's complete wants it. */
function fishAnswer(value: Completable): string {
  switch (value.kind) {
    case "words":
      return `-f -a ${quoted(value.words.join(" "))}`;
    case "file":
      return "-F";
    case "directory":
      return "-f -a '(__fish_complete_directories)'";
    case "anything":
      return "-f";
  }
}

function fishScript(tree: Tree): string {
  const at = (node: CompletionNode): string => `-n '__kbot_at "${pathOf(node)}"'`;
  const withValue = valuesOf(tree).map(({ name }) => quoted(name));
  const paths = tree.filter(({ path }) => path.length > 0).map((node) => quoted(pathOf(node)));
  const lines = tree.flatMap((node) => [
    ...node.commands.map(({ name, brief }) => `complete -c kbot ${at(node)} -f -a ${name} -d ${quoted(brief)}`),
    ...node.flags.flatMap((flag) =>
      longNames(flag).map((name) => {
        const value = flag.value === null ? "" : ` -r ${fishAnswer(flag.value)}`;
        return `complete -c kbot ${at(node)} -l ${name.slice(2)}${value} -d ${quoted(flag.brief)}`;
      })
    ),
    ...(node.argument === null ? [] : [`complete -c kbot ${at(node)} ${fishAnswer(node.argument)}`]),
  ]);
  return `# Completion of kbot for fish: kbot completions fish | source

# Whether the words before the cursor lead to this command.
function __kbot_at
  set -l path
  set -l flag
  for word in (commandline -opc)[2..-1]
    if test -n "$flag"
      set flag
    else if string match -q -- '-*' $word
      contains -- "$path|$word" ${withValue.join(" ")}
      and set flag $word
    else if contains -- (string trim "$path $word") ${paths.join(" ")}
      set path (string trim "$path $word")
    end
  end
  test "$path" = "$argv[1]"
end

complete -c kbot -e
complete -c kbot -f
${lines.join("\n")}
`;
}
